//! `/unsubscribe?token=…`: behind the link in mails that may be turned off. GET changes nothing;
//! POST changes, from its form or from a mail program that was asked to stop such mails
//! (RFC 8058), which comes from no page of ours: the token says whose choice it is.

use ::web::ApiError;
use actix_web::http::StatusCode;
use kernel::{Code, Refusal, Text};
use notifications::{Choice, UnsubscribeLink};
use serde::Serialize;

use crate::{Form, FormView, PageResult, Sample, View, Visit};

#[derive(Serialize)]
struct UnsubscribePage {
    /// From the link; empty when it opens nothing.
    token: String,
    /// What the messages are about.
    titles: Vec<String>,
    /// What was chosen.
    chosen: Option<Choice>,
    /// The link opens something.
    valid: bool,
}

impl View for UnsubscribePage {
    const TEMPLATE: &'static str = "unsubscribe.html";
}

async fn link(visit: &Visit, token: &str) -> Result<Option<UnsubscribeLink>, ApiError> {
    let sought = token.to_owned();
    let database = &visit.state().database;
    let found = database.read(move |db| notifications::unsubscribe_link(db, &sought));
    match found.await {
        Ok(link) => Ok(Some(link)),
        Err(db::Error::Refused(refusal)) if refusal.code == Code::InvalidToken => Ok(None),
        Err(cause) => Err(cause.into()),
    }
}

fn not_valid(visit: &Visit) -> PageResult {
    let page = UnsubscribePage {
        token: String::new(),
        titles: Vec::new(),
        chosen: None,
        valid: false,
    };
    visit.show_with(StatusCode::NOT_FOUND, &page, &FormView::empty()?)
}

pub(crate) async fn show(visit: Visit) -> PageResult {
    let token = visit.query("token");
    let Some(link) = link(&visit, &token).await? else {
        return not_valid(&visit);
    };
    let page = UnsubscribePage {
        token,
        titles: link.titles(visit.language()),
        chosen: None,
        valid: true,
    };
    visit.show_form(&page, &FormView::empty()?)
}

pub(crate) async fn send(visit: Visit, form: Form) -> PageResult {
    let token = visit.query("token");
    let Some(link) = link(&visit, &token).await? else {
        return not_valid(&visit);
    };
    let mut page = UnsubscribePage {
        token: token.clone(),
        titles: link.titles(visit.language()),
        chosen: None,
        valid: true,
    };
    let choice = match choice(&form) {
        Ok(choice) => choice,
        Err(refusal) => return visit.retry(&page, &form, refusal.into()),
    };
    let database = &visit.state().database;
    database
        .write(move |tx| notifications::unsubscribe(tx, &token, choice))
        .await?;
    page.chosen = Some(choice);
    visit.show_form(&page, &FormView::empty()?)
}

/// What the form says. A mail program says only `List-Unsubscribe=One-Click`: no more of these.
fn choice(form: &Form) -> Result<Choice, Refusal> {
    let detail = Text::new("Choisissez une des réponses.", "Choose one of the answers.");
    match (form.get("choice"), form.get("List-Unsubscribe")) {
        ("", "One-Click") => Ok(Choice::Off),
        ("", _) => Err(Refusal::field("/choice", Code::Required, detail)),
        (choice, _) => choice
            .parse()
            .map_err(|_| Refusal::field("/choice", Code::Invalid, detail)),
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |titles: &[&str], chosen, valid| UnsubscribePage {
        token: "0198c0de".to_owned(),
        titles: titles.iter().map(|title| (*title).to_owned()).collect(),
        chosen,
        valid,
    };
    let mut all = vec![
        Sample::of("unsubscribe", &page(&["Marseille"], None, true)),
        Sample::of("unsubscribe, nothing to choose", &page(&[], None, true)),
        Sample::of("unsubscribe, link not valid", &page(&[], None, false)),
    ];
    for choice in Choice::ALL {
        let page = page(&["Marseille"], Some(*choice), true);
        all.push(Sample::of(&format!("unsubscribe, {choice}"), &page));
    }
    all
}
