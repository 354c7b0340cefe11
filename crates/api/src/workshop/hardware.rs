//! What a machine says of itself: taken, kept, and decided about where it contradicts.

use ::files::MediaType;
use actix_web::{HttpResponse, get, post, put, web};
use kernel::{Code, Page};
use workshop::{Answer as Decided, EventOutcome, EvidenceFile, FileKind, NewFile, Recorded};

use crate::access::{Allowed, LogDevices, ReadEvidence};
use crate::{Answer, ApiResult, Body, IfMatch, PathId, Problems, State, Upload, files};

/// Bytes of a capture at the most; a large server's has a tenth of it.
const LIMIT: usize = 4 << 20;

/// Takes the output of `lshw -json` as it is, from any version. The file is kept as evidence.
/// Its drives count as seen: each needs its proof of erasure, and a drive that appears after
/// the proof voids it. What contradicts the record is flagged in `hardware.contradictions`,
/// not merged, until a person decides. The same file again is `already_applied`.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])), params(("id" = kernel::DeviceId, Path)),
    request_body(content = Object, content_type = "application/json"),
    responses((status = 200, body = Recorded), Problems))]
#[put("/devices/{id}/hardware")]
pub async fn put(
    state: web::Data<State>,
    who: Allowed<LogDevices>,
    PathId(id): PathId<kernel::Device>,
    if_match: IfMatch,
    upload: Upload,
) -> ApiResult<Answer> {
    upload.of_type(&["application/json"])?;
    if upload.bytes.len() > LIMIT {
        return Err(Code::TooLarge.into());
    }
    state
        .read(&who, move |db, actor| {
            workshop::may_add_evidence(db, actor, id)
        })
        .await?;
    let capture = workshop::read_capture(&upload.bytes)?;
    let size = i64::try_from(upload.bytes.len()).unwrap_or(i64::MAX);
    let kept = files::keep(&state, upload.bytes).await?;
    let file = NewFile {
        sha256: kept.sha256,
        media_type: MediaType::Json,
        size,
        name: None,
    };
    state
        .write(&who, move |tx, actor| {
            let recorded = workshop::put_hardware(tx, actor, id, &capture, &file)?;
            answer(&recorded, &if_match)
        })
        .await
}

/// Decides about a contradiction between a machine and its record: `known` keeps what we have,
/// `machine` takes over what it says. A person decides, with a reason; it stands in the log.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])), params(("id" = kernel::DeviceId, Path)),
    request_body = Decided, responses((status = 200, body = Recorded), Problems))]
#[post("/devices/{id}/contradictions")]
pub async fn resolve(
    state: web::Data<State>,
    who: Allowed<LogDevices>,
    PathId(id): PathId<kernel::Device>,
    if_match: IfMatch,
    decided: Body<Decided>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            let recorded = workshop::resolve_contradiction(tx, actor, id, &decided)?;
            answer(&recorded, &if_match)
        })
        .await
}

fn answer(recorded: &Recorded, if_match: &IfMatch) -> db::Result<Answer> {
    let version = recorded.device.version;
    if_match.check(version - i32::from(recorded.status == EventOutcome::Applied))?;
    Ok(Answer::ok(recorded)?.version(version))
}

/// The captures of a device, the oldest first.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])), params(("id" = kernel::DeviceId, Path)),
    responses((status = 200, body = Page<EvidenceFile>), Problems))]
#[get("/devices/{id}/captures")]
pub async fn captures(
    state: web::Data<State>,
    who: Allowed<ReadEvidence>,
    PathId(id): PathId<kernel::Device>,
) -> ApiResult<Answer> {
    let items = state
        .read(&who, move |db, actor| {
            workshop::evidence_files(db, actor, id, FileKind::Capture)
        })
        .await?;
    Ok(Answer::ok(&Page { items, next: None })?)
}

/// A capture as it was sent, by its SHA-256.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])),
    params(("id" = kernel::DeviceId, Path), ("sha256" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/json"), Problems))]
#[get("/devices/{id}/captures/{sha256}")]
pub async fn raw_capture(
    state: web::Data<State>,
    who: Allowed<ReadEvidence>,
    PathId(id): PathId<kernel::Device>,
    path: web::Path<(String, String)>,
) -> ApiResult<HttpResponse> {
    let sha256 = path.into_inner().1;
    let file = state
        .read(&who, move |db, actor| {
            workshop::evidence_file(db, actor, id, FileKind::Capture, &sha256)
        })
        .await?;
    let name = format!("{}.lshw.json", &file.sha256[..12.min(file.sha256.len())]);
    files::send(&state, file.sha256, file.media_type, &name).await
}
