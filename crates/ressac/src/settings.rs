//! The settings: built-in defaults, a file, variables, in this order.

use std::path::{Path, PathBuf};

use config::{Config, Environment, File, FileFormat};
use db::DatabaseSettings;
use eligibility::EligibilitySettings;
use notifications::MailSettings;
use serde::Deserialize;

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
    /// Who decides.
    pub city: CitySection,
    /// How mail leaves.
    pub mail: MailSettings,
    /// Rubrics, lists and documents.
    pub eligibility: EligibilitySettings,
    /// What is logged.
    pub log: LogSection,
}

/// Section `database`.
#[derive(Debug, Clone, Deserialize)]
pub struct DatabaseSection {
    /// `sqlite:…` or `postgres://…`.
    pub url: String,
    /// Connections at the most.
    pub connections: u32,
}

/// Section `server`.
#[derive(Debug, Clone, Deserialize)]
pub struct ServerSection {
    /// Address and port.
    pub listen: String,
    /// Threads; 0 for one a processor.
    pub workers: usize,
    /// Seconds for what is under way at the end.
    pub shutdown_seconds: u64,
}

/// Section `auth`.
#[derive(Clone, Deserialize)]
pub struct AuthSection {
    /// The signing secret; empty for the file.
    pub secret: String,
    /// Where the secret is kept otherwise.
    pub secret_file: PathBuf,
}

impl std::fmt::Debug for AuthSection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AuthSection({})", self.secret_file.display())
    }
}

/// Section `city`.
#[derive(Debug, Clone, Deserialize)]
pub struct CitySection {
    /// Its name.
    pub name: String,
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
        let mut builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        if let Some(file) = file {
            builder = builder.add_source(File::from(file).format(FileFormat::Toml));
        }
        builder = builder.add_source(
            Environment::with_prefix("RESSAC")
                .prefix_separator("__")
                .separator("__"),
        );
        if let Ok(url) = std::env::var("DATABASE_URL") {
            builder = builder
                .set_override("database.url", url)
                .map_err(|cause| cause.to_string())?;
        }
        builder
            .build()
            .and_then(Config::try_deserialize)
            .map_err(|cause| format!("settings: {cause}"))
    }

    /// How to open the database.
    pub fn database(&self) -> DatabaseSettings {
        DatabaseSettings {
            url: self.database.url.clone(),
            connections: self.database.connections,
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
}
