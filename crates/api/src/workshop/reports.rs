//! Reports of erasure tools: attached, listed, sent back.

use actix_web::{HttpResponse, get, post, web};
use kernel::Page;
use serde::Deserialize;
use utoipa::IntoParams;
use workshop::{AttachedReport, EvidenceFile, FileKind};

use super::evidence;
use crate::access::{Allowed, LogDevices, ReadDevices};
use crate::{Answer, ApiResult, Params, PathId, Problems, State, Upload, files};

/// What a report is called.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct About {
    /// The file's name.
    name: Option<String>,
}

/// Attaches the report of an erasure tool: the file itself is the body, 5 MB at the most. Text,
/// PDF, XML and JSON are recognized by their content, whatever is declared. Reports of nwipe and
/// ShredOS, hdparm, nvme-cli, Blancco, KillDisk, BitRaser and usody-sanitize are read, and become
/// the `erased` event of those of this device's drives that they are about; `doubts` says why a
/// report is no proof. Any other file is kept unread and proves nothing; an `erased` event may name
/// it by its `sha256` in `report`.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])), params(("id" = kernel::DeviceId, Path), About),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = AttachedReport), Problems))]
#[post("/devices/{id}/erasure-reports")]
pub async fn attach(
    state: web::Data<State>,
    who: Allowed<LogDevices>,
    PathId(id): PathId<kernel::Device>,
    Params(about): Params<About>,
    upload: Upload,
) -> ApiResult<Answer> {
    state
        .read(&who, move |db, actor| {
            workshop::may_add_evidence(db, actor, id)
        })
        .await?;
    let (media_type, report) = files::read_report(&upload.bytes).await?;
    let name = about.name.filter(|name| !name.is_empty());
    let name = name.map(|name| files::report_name(&name, media_type));
    let file = files::keep_evidence(&state, upload.bytes, media_type, name).await?;
    state
        .write(&who, move |tx, actor| {
            let attached = workshop::attach_report(tx, actor, id, &file, report.as_ref())?;
            let version = attached.device.version;
            Ok(Answer::created(&attached)?.version(version))
        })
        .await
}

/// The reports about a device, the oldest first.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])), params(("id" = kernel::DeviceId, Path)),
    responses((status = 200, body = Page<EvidenceFile>), Problems))]
#[get("/devices/{id}/erasure-reports")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadDevices>,
    PathId(id): PathId<kernel::Device>,
) -> ApiResult<Answer> {
    evidence::list(&state, &who, id, FileKind::ErasureReport).await
}

/// A report as it was sent, by its SHA-256.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])),
    params(("id" = kernel::DeviceId, Path), ("sha256" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "*/*"), Problems))]
#[get("/devices/{id}/erasure-reports/{sha256}")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadDevices>,
    PathId(id): PathId<kernel::Device>,
    path: web::Path<(String, String)>,
) -> ApiResult<HttpResponse> {
    evidence::send(&state, &who, id, FileKind::ErasureReport, path).await
}
