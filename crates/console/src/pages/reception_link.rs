//! `/reception?token=…`: behind the link in the mail about the count. It opens the count without an
//! account; GET changes nothing, POST answers.

use ::web::ApiError;
use actix_web::http::StatusCode;
use intake::{DonorAnswer, ReceptionLink};
use kernel::{Code, Language, Refusal, Text};
use serde::Serialize;

use super::donor_count::{CountPage, Counted, Sent};
use crate::{Form, FormView, PageResult, Sample, View, Visit};

/// A link that opens nothing.
#[derive(Serialize)]
struct NoLink {}

impl View for NoLink {
    const TEMPLATE: &'static str = "reception_link_void.html";
}

fn void(visit: &Visit) -> PageResult {
    visit.show_with(StatusCode::NOT_FOUND, &NoLink {}, &FormView::empty()?)
}

/// The count that a link opens; none of a link that opens nothing.
async fn load(visit: &Visit, token: &str) -> Result<Option<CountPage>, ApiError> {
    let (language, sought) = (visit.language(), token.to_owned());
    let database = &visit.state().database;
    let now = database.now();
    let found = database.read(move |db| {
        let link = intake::reception_link(db, &sought, now)?;
        let counted = Counted::load(db, &link.actor, link.batch.id)?;
        Ok(page_of(link, counted, sought, language))
    });
    match found.await {
        Ok(page) => Ok(Some(page)),
        Err(db::Error::Refused(refusal)) if refusal.code == Code::InvalidToken => Ok(None),
        Err(cause) => Err(cause.into()),
    }
}

fn page_of(link: ReceptionLink, counted: Counted, token: String, language: Language) -> CountPage {
    CountPage::of(counted, true, language).by_link(token, link.expires_at)
}

pub(crate) async fn show(visit: Visit) -> PageResult {
    match load(&visit, &visit.query("token")).await? {
        Some(page) => visit.show_form(&page, &FormView::empty()?),
        None => void(&visit),
    }
}

/// What the form says.
fn answer(form: &Form) -> Result<(DonorAnswer, Sent), ApiError> {
    let sent = form.read()?;
    match form.get("answer") {
        "confirm" => Ok((DonorAnswer::Confirmed, sent)),
        "contest" => Ok((DonorAnswer::Contested, sent)),
        _ => {
            let detail = Text::new(
                "Choisissez : confirmer ou contester.",
                "Choose: confirm or contest.",
            );
            Err(Refusal::field("/answer", Code::Required, detail).into())
        }
    }
}

pub(crate) async fn send(visit: Visit, form: Form) -> PageResult {
    let token = form.get("token").to_owned();
    let Some(page) = load(&visit, &token).await? else {
        return void(&visit);
    };
    let (answer, sent) = match answer(&form) {
        Ok(answer) => answer,
        Err(cause) => return visit.retry(&page, &form, cause),
    };
    let sought = token.clone();
    let database = &visit.state().database;
    let answered = database.write(move |tx| {
        let now = tx.now();
        let link = intake::reception_link(tx, &sought, now)?;
        let id = link.batch.id;
        intake::answer_reception(tx, &link.actor, id, answer, &sent.said()).map(drop)
    });
    if let Err(cause) = answered.await {
        return visit.retry(&page, &form, cause.into());
    }
    match load(&visit, &token).await? {
        Some(page) => visit.show_form(&page, &FormView::empty()?),
        None => void(&visit),
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    vec![Sample::of("link to a count, void", &NoLink {})]
}
