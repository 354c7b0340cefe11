//! What time brings: deadlines, changes that wait, and the day on which silence decides.
//! A job calls it again and again; each thing is reminded once.

use db::{Result, Tx};
use kernel::Instant;
use notifications::Message;

use super::application::tell_association;
use super::obligations::remind_follow_ups;
use crate::Delays;
use crate::store::{self, Record, ReminderKind};

/// What is older is past reminding: a program that stood still for a year does not write
/// to everybody.
const PAST_DAYS: i64 = 365;
/// Applications of each kind in one go.
const MOST: i64 = 200;

/// Sends what is due now; returns how many. Zero means that nothing is left.
///
/// # Errors
/// When the database fails.
pub fn remind(tx: &mut Tx<'_>, delays: &Delays) -> Result<usize> {
    let now = tx.now();
    let past = now.plus_days(-PAST_DAYS);
    let in_days = |days: u32| now.plus_days(i64::from(days));
    let changes = now.plus_days(-i64::from(delays.changes_reminder_days));
    let windows = [
        (
            ReminderKind::Deadline,
            now,
            in_days(delays.draft_reminder_days),
        ),
        (ReminderKind::Changes, past, changes),
        (
            ReminderKind::SilenceNear,
            now,
            in_days(delays.silence_reminder_days),
        ),
        (ReminderKind::Silence, past, now),
    ];
    let mut sent = remind_follow_ups(tx, delays, past, MOST)?;
    for (kind, from, to) in windows {
        for (record, moment) in store::due(tx, kind, from, to, MOST)? {
            store::insert_reminder(tx, record.row.id, kind, moment, now)?;
            tell(tx, kind, &record, moment)?;
            sent += 1;
        }
    }
    Ok(sent)
}

fn tell(tx: &mut Tx<'_>, kind: ReminderKind, record: &Record, moment: Instant) -> Result<()> {
    let (reference, programme) = (record.row.reference.clone(), record.programme.clone());
    let asked = record.row.changes.as_ref().map(|it| it.requested_at);
    match kind {
        ReminderKind::Deadline | ReminderKind::Changes => {
            let message = Message::ApplicationReminder {
                reference,
                programme,
                about: kind.as_str().to_owned(),
                day: match kind {
                    ReminderKind::Changes => asked.unwrap_or(moment),
                    _ => moment,
                },
            };
            tell_association(tx, record, &message)
        }
        ReminderKind::SilenceNear => {
            let message = Message::SilenceNear {
                reference,
                programme,
                association: record.association.name.clone(),
                silence_at: moment,
            };
            let staff = identity::staff_contacts(tx)?;
            notifications::push_all(tx, &staff, &message)
        }
        ReminderKind::Silence => {
            let message = Message::SilenceDecided {
                reference,
                programme,
                silence_at: moment,
            };
            tell_association(tx, record, &message)
        }
    }
}
