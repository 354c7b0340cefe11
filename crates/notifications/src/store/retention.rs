//! What is no longer to be kept.

use db::schema::outbox;
use db::{Db, Result, Tx};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::{Instant, PersonId};

use super::waiting;
use crate::{HeldMail, NotificationStatus};

/// What stands where a message was.
const NOTHING: &str = "{}";

/// Takes an address, a name and what was said out of every mail; what waits is not sent.
pub(crate) fn forget_recipient(
    tx: &mut Tx<'_>,
    person: PersonId,
    email: &str,
    nowhere: &str,
) -> Result<()> {
    let theirs =
        || outbox::table.filter(outbox::recipient.eq(email).or(outbox::person_id.eq(person)));
    diesel::delete(theirs().filter(waiting())).execute(&mut **tx)?;
    diesel::update(theirs())
        .set((
            outbox::recipient.eq(nowhere),
            outbox::recipient_name.eq(""),
            outbox::data.eq(NOTHING),
            outbox::topic.eq(None::<String>),
            outbox::last_error.eq(None::<String>),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// What was done with and still says to whom it went. Written out, because the partial index
/// serves no other form.
const STILL_NAMED: &str = "status IN ('sent', 'dead') AND recipient <> ''";

/// The same for whoever got a mail that was done with before.
pub(crate) fn forget_recipients_before(db: &mut Db, before: Instant) -> Result<usize> {
    let old = outbox::table
        .filter(outbox::created_at.lt(before))
        .filter(sql::<Bool>(STILL_NAMED));
    Ok(diesel::update(old)
        .set((
            outbox::recipient.eq(""),
            outbox::recipient_name.eq(""),
            outbox::person_id.eq(None::<PersonId>),
            outbox::data.eq(NOTHING),
            outbox::topic.eq(None::<String>),
            outbox::last_error.eq(None::<String>),
        ))
        .execute(db)?)
}

/// The mails to an address, the oldest first.
pub(crate) fn mails_to(db: &mut Db, email: &str) -> Result<Vec<HeldMail>> {
    type Row = (String, NotificationStatus, Instant, Option<Instant>);
    let rows: Vec<Row> = outbox::table
        .filter(outbox::recipient.eq(email))
        .order(outbox::id)
        .select((
            outbox::kind,
            outbox::status,
            outbox::created_at,
            outbox::sent_at,
        ))
        .load(db)?;
    let held = rows.into_iter();
    Ok(held
        .map(|(kind, status, created_at, sent_at)| HeldMail {
            kind,
            status,
            created_at,
            sent_at,
        })
        .collect())
}
