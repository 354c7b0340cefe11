//! A mail server. Connections are kept for the next message; one that failed, or whose
//! message was given up in the middle, is dropped and never used again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::address::Envelope;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::time::{Instant as Moment, timeout};

use super::Undelivered;
use super::secret::Secret;
use super::url::{self, ServerUrl, TlsUse};
use crate::MailSettings;

/// Messages before a connection is made anew: some servers cut long ones.
const MESSAGES: u32 = 50;
/// A connection that waited longer than this is not trusted without asking.
const FRESH: Duration = Duration::from_secs(2);
/// A connection that waited longer than this is dropped; servers do so after minutes.
const STALE: Duration = Duration::from_secs(45);

const IN_CLEAR: &str = "a password would go unencrypted: use smtps:// or tls=required, or allow it \
                        with mail.clear_sign_in";

/// A mail server, with the connections that wait for their next message.
pub(super) struct Server {
    url: ServerUrl,
    hello: ClientId,
    tls: Option<TlsParameters>,
    /// Who we are to the server, and what proves it.
    account: Option<(String, Secret)>,
    /// Whether that may be said unencrypted.
    clear_sign_in: bool,
    timeout: Duration,
    idle: Mutex<Vec<Connection>>,
}

struct Connection {
    smtp: AsyncSmtpConnection,
    messages: u32,
    last_used: Moment,
}

impl Server {
    pub(super) fn new(
        settings: &MailSettings,
        from: &Mailbox,
        timeout: Duration,
    ) -> Result<Self, String> {
        let url = settings
            .smtp_url
            .as_deref()
            .ok_or("mail.smtp_url is missing")?;
        let mut url = url::parse(url).map_err(|help| format!("mail.smtp_url: {help}"))?;
        let tls = match url.tls {
            TlsUse::None => None,
            TlsUse::Opportunistic | TlsUse::Required | TlsUse::Wrapped => {
                Some(tls(settings, &url.host)?)
            }
        };
        let (user, password) = url.user.take().unzip();
        let secret = Secret::of(settings, password.flatten().as_deref())?;
        let account = match (user, secret) {
            (Some(user), Some(secret)) => Some((user, secret)),
            (None, None) => None,
            (Some(_), None) => return Err("mail.smtp_url: the password is missing".to_owned()),
            (None, Some(_)) => return Err("mail.smtp_url: the user is missing".to_owned()),
        };
        let clear_sign_in = settings.clear_sign_in;
        if account.is_some() && url.tls == TlsUse::None && !clear_sign_in {
            return Err(format!("mail.smtp_url: {IN_CLEAR}"));
        }
        Ok(Self {
            clear_sign_in,
            url,
            hello: ClientId::Domain(from.email.domain().to_owned()),
            tls,
            account,
            timeout,
            idle: Mutex::default(),
        })
    }

    /// Sends one message; accepted means that the server answered 250 after the last dot.
    pub(super) async fn send(&self, envelope: &Envelope, mail: &[u8]) -> Result<(), Undelivered> {
        let mut connection = timeout(self.timeout, self.connection())
            .await
            .map_err(|_| Undelivered::temporary("the mail server did not answer in time"))??;
        // a future that is dropped here takes its connection with it
        match timeout(self.timeout, connection.smtp.send(envelope, mail)).await {
            Err(_) => Err(Undelivered::temporary(
                "the mail server did not take the message in time",
            )),
            Ok(Err(cause)) => Err(undelivered(&cause)),
            Ok(Ok(_)) => {
                connection.messages += 1;
                connection.last_used = Moment::now();
                self.keep(connection);
                Ok(())
            }
        }
    }

    /// Connects and signs in, and says whether the connection is encrypted.
    pub(super) async fn check(&self) -> Result<String, Undelivered> {
        let connection = timeout(self.timeout, self.connect())
            .await
            .map_err(|_| Undelivered::temporary("the mail server did not answer in time"))??;
        let (host, port) = (&self.url.host, self.url.port);
        let encrypted = match connection.smtp.is_encrypted() {
            true => "encrypted",
            false => "NOT encrypted",
        };
        self.keep(connection);
        Ok(format!("{host}:{port} lets us in, {encrypted}"))
    }

