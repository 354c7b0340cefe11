//! `/inscription`: an association, or a firm that gives, registers itself, or a helper registers an
//! association. A mail then lets the person who was named choose a password.

use ::web::access::Anyone;
use ::web::registration;
use identity::Registration;
use serde::Serialize;

use crate::{Form, FormView, PageResult, Sample, Saved, View, Visit};

#[derive(Serialize)]
struct RegistrationPage {
    /// The confirmation is on its way.
    sent: bool,
    /// Somebody registers an association for its people.
    helper: bool,
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
    visit.show_form(&page_of(&visit), &form)
}

fn page_of(visit: &Visit) -> RegistrationPage {
    RegistrationPage {
        sent: false,
        helper: registration::helper_of(visit.request()).is_some(),
    }
}

pub(crate) async fn send(visit: Visit, form: Form) -> PageResult {
    let page = page_of(&visit);
    let asked: Registration = match form.read() {
        Ok(asked) => asked,
        Err(cause) => return visit.retry(&page, &form, cause),
    };
    let who = Anyone::with_form(form.key(), &form.digest());
    let made = registration::register(visit.state(), &who, visit.request(), asked).await;
    if let Err(cause) = made {
        return visit.retry(&page, &form, cause);
    }
    Ok(visit.see(&match page.helper {
        true => Saved::at("/demandes").saying(
            "L'association est inscrite. Vous pouvez saisir sa demande.",
            "The association is registered. You can enter its application.",
        ),
        false => Saved::at("/inscription/envoyee"),
    }))
}

pub(crate) async fn sent(visit: Visit) -> PageResult {
    let page = RegistrationPage {
        sent: true,
        helper: false,
    };
    visit.show_form(&page, &FormView::empty()?)
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |sent| RegistrationPage {
        sent,
        helper: false,
    };
    let helper = RegistrationPage {
        sent: false,
        helper: true,
    };
    let wrong = |form: FormView| {
        form.with_mistake("organisation/siret", "123")
            .with_mistake("person/email", "jo")
    };
    vec![
        Sample::of("registration", &page(false)),
        Sample::of("registration with mistakes", &page(false)).with_form(wrong),
        Sample::of("registration, sent", &page(true)),
        Sample::of("registration by a helper", &helper),
    ]
}
