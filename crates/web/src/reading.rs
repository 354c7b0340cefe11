//! In which form and language something is to be read: `Accept` says the form; `?lang=`,
//! which a link can carry, or else `Accept-Language` the language.

use actix_web::dev::Payload;
use actix_web::http::header::ACCEPT;
use actix_web::{FromRequest, HttpRequest};
use kernel::{Code, Language, Refusal, Text};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::extract::preferred;
use crate::problem::{ApiError, language_of};
use crate::table;

/// What is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For programs.
    Json,
    /// A table to export.
    Csv,
    /// Sentences.
    Text,
    /// A page to read and print.
    Page,
}

/// How the client wants to read.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// In which form.
    pub form: Form,
    /// In which language.
    pub language: Language,
}

/// The language of a text.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LanguageParams {
    /// `fr` or `en`; by `Accept-Language` when absent.
    #[allow(dead_code)] // documented here, read by `Reading`
    lang: Option<String>,
}

impl FromRequest for Reading {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let accept = request.headers().get(ACCEPT);
        let accept = accept.and_then(|value| value.to_str().ok());
        let form = match preferred(accept.unwrap_or_default()).as_str() {
            "text/html" => Form::Page,
            "text/plain" => Form::Text,
            "text/csv" => Form::Csv,
            _ => Form::Json,
        };
        let form = match table::asked_in_french(request.query_string()) {
            Ok(false) => form,
            Ok(true) => Form::Csv,
            Err(refused) => return std::future::ready(Err(refused.into())),
        };
        let language = asked(request.query_string())
            .map(|asked| asked.unwrap_or_else(|| language_of(request.headers())));
        std::future::ready(
            language
                .map(|language| Self { form, language })
                .map_err(ApiError::from),
        )
    }
}

/// The language that a query asks for, if it does.
fn asked(query: &str) -> Result<Option<Language>, Refusal> {
    let found = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "lang");
    let Some((_, lang)) = found.filter(|(_, lang)| !lang.is_empty()) else {
        return Ok(None);
    };
    let known = lang.parse().map(Some);
    known.map_err(|_| {
        let detail = Text::new("Choisissez « fr » ou « en ».", "Choose `fr` or `en`.");
        Refusal::field("/lang", Code::Invalid, detail)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_link_says_its_language() {
        assert_eq!(asked("a=b&lang=en").unwrap(), Some(Language::English));
        assert_eq!(asked("lang=").unwrap(), None);
        assert_eq!(asked("lang=de").unwrap_err().code, Code::InvalidFields);
    }
}
