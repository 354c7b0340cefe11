//! `/inscription`: an association, or a firm that gives, registers itself. A mail then lets whoever
//! filled it in choose a password.

use ::web::access::Anyone;
use ::web::registration;
use identity::Registration;
use serde::Serialize;

use crate::{Form, FormView, PageResult, Sample, Saved, View, Visit};

#[derive(Serialize)]
struct RegistrationPage {
    /// The confirmation is on its way.
    sent: bool,
}

impl View for RegistrationPage {
    const TEMPLATE: &'static str = "registration.html";
}

/// What is chosen before anybody chooses.
#[derive(Serialize)]
struct Blank {
    organisation: Kind,
    person: Language,
}

#[derive(Serialize)]
struct Kind {
    kind: &'static str,
}

#[derive(Serialize)]
struct Language {
    language: kernel::Language,
}

pub(crate) async fn show(visit: Visit) -> PageResult {
    let kind = match visit.query("kind").as_str() {
        "donor" => "donor",
        _ => "association",
    };
    let form = FormView::filled(&Blank {
        organisation: Kind { kind },
        person: Language {
            language: visit.language(),
        },
    })?;
    visit.show_form(&RegistrationPage { sent: false }, &form)
}

pub(crate) async fn send(visit: Visit, form: Form) -> PageResult {
    let page = RegistrationPage { sent: false };
    let asked: Registration = match form.read() {
        Ok(asked) => asked,
        Err(cause) => return visit.retry(&page, &form, cause),
    };
    let who = Anyone::with_form(form.key(), &form.digest());
    let made = registration::register(visit.state(), &who, visit.request(), asked).await;
    if let Err(cause) = made {
        return visit.retry(&page, &form, cause);
    }
    Ok(visit.see(&Saved::at("/inscription/envoyee")))
}

pub(crate) async fn sent(visit: Visit) -> PageResult {
    visit.show_form(&RegistrationPage { sent: true }, &FormView::empty()?)
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |sent| RegistrationPage { sent };
    let wrong = |form: FormView| {
        form.with_mistake("organisation/siret", "123")
            .with_mistake("person/email", "jo")
    };
    vec![
        Sample::of("registration", &page(false)),
        Sample::of("registration with mistakes", &page(false)).with_form(wrong),
        Sample::of("registration, sent", &page(true)),
    ]
}
