//! After a lot was handed over: a device breaks, or is not needed any more. The association says
//! so, workshop or city see to it, and both stand in the record of the lot.

mod model;
mod passing;
pub mod rules;
mod store;

use db::{Db, Result, Tx};
use kernel::{Actor, Code, HandoverId, IncidentId, Page, PageRequest, Queue, Verdict};
use notifications::Message;

pub use model::{
    Incident, IncidentClosing, IncidentFilter, IncidentKind, IncidentOutcome, IncidentStatus,
    NewIncident, PassedOnTo,
};
pub use passing::{Choice, choices};
pub(crate) use store::{HANDED_OVER, held};

use crate::model::{Handover, LotItem};
use crate::service::{expected, item, log_return, lot_of, spare, tell};

/// The devices of a lot that are with its association, and may be reported.
///
/// # Errors
/// `not_found` when the actor may not see the lot.
pub fn reportable(db: &mut Db, actor: &Actor, id: HandoverId) -> Result<Vec<LotItem>> {
    let handover = crate::store::handover(db, actor, id)?;
    let lot = lot_of(db, &handover)?;
    let held = store::held(db, &handover)?;
    Ok(lot
        .into_iter()
        .filter(|device| held.contains_key(&device.device_id))
        .map(item)
        .collect())
}

/// An association reports a device of a lot that it received; a helper or staff may for it.
/// Workshop and city are told.
///
/// # Errors
/// `not_found`, `invalid_fields`, `handover_step_not_allowed`, `device_not_in_lot`,
/// `incident_exists`.
pub fn report(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: HandoverId,
    new: &NewIncident,
) -> Result<Incident> {
    let handover = crate::store::handover(tx, actor, id)?;
    rules::may_report(handover.status, new)?;
    let lot = lot_of(tx, &handover)?;
    let device = &lot[crate::rules::named(&new.device, &expected(&lot))?];
    let held = store::held(tx, &handover)?;
    let cycle = *held
        .get(&device.device_id)
        .ok_or_else(|| rules::not_with_association(&device.tag))?;
    if store::is_open(tx, device.device_id)? {
        return Err(Code::IncidentExists.into());
    }
    let now = tx.now();
    let given_at = store::given_at(tx, &handover, device.device_id)?;
    let months = store::guarantee_months(tx, &handover)?;
    let guaranteed = rules::is_guaranteed(new.kind, given_at, months, now);
    let year = now.year();
    let number = tx.next_numbers(&format!("incidents-{year}"), 1)?;
    let row = store::NewRow {
        id: tx.new_id(),
        reference: format!("S-{year}-{number:04}"),
        handover_id: id,
        association_id: handover.association_id,
        device_id: device.device_id,
        cycle,
        kind: new.kind,
        description: new.description.trim().to_owned(),
        guaranteed,
        reported_by: actor.person,
        reported_at: now,
        version: 1,
    };
    store::insert(tx, &row)?;
    let message = Message::IncidentReported {
        incident: row.id.to_string(),
        reference: row.reference.clone(),
        handover: handover.reference.clone(),
        association: device.association.clone(),
        tag: device.tag.clone(),
        broken: new.kind == IncidentKind::Broken,
        guaranteed,
        description: row.description.clone(),
    };
    tell(tx, handover.workshop_id, &message)?;
    let staff = identity::staff_contacts(tx)?;
    notifications::push_all(tx, &staff, &message)?;
    store::incident(tx, actor, row.id)
}

/// One report.
///
/// # Errors
/// `not_found` when the actor may not see it.
pub fn incident(db: &mut Db, actor: &Actor, id: IncidentId) -> Result<Incident> {
    store::incident(db, actor, id)
}

/// A page of the reports that the actor may see: those that wait, the oldest first; else the
/// newest first.
///
/// # Errors
/// `invalid_page`.
pub fn incidents(
    db: &mut Db,
    actor: &Actor,
    filter: &IncidentFilter,
    page: &PageRequest,
) -> Result<Page<Incident>> {
    store::incidents(db, actor, filter, page)
}

