//! What handlers share, and the two ways they reach the database.

use std::sync::Arc;

use db::{Database, Db, Tx};
use documents::Stock;
use eligibility::{EligibilitySettings, Setup};
use files::{FileStore, FilesSettings};
use identity::password::{PasswordSettings, Passwords};
use identity::token::Signer256;
use identity::{Standing, Vault};
use impact::open_data::Publisher;
use kernel::{Actor, Code};
use notifications::{MailSettings, Templates, WebhookSettings};

use crate::access::{Allowed, Anyone, Permission, Trait};
use crate::answer::Answer;
use crate::idempotency;
use crate::open::Kept;
use crate::problem::ApiResult;
use crate::record::Looks;
use crate::security::SecuritySettings;

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
            labels: crate::labels::stocks(&settings.labels)?,
            publisher: Arc::new(settings.publisher.clone()),
        })
    }

    /// Runs one use case for the actor: one transaction, in which the session or the key is
    /// confirmed first and what happened is recorded last. With an `Idempotency-Key` the
    /// answer is kept in that same transaction, and a repeat gets it without running anything.
    ///
    /// # Errors
    /// What the use case refuses; `session_ended`, `organisation_suspended`,
    /// `second_factor_missing`, `idempotency_key_reused`.
    pub async fn write<P, F>(&self, who: &Allowed<P>, work: F) -> ApiResult<Answer>
    where
        P: Permission,
        F: Fn(&mut Tx<'_>, &Actor) -> db::Result<Answer> + Send + 'static,
    {
        Ok(self.database.write(self.recorded(who, work)).await?)
    }

    /// The same for a use case that locks every row it decides on ([`Database::write_locked`]).
    ///
    /// # Errors
    /// As [`State::write`].
    pub async fn write_locked<P, F>(&self, who: &Allowed<P>, work: F) -> ApiResult<Answer>
    where
        P: Permission,
        F: Fn(&mut Tx<'_>, &Actor) -> db::Result<Answer> + Send + 'static,
    {
        Ok(self.database.write_locked(self.recorded(who, work)).await?)
    }

    /// The same for a use case that writes many rows: few run at a time.
    ///
    /// # Errors
    /// As [`State::write`]; `unavailable` when too many wait.
    pub async fn write_long<P, F>(&self, who: &Allowed<P>, work: F) -> ApiResult<Answer>
    where
        P: Permission,
        F: Fn(&mut Tx<'_>, &Actor) -> db::Result<Answer> + Send + 'static,
    {
        let asks = Some(who.asks());
        Ok(self
            .database
            .write_long(asks, self.recorded(who, work))
            .await?)
    }

    /// A use case within what every one of an actor begins and ends with.
    fn recorded<P, F>(
        &self,
        who: &Allowed<P>,
        work: F,
    ) -> impl Fn(&mut Tx<'_>) -> db::Result<Answer> + Send + use<P, F>
    where
        P: Permission,
        F: Fn(&mut Tx<'_>, &Actor) -> db::Result<Answer> + Send + 'static,
    {
        let actor = who.actor;
        let (repeat, origin) = (who.idempotency.clone(), who.origin.clone());
        let security = Arc::clone(&self.security);
        move |tx| {
            let now = tx.now();
            let standing = identity::confirm(tx, &actor, now)?;
            allows::<P>(&security, &actor, standing)?;
            idempotency::once(tx, Some(actor.person), repeat.as_ref(), |tx| {
                let answer = work(tx, &actor)?;
                if let Some(origin) = &origin {
                    identity::record(tx, origin.change(&actor, &answer))?;
                }
                Ok(answer)
            })
        }
    }

    /// The same for an operation that needs no account.
    ///
    /// # Errors
    /// What the use case refuses; `idempotency_key_reused`.
    pub async fn write_as_anyone<F>(&self, who: &Anyone, work: F) -> ApiResult<Answer>
    where
        F: Fn(&mut Tx<'_>) -> db::Result<Answer> + Send + 'static,
    {
        let key = who.idempotency.clone();
        let answer = self
            .database
            .write(move |tx| idempotency::once(tx, None, key.as_ref(), &work))
            .await?;
        Ok(answer)
    }

    /// Runs queries for the actor, whose session or key has to stand. People of a suspended
    /// organization may still read what is theirs. What the city's people look at is recorded
    /// before they see it.
    ///
    /// # Errors
    /// What the queries refuse; `session_ended`, `second_factor_missing`.
    pub async fn read<P, T, F>(&self, who: &Allowed<P>, work: F) -> ApiResult<T>
    where
        P: Permission,
        T: Send + 'static,
        F: FnOnce(&mut Db, &Actor) -> db::Result<T> + Send + 'static,
    {
        let found = self.database.read(self.confirmed(who, work)).await?;
        self.record_look(who).await?;
        Ok(found)
    }

    /// The same for queries that look at much or compute for long, such as exports: few run at a
    /// time, beside the quick ones.
    ///
    /// # Errors
    /// As [`State::read`]; `unavailable` when too many wait.
    pub async fn read_long<P, T, F>(&self, who: &Allowed<P>, work: F) -> ApiResult<T>
    where
        P: Permission,
        T: Send + 'static,
        F: FnOnce(&mut Db, &Actor) -> db::Result<T> + Send + 'static,
    {
        let asks = Some(who.asks());
        let found = self
            .database
            .read_long(asks, self.confirmed(who, work))
            .await?;
        self.record_look(who).await?;
        Ok(found)
    }

    /// A page is quick; a whole table is not.
    ///
    /// # Errors
    /// As [`State::read`] and [`State::read_long`].
    pub async fn read_table<P, T, F>(&self, who: &Allowed<P>, whole: bool, work: F) -> ApiResult<T>
    where
        P: Permission,
        T: Send + 'static,
        F: FnOnce(&mut Db, &Actor) -> db::Result<T> + Send + 'static,
    {
        match whole {
            true => self.read_long(who, work).await,
            false => self.read(who, work).await,
        }
    }

    fn confirmed<P, T, F>(
        &self,
        who: &Allowed<P>,
        work: F,
    ) -> impl FnOnce(&mut Db) -> db::Result<T> + Send + use<P, T, F>
    where
        P: Permission,
        T: Send + 'static,
        F: FnOnce(&mut Db, &Actor) -> db::Result<T> + Send + 'static,
    {
        let actor = who.actor;
        let now = self.database.now();
        let security = Arc::clone(&self.security);
        move |db| {
            let standing = identity::still_signed_in(db, &actor, now)?;
            allows::<P>(&security, &actor, standing)?;
            work(db, &actor)
        }
    }

    async fn record_look<P>(&self, who: &Allowed<P>) -> db::Result<()> {
        let origin = who.origin.as_ref().filter(|_| who.actor.is_city());
        let Some(deed) = origin.map(|origin| origin.look(&who.actor)) else {
            return Ok(());
        };
        let now = self.database.now();
        if !self.looks.is_new(&deed, now) {
            return Ok(());
        }
        let recorded = deed.clone();
        self.database
            .write(move |tx| identity::record(tx, recorded.clone()))
            .await?;
        self.looks.note(&deed, now);
        Ok(())
    }
}

/// Those who decide set up their second factor before they do anything else, where the
/// operator says so. A machine's key has none.
fn allows<P: Permission>(
    security: &SecuritySettings,
    actor: &Actor,
    standing: Standing,
) -> db::Result<()> {
    let asked = actor.session.is_some() && security.asks_second_factor(actor.role);
    if asked && !standing.second_factor && !P::TRAITS.contains(&Trait::OwnAccount) {
        return Err(Code::SecondFactorMissing.into());
    }
    Ok(())
}
