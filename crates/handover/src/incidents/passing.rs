//! The city passes a device that an association does not need any more on to another one: it leaves
//! the lot in which it was given, and is in a lot of the other association from then on. Both lots
//! say so; neither association is told of the other.

use db::{Db, Error, Result, Tx};
use eligibility::{ApplicationFilter, ApplicationStatus, Candidate, Received};
use kernel::{Actor, ApplicationId, Code, DeviceKind, HandoverId, PageRequest, Refusal, Text};
use notifications::Message;

use super::model::Incident;
use super::rules::{self, Recipient};
use crate::model::{Handover, HandoverStatus};
use crate::service::{lot_of, tell};

/// An application that may get a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Which.
    pub application: ApplicationId,
    /// How people name it.
    pub reference: String,
    /// Whose.
    pub association: String,
    /// Devices of the kind that it waits for; none when it was searched by its name.
    pub waits_for: Option<u64>,
}

/// The most applications to choose from.
const CHOICES: u32 = 50;

/// Rows of the waiting list that are gone through for them.
const MOST_WAITING: u32 = 200;

/// Whom a device may be passed on to: those that match what is searched for; else those first in the
/// waiting list that wait for its kind.
///
/// # Errors
/// `not_found` for the programme.
pub fn choices(
    db: &mut Db,
    actor: &Actor,
    incident: &Incident,
    q: Option<&str>,
) -> Result<Vec<Choice>> {
    let q = q.map(str::trim).filter(|q| !q.is_empty());
    let page = PageRequest::new(Some(CHOICES), None)?;
    let Some(q) = q else {
        let kind = workshop::device(db, actor, incident.device_id)?.kind;
        return waiting(db, actor, incident, kind);
    };
    let filter = ApplicationFilter {
        programme_id: Some(incident.programme_id),
        status: Some(ApplicationStatus::Eligible),
        q: Some(q.to_owned()),
        ..ApplicationFilter::default()
    };
    let found = eligibility::applications(db, actor, &filter, &page)?.items;
    let others = found
        .into_iter()
        .filter(|it| it.association_id != incident.association_id);
    Ok(others
        .map(|it| Choice {
            application: it.id,
            reference: it.reference,
            association: it.association,
            waits_for: None,
        })
        .collect())
}

/// The first of the waiting list that wait for a device of this kind.
fn waiting(
    db: &mut Db,
    actor: &Actor,
    incident: &Incident,
    kind: DeviceKind,
) -> Result<Vec<Choice>> {
    let page = PageRequest::new(Some(MOST_WAITING), None)?;
    let found = allocation::waiting_list(db, actor, incident.programme_id, &page)?.items;
    let mut choices: Vec<Choice> = Vec::new();
    for row in found {
        let asks = row.kind == kind || row.accepts.contains(&kind);
        let known = choices
            .iter()
            .any(|it| it.application == row.application_id);
        if asks && row.remaining > 0 && !known && row.association_id != incident.association_id {
            choices.push(Choice {
                application: row.application_id,
                reference: row.reference,
                association: row.association,
                waits_for: Some(row.remaining),
            });
        }
    }
    choices.truncate(usize::try_from(CHOICES).unwrap_or(usize::MAX));
    Ok(choices)
}

/// Moves the device of a report into a lot of another association, and tells that one. Returns the
/// handover of its lot.
///
/// # Errors
/// At `/application`: `unknown_reference` and those of [`rules::may_take`]; those of
/// [`allocation::give_on`].
pub(super) fn pass_on(
    tx: &mut Tx<'_>,
    actor: &Actor,
    first: &Handover,
    incident: &Incident,
    (application, reason): (ApplicationId, &str),
) -> Result<HandoverId> {
    let to = recipient(tx, actor, incident, application)?;
    let lot = lot_of(tx, first)?;
    let device = lot
        .iter()
        .find(|device| device.device_id == incident.device_id)
        .ok_or_else(|| rules::not_with_association(&incident.tag))?;
    let words = (incident.reference.as_str(), reason);
    let wave = allocation::give_on(tx, actor, first.wave_id, device, &to, words)?;
    let now = tx.now();
    let year = now.year();
    let number = tx.next_numbers(&format!("handovers-{year}"), 1)?;
    let planned = allocation::Lot {
        application: to.application_id,
        association: to.association_id,
        workshop: device.workshop_id,
        devices: 1,
    };
    let reference = format!("R-{year}-{number:05}");
    let second = Handover {
        status: HandoverStatus::Completed,
        signature_waived: Some(reason.to_owned()),
        completed_by: Some(actor.person),
        completed_at: Some(now),
        ..crate::service::planned(tx, wave, &planned, reference)
    };
    crate::store::insert(tx, std::slice::from_ref(&second))?;
    crate::store::set_devices(tx, first, first.devices - 1, now)?;
    workshop::passed_on(
        tx,
        actor,
        device.device_id,
        words,
        (&first.reference, &second.reference),
    )?;
    let received = Received {
        handover: second.id,
        application: to.application_id,
        reference: &second.reference,
        devices: 1,
    };
    eligibility::owe_follow_up(tx, actor, &received)?;
    let machine = [device.manufacturer.as_deref(), device.model.as_deref()];
    let machine: Vec<&str> = machine.into_iter().flatten().collect();
    let message = Message::DevicePassedOn {
        reference: second.reference.clone(),
        association: to.association.clone(),
        tag: device.tag.clone(),
        machine: Some(machine.join(" ")).filter(|machine| !machine.is_empty()),
        reason: reason.to_owned(),
    };
    tell(tx, Some(to.association_id), &message)?;
    Ok(second.id)
}

/// The eligible application of another association that a person named.
fn recipient(
    db: &mut Db,
    actor: &Actor,
    incident: &Incident,
    id: ApplicationId,
) -> Result<Candidate> {
    let application = match eligibility::application(db, actor, id) {
        Err(Error::Refused(refused)) if refused.code == Code::NotFound => {
            return Err(Refusal::field(
                "/application",
                Code::UnknownReference,
                Text::new(
                    "Aucune demande n'a cet identifiant.",
                    "No application has this id.",
                ),
            )
            .into());
        }
        found => found?,
    };
    let association =
        identity::organisation(db, application.association_id)?.ok_or_else(Refusal::not_found)?;
    let to = Recipient {
        programme: application.programme_id,
        application: application.status,
        association: association.id,
        organisation: association.status,
    };
    rules::may_take(incident, &to)?;
    let own = Some(association.id);
    let found = eligibility::candidates_in_order(db, incident.programme_id, own, (0, 1))?;
    found.into_iter().next().ok_or_else(|| {
        Error::Inconsistent(format!(
            "application {id} is eligible and not in the ranking"
        ))
    })
}