/// How many reports wait that the actor may see, and since when.
///
/// # Errors
/// When the database fails.
pub fn incidents_waiting(db: &mut Db, actor: &Actor) -> Result<Queue> {
    store::waiting(db, actor)
}

/// Says how a report was dealt with. What is replaced or taken back is logged as returned, for the
/// workshop to count in; what takes its place is on its line of the award and is handed over. What
/// is passed on is in a lot of the other association. A repair is a line of the device's log.
///
/// # Errors
/// `not_found`, `invalid_fields`, `incident_closed`, `guarantee_over`, `unknown_device`,
/// `no_replacement`, `passing_on_needs_city`, `device_not_in_lot` when the device is elsewhere
/// meanwhile; and those of [`rules::may_take`] and [`allocation::give_on`].
pub fn close_incident(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: IncidentId,
    closing: &IncidentClosing,
) -> Result<Incident> {
    let incident = store::incident(tx, actor, id)?;
    if rules::may_close(&incident, closing, actor.is_city())? == Verdict::AlreadyDone {
        return Ok(incident);
    }
    let handover = crate::store::any(tx, incident.handover_id)?;
    let note = closing.note.trim();
    let is_there = store::held(tx, &handover)?.contains_key(&incident.device_id);
    let came_back = store::came_back(tx, id)?;
    match closing.outcome {
        IncidentOutcome::Replaced | IncidentOutcome::TakenBack if is_there => {
            let why = (incident.description.clone(), Some(note.to_owned()));
            log_return(tx, actor, incident.device_id, why)?;
        }
        // the workshop has logged it already
        IncidentOutcome::Replaced | IncidentOutcome::TakenBack if came_back => {}
        IncidentOutcome::Repaired if is_there => {
            let names = (incident.reference.as_str(), handover.reference.as_str());
            let what = (incident.guaranteed, note);
            workshop::repaired_after_handover(tx, actor, incident.device_id, names, what)?;
        }
        IncidentOutcome::PassedOn if is_there => {}
        IncidentOutcome::Dismissed => {}
        _ => return Err(rules::not_with_association(&incident.tag).into()),
    }
    let replacement = match closing.outcome {
        IncidentOutcome::Replaced => Some(replaced(
            tx,
            actor,
            &handover,
            &incident,
            closing.replacement.as_deref(),
        )?),
        _ => None,
    };
    let passed_on = match (closing.outcome, closing.application) {
        (IncidentOutcome::PassedOn, Some(to)) => Some(passing::pass_on(
            tx,
            actor,
            &handover,
            &incident,
            (to, note),
        )?),
        _ => None,
    };
    let now = tx.now();
    let in_place = (replacement, passed_on);
    store::close(tx, id, (closing.outcome, note), in_place, actor.person, now)?;
    let closed = store::incident(tx, actor, id)?;
    let message = Message::IncidentClosed {
        incident: id.to_string(),
        reference: closed.reference.clone(),
        handover: handover.reference.clone(),
        tag: closed.tag.clone(),
        outcome: closing.outcome.as_str().to_owned(),
        replacement: closed.replacement.clone(),
        note: note.to_owned(),
    };
    tell(tx, Some(incident.association_id), &message)?;
    Ok(closed)
}

/// Another device takes the line of one that came back: the one that is named, else the one that
/// is the most like it.
fn replaced(
    tx: &mut Tx<'_>,
    actor: &Actor,
    handover: &Handover,
    incident: &Incident,
    named: Option<&str>,
) -> Result<kernel::DeviceId> {
    let named = match named {
        Some(name) => Some(spare(tx, "/replacement", name)?.id),
        None => None,
    };
    let lot = lot_of(tx, handover)?;
    let old = lot
        .iter()
        .find(|device| device.device_id == incident.device_id)
        .ok_or_else(|| rules::not_with_association(&incident.tag))?;
    let given =
        allocation::give_instead(tx, actor, handover.wave_id, old, named, &handover.reference)?;
    let now = tx.now();
    crate::store::touch(tx, handover, now)?;
    Ok(given)
}
