//! The settings: built-in defaults, a file, variables, in this order.

mod city_files;
mod keys;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use std::path::{Path, PathBuf};
use std::time::Duration;

use config::{Config, Environment, File, FileFormat};
use db::DatabaseSettings;
use eligibility::EligibilitySettings;
use files::FilesSettings;
use identity::password::PasswordSettings;
use identity::{RetentionSettings, SecondFactorRule, SessionSettings};
use notifications::{MailSettings, StatedDelays, WebhookSettings};
use serde::Deserialize;

pub use self::city_files::CityFiles;

const DEFAULTS: &str = include_str!("../../../config/default.toml");

/// Everything an operator may set; see `config/default.toml`.
#[derive(Debug, Clone, Deserialize)]
pub struct Settings {
    /// Where the data is.
    pub database: DatabaseSection,
    /// How the API is served.
    pub server: ServerSection,
    /// How tokens are signed.
    pub auth: AuthSection,
    /// How chains are anchored.
    pub chain: ChainSection,
    /// Who decides.
    pub city: CitySection,
    /// The pages for people.
    pub console: ConsoleSection,
    /// How mail leaves.
    pub mail: MailSettings,
    /// Which other programs may be called.
    pub webhooks: WebhookSettings,
    /// What donors may send.
    pub intake: IntakeSection,
    /// Rubrics, lists and delays.
    pub eligibility: EligibilitySettings,
    /// Files of the city in the place of those that are built in.
    pub city_files: CityFiles,
    /// Where files lie, and who scans them.
    pub files: FilesSettings,
    /// What may be in a label printer.
    pub labels: LabelsSection,
    /// How long personal data is kept.
    pub retention: RetentionSettings,
    /// What is logged.
    pub log: LogSection,
    /// `mail.base_url` is not set: links lead to the address at which the program listens.
    #[serde(skip)]
    links_follow_listener: bool,
}

/// Section `database`.
#[derive(Debug, Clone, Deserialize)]
pub struct DatabaseSection {
    /// `sqlite:…` or `postgres://…`.
    pub url: String,
    /// Connections at the most.
    pub connections: u32,
    /// Seconds for a statement of a request; 0 for no limit.
    pub statement_seconds: u64,
}

/// Section `server`.
#[derive(Debug, Clone, Deserialize)]
pub struct ServerSection {
    /// Address and port.
    pub listen: String,
    /// Threads; 0 for one a processor.
    pub workers: usize,
    /// Seconds for the head of a request.
    pub client_seconds: u64,
    /// Seconds for what is under way at the end.
    pub shutdown_seconds: u64,
    /// Proxies that are believed about whom they speak for.
    pub trusted_proxies: Vec<IpAddr>,
    /// Other sites whose pages may call the API.
    pub cors_origins: Vec<String>,
    /// Seconds for which browsers shall use TLS only.
    pub hsts_seconds: u64,
}

/// Section `auth`.
#[derive(Clone, Deserialize)]
pub struct AuthSection {
    /// The signing secret; empty for the file.
    pub secret: String,
    /// Secrets that signed before: they still check what they signed.
    pub previous_secrets: Vec<String>,
    /// Where the secrets are kept otherwise.
    pub secret_file: PathBuf,
    /// The secret that encrypts; empty for the file.
    pub data_secret: String,
    /// Secrets that encrypted before: they still open it.
    pub previous_data_secrets: Vec<String>,
    /// Where those are kept otherwise.
    pub data_secret_file: PathBuf,
    /// Registrations from one network address in an hour; 0 for no limit.
    pub registrations_per_hour: u32,
    /// Whether those who decide sign in with a code, too.
    pub second_factor: SecondFactorRule,
    /// How long sessions and keys last.
    pub session: SessionSettings,
    /// What passwords have to be, and how they are hashed.
    pub password: PasswordSettings,
}

impl std::fmt::Debug for AuthSection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AuthSection({})", self.secret_file.display())
    }
}

/// Section `chain`.
#[derive(Clone, Deserialize)]
pub struct ChainSection {
    /// The secret that marks lines; empty for the file.
    pub key: String,
    /// Secrets that marked lines before.
    pub previous_keys: Vec<String>,
    /// Where the secrets are kept otherwise.
    pub key_file: PathBuf,
    /// Ids of keys that nobody has any more.
    pub lost_keys: Vec<String>,
    /// The secret that signs heads; empty for the file.
    pub signing_key: String,
    /// Secrets that signed heads before.
    pub previous_signing_keys: Vec<String>,
    /// Where those are kept otherwise.
    pub signing_key_file: PathBuf,
    /// Public keys of heads that were signed elsewhere, or with what is lost.
    pub public_keys: Vec<String>,
    /// Where heads are kept, one a line; empty for nowhere.
    pub heads_file: PathBuf,
    /// Minutes between two heads.
    pub head_minutes: u32,
    /// A time-stamping authority (RFC 3161); empty for none.
    pub timestamp_url: String,
}

