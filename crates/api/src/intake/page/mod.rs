//! `/reception?token=…`: the page behind the link in the mail about the count. GET shows it
//! and changes nothing; its form is sent by POST. No script, no cookie, nothing from outside.

mod count;
mod html;
mod words;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use db::{Db, Result};
use intake::{Differing, DonorAnswer, ReceptionLink};
use kernel::{Code, Language, Refusal};
use serde::Deserialize;
use workshop::Reconciliation;

use crate::State;
use crate::page::page;
use crate::problem::{ApiResult, language_of};

/// Differing devices that the page lists.
const LISTED: i64 = 500;
/// Bytes of the form at the most.
const FORM_LIMIT: usize = 64 << 10;

/// The page and its form. They are for people, and no part of the OpenAPI document.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/reception")
            .app_data(web::FormConfig::default().limit(FORM_LIMIT))
            .route(web::get().to(show))
            .route(web::post().to(send)),
    );
}

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Opened {
    token: String,
    lang: Option<String>,
}

/// What the form says.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Sent {
    token: String,
    lang: Option<String>,
    answer: String,
    comment: String,
}

/// Everything that the page shows.
struct Shown {
    link: ReceptionLink,
    count: Reconciliation,
    differing: Vec<Differing>,
    token: String,
    language: Language,
}

async fn show(
    request: HttpRequest,
    state: web::Data<State>,
    query: web::Query<Opened>,
) -> ApiResult<HttpResponse> {
    let Opened { token, lang } = query.into_inner();
    let reader = reader(&request, lang.as_deref());
    let wanted = wanted(lang.as_deref());
    let now = state.database.now();
    let shown = state
        .database
        .read(move |db| load(db, token, wanted, now))
        .await;
    match shown {
        Ok(shown) => Ok(page(StatusCode::OK, html::reception(&shown, None, ""))),
        Err(cause) => Ok(refused(cause, reader)?),
    }
}

async fn send(
    request: HttpRequest,
    state: web::Data<State>,
    form: web::Form<Sent>,
) -> ApiResult<HttpResponse> {
    let sent = form.into_inner();
    let reader = reader(&request, sent.lang.as_deref());
    let wanted = wanted(sent.lang.as_deref());
    let (token, comment) = (sent.token.clone(), sent.comment.clone());
    let answered = state
        .database
        .write(move |tx| {
            let now = tx.now();
            let link = intake::reception_link(tx, &sent.token, now)?;
            let answer = match sent.answer.as_str() {
                "confirm" => DonorAnswer::Confirmed,
                "contest" => DonorAnswer::Contested,
                _ => {
                    let detail = words::choose();
                    return Err(Refusal::field("/answer", Code::Required, detail).into());
                }
            };
            let id = link.batch.id;
            let said = intake::Comment {
                comment: Some(sent.comment.clone()),
                devices: Vec::new(),
            };
            intake::answer_reception(tx, &link.actor, id, answer, &said)?;
            Ok(())
        })
        .await;
    let wrong = match answered {
        Ok(()) => None,
        Err(db::Error::Refused(refusal)) if refusal.code == Code::InvalidToken => {
            return Ok(refused(db::Error::Refused(refusal), reader)?);
        }
        Err(db::Error::Refused(refusal)) => Some(*refusal),
        Err(cause) => return Err(cause.into()),
    };
    let now = state.database.now();
    let shown = state
        .database
        .read(move |db| load(db, token, wanted, now))
        .await?;
    let status = wrong
        .as_ref()
        .and_then(|refusal| StatusCode::from_u16(refusal.code.status()).ok())
        .unwrap_or(StatusCode::OK);
    Ok(page(
        status,
        html::reception(&shown, wrong.as_ref(), &comment),
    ))
}

fn load(
    db: &mut Db,
    token: String,
    wanted: Option<Language>,
    now: kernel::Instant,
) -> Result<Shown> {
    let link = intake::reception_link(db, &token, now)?;
    let count = workshop::reconciliation(db, &link.actor, link.batch.id)?;
    let differing = intake::differing(db, link.batch.id, LISTED)?;
    Ok(Shown {
        language: wanted.unwrap_or(link.language),
        link,
        count,
        differing,
        token,
    })
}

fn wanted(lang: Option<&str>) -> Option<Language> {
    match lang {
        Some("fr") => Some(Language::French),
        Some("en") => Some(Language::English),
        _ => None,
    }
}

/// The language of somebody that no link names.
fn reader(request: &HttpRequest, lang: Option<&str>) -> Language {
    wanted(lang).unwrap_or_else(|| language_of(request.headers()))
}

/// A link that opens nothing has a page too, for whoever holds it.
fn refused(cause: db::Error, language: Language) -> Result<HttpResponse> {
    match cause {
        db::Error::Refused(refusal) if refusal.code == Code::InvalidToken => {
            Ok(page(StatusCode::NOT_FOUND, html::no_link(language)))
        }
        cause => Err(cause),
    }
}
