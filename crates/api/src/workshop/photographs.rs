//! Photographs of a device: attached, listed, sent back.

use actix_web::{HttpResponse, get, post, web};
use kernel::Page;
use serde::Deserialize;
use utoipa::IntoParams;
use workshop::{AttachedPhotograph, EvidenceFile, FileKind};

use super::evidence;
use crate::access::{Allowed, LogDevices, ReadDevices};
use crate::{Answer, ApiResult, Params, PathId, Problems, State, Upload, files};

/// What a photograph is called.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct About {
    /// The file's name.
    name: Option<String>,
}

/// Attaches a photograph: the file itself is the body, 10 MB at the most. JPEG, PNG and WebP are
/// recognized by their content, whatever is declared. A photograph supports what is said of a
/// device, and proves nothing by itself.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])), params(("id" = kernel::DeviceId, Path), About),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = AttachedPhotograph), Problems))]
#[post("/devices/{id}/photographs")]
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
    let file = files::keep_photograph(&state, about.name.as_deref(), upload.bytes).await?;
    state
        .write(&who, move |tx, actor| {
            let attached = workshop::attach_photograph(tx, actor, id, &file)?;
            let version = attached.device.version;
            Ok(Answer::created(&attached)?.version(version))
        })
        .await
}

/// The photographs of a device, the oldest first.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])), params(("id" = kernel::DeviceId, Path)),
    responses((status = 200, body = Page<EvidenceFile>), Problems))]
#[get("/devices/{id}/photographs")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadDevices>,
    PathId(id): PathId<kernel::Device>,
) -> ApiResult<Answer> {
    evidence::list(&state, &who, id, FileKind::Photograph).await
}

/// A photograph as it was sent, by its SHA-256.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])),
    params(("id" = kernel::DeviceId, Path), ("sha256" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "*/*"), Problems))]
#[get("/devices/{id}/photographs/{sha256}")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadDevices>,
    PathId(id): PathId<kernel::Device>,
    path: web::Path<(String, String)>,
) -> ApiResult<HttpResponse> {
    evidence::send(&state, &who, id, FileKind::Photograph, path).await
}
