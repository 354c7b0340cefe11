//! The two ways to the database for an actor: one use case in one transaction, and reads.

use std::sync::Arc;

use db::{Db, Tx};
use identity::{SecondFactorRule, Standing};
use kernel::{Actor, Code, Role};

use crate::access::{Allowed, Anyone, ApproveWaves, Permission, Trait};
use crate::answer::Answer;
use crate::frontier::SecuritySettings;
use crate::idempotency;
use crate::problem::ApiResult;
use crate::state::State;

impl State {
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
    let asked = actor.session.is_some() && asks_second_factor(security, actor.role);
    if asked && !standing.second_factor && !P::TRAITS.contains(&Trait::OwnAccount) {
        return Err(Code::SecondFactorMissing.into());
    }
    Ok(())
}

/// Whether somebody of this role has to have a second factor: administrators, and those
/// who approve.
fn asks_second_factor(security: &SecuritySettings, role: Role) -> bool {
    let decides = role == Role::Admin || ApproveWaves::ROLES.contains(&role);
    security.second_factor == SecondFactorRule::Required && decides
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_decide_need_a_second_factor_where_it_is_required() {
        let optional = SecuritySettings::default();
        assert!(
            Role::ALL
                .iter()
                .all(|role| !asks_second_factor(&optional, *role))
        );
        let required = SecuritySettings {
            second_factor: SecondFactorRule::Required,
            ..optional
        };
        let asked = |role| asks_second_factor(&required, role);
        assert!(asked(Role::Admin) && asked(Role::Staff));
        assert!(!asked(Role::Donor) && !asked(Role::Refurbisher) && !asked(Role::Association));
    }
}
