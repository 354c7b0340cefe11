//! What the operator decides about mail: the section `mail` of the configuration.

use std::path::PathBuf;

use serde::Deserialize;

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
