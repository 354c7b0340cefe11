//! `/invitation?token=…` and `/reset?token=…`: the pages behind the links that set a password.
//! GET shows a form and changes nothing, so that a mail scanner may open it; POST sets it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use kernel::{Code, Language, Refusal};
use serde::Deserialize;

use super::passwords::{NewPassword, accept, set_anew};
use crate::State;
use crate::page::{document, escape, page};
use crate::problem::{ApiResult, language_of};

/// Bytes of the form at the most.
const FORM_LIMIT: usize = 16 << 10;

/// Which of the two pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Invitation,
    Reset,
}

impl Page {
    const fn path(self) -> &'static str {
        match self {
            Self::Invitation => "/invitation",
            Self::Reset => "/reset",
        }
    }
}

/// The pages and their forms. They are for people, and no part of the OpenAPI document.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    for which in [Page::Invitation, Page::Reset] {
        config.service(
            web::resource(which.path())
                .app_data(web::FormConfig::default().limit(FORM_LIMIT))
                .route(
                    web::get().to(move |request, state, query| show(which, request, state, query)),
                )
                .route(
                    web::post().to(move |request, state, sent| send(which, request, state, sent)),
                ),
        );
    }
}

#[derive(Debug, Deserialize)]
struct Opened {
    #[serde(default)]
    token: String,
}

async fn show(
    which: Page,
    request: HttpRequest,
    state: web::Data<State>,
    query: web::Query<Opened>,
) -> HttpResponse {
    let form = Form {
        which,
        language: language_of(request.headers()),
        least: state.passwords.settings().least(),
        token: &query.token,
    };
    page(StatusCode::OK, form.html(None))
}

async fn send(
    which: Page,
    request: HttpRequest,
    state: web::Data<State>,
    sent: web::Form<NewPassword>,
) -> ApiResult<HttpResponse> {
    let (token, sent) = (sent.token.clone(), sent.into_inner());
    let form = Form {
        which,
        language: language_of(request.headers()),
        least: state.passwords.settings().least(),
        token: &token,
    };
    let outcome = match which {
        Page::Invitation => accept(&state, sent).await.map(drop),
        Page::Reset => set_anew(&state, sent).await,
    };
    match outcome {
        Ok(()) => Ok(page(StatusCode::OK, done(which, form.language))),
        Err(db::Error::Refused(refusal)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(page(status, form.html(Some(&refusal))))
        }
        Err(cause) => Err(cause.into()),
    }
}

/// A form that asks for a password.
struct Form<'a> {
    which: Page,
    language: Language,
    /// Characters at the least.
    least: usize,
    token: &'a str,
}

impl Form<'_> {
    fn html(&self, wrong: Option<&Refusal>) -> String {
        let title = match self.language {
            Language::French => "Choisissez votre mot de passe",
            Language::English => "Choose your password",
        };
        let mistake = wrong.map_or_else(String::new, |refusal| {
            let first = refusal.errors.first();
            let text = first.map_or(&refusal.detail, |error| &error.detail);
            let text = match self.language {
                Language::French => &text.fr,
                Language::English => &text.en,
            };
            let text = escape(text);
            format!("<div class=\"wrong\" role=\"alert\"><p>{text}</p></div>\n")
        });
        let gone = wrong.is_some_and(|refusal| refusal.code == Code::InvalidToken);
        let fields = if gone { String::new() } else { self.fields() };
        let body = format!("<main>\n<h1>{title}</h1>\n{mistake}{fields}\n</main>");
        document(self.language, title, &body)
    }

    fn fields(&self) -> String {
        let (path, least) = (self.which.path(), self.least);
        let token = escape(self.token);
        let (label, hint, button) = match self.language {
            Language::French => (
                "Mot de passe",
                format!("{least} caractères ou plus ; une phrase se retient bien."),
                "Enregistrer",
            ),
            Language::English => (
                "Password",
                format!("{least} characters or more; a sentence is easy to remember."),
                "Save",
            ),
        };
        format!(
            "<form method=\"post\" action=\"{path}\">\n\
             <input type=\"hidden\" name=\"token\" value=\"{token}\">\n\
             <p><label for=\"password\">{label}</label><br>\n\
             <input id=\"password\" name=\"password\" type=\"password\" required \
             minlength=\"{least}\" autocomplete=\"new-password\" aria-describedby=\"hint\"></p>\n\
             <p id=\"hint\">{hint}</p>\n<button>{button}</button>\n</form>"
        )
    }
}

fn done(which: Page, language: Language) -> String {
    let title = match language {
        Language::French => "Votre mot de passe est enregistré",
        Language::English => "Your password is saved",
    };
    let text = match (which, language) {
        (Page::Invitation, Language::French) => {
            "Votre adresse est confirmée. Vous pouvez fermer cette page et vous connecter."
        }
        (Page::Invitation, Language::English) => {
            "Your address is confirmed. You can close this page and sign in."
        }
        (Page::Reset, Language::French) => {
            "Les sessions ouvertes ont été fermées. Vous pouvez fermer cette page et vous connecter."
        }
        (Page::Reset, Language::English) => {
            "Open sessions were ended. You can close this page and sign in."
        }
    };
    document(
        language,
        title,
        &format!("<main>\n<h1>{title}</h1>\n<p>{text}</p>\n</main>"),
    )
}
