//! A programme that lends: a lot is due back, is reminded of, and is checked in device by device. What
//! came back begins a new cycle, in which its drives are proven again.

mod model;
pub mod rules;
pub(crate) mod store;

use std::collections::BTreeSet;

use db::{Db, Result, Tx};
use kernel::{Actor, DeviceId, HandoverId, Instant, Verdict};
use notifications::Message;

pub use model::{Extension, Loan, LoanFilter, Return};

use crate::incidents::held;
use crate::model::{Handover, HandoverView};
use crate::service::{expected, log_return, lot_of, tell, view};

/// Loans that one round of reminders looks at.
const MOST: i64 = 200;
/// Days that a loan is overdue at the most when somebody is told for the first time.
const LATE_DAYS: i64 = 366;

/// Notes when a lot that was just handed over is due back, if its programme lends; says when.
///
/// # Errors
/// When the database fails.
pub(crate) fn begin(tx: &mut Tx<'_>, handover: &Handover) -> Result<Option<Instant>> {
    let Some(months) = store::months(tx, handover.wave_id)? else {
        return Ok(None);
    };
    let now = tx.now();
    let due_at = now.plus_months(months);
    store::insert(tx, handover.id, due_at, now)?;
    Ok(Some(due_at))
}

/// The devices of a lot that are still with its association.
///
/// # Errors
/// `not_found` when the actor may not see the lot.
pub fn lent(db: &mut Db, actor: &Actor, id: HandoverId) -> Result<Vec<crate::model::LotItem>> {
    crate::incidents::reportable(db, actor, id)
}

/// The city gives a loan another day; the association is told.
///
/// # Errors
/// `not_found`, `invalid_fields`, `handover_step_not_allowed`.
pub fn extend_loan(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: HandoverId,
    body: &Extension,
) -> Result<HandoverView> {
    let handover = crate::store::handover(tx, actor, id)?;
    let loan = store::loan(tx, id)?;
    let now = tx.now();
    if rules::may_extend(&handover, loan.as_ref(), body, now)? == Verdict::AlreadyDone {
        return view(tx, handover);
    }
    let reason = body.reason.trim();
    store::extend(tx, id, (body.due_at, reason), actor.person)?;
    crate::store::touch(tx, &handover, now)?;
    let handover = crate::store::handover(tx, actor, id)?;
    let view = view(tx, handover.clone())?;
    let message = Message::LoanExtended {
        reference: handover.reference.clone(),
        association: view.association.clone(),
        due_at: body.due_at,
        reason: reason.to_owned(),
    };
    tell(tx, Some(handover.association_id), &message)?;
    Ok(view)
}

/// Checks devices of a lent lot in. Each is logged as returned and waits to be counted in; with the
/// last one the loan is over. One that is back already is left as it is.
///
/// # Errors
/// `not_found`, `invalid_fields`, `handover_step_not_allowed`, `device_not_in_lot`.
pub fn return_lot(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: HandoverId,
    body: &Return,
) -> Result<HandoverView> {
    let handover = crate::store::handover(tx, actor, id)?;
    let loan = store::loan(tx, id)?;
    rules::may_return(&handover, loan.as_ref(), body)?;
    let lot = lot_of(tx, &handover)?;
    let names = expected(&lot);
    let mut devices: BTreeSet<DeviceId> = BTreeSet::new();
    for name in &body.devices {
        devices.insert(lot[crate::rules::named(name, &names)?].device_id);
    }
    let there = held(tx, &handover)?;
    let back: Vec<DeviceId> = devices
        .into_iter()
        .filter(|device| there.contains_key(device))
        .collect();
    let note = body.note.as_deref().map(str::trim);
    let note = note.filter(|note| !note.is_empty());
    for device in &back {
        let reason = format!("Retour du prêt {}", handover.reference);
        log_return(tx, actor, *device, (reason, note.map(str::to_owned)))?;
    }
    let now = tx.now();
    if back.len() == there.len() {
        store::note_returned(tx, id, now)?;
    }
    if !back.is_empty() {
        crate::store::touch(tx, &handover, now)?;
    }
    let handover = crate::store::handover(tx, actor, id)?;
    view(tx, handover)
}

/// Ends loans of which nothing is out any more, whichever way it came back; reminds of lots that are
/// due back soon, and once of those that are overdue. Returns how many loans mails were about.
///
/// # Errors
/// When the database fails.
pub fn remind_loans(tx: &mut Tx<'_>, soon_days: u32) -> Result<usize> {
    let now = tx.now();
    for over in store::over(tx, MOST)? {
        store::note_returned(tx, over, now)?;
    }
    let soon = (now, now.plus_days(i64::from(soon_days)));
    let late = (now.plus_days(-LATE_DAYS), now.plus_seconds(-1));
    let mut told = 0;
    for (overdue, span) in [(false, soon), (true, late)] {
        for loan in store::due(tx, overdue, span, MOST)? {
            let handover = crate::store::any(tx, loan.handover)?;
            let out = held(tx, &handover)?.len();
            store::note_reminded(tx, loan.handover, overdue, now)?;
            let message = Message::LoanDue {
                reference: loan.reference,
                association: loan.name,
                devices: i64::try_from(out).unwrap_or(i64::MAX),
                due_at: loan.due_at,
                overdue,
            };
            tell(tx, Some(loan.association), &message)?;
            if overdue {
                let staff = identity::staff_contacts(tx)?;
                notifications::push_all(tx, &staff, &message)?;
            }
            told += 1;
        }
    }
    Ok(told)
}
