//! Where the OpenAPI document is read, and the page that shows it.

use std::sync::OnceLock;

use actix_web::{HttpResponse, web};

use crate::ApiResult;

/// The OpenAPI document. It is made when somebody asks for it first: few ever do.
pub(crate) async fn document() -> ApiResult<HttpResponse> {
    static DOCUMENT: OnceLock<web::Bytes> = OnceLock::new();
    let document = match DOCUMENT.get() {
        Some(document) => document.clone(),
        None => {
            let json = serde_json::to_vec(&crate::document()).map_err(db::Error::from)?;
            DOCUMENT.get_or_init(|| json.into()).clone()
        }
    };
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .body(document))
}

pub(crate) async fn to_docs() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header(("Location", "/api/docs/"))
        .finish()
}
