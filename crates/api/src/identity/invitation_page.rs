//! `/invitation?token=…`: the page behind the link in an invitation or a confirmation. GET
//! shows a form and changes nothing, so that a mail scanner may open it; POST sets the password.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use kernel::{Code, Language, Refusal};
use serde::Deserialize;

use super::sessions::{Acceptance, accept};
use crate::page::{document, escape, page};
use crate::problem::{ApiResult, language_of};
use crate::state::State;

/// Bytes of the form at the most.
const FORM_LIMIT: usize = 16 << 10;

/// The page and its form. They are for people, and no part of the OpenAPI document.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/invitation")
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
    sent: web::Form<Acceptance>,
) -> ApiResult<HttpResponse> {
    let language = language_of(request.headers());
    let token = sent.token.clone();
    match accept(&state, sent.into_inner()).await {
        Ok(_) => Ok(page(StatusCode::OK, done(language))),
        Err(db::Error::Refused(refusal)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(page(status, form(language, &token, Some(&refusal))))
        }
        Err(cause) => Err(cause.into()),
    }
}

fn form(language: Language, token: &str, wrong: Option<&Refusal>) -> String {
    let [title, label, hint, button] = match language {
        Language::French => [
            "Choisissez votre mot de passe",
            "Mot de passe",
            "8 caractères ou plus ; une phrase se retient bien.",
            "Enregistrer",
        ],
        Language::English => [
            "Choose your password",
            "Password",
            "8 characters or more; a sentence is easy to remember.",
            "Save",
        ],
    };
    let mistake = wrong.map_or_else(String::new, |refusal| {
        let text = refusal
            .errors
            .first()
            .map_or(&refusal.detail, |e| &e.detail);
        let text = match language {
            Language::French => &text.fr,
            Language::English => &text.en,
        };
        format!(
            "<div class=\"wrong\" role=\"alert\"><p>{}</p></div>\n",
            escape(text)
        )
    });
    let gone = wrong.is_some_and(|refusal| refusal.code == Code::InvalidToken);
    let fields = if gone {
        String::new()
    } else {
        format!(
            "<form method=\"post\" action=\"/invitation\">\n\
             <input type=\"hidden\" name=\"token\" value=\"{}\">\n\
             <p><label for=\"password\">{label}</label><br>\n\
             <input id=\"password\" name=\"password\" type=\"password\" required minlength=\"8\" \
             autocomplete=\"new-password\" aria-describedby=\"hint\"></p>\n\
             <p id=\"hint\">{hint}</p>\n<button>{button}</button>\n</form>",
            escape(token)
        )
    };
    let body = format!("<main>\n<h1>{title}</h1>\n{mistake}{fields}\n</main>");
    document(language, title, &body)
}

fn done(language: Language) -> String {
    let (title, text) = match language {
        Language::French => (
            "Votre mot de passe est enregistré",
            "Votre adresse est confirmée. Vous pouvez fermer cette page et vous connecter.",
        ),
        Language::English => (
            "Your password is saved",
            "Your address is confirmed. You can close this page and sign in.",
        ),
    };
    document(
        language,
        title,
        &format!("<main>\n<h1>{title}</h1>\n<p>{text}</p>\n</main>"),
    )
}
