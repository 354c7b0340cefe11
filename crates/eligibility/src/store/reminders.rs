//! What is to be reminded, and rows of `reminders`.

use db::schema::{applications as a, organisations as o, programmes as p, reminders as r};
use db::{Db, Result};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use identity::OrganisationStatus;
use kernel::{ApplicationId, Instant, text_enum};

use super::applications::{ApplicationRow, AssociationRow, Record};
use crate::model::ApplicationStatus;

text_enum! {
    /// What is reminded.
    pub enum ReminderKind {
        /// A draft whose programme is about to close.
        Deadline = "deadline",
        /// Changes that were not answered.
        Changes = "changes",
        /// Silence is about to decide.
        SilenceNear = "silence_near",
        /// Silence has decided.
        Silence = "silence",
    }
}
db::text_column!(ReminderKind);

/// Applications that are due, with the moment that it is about. Suspended associations can
/// do nothing and are not written to.
pub(crate) fn due(
    db: &mut Db,
    kind: ReminderKind,
    from: Instant,
    to: Instant,
    most: i64,
) -> Result<Vec<(Record, Instant)>> {
    let mut query = a::table
        .inner_join(o::table)
        .inner_join(p::table.on(p::id.eq(a::programme_id)))
        .filter(o::status.eq_any([OrganisationStatus::Pending, OrganisationStatus::Verified]))
        .select((
            ApplicationRow::as_select(),
            AssociationRow::as_select(),
            p::name,
            p::closes_at,
        ))
        .order(a::id)
        .limit(most)
        .into_boxed();
    let reminded = r::table
        .filter(r::application_id.eq(a::id))
        .filter(r::kind.eq(kind));
    let with_the_city = [ApplicationStatus::Submitted, ApplicationStatus::InReview];
    query = match kind {
        ReminderKind::Deadline => query
            .filter(a::status.eq(ApplicationStatus::Draft))
            .filter(p::closes_at.between(from, to))
            .filter(not(exists(
                reminded.filter(r::due_at.nullable().eq(p::closes_at)),
            ))),
        ReminderKind::Changes => query
            .filter(a::status.eq(ApplicationStatus::ChangesRequested))
            .filter(a::updated_at.between(from, to))
            .filter(not(exists(reminded.filter(r::due_at.eq(a::updated_at))))),
        ReminderKind::SilenceNear | ReminderKind::Silence => query
            .filter(a::status.eq_any(with_the_city))
            .filter(a::silence_at.between(from, to))
            .filter(not(exists(
                reminded.filter(r::due_at.nullable().eq(a::silence_at)),
            ))),
    };
    type Found = (ApplicationRow, AssociationRow, String, Option<Instant>);
    let found: Vec<Found> = query.load(db)?;
    let due = found
        .into_iter()
        .filter_map(|(row, association, programme, closes_at)| {
            let moment = match kind {
                ReminderKind::Deadline => closes_at?,
                ReminderKind::Changes => row.updated_at,
                ReminderKind::SilenceNear | ReminderKind::Silence => row.silence_at?,
            };
            let record = Record {
                row,
                association,
                programme,
            };
            Some((record, moment))
        });
    Ok(due.collect())
}

pub(crate) fn insert_reminder(
    db: &mut Db,
    application: ApplicationId,
    kind: ReminderKind,
    due_at: Instant,
    now: Instant,
) -> Result<()> {
    diesel::insert_into(r::table)
        .values((
            r::application_id.eq(application),
            r::kind.eq(kind),
            r::due_at.eq(due_at),
            r::sent_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}
