//! `/invitation?token=…` and `/reset?token=…`: behind the links that set a password. GET shows for
//! whom, and changes nothing, so that a mail scanner may open it. A link that does not work any
//! more says so, and how to get another one.

use ::web::ApiError;
use ::web::passwords::hash_for_link;
use ::web::record::Origin;
use actix_web::http::StatusCode;
use actix_web::http::header::SET_COOKIE;
use identity::{LinkPurpose, OpenLink};
use kernel::Code;
use serde::Serialize;

use crate::{Form, FormView, PageResult, Sample, Saved, View, Visit, nav, session};

#[derive(Serialize)]
struct PasswordPage {
    /// Where the form is sent.
    action: &'static str,
    /// From the link.
    token: String,
    /// For whom it is; none when it does not work.
    account: Option<Account>,
    /// Characters at the least.
    least: usize,
}

#[derive(Serialize)]
struct Account {
    name: String,
    email: String,
    organisation: String,
}

impl From<OpenLink> for Account {
    fn from(link: OpenLink) -> Self {
        Self {
            name: link.name,
            email: link.email,
            organisation: link.organisation,
        }
    }
}

impl View for PasswordPage {
    const TEMPLATE: &'static str = "password_link.html";
}

const fn action_of(purpose: LinkPurpose) -> &'static str {
    match purpose {
        LinkPurpose::Invitation => "/invitation",
        _ => "/reset",
    }
}

/// The page of a link, as it is now.
async fn page_of(
    visit: &Visit,
    purpose: LinkPurpose,
    token: &str,
) -> Result<PasswordPage, ApiError> {
    let database = &visit.state().database;
    let (sought, now) = (token.to_owned(), database.now());
    let found = database.read(move |db| identity::open_link(db, purpose, &sought, now));
    let account = match found.await {
        Ok(link) => Some(link.into()),
        Err(db::Error::Refused(refusal)) if refusal.code == Code::InvalidToken => None,
        Err(cause) => return Err(cause.into()),
    };
    Ok(PasswordPage {
        action: action_of(purpose),
        token: token.to_owned(),
        account,
        least: visit.state().passwords.settings().least(),
    })
}

async fn show(visit: Visit, purpose: LinkPurpose) -> PageResult {
    let page = page_of(&visit, purpose, &visit.query("token")).await?;
    visit.show_form(&page, &FormView::empty()?)
}

/// The page again, after a refusal. That the link was used up meanwhile, the page says itself.
async fn again(visit: Visit, purpose: LinkPurpose, form: &Form, cause: ApiError) -> PageResult {
    let page = page_of(&visit, purpose, form.get("token")).await?;
    if page.account.is_none() {
        return visit.show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &FormView::empty()?);
    }
    visit.retry(&page, form, cause)
}

pub(crate) async fn invitation(visit: Visit) -> PageResult {
    show(visit, LinkPurpose::Invitation).await
}

pub(crate) async fn reset(visit: Visit) -> PageResult {
    show(visit, LinkPurpose::Reset).await
}

/// Sets the first password, and signs in.
pub(crate) async fn accept(visit: Visit, form: Form) -> PageResult {
    let purpose = LinkPurpose::Invitation;
    let (token, password) = (form.get("token").to_owned(), form.exact("password"));
    let hash = match hash_for_link(visit.state(), purpose, &token, &password).await {
        Ok(hash) => hash,
        Err(cause) => return again(visit, purpose, &form, cause.into()).await,
    };
    let signer = visit.state().signer.clone();
    let network = Origin::network_of(visit.request());
    let accepted = visit.state().database.write(move |tx| {
        identity::accept_invitation(tx, &signer, &token, &hash, network.as_deref())
    });
    let tokens = match accepted.await {
        Ok(tokens) => tokens,
        Err(cause) => return again(visit, purpose, &form, cause.into()).await,
    };
    let (cookie, actor) = session::begin(visit.state(), visit.request(), &tokens).await?;
    let saved = Saved::at(nav::home_of(actor.role)).saying(
        "Votre mot de passe est enregistré et votre adresse confirmée. Vous êtes connecté.",
        "Your password is saved and your address confirmed. You are signed in.",
    );
    let known = tokens
        .device_token
        .map(|token| session::remembered(visit.request(), &token));
    let mut response = visit.see(&saved);
    for cookie in std::iter::once(cookie).chain(known) {
        let cookie = cookie.parse().map_err(|_| ApiError::from(Code::Internal))?;
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Sets a new password; whoever has a second factor still needs it to sign in.
pub(crate) async fn set_anew(visit: Visit, form: Form) -> PageResult {
    let purpose = LinkPurpose::Reset;
    let (token, password) = (form.get("token").to_owned(), form.exact("password"));
    let hash = match hash_for_link(visit.state(), purpose, &token, &password).await {
        Ok(hash) => hash,
        Err(cause) => return again(visit, purpose, &form, cause.into()).await,
    };
    // the link is what this browser is known by at the sign-in that follows
    let known = session::remembered(visit.request(), &token);
    let network = Origin::network_of(visit.request());
    let set = visit
        .state()
        .database
        .write(move |tx| identity::reset_password(tx, &token, &hash, network.as_deref()));
    if let Err(cause) = set.await {
        return again(visit, purpose, &form, cause.into()).await;
    }
    let saved = Saved::at("/connexion").saying(
        "Votre mot de passe est enregistré. Les sessions ouvertes ont été fermées : connectez-vous.",
        "Your password is saved. Open sessions were ended: sign in.",
    );
    let mut response = visit.see(&saved);
    let known = known.parse().map_err(|_| ApiError::from(Code::Internal))?;
    response.headers_mut().append(SET_COOKIE, known);
    Ok(response)
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |purpose, works: bool| PasswordPage {
        action: action_of(purpose),
        token: "0198c0de".to_owned(),
        account: works.then(|| Account {
            name: "Ada Aidante".to_owned(),
            email: "ada@asso.example".to_owned(),
            organisation: "Les Amis".to_owned(),
        }),
        least: 8,
    };
    let mut all = Vec::new();
    for purpose in [LinkPurpose::Invitation, LinkPurpose::Reset] {
        let path = action_of(purpose);
        all.push(Sample::of(path, &page(purpose, true)));
        all.push(Sample::of(&format!("{path}, void"), &page(purpose, false)));
        let weak = |form: FormView| form.with_mistake("password", "123");
        all.push(Sample::of(&format!("{path}, weak"), &page(purpose, true)).with_form(weak));
    }
    all
}
