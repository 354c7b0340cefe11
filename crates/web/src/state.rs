//! What handlers share.

use std::sync::Arc;

use db::Database;
use documents::Stock;
use eligibility::{EligibilitySettings, Setup};
use files::{FileStore, FilesSettings};
use identity::Vault;
use identity::password::{PasswordSettings, Passwords};
use identity::token::Signer256;
use impact::open_data::Publisher;
use notifications::{MailSettings, Templates, WebhookSettings};

use crate::frontier::SecuritySettings;
use crate::kept::Kept;
use crate::looks::Looks;
use crate::stocks::stocks;

/// What every handler may use.
#[derive(Clone)]
pub struct State {
    /// The database.
    pub database: Arc<Database>,
    /// Signs and checks access tokens.
    pub signer: Signer256,
    /// Seals what has to be read back.
    pub vault: Vault,
    /// Hashes and compares passwords.
    pub passwords: Passwords,
    /// What the operator decided about the frontier.
    pub security: Arc<SecuritySettings>,
    /// What was looked at of late.
    pub looks: Looks,
    /// Rubrics and lists.
    pub eligibility: Arc<Setup>,
    /// Where files lie.
    pub files: FileStore,
    /// How messages read.
    pub templates: Arc<Templates>,
    /// Which addresses may be called.
    pub webhooks: WebhookSettings,
    /// What anyone may read.
    pub(crate) kept: Kept,
    /// What may be in a label printer.
    pub labels: Arc<[Stock]>,
    /// Who publishes open data.
    pub publisher: Arc<Publisher>,
}

/// What the operator decided, as far as handlers see it.
#[derive(Clone, Default)]
pub struct StateSettings {
    /// How passwords are hashed, and what they have to be.
    pub passwords: PasswordSettings,
    /// About the frontier.
    pub security: SecuritySettings,
    /// Rubrics, lists and delays.
    pub eligibility: EligibilitySettings,
    /// Where files lie, and who scans them.
    pub files: FilesSettings,
    /// How messages read.
    pub mail: MailSettings,
    /// Which other programs may be called.
    pub webhooks: WebhookSettings,
    /// Labels besides the sizes that everybody has.
    pub labels: Vec<Stock>,
    /// Who publishes open data.
    pub publisher: Publisher,
}

impl State {
    /// Everything that handlers need, loaded and checked.
    ///
    /// # Errors
    /// A line for the operator: which setting cannot be used, and why.
    pub fn new(
        database: Arc<Database>,
        (signer, vault): (Signer256, Vault),
        settings: &StateSettings,
    ) -> Result<Self, String> {
        Ok(Self {
            database,
            signer,
            vault,
            passwords: Passwords::start(&settings.passwords)?,
            security: Arc::new(settings.security.clone()),
            looks: Looks::default(),
            eligibility: Arc::new(Setup::load(&settings.eligibility)?),
            files: settings.files.store(),
            templates: Arc::new(Templates::load(&settings.mail)?),
            webhooks: settings.webhooks.clone(),
            kept: Kept::default(),
            labels: stocks(&settings.labels)?,
            publisher: Arc::new(settings.publisher.clone()),
        })
    }
}
