//! `/demandes/{id}/messages`, `/ville/demandes/{id}/messages`: what the city and an association write
//! each other about an application, and the way to answer.

use ::web::access::{Apply, Permission, ReadApplications, ReviewApplications};
use ::web::{ApiResult, PathId};
use eligibility::{ApplicationStatus, CaseMessage, NewMessage};
use kernel::{ApplicationId, Instant};
use serde::{Deserialize, Serialize};

use super::application_parts::SAMPLE_ID;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct Thread {
    id: String,
    reference: String,
    association: String,
    city: bool,
    may_write: bool,
    messages: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    author: String,
    of_city: bool,
    text: String,
    at: Instant,
}

impl View for Thread {
    const TEMPLATE: &'static str = "application_messages.html";
}

impl From<CaseMessage> for Row {
    fn from(it: CaseMessage) -> Self {
        Self {
            author: it.author,
            of_city: it.of_city,
            text: it.text,
            at: it.at,
        }
    }
}

async fn load<P: Permission>(page: &Page<P>, id: ApplicationId) -> ApiResult<Thread> {
    let (it, messages) = page
        .read(move |db, actor| {
            let it = eligibility::application(db, actor, id)?;
            Ok((it, eligibility::messages(db, actor, id)?))
        })
        .await?;
    let city = page.actor().is_city();
    Ok(Thread {
        id: id.to_string(),
        reference: it.reference,
        association: it.association,
        may_write: city || it.status != ApplicationStatus::Draft,
        messages: messages.into_iter().map(Row::from).collect(),
        city,
    })
}

pub(crate) async fn of_association(
    page: Page<ReadApplications>,
    PathId(id): PathId<kernel::Application>,
) -> PageResult {
    page.show_form(&load(&page, id).await?, &FormView::empty()?)
}

pub(crate) async fn of_city(
    page: Page<ReviewApplications>,
    PathId(id): PathId<kernel::Application>,
) -> PageResult {
    page.show_form(&load(&page, id).await?, &FormView::empty()?)
}

/// What was typed; nothing is refused at its field.
#[derive(Deserialize)]
struct Typed {
    message: Option<String>,
}

async fn send<P: Permission>(page: Page<P>, id: ApplicationId, form: Form) -> PageResult {
    let back = match page.actor().is_city() {
        true => format!("/ville/demandes/{id}/messages"),
        false => format!("/demandes/{id}/messages"),
    };
    let saved = match form.read::<Typed>() {
        Err(cause) => Err(cause),
        Ok(typed) => {
            let new = NewMessage {
                message: typed.message.unwrap_or_default(),
            };
            let write = move |tx: &mut db::Tx<'_>, actor: &kernel::Actor| {
                eligibility::write_message(tx, actor, id, &new)?;
                Ok(Saved::at(&*back)
                    .about(id)
                    .saying("Votre message est parti.", "Your message is on its way."))
            };
            let deed = "post_applications_id_messages";
            page.write(&form, deed, write).await
        }
    };
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => page.retry(&load(&page, id).await?, &form, cause),
    }
}

pub(crate) async fn send_as_association(
    page: Page<Apply>,
    PathId(id): PathId<kernel::Application>,
    form: Form,
) -> PageResult {
    send(page, id, form).await
}

pub(crate) async fn send_as_city(
    page: Page<ReviewApplications>,
    PathId(id): PathId<kernel::Application>,
    form: Form,
) -> PageResult {
    send(page, id, form).await
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let row = |of_city| Row {
        author: "Sam Service".to_owned(),
        of_city,
        text: "123\n456".to_owned(),
        at,
    };
    let page = |city, messages: Vec<Row>| Thread {
        id: SAMPLE_ID.to_owned(),
        reference: "D-2023-0042".to_owned(),
        association: "Les Amis".to_owned(),
        city,
        may_write: city || !messages.is_empty(),
        messages,
    };
    vec![
        Sample::of(
            "messages of the city",
            &page(true, vec![row(true), row(false)]),
        ),
        Sample::of(
            "messages of an association",
            &page(false, vec![row(true), row(false)]),
        )
        .with_form(|form| form.with_mistake("message", "123")),
        Sample::of("no messages", &page(false, Vec::new())),
    ]
}
