//! Errors as `application/problem+json` (RFC 9457), in the reader's language.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};
use actix_web::{HttpResponse, ResponseError};
use kernel::{Code, FieldError, Language, Refusal, Text};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

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

    /// An empty response that carries the refusal; [`crate::rendering`] writes it out, since only
    /// it knows the request's language and id.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::new(self.status_code());
        response.extensions_mut().insert(self.refusal());
        response
    }
}

pub(crate) fn status_of(code: Code) -> StatusCode {
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
    pub(crate) fn new(refusal: Refusal, language: Language, request_id: String) -> Self {
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
    use super::*;

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
