//! `/applications/{id}/documents` and `/documents`.

use std::sync::Arc;

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpResponse, delete, get, post, web};
use eligibility::documents::{self, Kept, LARGEST, NotKept};
use eligibility::{Document, DocumentKind, NewDocument};
use kernel::{ApplicationId, Code, DocumentId, Refusal, Text};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::access::{Allowed, Apply, ReadApplications};
use crate::problem::ApiError;
use crate::{Answer, ApiResult, Params, PathId, Problems, State, Upload};

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
    state
        .read(&who, move |db, actor| {
            eligibility::may_attach(db, actor, id)
        })
        .await?;
    if file.bytes.len() > LARGEST {
        return Err(Refusal::new(
            Code::TooLarge,
            Text::new(
                "Une pièce a 10 Mo au plus.",
                "A document has at most 10 MB.",
            ),
        )
        .into());
    }
    let media_type = documents::recognize(&file.bytes)
        .ok_or_else(|| Refusal::plain(Code::DocumentNotAccepted))?;
    let size = i64::try_from(file.bytes.len()).unwrap_or(i64::MAX);
    let kept = keep(&state, file.bytes).await?;
    let new = NewDocument {
        kind: about.kind.unwrap_or(DocumentKind::Other),
        name: about.name.unwrap_or_default(),
        media_type,
        size,
        sha256: kept.sha256,
        scanned: kept.scanned,
    };
    state
        .write(&who, move |tx, actor| {
            Answer::created(&eligibility::attach_document(tx, actor, id, &new)?)
        })
        .await
}

async fn keep(state: &State, bytes: web::Bytes) -> ApiResult<Kept> {
    let setup = Arc::clone(&state.eligibility);
    let outcome = web::block(move || setup.documents.keep(&bytes)).await;
    match outcome.map_err(db::Error::internal)? {
        Ok(kept) => Ok(kept),
        Err(NotKept::Infected(what)) => {
            tracing::warn!(%what, "a document is infected");
            Err(Code::DocumentInfected.into())
        }
        Err(NotKept::Failed(cause)) => {
            tracing::error!(%cause, "a document cannot be kept");
            Err(ApiError::from(Code::Unavailable))
        }
    }
}

/// The documents of an application, the oldest first.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = ApplicationId, Path)),
    responses((status = 200, body = Vec<Document>), Problems))]
#[get("/applications/{id}/documents")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadApplications>,
    PathId(id): PathId<kernel::Application>,
) -> ApiResult<Answer> {
    let items = state
        .read(&who, move |db, actor| eligibility::documents(db, actor, id))
        .await?;
    let next: Option<String> = None;
    Ok(Answer::ok(
        &serde_json::json!({ "items": items, "next": next }),
    )?)
}

/// A document itself, to be saved and never shown within a page.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(("id" = DocumentId, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), Problems))]
#[get("/documents/{id}")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadApplications>,
    PathId(id): PathId<kernel::Document>,
) -> ApiResult<HttpResponse> {
    let document = state
        .read(&who, move |db, actor| eligibility::document(db, actor, id))
        .await?;
    let setup = Arc::clone(&state.eligibility);
    let sha256 = document.sha256;
    let read = web::block(move || setup.documents.read(&sha256)).await;
    let bytes = read.map_err(db::Error::internal)?.map_err(|cause| {
        tracing::error!(%cause, "a document cannot be read");
        ApiError::from(Code::Unavailable)
    })?;
    let name: String = form_urlencoded::byte_serialize(document.name.as_bytes())
        .collect::<String>()
        .replace('+', "%20");
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, document.media_type.as_str()))
        .insert_header((
            CONTENT_DISPOSITION,
            format!("attachment; filename*=UTF-8''{name}"),
        ))
        .insert_header(("Content-Security-Policy", "sandbox; default-src 'none'"))
        .body(bytes))
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
