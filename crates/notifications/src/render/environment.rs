//! The templates, embedded: the program runs from any folder.

use std::sync::LazyLock;

use kernel::{Instant, Language};
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};

use super::blocks::{BUTTON, BUTTON_TO};
use super::dates;

macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        /// Each template's name and text.
        const TEMPLATES: &[(&str, &str)] = &[
            $(
                (concat!($name, ".fr.txt"), include_str!(concat!("../../templates/", $name, ".fr.txt"))),
                (concat!($name, ".en.txt"), include_str!(concat!("../../templates/", $name, ".en.txt"))),
            )*
            ("_layout.html", include_str!("../../templates/_layout.html")),
        ];
    };
}

templates![
    "_algorithm",
    "_appeal",
    "_closing",
    "_footer",
    "_greeting",
    "invitation",
    "registration_received",
    "association_verified",
    "organisation_suspended",
    "registration_twice",
    "batch_submitted",
    "batch_accepted",
    "batch_refused",
    "batch_cancelled",
    "pickup_scheduled",
    "batch_collected",
    "batch_closed",
    "reception_contested",
    "application_received",
    "application_to_review",
    "changes_requested",
    "application_withdrawn",
    "application_eligible",
    "application_ineligible",
    "application_reminder",
    "silence_near",
    "silence_decided",
    "appeal_received",
    "appeal_to_review",
    "appeal_decided",
    "wave_to_approve",
    "wave_rejected",
    "lot_granted",
    "lot_not_granted",
    "lot_released",
    "picking_list",
    "handover_scheduled",
    "handover_completed",
    "handover_missed",
];

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(environment);

/// The environment with all templates.
pub(super) fn get() -> &'static Environment<'static> {
    &ENVIRONMENT
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // lines that hold only a tag leave no line behind
    if let Ok(syntax) = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
    {
        environment.set_syntax(syntax);
    }
    environment.set_auto_escape_callback(|name| {
        if name.ends_with(".html") {
            AutoEscape::Html
        } else {
            AutoEscape::None
        }
    });
    environment.add_filter("day", |moment: &str, language: &str| {
        Ok::<_, Error>(dates::day(instant(moment)?, reader(language)?))
    });
    environment.add_filter("moment", |moment: &str, language: &str| {
        Ok::<_, Error>(dates::moment(instant(moment)?, reader(language)?))
    });
    environment.add_filter("until", |from: &str, to: &str, language: &str| {
        Ok::<_, Error>(dates::span(instant(from)?, instant(to)?, reader(language)?))
    });
    environment.add_function("button", |label: &str, url: &str| {
        format!("{BUTTON}{label}{BUTTON_TO}{url}")
    });
    for (name, text) in TEMPLATES {
        // a template that cannot be read is missing, and its message fails to render; a
        // test renders all of them
        if let Err(cause) = environment.add_template(name, text) {
            tracing::error!(template = name, %cause, "a template cannot be read");
        }
    }
    environment
}

fn instant(text: &str) -> Result<Instant, Error> {
    text.parse()
        .map_err(|_| wrong(format!("`{text}` is no moment")))
}

fn reader(text: &str) -> Result<Language, Error> {
    text.parse().map_err(wrong)
}

fn wrong(what: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, what)
}

/// The names of the templates.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    TEMPLATES.iter().map(|(name, _)| *name)
}
