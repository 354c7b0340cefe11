//! In which language a page is read: as its address says (`?lang=`), as was chosen before, as the
//! person's account says, or as the browser prefers; French when nobody says anything.

use ::web::problem::language_of;
use actix_web::HttpRequest;
use identity::Visitor;
use kernel::{Language, Text};

use crate::cookies::Cookie;

/// How long a choice is remembered, in seconds.
pub(crate) const REMEMBERED: i64 = 365 * 24 * 3600;

/// The language of a page.
pub(crate) fn of(request: &HttpRequest, visitor: Option<&Visitor>) -> Language {
    asked(request)
        .or_else(|| Cookie::Language.of(request)?.parse().ok())
        .or_else(|| visitor.map(|visitor| visitor.language))
        .unwrap_or_else(|| language_of(request.headers()))
}

/// The language that an address says, if it does.
pub(crate) fn asked(request: &HttpRequest) -> Option<Language> {
    let mut pairs = form_urlencoded::parse(request.query_string().as_bytes());
    let (_, value) = pairs.find(|(name, _)| name == "lang")?;
    value.parse().ok()
}

/// A sentence in a language, with the spaces that its punctuation wants.
pub(crate) fn say(text: &Text, language: Language) -> String {
    match language {
        Language::French => notifications::french_spaces(&text.fr),
        Language::English => text.en.clone().into_owned(),
    }
}
