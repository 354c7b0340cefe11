//! `/unsubscribe?token=…`: the page behind the link in mails that may be turned off. GET
//! shows it and changes nothing; POST changes, from its form or from a mail program that was
//! asked to stop such mails (RFC 8058). No script, no cookie, nothing from outside.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use kernel::{Code, Language};
use notifications::{Choice, UnsubscribeLink};
use serde::Deserialize;

use crate::State;
use crate::page::{document, escape, page};
use crate::problem::{ApiResult, language_of};

/// Bytes of the form at the most.
const FORM_LIMIT: usize = 16 << 10;

/// The page and its form. They are for people and mail programs, and no part of the OpenAPI
/// document.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/unsubscribe")
            .app_data(web::PayloadConfig::new(FORM_LIMIT))
            .route(web::get().to(show))
            .route(web::post().to(change)),
    );
}

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Opened {
    token: String,
    lang: Option<Language>,
}

async fn show(
    request: HttpRequest,
    state: web::Data<State>,
    query: web::Query<Opened>,
) -> ApiResult<HttpResponse> {
    let Opened { token, lang } = query.into_inner();
    let language = lang.unwrap_or_else(|| language_of(request.headers()));
    let shown = token.clone();
    let link = state
        .database
        .read(move |db| notifications::unsubscribe_link(db, &shown))
        .await;
    match link {
        Ok(link) => Ok(page(StatusCode::OK, form(&link, &token, language))),
        Err(cause) => refused(cause, language),
    }
}

async fn change(
    request: HttpRequest,
    state: web::Data<State>,
    query: web::Query<Opened>,
    body: web::Bytes,
) -> ApiResult<HttpResponse> {
    let Opened { token, lang } = query.into_inner();
    let language = lang.unwrap_or_else(|| language_of(request.headers()));
    let choice = choice(&body);
    let done = state
        .database
        .write(move |tx| notifications::unsubscribe(tx, &token, choice))
        .await;
    match done {
        Ok(()) => Ok(page(StatusCode::OK, thanks(choice, language))),
        Err(cause) => refused(cause, language),
    }
}

/// What the form says. A mail program says only `List-Unsubscribe=One-Click`, in one of two
/// encodings: no more of these.
fn choice(body: &[u8]) -> Choice {
    form_urlencoded::parse(body)
        .find(|(name, _)| name == "choice")
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(Choice::Off)
}

fn say(language: Language, french: &'static str, english: &'static str) -> &'static str {
    match language {
        Language::French => french,
        Language::English => english,
    }
}

fn label(choice: Choice, language: Language) -> &'static str {
    match choice {
        Choice::AtOnce => say(
            language,
            "tout de suite, à chaque fois",
            "at once, each time",
        ),
        Choice::Daily => say(
            language,
            "dans un récapitulatif par jour",
            "in one summary a day",
        ),
        Choice::Weekly => say(
            language,
            "dans un récapitulatif par semaine",
            "in one summary a week",
        ),
        Choice::Off => say(language, "plus du tout", "not at all any more"),
    }
}

fn form(link: &UnsubscribeLink, token: &str, language: Language) -> String {
    let title = say(
        language,
        "Recevoir ces messages",
        "Receiving these messages",
    );
    let mut body = format!("<main>\n<h1>{}</h1>\n", escape(title));
    let titles = link.titles(language);
    if titles.is_empty() {
        let nothing = say(
            language,
            "Vous n'avez pas de récapitulatif : il n'y a rien à changer ici.",
            "You have no summaries: there is nothing to change here.",
        );
        let _ = write!(body, "<p>{}</p>\n</main>", escape(nothing));
        return document(language, title, &body);
    }
    body.push_str("<ul>\n");
    for about in titles {
        let _ = writeln!(body, "<li>{}</li>", escape(&about));
    }
    let _ = write!(
        body,
        "</ul>\n<form method=\"post\" action=\"/unsubscribe?token={}&amp;lang={}\">\n<fieldset>\
         <legend>{}</legend>\n",
        escape(token),
        language.as_str(),
        escape(say(
            language,
            "Je veux les recevoir…",
            "I want to receive them…"
        )),
    );
    for choice in [Choice::Off, Choice::Daily, Choice::Weekly, Choice::AtOnce] {
        let checked = if choice == Choice::Off {
            " checked"
        } else {
            ""
        };
        let name = choice.as_str();
        let _ = writeln!(
            body,
            "<label><input type=\"radio\" name=\"choice\" value=\"{name}\"{checked}> {}</label><br>",
            escape(label(choice, language))
        );
    }
    let law = say(
        language,
        "Ce que la loi ou la sécurité demandent (accusés de réception, décisions, accès) part toujours.",
        "What law or safety requires (acknowledgements, decisions, access) always leaves.",
    );
    let _ = write!(
        body,
        "</fieldset>\n<button type=\"submit\">{}</button>\n</form>\n<p>{}</p>\n</main>",
        escape(say(language, "Enregistrer", "Save")),
        escape(law)
    );
    document(language, title, &body)
}

fn thanks(choice: Choice, language: Language) -> String {
    let title = say(language, "C'est noté", "Noted");
    let begin = say(
        language,
        "Vous recevrez ces messages",
        "You will receive these messages",
    );
    let body = format!(
        "<main>\n<h1>{}</h1>\n<p class=\"note\">{} {}.</p>\n</main>",
        escape(title),
        escape(begin),
        escape(label(choice, language))
    );
    document(language, title, &body)
}

/// A link that opens nothing has a page too, for whoever holds it.
fn refused(cause: db::Error, language: Language) -> ApiResult<HttpResponse> {
    match cause {
        db::Error::Refused(refusal) if refusal.code == Code::InvalidToken => {
            let title = say(
                language,
                "Ce lien n'est pas valable",
                "This link is not valid",
            );
            let help = say(
                language,
                "L'adresse est sans doute incomplète. Connectez-vous à Ressac pour choisir comment recevoir les messages.",
                "The address is probably incomplete. Sign in to Ressac to choose how to receive messages.",
            );
            let body = format!(
                "<main>\n<h1>{}</h1>\n<p>{}</p>\n</main>",
                escape(title),
                escape(help)
            );
            Ok(page(
                StatusCode::NOT_FOUND,
                document(language, title, &body),
            ))
        }
        cause => Err(cause.into()),
    }
}
