//! What time brings: deadlines, changes that wait, and the day on which silence decides.
//! A job calls it again and again; each thing is reminded once.

use db::{Result, Tx};
use kernel::Instant;
use notifications::Message;

use super::application::tell_association;
use crate::store::{self, Record, ReminderKind};

/// Days before a deadline on which a draft is reminded.
const DEADLINE_DAYS: i64 = 7;
/// Days without a change after which requested changes are reminded.
const CHANGES_DAYS: i64 = 14;
/// Days before silence decides on which staff are reminded.
const SILENCE_DAYS: i64 = 14;
/// What is older is past reminding: a program that stood still for a year does not write
/// to everybody.
const PAST_DAYS: i64 = 365;
/// Applications of each kind in one go.
const MOST: i64 = 200;

/// Sends what is due now; returns how many. Zero means that nothing is left.
///
/// # Errors
/// When the database fails.
pub fn remind(tx: &mut Tx<'_>) -> Result<usize> {
    let now = tx.now();
    let past = now.plus_days(-PAST_DAYS);
    let windows = [
        (ReminderKind::Deadline, now, now.plus_days(DEADLINE_DAYS)),
        (ReminderKind::Changes, past, now.plus_days(-CHANGES_DAYS)),
        (ReminderKind::SilenceNear, now, now.plus_days(SILENCE_DAYS)),
        (ReminderKind::Silence, past, now),
    ];
    let mut sent = 0;
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
