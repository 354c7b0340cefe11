//! What is no longer to be kept. Who decides how long is not decided here.

use db::{Db, Result, Tx};
use kernel::{Instant, PersonId};

use crate::HeldMail;
use crate::store::retention as store;

/// Somebody is erased: their address, their name and what was said to them stand in no mail
/// any more, and what waits for them is not sent. That there was a mail, of which kind and
/// when, stays.
///
/// # Errors
/// When the database fails.
pub fn forget_recipient(
    tx: &mut Tx<'_>,
    person: PersonId,
    email: &str,
    nowhere: &str,
) -> Result<()> {
    store::forget_recipient(tx, person, email, nowhere)
}

/// Mails that were done with before no longer say to whom they went, nor what they said;
/// returns how many.
///
/// # Errors
/// When the database fails.
pub fn forget_recipients_before(db: &mut Db, before: Instant) -> Result<usize> {
    store::forget_recipients_before(db, before)
}

/// That mails went to an address, for who it belongs to.
///
/// # Errors
/// When the database fails.
pub fn mails_to(db: &mut Db, email: &str) -> Result<Vec<HeldMail>> {
    store::mails_to(db, email)
}
