//! Webhooks as their organization sees them, and as the worker does.

use kernel::{Instant, OrganisationId, WebhookDeliveryId, WebhookId, text_enum};
use serde::{Deserialize, Serialize};

use crate::NotificationStatus;

text_enum! {
    /// Whether a webhook is called.
    pub enum WebhookStatus {
        /// It is.
        Active = "active",
        /// It failed for too long, or said that it is gone.
        Disabled = "disabled",
    }
}
db::text_column!(WebhookStatus);

/// The kinds that a webhook hears of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub(crate) struct Kinds(pub(crate) Vec<String>);
db::json_column!(Kinds);

/// A webhook that somebody wants.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
pub struct NewWebhook {
    /// Where to call: https, on the public internet.
    pub url: String,
    /// The kinds to tell of, such as `batch_accepted`; left out or empty for all that the
    /// organization may hear of.
    #[serde(default)]
    pub events: Vec<String>,
}

/// A webhook, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Webhook {
    /// Names it.
    #[schema(value_type = String, format = "uuid")]
    pub id: WebhookId,
    /// Whose it is.
    #[schema(value_type = String, format = "uuid")]
    pub organisation_id: OrganisationId,
    /// Where to call.
    pub url: String,
    /// The kinds that it is told of; empty for all.
    pub events: Vec<String>,
    /// Whether it is called.
    pub status: WebhookStatus,
    /// Since when no call has succeeded, when the last one failed.
    pub failing_since: Option<Instant>,
    /// What came of the last call that failed.
    pub last_error: Option<String>,
    /// Counts its changes.
    pub version: i32,
    /// When it was set up.
    pub created_at: Instant,
    /// When it was changed last.
    pub updated_at: Instant,
}

/// A webhook that was just set up.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct WebhookCreated {
    /// The webhook.
    #[serde(flatten)]
    pub webhook: Webhook,
    /// Proves that a call comes from here; shown this once.
    pub secret: String,
}

/// An event on its way to a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Delivery {
    /// Names the event; sent as `webhook-id`, the same at each attempt.
    #[schema(value_type = String, format = "uuid")]
    pub id: WebhookDeliveryId,
    /// Its kind.
    pub event: String,
    /// How far it has come.
    pub status: NotificationStatus,
    /// Attempts so far.
    pub attempts: i32,
    /// When it is tried next, while it waits.
    pub due_at: Option<Instant>,
    /// The HTTP status of the last answer.
    pub answer: Option<i32>,
    /// What came of the last attempt that failed.
    pub last_error: Option<String>,
    /// When it happened.
    pub created_at: Instant,
    /// When it was delivered.
    pub sent_at: Option<Instant>,
}

/// A delivery that a worker has in hand until `locked_until`.
#[derive(Debug, Clone, diesel::Queryable)]
pub(crate) struct Call {
    pub(crate) id: WebhookDeliveryId,
    pub(crate) webhook: WebhookId,
    pub(crate) organisation: OrganisationId,
    pub(crate) url: String,
    pub(crate) secret: String,
    pub(crate) event: String,
    pub(crate) data: String,
    pub(crate) attempts: i32,
    pub(crate) created_at: Instant,
}
