//! `/applications/{id}/documents` and `/documents`.

use std::sync::Arc;

use actix_web::{HttpResponse, delete, get, post, web};
use eligibility::{Document, DocumentKind};
use kernel::{ApplicationId, DocumentId, Page};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::access::{Allowed, Apply, ReadApplications};
use crate::{Answer, ApiResult, Params, PathId, Problems, State, Upload, files};

/// What a document is.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct About {
    /// Statutes, project, proof of identity or other.
    kind: Option<DocumentKind>,
    /// The file's name.
    name: Option<String>,
}

/// Attaches a supporting document: the file itself is the body, 10 MB at the most. PDF, PNG,
/// JPEG, WebP, ODT and DOCX are recognized by their content, whatever is declared.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = ApplicationId, Path), About),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Document), Problems))]
#[post("/applications/{id}/documents")]
pub async fn attach(
    state: web::Data<State>,
    who: Allowed<Apply>,
    PathId(id): PathId<kernel::Application>,
    Params(about): Params<About>,
    file: Upload,
) -> ApiResult<Answer> {
    let setup = Arc::clone(&state.eligibility);
    state
        .read(&who, move |db, actor| {
            eligibility::may_attach(db, actor, &setup, id, 1)
        })
        .await?;
    let kind = about.kind.unwrap_or(DocumentKind::Other);
    let name = about.name.unwrap_or_default();
    let new = files::keep_document(&state, kind, &name, file.bytes).await?;
    let setup = Arc::clone(&state.eligibility);
    state
        .write(&who, move |tx, actor| {
            Answer::created(&eligibility::attach_document(tx, actor, &setup, id, &new)?)
        })
        .await
}

/// The documents of an application, the oldest first.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = ApplicationId, Path)),
    responses((status = 200, body = Page<Document>), Problems))]
#[get("/applications/{id}/documents")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadApplications>,
    PathId(id): PathId<kernel::Application>,
) -> ApiResult<Answer> {
    let items = state
        .read(&who, move |db, actor| eligibility::documents(db, actor, id))
        .await?;
    Ok(Answer::ok(&Page { items, next: None })?)
}

/// A document itself, to be saved and never shown within a page.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = DocumentId, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "*/*"), Problems))]
#[get("/documents/{id}")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadApplications>,
    PathId(id): PathId<kernel::Document>,
) -> ApiResult<HttpResponse> {
    let document = state
        .read(&who, move |db, actor| eligibility::document(db, actor, id))
        .await?;
    files::send(&state, document.sha256, document.media_type, &document.name).await
}

/// Takes a document off while the application is with the association.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = DocumentId, Path)),
    responses((status = 204), Problems))]
#[delete("/documents/{id}")]
pub async fn remove(
    state: web::Data<State>,
    who: Allowed<Apply>,
    PathId(id): PathId<kernel::Document>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            eligibility::remove_document(tx, actor, id)?;
            Ok(Answer::no_content())
        })
        .await
}
