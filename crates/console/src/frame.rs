//! What stands around every page: the layout reads it as `page`.

use kernel::Language;
use serde::Serialize;

use crate::address;
use crate::nav::{self, NavItem};
use crate::saved::Flash;
use crate::shared::{Console, THEME};
use crate::visit::Visit;

/// The layout's variables.
#[derive(Debug, Serialize)]
pub(crate) struct Frame {
    lang: Language,
    /// For a page that does not say its own.
    title: &'static str,
    /// The form that came back has mistakes.
    failed: bool,
    path: String,
    /// The same page in the other language, with its filters.
    other_language: String,
    home: &'static str,
    person: Option<String>,
    organisation: Option<String>,
    role: Option<&'static str>,
    nav: Vec<NavItem>,
    /// Where a list that is narrowed may be kept under a name.
    keep: Option<String>,
    flash: Option<Flash>,
    city: City,
    assets: Files,
    phase: Option<String>,
}

#[derive(Debug, Serialize)]
struct City {
    name: String,
    contact: String,
    logo: Option<String>,
}

#[derive(Debug, Serialize)]
struct Files {
    css: Option<String>,
    js: Option<String>,
    theme: Option<String>,
}

impl Frame {
    /// Around a page that somebody visits.
    pub(crate) fn of(console: &Console, visit: &Visit, failed: bool) -> Self {
        let role = visit.visitor().map(|visitor| visitor.actor.role);
        let mut frame = Self::bare(console, visit.language(), visit.path());
        frame.failed = failed;
        frame.other_language = in_other_language(visit.language(), visit.request().query_string());
        frame.home = role.map_or("/", nav::home_of);
        frame.person = visit.visitor().map(|visitor| visitor.name.clone());
        frame.organisation = visit.visitor().map(|visitor| visitor.organisation.clone());
        frame.role = role.map(|role| role.as_str());
        frame.nav = nav::of(role, visit.language(), visit.path());
        frame.keep = role.and_then(|_| keep(visit.path(), visit.request().query_string()));
        frame.flash = visit.flash().cloned();
        frame
    }

    /// Around a page that nobody in particular visits.
    pub(crate) fn bare(console: &Console, language: Language, path: &str) -> Self {
        let asset = |name| console.assets.url(name);
        Self {
            lang: language,
            title: "Ressac",
            failed: false,
            path: path.to_owned(),
            other_language: in_other_language(language, ""),
            home: "/",
            person: None,
            organisation: None,
            role: None,
            nav: nav::of(None, language, path),
            keep: None,
            flash: None,
            city: City {
                name: console.settings.city.clone(),
                contact: console.settings.contact.clone(),
                logo: asset("logo.svg").or_else(|| asset("logo.png")),
            },
            assets: Files {
                css: asset("app.css"),
                js: asset("app.js"),
                theme: asset(THEME),
            },
            phase: None,
        }
    }
}

/// Where the same page is read in the other language: an address without a path, which leads to no
/// other site.
fn in_other_language(language: Language, query: &str) -> String {
    let other = match language {
        Language::French => Language::English,
        Language::English => Language::French,
    };
    let mut address = form_urlencoded::Serializer::for_suffix("?".to_owned(), 1);
    let asked = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "lang");
    address.extend_pairs(asked);
    address.append_pair("lang", other.as_str());
    address.finish()
}

/// Lists with filters.
const LISTS: [&str; 11] = [
    "/atelier/appareils",
    "/atelier/dechets",
    "/atelier/remises",
    "/dons",
    "/signalements",
    "/ville/demandes",
    "/ville/journal",
    "/ville/messages",
    "/ville/organisations",
    "/ville/recours",
    "/ville/remises",
];

/// The address at which a list is kept as it is narrowed; none for a page that is no list, or a list
/// that is whole.
fn keep(path: &str, query: &str) -> Option<String> {
    if !LISTS.contains(&path) {
        return None;
    }
    let narrowed = form_urlencoded::parse(query.as_bytes()).filter(|(name, value)| {
        !value.is_empty() && !["after", "limit", "lang"].contains(&&**name)
    });
    let mut kept = form_urlencoded::Serializer::new(String::new());
    kept.extend_pairs(narrowed);
    let kept = kept.finish();
    let address = format!("{path}?{kept}");
    (!kept.is_empty()).then(|| address::with("/compte/vues", &[("adresse", &address)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_language_keeps_the_filters() {
        let there = in_other_language(Language::French, "q=l%27%C3%A9toile&lang=fr");
        assert_eq!(there, "?q=l%27%C3%A9toile&lang=en");
        assert_eq!(in_other_language(Language::English, ""), "?lang=fr");
    }

    #[test]
    fn a_list_is_kept_as_it_is_narrowed() {
        assert_eq!(keep("/ville/demandes", ""), None);
        assert_eq!(keep("/ville/demandes", "q=&after=x"), None);
        assert_eq!(keep("/ville/vagues/nouvelle", "q=a"), None);
        let kept = keep("/ville/demandes", "status=in_review&q=&after=x&lang=en");
        let wanted = "/compte/vues?adresse=%2Fville%2Fdemandes%3Fstatus%3Din_review";
        assert_eq!(kept.as_deref(), Some(wanted));
    }
}
