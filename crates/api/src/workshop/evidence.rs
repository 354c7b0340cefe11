//! Files that are evidence about a device: captures of its hardware, reports of erasure tools,
//! photographs. They are listed, and sent back as they came.

use actix_web::{HttpResponse, web};
use kernel::{DeviceId, Page};
use workshop::FileKind;

use crate::access::{Allowed, Permission};
use crate::{Answer, ApiResult, State, files};

/// The files of a device, the oldest first.
pub(super) async fn list<P: Permission>(
    state: &State,
    who: &Allowed<P>,
    id: DeviceId,
    kind: FileKind,
) -> ApiResult<Answer> {
    let items = state
        .read(who, move |db, actor| {
            workshop::evidence_files(db, actor, id, kind)
        })
        .await?;
    Ok(Answer::ok(&Page { items, next: None })?)
}

/// A file as it was sent, by its SHA-256.
pub(super) async fn send<P: Permission>(
    state: &State,
    who: &Allowed<P>,
    id: DeviceId,
    kind: FileKind,
    path: web::Path<(String, String)>,
) -> ApiResult<HttpResponse> {
    let (_, sha256) = path.into_inner();
    let file = state
        .read(who, move |db, actor| {
            workshop::evidence_file(db, actor, id, kind, &sha256)
        })
        .await?;
    let beginning = file.sha256.get(..12).unwrap_or_default();
    let usual = || match kind {
        FileKind::Capture => format!("{beginning}.lshw.json"),
        FileKind::ErasureReport => "rapport".to_owned(),
        FileKind::Photograph => "photographie".to_owned(),
    };
    let name = file.name.clone().unwrap_or_else(usual);
    files::send(state, file.sha256, file.media_type, &name).await
}
