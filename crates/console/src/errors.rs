//! Refusals as pages that help: what happened, and where to go from here.

use ::web::{Answer, ApiResult};
use actix_web::HttpRequest;
use actix_web::http::Method;
use kernel::{Code, Refusal};
use serde::Serialize;

use crate::page::View;
use crate::sample::Sample;
use crate::visit::Visit;

#[derive(Serialize)]
struct ErrorPage {
    status: u16,
    /// The case at hand.
    detail: String,
    /// The same page with nothing asked of it, where something that was asked is what is wrong.
    whole: Option<String>,
    /// Names the request in the log.
    request_id: String,
}

impl View for ErrorPage {
    const TEMPLATE: &'static str = "error.html";
}

/// The page of a refusal.
pub(crate) fn page(request: &HttpRequest, refusal: &Refusal, request_id: &str) -> String {
    let plain = || format!("{} {}", refusal.code.status(), refusal.code);
    let Some(visit) = Visit::of(request) else {
        return plain();
    };
    let view = ErrorPage {
        status: refusal.code.status(),
        detail: visit.say(&refusal.detail),
        whole: whole(request),
        request_id: request_id.to_owned(),
    };
    visit.render(&view, None).unwrap_or_else(|cause| {
        tracing::error!(%cause, "an error page cannot be written");
        plain()
    })
}

fn whole(request: &HttpRequest) -> Option<String> {
    let asked = request.method() == Method::GET && !request.query_string().is_empty();
    asked.then(|| request.path().to_owned())
}

pub(crate) async fn nothing_here() -> ApiResult<Answer> {
    Err(Code::NotFound.into())
}

pub(crate) fn samples() -> Vec<Sample> {
    [403, 404, 409, 422, 429, 500, 503]
        .into_iter()
        .map(|status| {
            let view = ErrorPage {
                status,
                detail: "-".to_owned(),
                whole: (status == 422).then(|| "/ville/demandes".to_owned()),
                request_id: "0198c0de".to_owned(),
            };
            Sample::of(&format!("error {status}"), &view)
        })
        .collect()
}
