//! `/ville/messages`: mails, and those that did not arrive; sending one again.

use ::web::access::ReadOutbox;
use ::web::{Paging, Params, PathId};
use kernel::{Instant, Message};
use notifications::{Filter, Notification, NotificationStatus};
use serde::{Deserialize, Serialize};

use crate::{Form, FormView, Page, PageResult, Sample, Saved, View, address};

/// What the list shows.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    status: Option<NotificationStatus>,
    to: Option<String>,
}

#[derive(Serialize)]
struct CityMessages {
    status: String,
    to: String,
    messages: Vec<Row>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    to: String,
    name: String,
    subject: String,
    status: &'static str,
    last_error: Option<String>,
    created_at: Instant,
}

impl View for CityMessages {
    const TEMPLATE: &'static str = "city_messages.html";
}

impl From<Notification> for Row {
    fn from(message: Notification) -> Self {
        Self {
            id: message.id.to_string(),
            to: message.to,
            name: message.name,
            subject: message.subject,
            status: message.status.as_str(),
            last_error: message.last_error,
            created_at: message.created_at,
        }
    }
}

pub(crate) async fn show(
    page: Page<ReadOutbox>,
    Params(wanted): Params<Wanted>,
    Paging(request): Paging,
) -> PageResult {
    let to = wanted.to.filter(|to| !to.trim().is_empty());
    let filter = Filter {
        status: wanted.status,
        to: to.clone(),
    };
    let found = page
        .read(move |db, _| notifications::list(db, &filter, &request))
        .await?;
    let status = wanted.status.map_or("", |status| status.as_str());
    let to = to.unwrap_or_default();
    let at = |name: &str, value: &str| {
        address::with(
            "/ville/messages",
            &[("status", status), ("to", &to), (name, value)],
        )
    };
    let next = found.next.map(|cursor| at("after", &cursor));
    let view = CityMessages {
        status: status.to_owned(),
        messages: found.items.into_iter().map(Row::from).collect(),
        to,
        next,
    };
    page.show_form(&view, &FormView::empty()?)
}

pub(crate) async fn retry(
    page: Page<ReadOutbox>,
    PathId(id): PathId<Message>,
    form: Form,
) -> PageResult {
    let saved = page
        .write(&form, "post_notifications_id_retry", move |tx, _| {
            let again = notifications::retry(tx, id)?;
            Ok(Saved::at("/ville/messages?status=dead")
                .about(again.id)
                .saying("Le message repart.", "The message is sent again."))
        })
        .await?;
    Ok(page.see(&saved))
}

pub(crate) async fn test(page: Page<ReadOutbox>, form: Form) -> PageResult {
    let test = |tx: &mut db::Tx<'_>, actor: &kernel::Actor| {
        let recipient = identity::recipient(tx, actor.person)?;
        notifications::send_test(tx, &recipient)?;
        Ok(Saved::at("/ville/messages").saying(
            "Un message d’essai part vers votre adresse.",
            "A test mail is on its way to your address.",
        ))
    };
    let saved = page.write(&form, "post_notifications_test", test).await?;
    Ok(page.see(&saved))
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(created_at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let row = |status: &NotificationStatus| Row {
        id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
        to: "jo@amis.example".to_owned(),
        name: "Jo Bon".to_owned(),
        subject: "Ressac".to_owned(),
        status: status.as_str(),
        last_error: Some("550 no such user".to_owned()),
        created_at,
    };
    let page = |messages, next| CityMessages {
        status: "dead".to_owned(),
        to: "jo@amis.example".to_owned(),
        messages,
        next,
    };
    let rows = NotificationStatus::ALL.iter().map(row).collect();
    let next = Some("/ville/messages?after=x".to_owned());
    vec![
        Sample::of("messages", &page(rows, next)),
        Sample::of("messages, none", &page(Vec::new(), None)),
    ]
}
