//! `/compte/webhooks`: other programs of one's organization that are told of what it hears. The
//! secret of one is shown once, in the answer to the form that sets it up.

use ::web::access::ManageWebhooks;
use ::web::{ApiResult, Paging, PathId};
use kernel::{Instant, Language, WebhookId};
use notifications::{Delivery, NewWebhook, Webhook, WebhookCreated, WebhookStatus};
use serde::Serialize;

use super::application_parts::SAMPLE_ID;
use super::choices::Choice;
use super::proof::{asked_again, prove_again};
use crate::language::say;
use crate::shown_once::Made;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View, address};

const ADDRESS: &str = "/compte/webhooks";

#[derive(Serialize)]
struct WebhooksPage {
    webhooks: Vec<Row>,
}

impl View for WebhooksPage {
    const TEMPLATE: &'static str = "account_webhooks.html";
}

#[derive(Serialize)]
struct Row {
    id: String,
    url: String,
    /// What it is told of; empty for all.
    events: Vec<String>,
    /// `active`, `failing` or `disabled`.
    state: &'static str,
    failing_since: Option<Instant>,
    last_error: Option<String>,
    created_at: Instant,
}

impl Row {
    fn of(it: Webhook, titles: &Titles) -> Self {
        Self {
            id: it.id.to_string(),
            url: it.url,
            events: it.events.iter().map(|kind| titles.of(kind)).collect(),
            state: match (it.status, it.failing_since) {
                (WebhookStatus::Disabled, _) => "disabled",
                (WebhookStatus::Active, Some(_)) => "failing",
                (WebhookStatus::Active, None) => "active",
            },
            failing_since: it.failing_since,
            last_error: it.last_error,
            created_at: it.created_at,
        }
    }
}

/// What the kinds are about, in the reader's language.
struct Titles(Vec<Choice>);

impl Titles {
    fn heard_by(actor: &kernel::Actor, language: Language) -> Self {
        let all = notifications::webhook_events(actor).into_iter();
        let choice = |(kind, title): (&str, kernel::Text)| Choice {
            value: kind.to_owned(),
            text: say(&title, language),
        };
        Self(all.map(choice).collect())
    }

    /// A kind that the organization hears of no more is called by its name.
    fn of(&self, kind: &str) -> String {
        let found = self.0.iter().find(|choice| choice.value == kind);
        found.map_or(kind, |choice| &choice.text).to_owned()
    }
}

pub(crate) async fn list(page: Page<ManageWebhooks>) -> PageResult {
    let language = page.language();
    let webhooks = page
        .read(move |db, actor| {
            let titles = Titles::heard_by(actor, language);
            let found = notifications::webhooks(db, actor)?.into_iter();
            Ok(found.map(|it| Row::of(it, &titles)).collect())
        })
        .await?;
    page.show(&WebhooksPage { webhooks })
}

/// The page on which one is set up.
#[derive(Serialize)]
struct NewWebhookPage {
    events: Vec<Choice>,
    /// Asks for the password.
    proof: bool,
}

impl View for NewWebhookPage {
    const TEMPLATE: &'static str = "account_webhook_new.html";
}

impl NewWebhookPage {
    fn of(page: &Page<ManageWebhooks>, proof: bool) -> Self {
        Self {
            events: Titles::heard_by(&page.actor(), page.language()).0,
            proof,
        }
    }
}

pub(crate) async fn blank(page: Page<ManageWebhooks>) -> PageResult {
    page.show_form(&NewWebhookPage::of(&page, false), &FormView::empty()?)
}

/// The secret, this once.
#[derive(Serialize)]
struct MadePage {
    id: String,
    url: String,
    secret: String,
}

impl View for MadePage {
    const TEMPLATE: &'static str = "account_webhook_made.html";
}

async fn make(page: &Page<ManageWebhooks>, form: &Form) -> ApiResult<Made<WebhookCreated>> {
    let form = prove_again(page, form).await?;
    let new: NewWebhook = form.read()?;
    let (settings, signer) = (page.state().webhooks.clone(), page.state().signer.clone());
    page.write_shown_once(&form, "create_webhook", move |tx, actor| {
        identity::freshly_proven(tx, &signer, actor)?;
        let made = notifications::create_webhook(tx, actor, &settings, &new)?;
        // said to whoever sends the form again
        let text = kernel::Text::new(
            "Ce webhook est déjà créé, et son secret a été affiché une fois. Si vous ne l’avez pas noté, supprimez-le et créez-en un autre.",
            "This webhook was made already, and its secret was shown once. If you did not note it, delete it and make another one.",
        );
        let saved = Saved::at(ADDRESS).telling(text, "warning");
        Ok((saved, made.webhook.id, made))
    })
    .await
}

pub(crate) async fn create(page: Page<ManageWebhooks>, form: Form) -> PageResult {
    match make(&page, &form).await {
        Ok(Made::Now(made)) => page.show(&MadePage {
            id: made.webhook.id.to_string(),
            url: made.webhook.url,
            secret: made.secret,
        }),
        Ok(Made::Before(saved)) => Ok(page.see(&saved)),
        Err(cause) => {
            let (proof, cause) = asked_again(cause);
            page.retry(&NewWebhookPage::of(&page, proof), &form, cause)
        }
    }
}

