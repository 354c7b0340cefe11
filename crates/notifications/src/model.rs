//! The outbox as staff see it, and as the worker does.

use kernel::{Instant, Language, MessageId, PersonId, text_enum};
use serde::Serialize;

text_enum! {
    /// How far a message has come.
    pub enum NotificationStatus {
        /// Waits for its first attempt.
        Queued = "queued",
        /// Accepted by the mail server, or written to its file.
        Sent = "sent",
        /// Not accepted yet; it is tried again by itself.
        Failed = "failed",
        /// Refused for good, or too often: a person has to look.
        Dead = "dead",
    }
}
db::text_column!(NotificationStatus);

text_enum! {
    /// Why a message is dead.
    pub enum Ended {
        /// The mail server, or the message itself, says never.
        Refused = "refused",
        /// The last attempt failed too.
        GivenUp = "given_up",
        /// It was about a moment that is over.
        Past = "past",
        /// Its reader has left.
        Left = "left",
    }
}
db::text_column!(Ended);

/// A message in the outbox, without what it says: staff see that somebody was written to
/// and whether it arrived, not the tokens in it.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Notification {
    /// Names it.
    #[schema(value_type = String, format = "uuid")]
    pub id: MessageId,
    /// Which message, such as `batch_accepted`.
    pub kind: String,
    /// The address.
    pub to: String,
    /// Whose address it is.
    pub name: String,
    /// In which language.
    pub language: Language,
    /// Its subject line.
    pub subject: String,
    /// How far it has come.
    pub status: NotificationStatus,
    /// Attempts so far, since it was last put into the queue.
    pub attempts: i32,
    /// When it is tried next, while it waits.
    pub due_at: Option<Instant>,
    /// What the mail server said last.
    pub last_error: Option<String>,
    /// Why it is dead, when it is.
    pub ended_because: Option<Ended>,
    /// The message in whose mail it travels, when several share one.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub part_of: Option<MessageId>,
    /// Of its mail; stable over all attempts.
    pub message_id: String,
    /// Counts its changes.
    pub version: i32,
    /// When it was put into the outbox.
    pub created_at: Instant,
    /// When it left.
    pub sent_at: Option<Instant>,
}

/// Which messages staff want to see.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this status.
    pub status: Option<NotificationStatus>,
    /// Only to this address; case does not matter.
    pub to: Option<String>,
}

/// A message of a letter.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) id: MessageId,
    pub(crate) kind: String,
    /// The message as JSON: one that this program cannot read must not block the others.
    pub(crate) data: String,
}

/// A mail that a worker has in hand until `locked_until`: one message, or several that
/// travel together.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    /// Of the message that carries the others.
    pub(crate) id: MessageId,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) person: Option<PersonId>,
    pub(crate) language: Language,
    pub(crate) message_id: String,
    pub(crate) attempts: i32,
    pub(crate) created_at: Instant,
    pub(crate) locked_until: Instant,
    /// Never empty.
    pub(crate) parts: Vec<Part>,
}

/// A mail that went to somebody, as they may know of it.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct HeldMail {
    /// Which message, such as `batch_accepted`.
    pub kind: String,
    /// How far it has come.
    pub status: NotificationStatus,
    /// When it was put into the outbox.
    pub created_at: Instant,
    /// When it left.
    pub sent_at: Option<Instant>,
}
