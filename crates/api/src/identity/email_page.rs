//! `/email?token=…`: the page behind the link that changes an address. GET shows a button and
//! changes nothing, so that a mail scanner may open it; POST changes it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use kernel::{Code, Language, Refusal};
use serde::Deserialize;

use super::email::{Confirmation, change};
use crate::State;
use crate::page::{document, escape, page};
use crate::problem::{ApiResult, language_of};

/// Bytes of the form at the most.
const FORM_LIMIT: usize = 4 << 10;

/// The page and its form. It is for people, and no part of the OpenAPI document.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/email")
            .app_data(web::FormConfig::default().limit(FORM_LIMIT))
            .route(web::get().to(show))
            .route(web::post().to(send)),
    );
}

#[derive(Debug, Deserialize)]
struct Opened {
    #[serde(default)]
    token: String,
}

async fn show(request: HttpRequest, query: web::Query<Opened>) -> HttpResponse {
    let language = language_of(request.headers());
    page(StatusCode::OK, form(language, &query.token, None))
}

async fn send(
    request: HttpRequest,
    state: web::Data<State>,
    sent: web::Form<Confirmation>,
) -> ApiResult<HttpResponse> {
    let language = language_of(request.headers());
    let sent = sent.into_inner();
    let token = sent.token.clone();
    match change(&state, &request, sent).await {
        Ok(()) => Ok(page(StatusCode::OK, done(language))),
        Err(db::Error::Refused(refusal)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(page(status, form(language, &token, Some(&refusal))))
        }
        Err(cause) => Err(cause.into()),
    }
}

fn form(language: Language, token: &str, wrong: Option<&Refusal>) -> String {
    let (title, says, button) = match language {
        Language::French => (
            "Confirmez votre nouvelle adresse",
            "Vous vous connecterez désormais avec cette adresse, et nos messages y arriveront.",
            "Confirmer",
        ),
        Language::English => (
            "Confirm your new address",
            "From now on you sign in with this address, and our messages go there.",
            "Confirm",
        ),
    };
    let mistake = wrong.map_or_else(String::new, |refusal| {
        let text = match language {
            Language::French => &refusal.detail.fr,
            Language::English => &refusal.detail.en,
        };
        let text = escape(text);
        format!("<div class=\"wrong\" role=\"alert\"><p>{text}</p></div>\n")
    });
    let gone = wrong.is_some_and(|it| matches!(it.code, Code::InvalidToken | Code::EmailTaken));
    let fields = match gone {
        true => String::new(),
        false => format!(
            "<p>{says}</p>\n<form method=\"post\" action=\"/email\">\n\
             <input type=\"hidden\" name=\"token\" value=\"{}\">\n<button>{button}</button>\n</form>",
            escape(token)
        ),
    };
    let body = format!("<main>\n<h1>{title}</h1>\n{mistake}{fields}\n</main>");
    document(language, title, &body)
}

fn done(language: Language) -> String {
    let (title, text) = match language {
        Language::French => (
            "Votre adresse a changé",
            "Vos autres sessions ont été fermées. Vous pouvez fermer cette page.",
        ),
        Language::English => (
            "Your address was changed",
            "Your other sessions were ended. You can close this page.",
        ),
    };
    let body = format!("<main>\n<h1>{title}</h1>\n<p>{text}</p>\n</main>");
    document(language, title, &body)
}
