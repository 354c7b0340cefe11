#![doc = include_str!("../README.md")]

pub mod calendar;
pub mod dates;
mod events;
mod links;
mod mailer;
mod message;
mod mime;
mod model;
mod recorder;
mod render;
mod rules;
mod samples;
mod service;
mod settings;
mod store;
mod webhooks;
mod worker;

pub use events::Choice;
pub use mailer::Mailer;
pub use message::{AccountChange, Appointment, ChangeItem, Message, Quantity, Recipient};
pub use model::{Ended, Filter, HeldMail, Notification, NotificationStatus};
pub use render::{Preview, TemplateRow, Templates, french_spaces};
pub use samples::pages as sample_pages;
pub use service::choices::{
    NewPreferences, Preference, Preferences, UnsubscribeLink, preferences, set_preferences,
    unsubscribe, unsubscribe_link,
};
pub use service::failures::report_failures;
pub use service::outbox::{
    list, notification, push, push_all, push_many, retry, send_test, undelivered,
};
pub use service::retention::{forget_recipient, forget_recipients_before, mails_to};
pub use service::webhooks::{
    create_webhook, delete_webhook, deliveries, enable_webhook, webhook, webhook_events, webhooks,
};
pub use settings::{MailSettings, StatedDelays, TransportKind, WebhookSettings};
pub use webhooks::caller::Caller;
pub use webhooks::model::{Delivery, NewWebhook, Webhook, WebhookCreated, WebhookStatus};
pub use webhooks::worker::{drain_webhooks, run_webhooks};
pub use worker::{Stats, drain, run_worker};
