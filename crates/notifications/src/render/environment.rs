//! The templates, embedded: the program runs from any folder. An operator may put texts of
//! the same names into a folder; each takes the place of the embedded one.

use std::path::Path;

use kernel::{Instant, Language};
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};

use super::blocks::{BUTTON, BUTTON_TO};
use crate::dates;

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
    "_bundle",
    "_closing",
    "_footer",
    "_greeting",
    "invitation",
    "registration_received",
    "password_reset",
    "email_change",
    "account_changed",
    "new_member",
    "association_verified",
    "organisation_changed",
    "organisation_suspended",
    "registration_twice",
    "register_name_differs",
    "batch_submitted",
    "batch_accepted",
    "batch_refused",
    "batch_cancelled",
    "pickup_scheduled",
    "batch_collected",
    "batch_closed",
    "batch_late",
    "manifest_replaced",
    "reception_contested",
    "pickup_changed",
    "transfer_sent",
    "erasure_proven",
    "donation_news",
    "application_received",
    "application_asks_otherwise",
    "application_rescored",
    "application_to_review",
    "changes_requested",
    "application_message",
    "programme_changed",
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
    "handover_booked",
    "handover_completed",
    "handover_corrected",
    "incident_reported",
    "incident_closed",
    "device_passed_on",
    "loan_due",
    "loan_extended",
    "handover_slots",
    "handover_missed",
    "follow_up_due",
    "test_mail",
    "mail_failed",
    "chain_head",
    "webhook_disabled",
];

/// The embedded templates, and those of the folder in their place.
///
/// # Errors
/// The file and line at fault.
pub(super) fn load(folder: Option<&Path>) -> Result<Environment<'static>, String> {
    let mut environment = environment();
    for (name, text) in TEMPLATES {
        environment
            .add_template(name, text)
            .map_err(|cause| fault(name, &cause))?;
    }
    if let Some(folder) = folder {
        replace(&mut environment, folder)?;
    }
    Ok(environment)
}

fn replace(environment: &mut Environment<'static>, folder: &Path) -> Result<(), String> {
    let read = |cause: std::io::Error| format!("mail.templates {}: {cause}", folder.display());
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .map_err(read)?
        .collect::<Result<_, _>>()
        .map_err(read)?;
    files.sort_by_key(std::fs::DirEntry::file_name);
    for file in files {
        let path = file.path();
        let name = file.file_name().to_string_lossy().into_owned();
        let is_template = name.ends_with(".txt") || name.ends_with(".html");
        if !is_template || name.starts_with('.') {
            continue;
        }
        if !TEMPLATES.iter().any(|(known, _)| *known == name) {
            return Err(format!(
                "mail.templates {}: no message has a template of this name",
                path.display()
            ));
        }
        let text = std::fs::read_to_string(&path)
            .map_err(|cause| format!("mail.templates {}: {cause}", path.display()))?;
        environment
            .add_template_owned(name, text)
            .map_err(|cause| fault(&path.display().to_string(), &cause))?;
    }
    Ok(())
}

/// What is wrong in a template, as `file:line: cause`.
pub(super) fn fault(file: &str, cause: &Error) -> String {
    let line = cause.line().map(|line| format!(":{line}"));
    let detail = cause.detail().map(|detail| format!(": {detail}"));
    format!(
        "mail.templates {file}{}: {}{}",
        line.unwrap_or_default(),
        cause.kind(),
        detail.unwrap_or_default()
    )
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
    environment.add_filter("months", |count: u32, language: &str| {
        Ok::<_, Error>(dates::months(count, reader(language)?))
    });
    environment.add_function("button", |label: &str, url: &str| {
        format!("{BUTTON}{label}{BUTTON_TO}{url}")
    });
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
