//! Errors as `application/problem+json` (RFC 9457), in the reader's language.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, RETRY_AFTER,
};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError, web};
use kernel::{Code, FieldError, Language, Refusal, Text};
use serde::Serialize;
use tracing_actix_web::RequestId;
use utoipa::{IntoResponses, ToSchema};

use crate::extract::preferred;
use crate::security::PAGES;

/// The outcome of a handler.
pub type ApiResult<T> = Result<T, ApiError>;

/// Why a handler has no answer.
#[derive(Debug)]
pub struct ApiError(db::Error);

impl<E: Into<db::Error>> From<E> for ApiError {
    fn from(cause: E) -> Self {
        Self(cause.into())
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl ApiError {
    /// The refusal, when a rule said no.
    pub fn refused(&self) -> Option<&Refusal> {
        self.0.refusal()
    }

    /// The same with each field of the refusal changed: a page names fields as its form does.
    #[must_use]
    pub fn with_fields(self, change: impl FnMut(&mut FieldError)) -> Self {
        let Some(refusal) = self.refused() else {
            return self;
        };
        let mut refusal = refusal.clone();
        refusal.errors.iter_mut().for_each(change);
        refusal.into()
    }

    /// The same with fields called otherwise: `(pointer of the body, pointer of the form)`.
    #[must_use]
    pub fn renamed(self, names: &[(&str, &str)]) -> Self {
        self.with_fields(|field| {
            let known = names
                .iter()
                .find(|(of_body, _)| field.pointer.as_deref() == Some(of_body));
            if let Some((_, of_form)) = known {
                field.pointer = Some((*of_form).to_owned());
            }
        })
    }

    /// Which rule said no, if one did.
    pub fn code(&self) -> Option<Code> {
        self.0.refusal().map(|refusal| refusal.code)
    }

    /// What the client is told. The cause of what no client can cause is logged, not told.
    fn refusal(&self) -> Refusal {
        match &self.0 {
            db::Error::Refused(refusal) => (**refusal).clone(),
            db::Error::Unavailable(cause) => {
                tracing::warn!(%cause, "unavailable");
                Refusal::plain(Code::Unavailable)
            }
            cause => {
                tracing::error!(%cause, "internal error");
                Refusal::plain(Code::Internal)
            }
        }
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        let code = match &self.0 {
            db::Error::Refused(refusal) => refusal.code,
            db::Error::Unavailable(_) => Code::Unavailable,
            _ => Code::Internal,
        };
        status_of(code)
    }

    /// An empty response that carries the refusal; [`render`] writes it out, since only
    /// it knows the request's language and id.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::new(self.status_code());
        response.extensions_mut().insert(self.refusal());
        response
    }
}

fn status_of(code: Code) -> StatusCode {
    StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A problem body.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// `/problems/` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// What kind of problem, in a sentence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable; programs rely on it.
    pub code: String,
    /// The case at hand, and what to do.
    pub detail: String,
    /// Names this request in the log.
    pub request_id: String,
    /// The fields or lines at fault, all at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemField>,
    /// Further members that some codes have, such as what changed.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub extra: Option<serde_json::Value>,
}

/// A field of a body or a line of a file that is wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemField {
    /// JSON pointer into the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Line of the file, the first being 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Column of the file, by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What kind of mistake.
    pub code: String,
    /// What to do about it.
    pub detail: String,
}

impl ProblemField {
    /// The mistake, in the reader's language.
    pub fn new(error: FieldError, language: Language) -> Self {
        Self {
            pointer: error.pointer,
            line: error.line,
            column: error.column,
            code: error.code.to_string(),
            detail: match language {
                Language::French => error.detail.fr.into_owned(),
                Language::English => error.detail.en.into_owned(),
            },
        }
    }
}

impl Problem {
    fn new(refusal: Refusal, language: Language, request_id: String) -> Self {
        let say = |text: Text| match language {
            Language::French => text.fr.into_owned(),
            Language::English => text.en.into_owned(),
        };
        Self {
            kind: format!("/problems/{}", refusal.code),
            title: say(refusal.code.help()),
            status: refusal.code.status(),
            code: refusal.code.to_string(),
            detail: say(refusal.detail),
            request_id,
            errors: refusal
                .errors
                .into_iter()
                .map(|error| ProblemField::new(error, language))
                .collect(),
            extra: refusal.extra.filter(serde_json::Value::is_object),
        }
    }
}

/// French unless English is preferred.
pub fn language_of(headers: &HeaderMap) -> Language {
    let weight_of = |wanted: &str, list: &str| {
        list.split(',')
            .filter_map(|part| {
                let (tag, weight) = part.split_once(';').unwrap_or((part, "q=1"));
                let weight = weight.trim().trim_start_matches("q=");
                let tag = tag.trim().to_ascii_lowercase();
                let matches = tag == wanted || tag.starts_with(&format!("{wanted}-"));
                matches.then(|| weight.trim().parse::<f32>().unwrap_or(0.0))
            })
            .fold(0.0_f32, f32::max)
    };
    let accepted = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    if weight_of("en", accepted) > weight_of("fr", accepted) {
        Language::English
    } else {
        Language::French
    }
}

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
        let actor = crate::access::actor_of(&http_request).map(|actor| actor.person);
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

/// What any operation may answer besides its own.
#[derive(IntoResponses)]
#[allow(dead_code)] // read by the OpenAPI document only
pub enum Problems {
    /// Malformed.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(Problem),
    /// Who are you?
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthenticated(Problem),
    /// Not your role.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(Problem),
    /// Not there, or not yours.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// Not with this method.
    #[response(status = 405, content_type = "application/problem+json")]
    WrongMethod(Problem),
    /// The rule says no.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
    /// Somebody changed it meanwhile.
    #[response(status = 412, content_type = "application/problem+json")]
    Stale(Problem),
    /// Too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// Wrong content type.
    #[response(status = 415, content_type = "application/problem+json")]
    WrongMediaType(Problem),
    /// A field is wrong.
    #[response(status = 422, content_type = "application/problem+json")]
    InvalidFields(Problem),
    /// Too many.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(Problem),
    /// Away for a moment.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

#[cfg(test)]
mod tests {
    use actix_web::test::{TestRequest, call_and_read_body, call_service, init_service};
    use actix_web::{App, middleware::from_fn};

    use super::*;

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

    #[test]
    fn english_is_for_those_who_prefer_it() {
        let language = |accepted: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, accepted.parse().expect("header"));
            language_of(&headers)
        };
        assert_eq!(language("en-GB,en;q=0.9,fr;q=0.2"), Language::English);
        assert_eq!(language("fr-FR,fr;q=0.9,en;q=0.8"), Language::French);
        assert_eq!(language("de"), Language::French);
        assert_eq!(language("en"), Language::English);
    }
}