/// One of them, with what it was told.
#[derive(Serialize)]
struct WebhookPage {
    webhook: Row,
    told: Vec<Told>,
    next: Option<String>,
}

impl View for WebhookPage {
    const TEMPLATE: &'static str = "account_webhook.html";
}

#[derive(Serialize)]
struct Told {
    title: String,
    status: &'static str,
    attempts: i32,
    answer: Option<i32>,
    error: Option<String>,
    created_at: Instant,
    sent_at: Option<Instant>,
    due_at: Option<Instant>,
}

impl Told {
    fn of(it: Delivery, titles: &Titles) -> Self {
        Self {
            title: titles.of(&it.event),
            status: it.status.as_str(),
            attempts: it.attempts,
            answer: it.answer,
            error: it.last_error,
            created_at: it.created_at,
            sent_at: it.sent_at,
            due_at: it.due_at,
        }
    }
}

pub(crate) async fn show(
    page: Page<ManageWebhooks>,
    PathId(id): PathId<kernel::Webhook>,
    Paging(request): Paging,
) -> PageResult {
    let language = page.language();
    let view = page
        .read(move |db, actor| {
            let titles = Titles::heard_by(actor, language);
            let webhook = notifications::webhook(db, actor, id)?;
            let found = notifications::deliveries(db, actor, id, &request)?;
            let told = found.items.into_iter();
            Ok(WebhookPage {
                webhook: Row::of(webhook, &titles),
                told: told.map(|it| Told::of(it, &titles)).collect(),
                next: (found.next).map(|next| address::with(&at(id), &[("after", next.as_str())])),
            })
        })
        .await?;
    page.show_form(&view, &FormView::empty()?)
}

fn at(id: WebhookId) -> String {
    format!("{ADDRESS}/{id}")
}

pub(crate) async fn enable(
    page: Page<ManageWebhooks>,
    PathId(id): PathId<kernel::Webhook>,
    form: Form,
) -> PageResult {
    let enable = move |tx: &mut db::Tx<'_>, actor: &kernel::Actor| {
        let webhook = notifications::enable_webhook(tx, actor, id)?;
        Ok(Saved::at(at(id))
            .about(id)
            .with_status(webhook.status)
            .saying(
                "Le webhook est de nouveau appelé.",
                "The webhook is called again.",
            ))
    };
    let saved = page.write(&form, "enable_webhook", enable).await?;
    Ok(page.see(&saved))
}

pub(crate) async fn delete(
    page: Page<ManageWebhooks>,
    PathId(id): PathId<kernel::Webhook>,
    form: Form,
) -> PageResult {
    let delete = move |tx: &mut db::Tx<'_>, actor: &kernel::Actor| {
        notifications::delete_webhook(tx, actor, id)?;
        Ok(Saved::at(ADDRESS)
            .about(id)
            .saying("Le webhook est supprimé.", "The webhook is deleted."))
    };
    let saved = page.write(&form, "delete_webhook", delete).await?;
    Ok(page.see(&saved))
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let row = |state: &'static str| Row {
        id: SAMPLE_ID.to_owned(),
        url: "https://parc.example/ressac".to_owned(),
        events: vec!["Marseille".to_owned(); usize::from(state != "active")],
        state,
        failing_since: Some(at).filter(|_| state != "active"),
        last_error: Some("HTTP 500".to_owned()).filter(|_| state != "active"),
        created_at: at,
    };
    let told = |status: &'static str| Told {
        title: "Marseille".to_owned(),
        status,
        attempts: 2,
        answer: Some(500).filter(|_| status != "queued"),
        error: Some("HTTP 500".to_owned()).filter(|_| status == "failed"),
        created_at: at,
        sent_at: Some(at).filter(|_| status == "sent"),
        due_at: Some(at).filter(|_| status == "failed"),
    };
    let page = |state, told: Vec<Told>| WebhookPage {
        webhook: row(state),
        next: (!told.is_empty()).then(|| format!("{ADDRESS}/{SAMPLE_ID}?after=1")),
        told,
    };
    let new = |proof| NewWebhookPage {
        events: vec![Choice {
            value: "batch_accepted".to_owned(),
            text: "Marseille".to_owned(),
        }],
        proof,
    };
    let all = WebhooksPage {
        webhooks: ["active", "failing", "disabled"].map(row).into(),
    };
    let none = WebhooksPage {
        webhooks: Vec::new(),
    };
    let made = MadePage {
        id: SAMPLE_ID.to_owned(),
        url: "https://parc.example/ressac".to_owned(),
        secret: "whsec_0123456789".to_owned(),
    };
    let answers = ["queued", "sent", "failed", "dead"].map(told);
    vec![
        Sample::of("webhooks, none", &none),
        Sample::of("webhooks", &all),
        Sample::of("webhook to make", &new(false))
            .with_form(|form| form.with_mistake("url", "123")),
        Sample::of("webhook to make, with the password", &new(true))
            .with_form(|form| form.with_mistake("password", "123")),
        Sample::of("webhook, made", &made),
        Sample::of("webhook", &page("active", Vec::new())),
        Sample::of("webhook that fails", &page("failing", answers.into())),
        Sample::of("webhook, disabled", &page("disabled", Vec::new())),
    ]
}
