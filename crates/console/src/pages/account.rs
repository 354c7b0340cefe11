//! `/compte`: who one is here, in which language one is written to, and where the rest of the account
//! is.

use ::web::ApiError;
use ::web::access::{ManageAccount, ManageApiKeys, ManageWebhooks, Permission, ReadColleagues};
use actix_web::http::header::SET_COOKIE;
use identity::{Me, ProfileChange};
use kernel::{Code, Language};
use serde::{Deserialize, Serialize};

use crate::cookies::Cookie;
use crate::language::REMEMBERED;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct AccountPage {
    email: String,
    organisation: String,
    /// Signs in with a code, too.
    second_factor: bool,
    /// Sees who else acts for the organization.
    colleagues: bool,
    /// Makes keys for other programs.
    keys: bool,
    /// Has other programs told.
    webhooks: bool,
}

impl View for AccountPage {
    const TEMPLATE: &'static str = "account.html";
}

impl AccountPage {
    fn of(me: Me) -> Self {
        Self {
            email: me.email,
            organisation: me.organisation.name,
            second_factor: me.second_factor,
            colleagues: ReadColleagues::ROLES.contains(&me.role),
            keys: ManageApiKeys::ROLES.contains(&me.role),
            webhooks: ManageWebhooks::ROLES.contains(&me.role),
        }
    }
}

/// The form of the page.
#[derive(Serialize, Deserialize)]
struct Profile {
    name: String,
    language: Language,
}

async fn me(page: &Page<ManageAccount>) -> Result<Me, ApiError> {
    page.read(|db, actor| identity::me(db, actor.person)).await
}

pub(crate) async fn show(page: Page<ManageAccount>) -> PageResult {
    let me = me(&page).await?;
    let form = FormView::filled(&Profile {
        name: me.name.clone(),
        language: me.language,
    })?;
    page.show_form(&AccountPage::of(me), &form)
}

pub(crate) async fn correct(page: Page<ManageAccount>, form: Form) -> PageResult {
    let me = me(&page).await?;
    let saved = page.submit(
        &form,
        "patch_me",
        |tx, actor, profile: &Profile| {
            let change = ProfileChange {
                name: Some(profile.name.clone()),
                language: Some(profile.language),
            };
            identity::change_profile(tx, actor, &change)?;
            Ok(Saved::at("/compte").saying("C'est enregistré.", "It is saved."))
        },
        || AccountPage::of(me),
    );
    let mut response = saved.await?;
    if response.status().is_redirection() {
        let language = form.get("language");
        let cookie = Cookie::Language.set(page.request(), language, REMEMBERED);
        let cookie = cookie.parse().map_err(|_| ApiError::from(Code::Internal))?;
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |second_factor| AccountPage {
        email: "ada@asso.example".to_owned(),
        organisation: "Les Amis".to_owned(),
        second_factor,
        colleagues: second_factor,
        keys: second_factor,
        webhooks: second_factor,
    };
    let wrong = |form: FormView| form.with_mistake("name", "123");
    vec![
        Sample::of("account", &page(false)),
        Sample::of("account with a mistake", &page(true)).with_form(wrong),
    ]
}
