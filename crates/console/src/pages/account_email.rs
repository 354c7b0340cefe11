//! `/compte/adresse`: asks for another address; a link goes there. `/email?token=…`: the page behind
//! that link. GET shows a button and changes nothing, so that a mail scanner may open it.

use ::web::access::ManageAccount;
use ::web::email::change;
use ::web::record::Origin;
use ::web::sign_in::{note_refused_code, prove};
use ::web::{ApiError, ApiResult};
use actix_web::http::StatusCode;
use identity::LinkPurpose;
use kernel::Code;
use serde::Serialize;

use super::proof::at_code;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View, Visit};

#[derive(Serialize)]
struct EmailPage {
    /// The present address.
    email: String,
    /// Asks for a code, too.
    second_factor: bool,
}

impl View for EmailPage {
    const TEMPLATE: &'static str = "account_email.html";
}

async fn page_of(page: &Page<ManageAccount>) -> ApiResult<EmailPage> {
    let me = page
        .read(|db, actor| identity::me(db, actor.person))
        .await?;
    Ok(EmailPage {
        email: me.email,
        second_factor: me.second_factor,
    })
}

pub(crate) async fn show(page: Page<ManageAccount>) -> PageResult {
    let view = page_of(&page).await?;
    page.show_form(&view, &FormView::empty()?)
}

pub(crate) async fn ask(page: Page<ManageAccount>, form: Form) -> PageResult {
    if let Err(cause) = mail_link(&page, &form).await {
        let view = page_of(&page).await?;
        return page.retry(&view, &form, at_code(cause));
    }
    Ok(page.see(&Saved::at("/compte").saying(
        "Un message est parti vers la nouvelle adresse. Rien ne change avant que vous n'ouvriez le lien qu'il contient.",
        "A message is on its way to the new address. Nothing changes before you open the link in it.",
    )))
}

async fn mail_link(page: &Page<ManageAccount>, form: &Form) -> ApiResult<()> {
    let (state, request) = (page.state(), page.request());
    let present = form.exact("current_password");
    let proof = prove(state, page.who(), request, present, "/current_password").await?;
    let (signer, vault) = (state.signer.clone(), state.vault.clone());
    let (email, code, proven) = (form.get("email").to_owned(), form.code(), proof.clone());
    let outcome = page
        .write_untold("post_me_email", move |tx, actor| {
            let keys = (&signer, &vault);
            identity::ask_email_change(tx, keys, actor, &email, code.as_deref())?;
            identity::proven(tx, &proven, None)
        })
        .await;
    let origin = Origin::of(request).named("post_me_email");
    note_refused_code(state, &proof, &origin, outcome).await
}

/// The page behind the link.
#[derive(Serialize)]
struct LinkPage {
    token: String,
    /// The present address and the one to be; none when the link does not work.
    change: Option<Addresses>,
}

#[derive(Serialize)]
struct Addresses {
    email: String,
    new_email: String,
}

impl View for LinkPage {
    const TEMPLATE: &'static str = "email_link.html";
}

async fn link_of(visit: &Visit, token: &str) -> Result<LinkPage, ApiError> {
    let database = &visit.state().database;
    let (sought, now) = (token.to_owned(), database.now());
    let found = database.read(move |db| identity::open_link(db, LinkPurpose::Email, &sought, now));
    let change = match found.await {
        Ok(link) => link.new_email.map(|new_email| Addresses {
            email: link.email,
            new_email,
        }),
        Err(db::Error::Refused(refusal)) if refusal.code == Code::InvalidToken => None,
        Err(cause) => return Err(cause.into()),
    };
    Ok(LinkPage {
        token: token.to_owned(),
        change,
    })
}

pub(crate) async fn open(visit: Visit) -> PageResult {
    let page = link_of(&visit, &visit.query("token")).await?;
    visit.show_form(&page, &FormView::empty()?)
}

pub(crate) async fn confirm(visit: Visit, form: Form) -> PageResult {
    let token = form.get("token").to_owned();
    let page = link_of(&visit, &token).await?;
    let Err(cause) = change(visit.state(), visit.request(), token).await else {
        return Ok(visit.see(&Saved::at("/compte").saying(
            "Votre adresse est changée. Vos autres sessions sont fermées.",
            "Your address is changed. Your other sessions are ended.",
        )));
    };
    if page.change.is_none() {
        return visit.show_with(StatusCode::UNPROCESSABLE_ENTITY, &page, &FormView::empty()?);
    }
    visit.retry(&page, &form, cause.into())
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |second_factor| EmailPage {
        email: "ada@asso.example".to_owned(),
        second_factor,
    };
    let link = |works: bool| LinkPage {
        token: "0198c0de".to_owned(),
        change: works.then(|| Addresses {
            email: "ada@asso.example".to_owned(),
            new_email: "ada@phare.example".to_owned(),
        }),
    };
    let wrong = |form: FormView| form.with_mistake("email", "123");
    vec![
        Sample::of("another address", &page(false)),
        Sample::of("another address with a code", &page(true)).with_form(wrong),
        Sample::of("link to another address", &link(true)),
        Sample::of("link to another address, taken", &link(true)).with_form(wrong),
        Sample::of("link to another address, void", &link(false)),
    ]
}
