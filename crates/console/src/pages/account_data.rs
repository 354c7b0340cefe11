//! `/compte/donnees`: what is held about oneself, to read and to take away; and leaving.

use ::web::access::{ManageAccount, ManageColleagues};
use ::web::{ApiError, ApiResult};
use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, SET_COOKIE};
use identity::PersonalData;
use kernel::{Code, Instant, Refusal, Role};
use serde::Serialize;

use crate::cookies::Cookie;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct DataPage {
    name: String,
    email: String,
    organisation: String,
    created_at: Instant,
    last_login_at: Option<Instant>,
    /// How much there is of each kind.
    sessions: usize,
    mails: usize,
    recorded: usize,
    /// How often one stands in the files of one's organization or the city.
    acts: i64,
}

impl View for DataPage {
    const TEMPLATE: &'static str = "account_data.html";
}

impl From<PersonalData> for DataPage {
    fn from(data: PersonalData) -> Self {
        Self {
            name: data.me.name,
            email: data.me.email,
            organisation: data.me.organisation.name,
            created_at: data.account.created_at,
            last_login_at: data.account.last_login_at,
            sessions: data.sessions.len(),
            mails: data.mails.len(),
            recorded: data.recorded_about.len() + data.recorded_by.len(),
            acts: data.acts.values().sum(),
        }
    }
}

async fn held(page: &Page<ManageAccount>) -> ApiResult<PersonalData> {
    page.state()
        .read_long(page.who(), |db, actor| {
            identity::personal_data(db, actor.person)
        })
        .await
}

pub(crate) async fn show(page: Page<ManageAccount>) -> PageResult {
    page.show(&DataPage::from(held(&page).await?))
}

/// Everything, in a file.
pub(crate) async fn download(page: Page<ManageAccount>) -> PageResult {
    let data = held(&page).await?;
    let name = "attachment; filename=\"ressac-mes-donnees.json\"";
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, name))
        .json(data))
}

/// Before leaving.
#[derive(Serialize)]
struct LeavePage {
    organisation: String,
    /// The city's people are taken off by an administrator.
    by_oneself: bool,
}

impl View for LeavePage {
    const TEMPLATE: &'static str = "account_leave.html";
}

async fn leave_page(page: &Page<ManageColleagues>) -> ApiResult<LeavePage> {
    let me = page.read(|db, actor| identity::me(db, actor.person));
    Ok(LeavePage {
        organisation: me.await?.organisation.name,
        by_oneself: page.actor().role != Role::Staff,
    })
}

pub(crate) async fn ask(page: Page<ManageColleagues>) -> PageResult {
    let view = leave_page(&page).await?;
    page.show_form(&view, &FormView::empty()?)
}

/// Closes one's own account: what one did stays, and nobody signs in with it any more.
pub(crate) async fn leave(page: Page<ManageColleagues>, form: Form) -> PageResult {
    if form.get("confirmed") != "yes" {
        let view = leave_page(&page).await?;
        let missing = Refusal::field("/confirmed", Code::Required, Code::Required.help());
        return page.retry(&view, &form, missing.into());
    }
    let left = page
        .write(
            &form,
            "delete_organisations_id_people_person_id",
            |tx, actor| {
                identity::remove_member(tx, actor, actor.organisation, actor.person)?;
                Ok(Saved::at("/").saying("Votre compte est fermé.", "Your account is closed."))
            },
        )
        .await;
    let saved = match left {
        Ok(saved) => saved,
        Err(cause) => {
            let view = leave_page(&page).await?;
            return page.retry(&view, &form, cause);
        }
    };
    let mut response = page.see(&saved);
    let removed = Cookie::Session.removed(page.request()).parse();
    let removed = removed.map_err(|_| ApiError::from(Code::Internal))?;
    response.headers_mut().append(SET_COOKIE, removed);
    Ok(response)
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let page = |last_login_at| DataPage {
        name: "Ada Aidante".to_owned(),
        email: "ada@asso.example".to_owned(),
        organisation: "Les Amis".to_owned(),
        created_at: at,
        last_login_at,
        sessions: 3,
        mails: 12,
        recorded: 42,
        acts: 7,
    };
    let leaving = |by_oneself| LeavePage {
        organisation: "Les Amis".to_owned(),
        by_oneself,
    };
    let last = |form: FormView| form.with_mistake("confirmed", "123");
    vec![
        Sample::of("what is held", &page(Some(at))),
        Sample::of("what is held of somebody new", &page(None)),
        Sample::of("leaving", &leaving(true)),
        Sample::of("leaving, the last one", &leaving(true)).with_form(last),
        Sample::of("leaving the city", &leaving(false)),
    ]
}
