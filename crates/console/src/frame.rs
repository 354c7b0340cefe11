//! What stands around every page: the layout reads it as `page`.

use kernel::Language;
use serde::Serialize;

use crate::door::{Console, THEME};
use crate::nav::{self, NavItem};
use crate::page::Visit;

/// The layout's variables.
#[derive(Debug, Serialize)]
pub(crate) struct Frame {
    lang: Language,
    /// For a page that does not say its own.
    title: &'static str,
    /// The form that came back has mistakes.
    failed: bool,
    path: String,
    home: &'static str,
    person: Option<String>,
    organisation: Option<String>,
    role: Option<&'static str>,
    nav: Vec<NavItem>,
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

/// What the next page says of what was just done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Flash {
    /// The sentence.
    pub(crate) text: String,
    /// `success`, `info`, `warning` or `danger`.
    pub(crate) kind: String,
}

impl Frame {
    /// Around a page that somebody visits.
    pub(crate) fn of(console: &Console, visit: &Visit, failed: bool) -> Self {
        let role = visit.visitor().map(|visitor| visitor.actor.role);
        let mut frame = Self::bare(console, visit.language(), visit.path());
        frame.failed = failed;
        frame.home = role.map_or("/", nav::home_of);
        frame.person = visit.visitor().map(|visitor| visitor.name.clone());
        frame.organisation = visit.visitor().map(|visitor| visitor.organisation.clone());
        frame.role = role.map(|role| role.as_str());
        frame.nav = nav::of(role, visit.language(), visit.path());
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
            home: "/",
            person: None,
            organisation: None,
            role: None,
            nav: nav::of(None, language, path),
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
