//! What staff have not been told yet: mail that did not arrive.

use db::schema::outbox;
use db::{Db, Result, Tx};
use diesel::prelude::*;
use kernel::{Instant, MessageId};

use crate::NotificationStatus;
use crate::model::Ended;

/// The most that one report counts.
const MOST: i64 = 5_000;

/// A message that did not arrive.
#[derive(Debug, Queryable)]
pub(crate) struct Failed {
    pub(crate) id: MessageId,
    pub(crate) kind: String,
    pub(crate) recipient: String,
}

/// What died and was not reported, but for the report itself.
pub(crate) fn unreported(db: &mut Db, report: &str) -> Result<Vec<Failed>> {
    Ok(outbox::table
        .filter(outbox::status.eq(NotificationStatus::Dead))
        .filter(outbox::reported_at.is_null())
        .filter(outbox::ended_because.eq_any([Ended::Refused, Ended::GivenUp, Ended::Past]))
        .filter(outbox::kind.ne(report))
        .order(outbox::id)
        .limit(MOST)
        .select((outbox::id, outbox::kind, outbox::recipient))
        .load(db)?)
}

/// When the last report was written.
pub(crate) fn last_report(db: &mut Db, report: &str) -> Result<Option<Instant>> {
    Ok(outbox::table
        .filter(outbox::kind.eq(report))
        .order(outbox::id.desc())
        .select(outbox::created_at)
        .first(db)
        .optional()?)
}

/// Notes that staff were told.
pub(crate) fn mark_reported(tx: &mut Tx<'_>, ids: &[MessageId]) -> Result<()> {
    let now = tx.now();
    for chunk in ids.chunks(500) {
        diesel::update(outbox::table.filter(outbox::id.eq_any(chunk)))
            .set(outbox::reported_at.eq(now))
            .execute(&mut **tx)?;
    }
    Ok(())
}
