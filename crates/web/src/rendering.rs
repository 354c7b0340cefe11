//! Writes out refusals: as a problem for programs, as a page for people where a door has pages.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, web};
use kernel::{Code, Refusal};
use tracing_actix_web::RequestId;

use crate::extract::preferred;
use crate::known::actor_of;
use crate::problem::{Problem, language_of, status_of};
use crate::security::PAGES;

/// How a refusal reads as a page. The door that has pages registers it.
pub struct ProblemPages(Box<Render>);

/// Of the request, the refusal and the id that the log has for the request.
type Render = dyn Fn(&HttpRequest, &Refusal, &str) -> String + Send + Sync;

impl ProblemPages {
    /// Takes what writes the page.
    pub fn new(
        render: impl Fn(&HttpRequest, &Refusal, &str) -> String + Send + Sync + 'static,
    ) -> Self {
        Self(Box::new(render))
    }
}

/// Whether an address is of a program's: everything else is read by people.
fn is_for_programs(path: &str) -> bool {
    ["/api", "/health", "/metrics", "/donnees/", "/.well-known/"]
        .iter()
        .any(|start| path.starts_with(start))
}

/// Whether a program asks at an address that people read, too.
fn asks_for_json(request: &HttpRequest) -> bool {
    let accept = request.headers().get(ACCEPT);
    let accept = accept.and_then(|value| value.to_str().ok());
    let preferred = preferred(accept.unwrap_or_default());
    ["application/json", "application/problem+json"].contains(&preferred.as_str())
}

/// The page of a refusal, where there are pages and a person asked.
fn page_of(request: &HttpRequest, refusal: &Refusal, request_id: &str) -> Option<String> {
    if is_for_programs(request.path()) || asks_for_json(request) {
        return None;
    }
    let pages = request.app_data::<web::Data<ProblemPages>>()?;
    Some((pages.0)(request, refusal, request_id))
}

/// Writes out every refusal, also those of the framework itself.
pub async fn render<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let language = language_of(request.headers());
    let request_id = request
        .extensions()
        .get::<RequestId>()
        .map(ToString::to_string)
        .unwrap_or_default();
    let mut response = next.call(request).await?.map_into_boxed_body();
    let carried = response.response_mut().extensions_mut().remove::<Refusal>();
    let refusal = match carried {
        Some(refusal) => refusal,
        None if is_ours(&response) => return Ok(response),
        None => Refusal::plain(code_of_status(response.status())),
    };
    let status = status_of(refusal.code);
    let wait = refusal
        .extra
        .as_ref()
        .and_then(|extra| extra["retry_after_seconds"].as_u64());
    let (http_request, mut response) = response.into_parts();
    if matches!(status.as_u16(), 403 | 429) {
        let actor = actor_of(&http_request).map(|actor| actor.person);
        tracing::warn!(code = %refusal.code, ?actor, "refused");
    }
    let page = page_of(&http_request, &refusal, &request_id);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let body = match page {
        Some(page) => {
            headers.insert(CONTENT_TYPE, "text/html; charset=utf-8".parse()?);
            headers.insert(CONTENT_SECURITY_POLICY, PAGES.parse()?);
            page.into_bytes()
        }
        None => {
            headers.insert(CONTENT_TYPE, "application/problem+json".parse()?);
            let problem = Problem::new(refusal, language, request_id);
            serde_json::to_vec(&problem).unwrap_or_default()
        }
    };
    let seconds = match status.as_u16() {
        429 => Some(wait.unwrap_or(300)),
        503 => Some(2),
        _ => None,
    };
    if let Some(seconds) = seconds {
        headers.insert(RETRY_AFTER, seconds.into());
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(actix_web::http::header::WWW_AUTHENTICATE, "Bearer".parse()?);
    }
    Ok(ServiceResponse::new(
        http_request,
        response.set_body(BoxBody::new(body)),
    ))
}

/// Not an error, or one with a body of its own, such as a page.
fn is_ours(response: &ServiceResponse<BoxBody>) -> bool {
    let status = response.status();
    let page = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    page || !(status.is_client_error() || status.is_server_error())
}

fn code_of_status(status: StatusCode) -> Code {
    match status.as_u16() {
        401 => Code::NotAuthenticated,
        403 => Code::NotAllowed,
        404 => Code::NotFound,
        405 => Code::MethodNotAllowed,
        408 => Code::RequestTimeout,
        413 => Code::TooLarge,
        415 => Code::WrongMediaType,
        429 => Code::TooManyRequests,
        503 => Code::Unavailable,
        500.. => Code::Internal,
        _ => Code::MalformedRequest,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::{TestRequest, call_and_read_body, call_service, init_service};
    use actix_web::{App, middleware::from_fn};

    use super::*;
    use crate::ApiResult;

    async fn fails(cause: web::Path<String>) -> ApiResult<&'static str> {
        Err(match cause.as_str() {
            "away" => db::Error::Unavailable("host 10.0.0.7 refused".to_owned()),
            _ => db::Error::Inconsistent("device 7 has no batch".to_owned()),
        }
        .into())
    }

    #[actix_web::test]
    async fn unavailable_and_internal_say_nothing_of_their_cause() {
        let app = App::new()
            .route("/{cause}", web::get().to(fails))
            .wrap(from_fn(render));
        let app = init_service(app).await;
        for (path, status, code) in [("/away", 503, "unavailable"), ("/bug", 500, "internal")] {
            let request = || TestRequest::get().uri(path).to_request();
            let response = call_service(&app, request()).await;
            assert_eq!(response.status().as_u16(), status);
            assert_eq!(response.headers().contains_key(RETRY_AFTER), status == 503);
            let body = call_and_read_body(&app, request()).await;
            let problem: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
            assert_eq!(problem["code"], code);
            let text = problem.to_string();
            assert!(
                !text.contains("10.0.0.7") && !text.contains("device 7"),
                "{text}"
            );
        }
    }

    #[test]
    fn what_the_framework_refuses_is_a_problem_too() {
        let code = |status: StatusCode| code_of_status(status).as_str();
        assert_eq!(code(StatusCode::BAD_REQUEST), "malformed_request");
        assert_eq!(code(StatusCode::METHOD_NOT_ALLOWED), "method_not_allowed");
        assert_eq!(code(StatusCode::PAYLOAD_TOO_LARGE), "too_large");
    }
}
