//! How mail leaves: into a folder or to a mail server.

mod file;
mod limit;
mod secret;
mod smtp;
mod url;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use kernel::{Instant, Language};
use lettre::Address;
use lettre::message::Mailbox;

use crate::links::{self, Link};
use crate::mime::{self, Along, Envelope};
use crate::model::Letter;
use crate::render::Reader;
use crate::rules::Failure;
use crate::rules::pace::Windows;
use crate::settings::{MailSettings, TransportKind};
use crate::{Message, Templates, events};

/// Sends messages. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Mailer(Arc<Inner>);

struct Inner {
    transport: Transport,
    from: Mailbox,
    reply_to: Mailbox,
    templates: Arc<Templates>,
    windows: Windows,
    connections: usize,
    timeout: Duration,
    grace: Duration,
    limit: limit::Limit,
}

enum Transport {
    File(file::Folder),
    Smtp(Box<smtp::Server>),
}

/// Why a message did not leave, in words for staff: no secret, no stack.
#[derive(Debug)]
pub(crate) struct Undelivered {
    pub(crate) failure: Failure,
    pub(crate) error: String,
}

impl Undelivered {
    fn permanent(error: impl std::fmt::Display) -> Self {
        Self {
            failure: Failure::Permanent,
            error: error.to_string(),
        }
    }

    /// Our own mistake, of which staff hear no more than that it is one.
    pub(crate) fn broken() -> Self {
        Self::permanent(
            "this message cannot be written or sent: a mistake within the program, which is in its log",
        )
    }

    fn temporary(error: impl std::fmt::Display) -> Self {
        Self {
            failure: Failure::Temporary,
            error: error.to_string(),
        }
    }
}

impl Mailer {
    /// Reads the settings; nothing is connected or written yet.
    ///
    /// # Errors
    /// A sentence for whoever set them, without the secrets in them.
    pub fn new(settings: &MailSettings, templates: Arc<Templates>) -> Result<Self, String> {
        let from = settings.from()?;
        let (sender, contact) = settings.sender()?;
        let timeout = Duration::from_secs(settings.timeout_seconds.clamp(1, 600));
        let transport = match settings.transport {
            TransportKind::File => Transport::File(file::Folder::new(settings.directory.clone())),
            TransportKind::Smtp => {
                Transport::Smtp(Box::new(smtp::Server::new(settings, &from, timeout)?))
            }
        };
        Ok(Self(Arc::new(Inner {
            transport,
            reply_to: mime::mailbox(&sender, contact),
            from,
            templates,
            windows: settings.windows(),
            connections: settings.connections.clamp(1, 64),
            timeout,
            grace: Duration::from_secs(settings.grace_seconds.clamp(1, 3600).into()),
            limit: limit::Limit::new(settings.per_minute),
        })))
    }

    /// Whether mail would leave, without sending any: the mail server lets us in, or the folder
    /// can be written to. Says how.
    ///
    /// # Errors
    /// A sentence for the operator, without secrets.
    pub async fn check(&self) -> Result<String, String> {
        match &self.0.transport {
            Transport::File(folder) => folder.check(),
            Transport::Smtp(server) => server.check().await.map_err(|cause| cause.error),
        }
    }

    /// Messages in hand at the same time.
    pub(crate) fn connections(&self) -> usize {
        self.0.connections
    }

    /// How long a message may take at the most: a connection, then the message.
    pub(crate) fn longest(&self) -> Duration {
        self.0.timeout * 2
    }

    /// How long a message stays in hand beyond that.
    pub(crate) fn grace(&self) -> Duration {
        self.0.grace
    }

    /// Letters to take at once at the most: not more than leave within a minute.
    pub(crate) fn at_once(&self, most: i64) -> i64 {
        match self.0.limit.per_minute() {
            0 => most,
            limit => most.min(limit.into()),
        }
    }

    pub(crate) fn windows(&self) -> Windows {
        self.0.windows
    }

    /// Waits until the limit allows one more mail, or until `stopping`.
    pub(crate) async fn wait_for_turn(&self, stopping: &AtomicBool) {
        self.0.limit.wait(stopping).await;
    }

    /// The Message-ID of a letter, without angle brackets. It is fixed by the first attempt,
    /// and so outlives a change of the sender's address.
    pub(crate) fn message_id(&self, letter: &Letter) -> String {
        match letter.message_id.contains('@') {
            true => letter.message_id.clone(),
            false => format!("{}@{}", letter.message_id, self.0.from.email.domain()),
        }
    }

    /// Writes a letter and sends it. `key` signs the link that turns such mails off.
    pub(crate) async fn send(
        &self,
        letter: &Letter,
        key: &str,
        now: Instant,
    ) -> Result<(), Undelivered> {
        let mail = self.compose(letter, key, now)?;
        match &self.0.transport {
            Transport::File(folder) => folder.put(&letter.id.to_string(), mail.formatted()).await,
            Transport::Smtp(server) => server.send(mail.envelope(), &mail.formatted()).await,
        }
    }

    fn compose(
        &self,
        letter: &Letter,
        key: &str,
        now: Instant,
    ) -> Result<lettre::Message, Undelivered> {
        let inner = &self.0;
        let messages: Vec<Message> = letter
            .parts
            .iter()
            .map(|part| serde_json::from_str(&part.data))
            .collect::<Result<_, _>>()
            .map_err(Undelivered::permanent)?;
        let unsubscribe = self.unsubscribe(letter, key);
        let reader = Reader {
            name: &letter.name,
            language: letter.language,
            unsubscribe: unsubscribe.as_deref(),
        };
        let rendered = inner
            .templates
            .render(&messages, reader)
            .map_err(Undelivered::permanent)?;
        let appointments: Vec<_> = messages
            .iter()
            .zip(&rendered.subjects)
            .filter_map(|(message, subject)| Some((message.appointment()?, subject.as_str())))
            .collect();
        let pages: Vec<_> = messages.iter().filter_map(Message::attachment).collect();
        let along = Along {
            appointments: &appointments,
            pages: &pages,
        };
        let address: Address = letter.email.parse().map_err(Undelivered::permanent)?;
        let envelope = Envelope {
            from: &inner.from,
            reply_to: &inner.reply_to,
            to: mime::mailbox(&letter.name, address),
            message_id: &self.message_id(letter),
            date: now,
            unsubscribe: unsubscribe.as_deref(),
            eight_bit: matches!(inner.transport, Transport::File(_)),
        };
        mime::mail(envelope, letter, along, &rendered).map_err(Undelivered::permanent)
    }

    /// The link to where the reader chooses how to hear of this, when they may.
    fn unsubscribe(&self, letter: &Letter, key: &str) -> Option<String> {
        let person = letter.person?;
        let first = letter.parts.first()?;
        let same = letter.parts.iter().all(|part| part.kind == first.kind);
        let about = if same { &first.kind } else { links::DIGEST };
        if events::of_kind(about).is_some_and(|event| event.always) {
            return None;
        }
        let token = links::write(
            key,
            &Link {
                person,
                about: about.to_owned(),
            },
        );
        let language = match letter.language {
            Language::French => "",
            Language::English => "&lang=en",
        };
        let base_url = self.0.templates.base_url();
        Some(format!("{base_url}/unsubscribe?token={token}{language}"))
    }
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer")
            .field("from", &self.0.from)
            .finish_non_exhaustive()
    }
}
