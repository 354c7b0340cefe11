//! `/batches/{id}/erasure-certificate`, and `/verifier/{code}` for programs.

use std::sync::Arc;

use actix_web::guard::GuardContext;
use actix_web::http::header::ACCEPT;
use actix_web::{get, web};
use handover::{VerifiedCertificate, Verifying};
use kernel::{BatchId, Code};

use crate::access::{Allowed, ReadBatches};
use crate::problem::Problem;
use crate::{Answer, ApiResult, PathId, Problems, State, extract};

/// The certificate of erasure of a batch: for every drive what was done, by what and when, as a
/// page in French and English. There is none before every device that came has its proof.
#[utoipa::path(tag = "Handover", security(("bearer" = [])), params(("id" = BatchId, Path)),
    responses((status = 200, body = String, content_type = "text/html"), Problems))]
#[get("/batches/{id}/erasure-certificate")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadBatches>,
    PathId(id): PathId<kernel::Batch>,
) -> ApiResult<Answer> {
    let keys = state.database.chain_keys();
    let publisher = Arc::clone(&state.publisher);
    let page = state
        .read(&who, move |db, actor| {
            let verifying = Verifying {
                keys: &keys,
                base_url: &publisher.base_url,
            };
            handover::certificate(db, actor, id, verifying)
        })
        .await?;
    Ok(Answer::text("text/html; charset=utf-8", page))
}

/// Programs ask for JSON; whoever does not gets the page of the same address.
fn wants_json(context: &GuardContext<'_>) -> bool {
    let accept = context.head().headers().get(ACCEPT);
    let accept = accept.and_then(|value| value.to_str().ok());
    extract::preferred(accept.unwrap_or_default()) == "application/json"
}

/// Whether a certificate of erasure is genuine and up to date, by the code that is printed on it.
/// It says what the certificate counts, and no name and no serial number. Whoever asks for JSON
/// (`Accept: application/json`) gets this answer, others a page. It may be a minute old.
#[utoipa::path(tag = "Open data", params(("code" = String, Path, description = "As it is printed; small letters and spaces do no harm")),
    responses((status = 200, content((VerifiedCertificate = "application/json"), (String = "text/html"))),
        (status = 404, description = "Not one of ours", content((Problem = "application/problem+json"), (String = "text/html"))),
        Problems))]
#[get("/verifier/{code}", guard = "wants_json")]
pub async fn verify(state: web::Data<State>, code: web::Path<String>) -> ApiResult<Answer> {
    let verified = state.verify_certificate(&code).await?;
    Ok(Answer::ok(&verified.ok_or(Code::NotFound)?)?)
}
