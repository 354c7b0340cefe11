//! `/compte/mot-de-passe`: another password. Other sessions end; of keys for machines that one made,
//! the page says which ones still open something.

use ::web::access::ManageAccount;
use ::web::record::Origin;
use ::web::sign_in::{note_refused_code, prove};
use ::web::{ApiError, ApiResult};
use identity::KeysOfMaker;
use kernel::Instant;
use serde::Serialize;

use super::proof::at_code;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct PasswordPage {
    email: String,
    /// Asks for a code, too.
    second_factor: bool,
    /// Characters at the least.
    least: usize,
}

impl View for PasswordPage {
    const TEMPLATE: &'static str = "account_password.html";
}

/// What is said when it is changed, to somebody who made keys for machines.
#[derive(Serialize)]
struct KeysPage {
    keys: Vec<Key>,
    revoked: bool,
}

#[derive(Serialize)]
struct Key {
    name: String,
    expires_at: Option<Instant>,
}

impl View for KeysPage {
    const TEMPLATE: &'static str = "account_keys.html";
}

impl From<KeysOfMaker> for KeysPage {
    fn from(told: KeysOfMaker) -> Self {
        Self {
            revoked: told.revoked,
            keys: told
                .api_keys
                .into_iter()
                .map(|key| Key {
                    name: key.name,
                    expires_at: key.expires_at,
                })
                .collect(),
        }
    }
}

async fn page_of(page: &Page<ManageAccount>) -> ApiResult<PasswordPage> {
    let me = page
        .read(|db, actor| identity::me(db, actor.person))
        .await?;
    Ok(PasswordPage {
        email: me.email,
        second_factor: me.second_factor,
        least: page.state().passwords.settings().least(),
    })
}

pub(crate) async fn show(page: Page<ManageAccount>) -> PageResult {
    let view = page_of(&page).await?;
    page.show_form(&view, &FormView::empty()?)
}

pub(crate) async fn change(page: Page<ManageAccount>, form: Form) -> PageResult {
    let told = match set(&page, &form).await {
        Ok(told) => told,
        Err(cause) => {
            let view = page_of(&page).await?;
            return page.retry(&view, &form, at_code(cause));
        }
    };
    if !told.api_keys.is_empty() {
        return page.show(&KeysPage::from(told));
    }
    Ok(page.see(&Saved::at("/compte").saying(
        "Votre mot de passe est changé. Vos autres sessions sont fermées.",
        "Your password is changed. Your other sessions are ended.",
    )))
}

async fn set(page: &Page<ManageAccount>, form: &Form) -> Result<KeysOfMaker, ApiError> {
    let (state, request) = (page.state(), page.request());
    let (present, new) = (form.exact("current_password"), form.exact("new_password"));
    let proof = prove(state, page.who(), request, present, "/current_password").await?;
    let (passwords, candidate) = (state.passwords.clone(), new.clone());
    page.read(move |db, actor| {
        identity::check_new_password(db, passwords.settings(), actor, &candidate)
    })
    .await?;
    let hash = state.passwords.hash(new).await?;
    let (vault, code, proven) = (state.vault.clone(), form.code(), proof.clone());
    let revoke = form.get("revoke_keys") == "yes";
    let outcome = page
        .write_untold("post_me_password", move |tx, actor| {
            identity::take_code(tx, &vault, actor.person, code.as_deref())?;
            identity::proven(tx, &proven, None)?;
            identity::change_password(tx, actor, &hash)?;
            identity::keys_of_maker(tx, actor.person, revoke)
        })
        .await;
    let origin = Origin::of(request).named("post_me_password");
    note_refused_code(state, &proof, &origin, outcome).await
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |second_factor| PasswordPage {
        email: "ada@asso.example".to_owned(),
        second_factor,
        least: 8,
    };
    let wrong = |form: FormView| form.with_mistake("current_password", "123");
    let keys = |revoked| KeysPage {
        revoked,
        keys: Instant::from_micros(1_700_000_000_000_000)
            .map(|expires_at| Key {
                name: "Zabbix 3".to_owned(),
                expires_at: Some(expires_at),
            })
            .into_iter()
            .collect(),
    };
    vec![
        Sample::of("another password", &page(false)),
        Sample::of("another password with a code", &page(true)).with_form(wrong),
        Sample::of("keys that open something", &keys(false)),
        Sample::of("keys that were revoked", &keys(true)),
    ]
}
