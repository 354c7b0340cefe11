//! `/mot-de-passe-oublie`: a link to set a new password, by mail. Whether the address has an
//! account, the answer does not say.

use serde::Serialize;

use crate::{Form, FormView, PageResult, Sample, Saved, View, Visit};

#[derive(Serialize)]
struct ForgottenPage {}

impl View for ForgottenPage {
    const TEMPLATE: &'static str = "forgotten.html";
}

pub(crate) async fn show(visit: Visit) -> PageResult {
    visit.show_form(&ForgottenPage {}, &FormView::empty()?)
}

/// The form of the page.
#[derive(serde::Deserialize)]
struct Asked {
    email: String,
}

pub(crate) async fn send(visit: Visit, form: Form) -> PageResult {
    let asked: Asked = match form.read() {
        Ok(asked) => asked,
        Err(cause) => return visit.retry(&ForgottenPage {}, &form, cause),
    };
    let (signer, from) = (visit.state().signer.clone(), visit.address());
    let database = &visit.state().database;
    let sent = database
        .write(move |tx| identity::forget_password(tx, &signer, &asked.email, from))
        .await;
    if let Err(cause) = sent {
        return visit.retry(&ForgottenPage {}, &form, cause.into());
    }
    let saved = Saved::at("/connexion").saying(
        "Si cette adresse a un compte, un lien vient d'y être envoyé. Il fonctionne deux heures.",
        "If this address has an account, a link was just sent to it. It works for two hours.",
    );
    Ok(visit.see(&saved))
}

pub(crate) fn samples() -> Vec<Sample> {
    let wrong = |form: FormView| form.with_mistake("email", "123");
    vec![
        Sample::of("forgotten", &ForgottenPage {}),
        Sample::of("forgotten with a mistake", &ForgottenPage {}).with_form(wrong),
    ]
}
