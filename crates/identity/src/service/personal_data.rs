//! Personal data (GDPR): given to whom they are about, erased, and not kept for ever.

use db::{Db, Error, Result, Tx};
use kernel::{Instant, PageRequest, PersonId, Refusal};
use serde::Deserialize;

use super::members::an_administrator_stays;
use crate::model::{AuditFilter, PersonalData};
use crate::store;

/// How long each kind of personal data is kept, in days; 0 for as long as the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RetentionSettings {
    /// Sessions, after they are over.
    pub sessions: i64,
    /// Links in mails, after they are void.
    pub links: i64,
    /// Devices with which somebody signed in, after they were last used.
    pub places: i64,
    /// To whom a mail went, after it left.
    pub mails: i64,
    /// Who made a double registration, after it was settled.
    pub cases: i64,
    /// Accounts of people who left.
    pub accounts: i64,
    /// Whom to meet at the pickup of a batch, after the batch is over.
    pub pickup_contacts: i64,
    /// Who signed for a lot, and the signature, after it was handed over.
    pub signatories: i64,
}

impl Default for RetentionSettings {
    fn default() -> Self {
        Self {
            sessions: 90,
            links: 30,
            places: 180,
            mails: 730,
            cases: 365,
            accounts: 1095,
            pickup_contacts: 365,
            signatories: 1825,
        }
    }
}

/// Everything that is held about somebody.
///
/// # Errors
/// `not_found`.
pub fn personal_data(db: &mut Db, person: PersonId) -> Result<PersonalData> {
    let me = store::me(db, person)?;
    let account = store::held_account(db, person)?.ok_or_else(Refusal::not_found)?;
    let everything = PageRequest::everything();
    let about = AuditFilter {
        subject: Some(kernel::Id::from_uuid(person.uuid())),
        actor: None,
    };
    let by = AuditFilter {
        subject: None,
        actor: Some(person),
    };
    Ok(PersonalData {
        account,
        sessions: store::held_sessions(db, person)?,
        links: store::held_links(db, person)?,
        mails: notifications::mails_to(db, &me.email)?,
        recorded_about: store::audit_events(db, &about, &everything)?.items,
        recorded_by: store::audit_events(db, &by, &everything)?.items,
        acts: store::acts(db, person)?,
        me,
    })
}

/// Erases somebody: no name, address, password, session or mail of theirs is left. What
/// they did for their organization or the city stays, under an id that names nobody, since
/// decisions have to stay accountable. A repeat changes nothing.
///
/// # Errors
/// `not_found`, `last_person` for the last administrator.
pub fn erase_person(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    let known = store::person(tx, person)?.ok_or_else(Refusal::not_found)?;
    an_administrator_stays(tx, person)?;
    let now = tx.now();
    store::end_sessions(tx, person, None, "erased", now)?;
    let nowhere = store::erase_person(tx, person, now)?;
    store::erase_from_cases(tx, &known.email, &nowhere)?;
    notifications::forget_recipient(tx, person, &known.email, &nowhere)
}

/// What retention took away, by kind.
pub type Kept = Vec<(&'static str, usize)>;

/// Takes personal data of a kind away that was done with before a moment; how much.
pub type Forget = fn(&mut Db, Instant) -> Result<usize>;

/// A kind, how many days it is kept, and how it is taken away.
pub type Kind = (&'static str, i64, Forget);

/// Takes away what was kept long enough, with the kinds that the files of other areas hold. A
/// dry run says what it would take, and takes nothing.
///
/// # Errors
/// When the database fails.
pub fn retention(
    tx: &mut Tx<'_>,
    settings: &RetentionSettings,
    others: &[Kind],
    dry_run: bool,
) -> Result<Kept> {
    let mut taken = Kept::new();
    let outcome = tx.savepoint(|tx| {
        taken = take_away(tx, settings, others)?;
        if dry_run {
            return Err(Error::internal("dry run"));
        }
        Ok(())
    });
    match outcome {
        Err(cause) if !dry_run || taken.is_empty() => Err(cause),
        _ => Ok(taken),
    }
}

fn take_away(tx: &mut Tx<'_>, settings: &RetentionSettings, others: &[Kind]) -> Result<Kept> {
    let now = tx.now();
    let before = |days: i64| (days > 0).then(|| now.plus_days(-days));
    let mut taken = Kept::new();
    let mut accounts = 0;
    if let Some(before) = before(settings.accounts) {
        for person in store::closed_before(tx, before)? {
            erase_person(tx, person)?;
            accounts += 1;
        }
    }
    taken.push(("accounts", accounts));
    let kinds: [Kind; 5] = [
        ("sessions", settings.sessions, store::forget_sessions_before),
        ("links", settings.links, store::forget_links_before),
        ("places", settings.places, store::forget_devices_before),
        (
            "mails",
            settings.mails,
            notifications::forget_recipients_before,
        ),
        ("cases", settings.cases, store::erase_cases_before),
    ];
    for (kind, days, forget) in kinds.iter().chain(others).copied() {
        let count = match before(days) {
            Some(before) => forget(tx, before)?,
            None => 0,
        };
        taken.push((kind, count));
    }
    Ok(taken)
}
