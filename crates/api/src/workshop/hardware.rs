//! What a machine says of itself: taken, kept, and decided about where it contradicts.

use ::files::MediaType;
use actix_web::{HttpResponse, get, post, put, web};
use kernel::{Code, Page};
use workshop::{Answer as Decided, DeviceView, EvidenceFile, FileKind, Recorded};

use super::evidence;
use crate::access::{Allowed, DecideEvidence, LogDevices, ReadEvidence};
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
    let file = files::keep_evidence(&state, upload.bytes, MediaType::Json, None).await?;
    state
        .write(&who, move |tx, actor| {
            if_match.of::<DeviceView>(tx, actor, id)?;
            answer(&workshop::put_hardware(tx, actor, id, &capture, &file)?)
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
    who: Allowed<DecideEvidence>,
    PathId(id): PathId<kernel::Device>,
    if_match: IfMatch,
    decided: Body<Decided>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            if_match.of::<DeviceView>(tx, actor, id)?;
            answer(&workshop::resolve_contradiction(tx, actor, id, &decided)?)
        })
        .await
}

/// What was recorded, with the version that the device has now.
pub(super) fn answer(recorded: &Recorded) -> db::Result<Answer> {
    Ok(Answer::ok(recorded)?.version(recorded.device.version))
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
    evidence::list(&state, &who, id, FileKind::Capture).await
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
    evidence::send(&state, &who, id, FileKind::Capture, path).await
}
