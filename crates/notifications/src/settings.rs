//! What the operator decides about mail and webhooks: the sections `mail` and `webhooks` of
//! the configuration.

use std::path::PathBuf;

use lettre::Address;
use lettre::message::Mailbox;
use serde::Deserialize;

use crate::rules::pace::Windows;

/// The section `mail` of the configuration; `RESSAC__MAIL__…` overrides it.
#[derive(Clone, Deserialize)]
#[serde(default)]
pub struct MailSettings {
    /// How mail leaves.
    pub transport: TransportKind,
    /// With `file`: the folder that gets one `.eml` a message. It is made if need be.
    pub directory: PathBuf,
    /// With `smtp`: `smtps://user:password@host:465` (TLS from the start),
    /// `smtp://user:password@host:587?tls=required` (STARTTLS), `…?tls=opportunistic`, or
    /// plain `smtp://host:25` for a relay on the same machine. Percent-encode what is not
    /// a letter or digit in the password.
    pub smtp_url: Option<String>,
    /// The sender: `Name <address>`. The name is the administration that people read as
    /// responsible for what is decided.
    pub from: String,
    /// Where people may ask: printed in every message, and where replies go.
    pub contact: String,
    /// Where the program is reached from outside; links begin with it.
    pub base_url: String,
    /// Connections to the mail server, and messages in hand, at the same time.
    pub connections: usize,
    /// Seconds that connecting, or sending one message, may take.
    pub timeout_seconds: u64,
    /// With `smtp`: a file with the password of the URL's user, instead of one in the URL.
    pub password_file: PathBuf,
    /// With `smtp`: a file with an OAuth2 access token for the URL's user (XOAUTH2). It is
    /// read anew for each connection.
    pub token_file: PathBuf,
    /// With `smtp`: a command that prints an OAuth2 access token, run for each connection.
    pub token_command: Vec<String>,
    /// With `smtp`: whether we may sign in where the connection is not encrypted.
    pub clear_sign_in: bool,
    /// With `smtp`: a PEM file of authorities to trust besides the public ones.
    pub ca_file: PathBuf,
    /// Mails a minute that this program hands to the server at the most; 0 for no limit.
    pub per_minute: u32,
    /// Seconds that a mail stays in the hand of a worker beyond the longest attempt: what a
    /// worker that died had in hand leaves after that.
    pub grace_seconds: u32,
    /// Seconds that a mail waits for others of its kind to the same person, counted from
    /// the last one.
    pub gather_seconds: u32,
    /// Seconds after which it leaves in any case.
    pub gather_most_seconds: u32,
    /// The hour of daily and weekly digests, by the clock of Paris.
    pub digest_hour: u32,
    /// A folder with templates of the operator's own; empty for the embedded ones.
    pub templates: PathBuf,
    /// The delays that letters state. They are set where they are kept: the program takes
    /// them over from the section `eligibility`.
    #[serde(skip)]
    pub delays: StatedDelays,
}

/// Delays that letters state, in months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatedDelays {
    /// After which silence decides.
    pub silence_months: u32,
    /// Within which a decision may be contested with the administration.
    pub appeal_months: u32,
}

impl Default for StatedDelays {
    fn default() -> Self {
        Self {
            silence_months: 2,
            appeal_months: 2,
        }
    }
}

/// How mail leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransportKind {
    /// Into a folder, for trying the program and for tests.
    File,
    /// To a mail server.
    Smtp,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            transport: TransportKind::File,
            directory: PathBuf::from("var/mail"),
            smtp_url: None,
            from: "Ressac <ne-pas-repondre@localhost>".to_owned(),
            contact: "contact@localhost".to_owned(),
            base_url: "http://127.0.0.1:8080".to_owned(),
            connections: 4,
            timeout_seconds: 60,
            password_file: PathBuf::new(),
            token_file: PathBuf::new(),
            token_command: Vec::new(),
            clear_sign_in: false,
            ca_file: PathBuf::new(),
            per_minute: 0,
            grace_seconds: 60,
            gather_seconds: 5,
            gather_most_seconds: 60,
            digest_hour: 8,
            templates: PathBuf::new(),
            delays: StatedDelays::default(),
        }
    }
}

impl MailSettings {
    pub(crate) fn from(&self) -> Result<Mailbox, String> {
        self.from
            .parse()
            .map_err(|cause| format!("mail.from is not `Name <address>`: {cause}"))
    }

    /// The name of who writes, and where to ask.
    pub(crate) fn sender(&self) -> Result<(String, Address), String> {
        let from = self.from()?;
        let contact = self
            .contact
            .parse()
            .map_err(|cause| format!("mail.contact is not an address: {cause}"))?;
        let sender = from.name.unwrap_or_else(|| from.email.to_string());
        Ok((sender, contact))
    }

    pub(crate) fn windows(&self) -> Windows {
        let gather = i64::from(self.gather_seconds);
        Windows {
            gather,
            gather_most: gather.max(self.gather_most_seconds.into()),
            digest_hour: self.digest_hour,
        }
    }
}

/// The section `webhooks` of the configuration; `RESSAC__WEBHOOKS__…` overrides it.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct WebhookSettings {
    /// Whether private, loopback and link-local addresses, and plain http, may be called:
    /// for trying the program, and for receivers in the same network.
    pub allow_private: bool,
    /// Seconds that one call may take.
    pub timeout_seconds: u64,
    /// Hours without a call that succeeds after which a webhook is disabled.
    pub disable_after_hours: u32,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self {
            allow_private: false,
            timeout_seconds: 10,
            disable_after_hours: 72,
        }
    }
}

/// Without the URL, which holds a password.
impl std::fmt::Debug for MailSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailSettings")
            .field("transport", &self.transport)
            .field("directory", &self.directory)
            .field("smtp_url", &self.smtp_url.as_ref().map(|_| "(not shown)"))
            .field("from", &self.from)
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}