impl std::fmt::Debug for ChainSection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChainSection({})", self.key_file.display())
    }
}

/// Section `city`.
#[derive(Debug, Clone, Deserialize)]
pub struct CitySection {
    /// Its name.
    pub name: String,
    /// Its SIRET; empty for none.
    pub siret: String,
    /// Whom to tell of a weakness: `mailto:…` or `https://…`; empty for nobody.
    pub security_contact: String,
    /// Until when that holds.
    pub security_expires: String,
}

/// Section `console`.
#[derive(Debug, Clone, Deserialize)]
pub struct ConsoleSection {
    /// A folder with templates of one's own.
    pub templates: PathBuf,
    /// The city's color.
    pub accent: String,
    /// The same on dark.
    pub accent_dark: String,
    /// A picture before the name.
    pub logo: PathBuf,
}

/// Section `labels`.
#[derive(Debug, Clone, Deserialize)]
pub struct LabelsSection {
    /// Sizes of one's own.
    pub own: Vec<documents::Stock>,
}

/// Section `intake`.
#[derive(Debug, Clone, Deserialize)]
pub struct IntakeSection {
    /// Megabytes of a list at the most.
    pub manifest_megabytes: u64,
    /// Rows of a list at the most.
    pub manifest_rows: u64,
}

/// Section `log`.
#[derive(Debug, Clone, Deserialize)]
pub struct LogSection {
    /// What is written.
    pub level: String,
    /// `text` or `json`.
    pub format: String,
}

impl Settings {
    /// Reads the settings.
    ///
    /// # Errors
    /// A line that says what is wrong and where.
    pub fn load(file: Option<&Path>) -> Result<Self, String> {
        keys::check(file)?;
        let mut builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        if let Some(file) = file {
            builder = builder.add_source(File::from(file).format(FileFormat::Toml));
        }
        builder = builder.add_source(
            Environment::with_prefix("RESSAC")
                .prefix_separator("__")
                .separator("__"),
        );
        for (name, list) in keys::lists()? {
            builder = builder
                .set_override(name, list)
                .map_err(|cause| cause.to_string())?;
        }
        if let Ok(url) = std::env::var("DATABASE_URL") {
            builder = builder
                .set_override("database.url", url)
                .map_err(|cause| cause.to_string())?;
        }
        let mut settings: Self = builder
            .build()
            .and_then(Config::try_deserialize)
            .map_err(|cause| keys::explain(&cause.to_string(), file))?;
        if settings.mail.base_url.is_empty() {
            settings.links_follow_listener = true;
            settings.mail.base_url = format!("http://{}", settings.server.listen);
        }
        // letters state the delays that are kept
        settings.mail.delays = StatedDelays {
            silence_months: settings.eligibility.delays.silence_months,
            appeal_months: settings.eligibility.delays.appeal_months,
        };
        Ok(settings)
    }

    /// The address at which the program listens is known: links in mails lead there unless
    /// `mail.base_url` says otherwise. One that means every interface is reached by loopback.
    pub fn listens_at(&mut self, mut address: SocketAddr) {
        if !self.links_follow_listener {
            return;
        }
        if address.ip().is_unspecified() {
            address.set_ip(match address.ip() {
                IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
                IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
            });
        }
        self.mail.base_url = format!("http://{address}");
    }

    /// How a command opens the database: it may take its time.
    pub fn database(&self) -> DatabaseSettings {
        DatabaseSettings {
            url: self.database.url.clone(),
            connections: self.database.connections,
            statement_limit: None,
        }
    }

    /// How the database is opened to serve requests.
    pub fn serving_database(&self) -> DatabaseSettings {
        let seconds = self.database.statement_seconds;
        DatabaseSettings {
            statement_limit: (seconds > 0).then(|| Duration::from_secs(seconds)),
            ..self.database()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_complete() {
        let settings = Settings::load(None).expect("defaults");
        assert_eq!(settings.server.listen, "127.0.0.1:8080");
        assert!(settings.auth.secret.is_empty());
    }

    #[test]
    fn links_lead_to_where_the_program_listens_unless_told_otherwise() {
        let mut settings = Settings::load(None).expect("defaults");
        assert_eq!(settings.mail.base_url, "http://127.0.0.1:8080");
        settings.listens_at("0.0.0.0:9000".parse().expect("an address"));
        assert_eq!(settings.mail.base_url, "http://127.0.0.1:9000");
        settings.listens_at("[::1]:9001".parse().expect("an address"));
        assert_eq!(settings.mail.base_url, "http://[::1]:9001");
        settings.links_follow_listener = false;
        settings.listens_at("127.0.0.1:9002".parse().expect("an address"));
        assert_eq!(settings.mail.base_url, "http://[::1]:9001");
    }
}
