//! How mail leaves: into a folder or to a mail server.

mod file;
mod smtp;
mod url;

use std::sync::Arc;
use std::time::Duration;

use kernel::Instant;
use lettre::Address;
use lettre::message::Mailbox;

use crate::Message;
use crate::mime::{self, Envelope};
use crate::model::Claimed;
use crate::render::{self, Surroundings};
use crate::rules::Failure;
use crate::settings::{MailSettings, TransportKind};

/// Sends messages. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Mailer(Arc<Inner>);

struct Inner {
    transport: Transport,
    from: Mailbox,
    reply_to: Mailbox,
    sender: String,
    base_url: String,
    connections: usize,
    timeout: Duration,
}

enum Transport {
    File(file::Folder),
    Smtp(smtp::Server),
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
    pub fn new(settings: &MailSettings) -> Result<Self, String> {
        let from: Mailbox = settings
            .from
            .parse()
            .map_err(|cause| format!("mail.from is not `Name <address>`: {cause}"))?;
        let contact: Address = settings
            .contact
            .parse()
            .map_err(|cause| format!("mail.contact is not an address: {cause}"))?;
        let sender = from.name.clone().unwrap_or_else(|| from.email.to_string());
        let timeout = Duration::from_secs(settings.timeout_seconds.clamp(1, 600));
        let transport = match settings.transport {
            TransportKind::File => Transport::File(file::Folder::new(settings.directory.clone())),
            TransportKind::Smtp => {
                let url = settings
                    .smtp_url
                    .as_deref()
                    .ok_or("mail.smtp_url is missing")?;
                let server = url::parse(url).map_err(|help| format!("mail.smtp_url: {help}"))?;
                Transport::Smtp(smtp::Server::new(server, from.email.domain(), timeout)?)
            }
        };
        Ok(Self(Arc::new(Inner {
            transport,
            reply_to: Mailbox::new(Some(sender.clone()), contact),
            from,
            sender,
            base_url: settings.base_url.trim_end_matches('/').to_owned(),
            connections: settings.connections.clamp(1, 64),
            timeout,
        })))
    }

    /// Messages in hand at the same time.
    pub(crate) fn connections(&self) -> usize {
        self.0.connections
    }

    /// How long a message may take at the most: a connection, then the message.
    pub(crate) fn longest(&self) -> Duration {
        self.0.timeout * 2
    }

    /// The Message-ID of a row, without angle brackets. It is fixed by the first attempt,
    /// and so outlives a change of the sender's address.
    pub(crate) fn message_id(&self, row: &Claimed) -> String {
        match row.message_id.contains('@') {
            true => row.message_id.clone(),
            false => format!("{}@{}", row.message_id, self.0.from.email.domain()),
        }
    }

    /// Renders a message and sends it.
    pub(crate) async fn send(&self, row: &Claimed, now: Instant) -> Result<(), Undelivered> {
        let mail = self.compose(row, now)?;
        match &self.0.transport {
            Transport::File(folder) => folder.put(&row.id.to_string(), mail.formatted()).await,
            Transport::Smtp(server) => server.send(mail.envelope(), &mail.formatted()).await,
        }
    }

    fn compose(&self, row: &Claimed, now: Instant) -> Result<lettre::Message, Undelivered> {
        let inner = &self.0;
        let surroundings = Surroundings {
            sender: &inner.sender,
            contact: inner.reply_to.email.as_ref(),
            base_url: &inner.base_url,
        };
        let message: Message = serde_json::from_str(&row.data).map_err(Undelivered::permanent)?;
        let rendered = render::render(&message, &row.name, row.language, surroundings)
            .map_err(Undelivered::permanent)?;
        let address: Address = row.email.parse().map_err(Undelivered::permanent)?;
        let name = Some(row.name.clone()).filter(|name| !name.is_empty());
        let envelope = Envelope {
            from: &inner.from,
            reply_to: &inner.reply_to,
            to: Mailbox::new(name, address),
            message_id: &self.message_id(row),
            date: now,
            eight_bit: matches!(inner.transport, Transport::File(_)),
        };
        mime::mail(envelope, row, message.appointment(), &rendered).map_err(Undelivered::permanent)
    }
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer")
            .field("from", &self.0.from)
            .finish_non_exhaustive()
    }
}