    fn keep(&self, connection: Connection) {
        if connection.messages < MESSAGES {
            self.idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(connection);
        }
    }

    fn waiting(&self) -> Option<Connection> {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
    }

    async fn connection(&self) -> Result<Connection, Undelivered> {
        while let Some(mut connection) = self.waiting() {
            let waited = connection.last_used.elapsed();
            if waited < FRESH || (waited < STALE && connection.smtp.test_connected().await) {
                return Ok(connection);
            }
        }
        self.connect().await
    }

    async fn connect(&self) -> Result<Connection, Undelivered> {
        // a refusal of us, however final, says nothing about the message
        let refused = |cause: Error| Undelivered::temporary(with_causes(&cause));
        let mut smtp = self.greet().await.map_err(refused)?;
        if let Some((user, secret)) = &self.account {
            // also where somebody on the way took the offer of STARTTLS out
            if !smtp.is_encrypted() && !self.clear_sign_in {
                return Err(Undelivered::temporary(IN_CLEAR));
            }
            let credentials = secret
                .credentials(user)
                .await
                .map_err(Undelivered::temporary)?;
            smtp.auth(secret.mechanisms(), &credentials)
                .await
                .map_err(refused)?;
        }
        Ok(Connection {
            smtp,
            messages: 0,
            last_used: Moment::now(),
        })
    }

    async fn greet(&self) -> Result<AsyncSmtpConnection, Error> {
        let place = (self.url.host.as_str(), self.url.port);
        let wrapped = match self.url.tls {
            TlsUse::Wrapped => self.tls.clone(),
            TlsUse::None | TlsUse::Opportunistic | TlsUse::Required => None,
        };
        let mut smtp = AsyncSmtpConnection::connect_tokio1(
            place,
            Some(self.timeout),
            &self.hello,
            wrapped,
            None,
        )
        .await?;
        let upgrade = match self.url.tls {
            TlsUse::Required => true,
            TlsUse::Opportunistic => smtp.can_starttls(),
            TlsUse::None | TlsUse::Wrapped => false,
        };
        if let (true, Some(tls)) = (upgrade, &self.tls) {
            smtp.starttls(tls.clone(), &self.hello).await?;
        }
        Ok(smtp)
    }
}

/// Whom to trust: the public authorities, and those of the operator's file.
fn tls(settings: &MailSettings, host: &str) -> Result<TlsParameters, String> {
    let mut tls = TlsParameters::builder(host.to_owned());
    if !settings.ca_file.as_os_str().is_empty() {
        let file = settings.ca_file.display();
        let pem = std::fs::read(&settings.ca_file)
            .map_err(|cause| format!("mail.ca_file {file}: {cause}"))?;
        // the library takes a file without any as well
        if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----") {
            return Err(format!(
                "mail.ca_file {file}: there is no certificate in it"
            ));
        }
        let authority = Certificate::from_pem(&pem)
            .map_err(|cause| format!("mail.ca_file {file}: {}", with_causes(&cause)))?;
        tls = tls.add_root_certificate(authority);
    }
    tls.build().map_err(|cause| with_causes(&cause))
}

/// 5xx is for good, but not when the server refuses *us*: a wrong password or a missing
/// encryption is put right by the operator, and the messages then go.
fn undelivered(cause: &Error) -> Undelivered {
    let code = cause.status().map(u16::from);
    let ours = matches!(code, Some(530 | 534 | 535 | 538));
    let text = with_causes(cause);
    if cause.is_permanent() && !ours {
        Undelivered::permanent(text)
    } else {
        Undelivered::temporary(text)
    }
}

fn with_causes(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        let more = next.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = next.source();
    }
    text
}
