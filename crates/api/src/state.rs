//! What handlers share, and the two ways they reach the database.

use std::sync::Arc;

use db::{Database, Db, Tx};
use eligibility::Setup;
use identity::token::Signer256;
use kernel::Actor;

use crate::access::{Allowed, Anyone};
use crate::answer::Answer;
use crate::idempotency;
use crate::problem::ApiResult;

/// What every handler may use.
#[derive(Clone)]
pub struct State {
    /// The database.
    pub database: Arc<Database>,
    /// Signs and checks access tokens.
    pub signer: Signer256,
    /// Rubrics, lists, and where documents lie.
    pub eligibility: Arc<Setup>,
}

impl State {
    /// Runs one use case for the actor: one transaction, in which the session is confirmed
    /// first. With an `Idempotency-Key` the answer is kept in that same transaction, and a
    /// repeat gets it without running anything.
    ///
    /// # Errors
    /// What the use case refuses; `session_ended`, `organisation_suspended`,
    /// `idempotency_key_reused`.
    pub async fn write<P, F>(&self, who: &Allowed<P>, work: F) -> ApiResult<Answer>
    where
        F: Fn(&mut Tx<'_>, &Actor) -> db::Result<Answer> + Send + 'static,
    {
        let actor = who.actor;
        let key = who.idempotency.clone();
        let answer = self
            .database
            .write(move |tx| {
                let now = tx.now();
                identity::confirm(tx, &actor, now)?;
                idempotency::once(tx, Some(actor.person), key.as_ref(), |tx| work(tx, &actor))
            })
            .await?;
        Ok(answer)
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

    /// Runs queries for the actor, whose session has to stand. People of a suspended
    /// organization may still read what is theirs.
    ///
    /// # Errors
    /// What the queries refuse; `session_ended`.
    pub async fn read<P, T, F>(&self, who: &Allowed<P>, work: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Db, &Actor) -> db::Result<T> + Send + 'static,
    {
        let actor = who.actor;
        let now = self.database.now();
        Ok(self
            .database
            .read(move |db| {
                identity::still_signed_in(db, &actor, now)?;
                work(db, &actor)
            })
            .await?)
    }
}
