//! `/connexion`: signing in, and back to where one was. Somebody whose session ended while they
//! filled in a form finds here what they typed, to send it again.

use ::web::ApiError;
use actix_web::http::header::{LOCATION, SET_COOKIE};
use kernel::{Code, Refusal};
use serde::Serialize;

use super::proof::at_code;
use crate::cookies::Cookie;
use crate::{Form, FormView, PageResult, Sample, View, Visit, nav, session};

/// The fields of a form that came too late begin so, in the form that signs in.
const BEFORE: &str = "before:";

/// What the page shows.
#[derive(Debug, Serialize)]
pub(crate) struct SignInPage {
    /// Where to go afterwards; empty for home.
    pub(crate) next: String,
    /// Asks for the code of a second factor, too.
    pub(crate) code: bool,
    /// What was sent by somebody who was not signed in any more.
    pub(crate) carried: Option<Carried>,
}

impl View for SignInPage {
    const TEMPLATE: &'static str = "sign_in.html";
}

/// A form that was sent too late.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Carried {
    /// Where it was sent.
    action: String,
    /// What was in it, without secrets.
    fields: Vec<CarriedField>,
}

#[derive(Debug, Clone, Serialize)]
struct CarriedField {
    name: String,
    value: String,
}

impl Carried {
    /// Of the fields that were sent to a path of ours.
    pub(crate) fn new(action: &str, fields: Vec<(String, String)>) -> Self {
        let kept = fields
            .into_iter()
            .filter(|(name, _)| !name.contains("password"));
        Self {
            action: action.to_owned(),
            fields: kept
                .map(|(name, value)| CarriedField { name, value })
                .collect(),
        }
    }

    /// Of the form that signs in.
    fn of(form: &Form) -> Option<Self> {
        let action = own_path(&form.exact("again"))?;
        let fields = form
            .clone()
            .into_fields()
            .into_iter()
            .filter_map(|(name, value)| {
                let name = name.strip_prefix(BEFORE)?.to_owned();
                Some((name, value))
            });
        Some(Self::new(&action, fields.collect()))
    }
}

/// The page that offers to send a form again, once signed in.
#[derive(Serialize)]
struct ResumePage {
    carried: Carried,
}

impl View for ResumePage {
    const TEMPLATE: &'static str = "sign_in_resume.html";
}

pub(crate) async fn show(visit: Visit) -> PageResult {
    let next = own_path(&visit.query("next")).unwrap_or_default();
    if let Some(visitor) = visit.visitor() {
        let home = nav::home_of(visitor.actor.role);
        let to = if next.is_empty() { home } else { &next };
        return Ok(visit.see(&crate::Saved::at(to)));
    }
    let page = SignInPage {
        next,
        code: false,
        carried: None,
    };
    visit.show_form(&page, &FormView::empty()?)
}

pub(crate) async fn send(visit: Visit, form: Form) -> PageResult {
    let signed_in = ::web::sign_in::sign_in(
        visit.state(),
        visit.request(),
        ::web::sign_in::Attempt {
            email: form.get("email").to_owned(),
            password: form.exact("password"),
            code: form.code(),
            device_token: Cookie::Device.of(visit.request()),
        },
    )
    .await;
    let tokens = match signed_in {
        Ok(tokens) => tokens,
        Err(cause) => return again(&visit, &form, cause),
    };
    if let (Some(before), Some(cookie)) = (visit.visitor(), Cookie::Session.of(visit.request())) {
        // whoever signs in over another session leaves none behind
        let actor = before.actor;
        let database = &visit.state().database;
        database
            .write(move |tx| identity::end_cookie(tx, &actor, &cookie))
            .await?;
    }
    let (cookie, actor) = session::begin(visit.state(), visit.request(), &tokens).await?;
    let mut response = match Carried::of(&form) {
        Some(carried) => visit.show_form(&ResumePage { carried }, &FormView::empty()?)?,
        None => {
            let home = nav::home_of(actor.role);
            let next = own_path(&form.exact("next")).unwrap_or_else(|| home.to_owned());
            actix_web::HttpResponse::SeeOther()
                .insert_header((LOCATION, next))
                .finish()
        }
    };
    let known = tokens
        .device_token
        .map(|token| session::remembered(visit.request(), &token));
    for cookie in std::iter::once(cookie).chain(known) {
        let value = cookie.parse().map_err(|_| ApiError::from(Code::Internal))?;
        response.headers_mut().append(SET_COOKIE, value);
    }
    Ok(response)
}

/// The page again, with what was wrong.
fn again(visit: &Visit, form: &Form, cause: ApiError) -> PageResult {
    let refused = cause.code();
    let cause = match refused {
        Some(code @ Code::InvalidCredentials) => Refusal::field("/email", code, code.help()).into(),
        _ => at_code(cause),
    };
    let with_code = [
        Some(Code::SecondFactorRequired),
        Some(Code::SecondFactorRefused),
    ];
    let page = SignInPage {
        next: own_path(&form.exact("next")).unwrap_or_default(),
        code: with_code.contains(&refused) || !form.get("code").is_empty(),
        carried: Carried::of(form),
    };
    visit.retry(&page, form, cause)
}

/// A path of ours, with its query; nothing that leads elsewhere.
pub(crate) fn own_path(text: &str) -> Option<String> {
    let inside = text.starts_with('/') && !text.starts_with("//") && !text.starts_with("/\\");
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let here = text.starts_with("/connexion") || text.starts_with("/api/");
    (inside && plain && !here && text.len() <= 2_000).then(|| text.to_owned())
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |code, carried| SignInPage {
        next: "/demandes".to_owned(),
        code,
        carried,
    };
    let carried = || {
        let field = ("title".to_owned(), "Lot 7".to_owned());
        Carried::new("/dons/nouveau", vec![field])
    };
    vec![
        Sample::of("sign in", &page(false, None)),
        Sample::of("sign in with a code", &page(true, None))
            .with_form(|form| form.with_mistake("code", "123456")),
        Sample::of("sign in after a session", &page(false, Some(carried()))),
        Sample::of(
            "signed in after a session",
            &ResumePage { carried: carried() },
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_comes_back_to_own_paths_only() {
        for own in [
            "/",
            "/demandes?status=draft",
            "/dons/0198c0de/liste#ligne-3",
        ] {
            assert_eq!(own_path(own).as_deref(), Some(own));
        }
        for foreign in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/a\\b",
            "/a b",
            "/a\r\nSet-Cookie: x=y",
            "/connexion?next=/",
            "/api/v1/me",
            "javascript:alert(1)",
        ] {
            assert_eq!(own_path(foreign), None, "{foreign:?}");
        }
        assert_eq!(own_path(&format!("/{}", "a".repeat(2_000))), None);
    }

    #[test]
    fn a_password_is_not_carried_along() {
        let fields = [("new_password", "secret"), ("name", "Ada")];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let carried = Carried::new("/compte", fields.to_vec());
        assert_eq!(carried.fields.len(), 1);
    }
}
