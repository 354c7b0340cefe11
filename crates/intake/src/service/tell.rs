//! Who is written to at each step of a batch.

use db::{Result, Tx};
use kernel::{Actor, OrganisationId};
use notifications::{Appointment, Message, Recipient};

use crate::model::{Batch, BatchStatus, ListChange, ReceptionAnswer, Truck, Window};
use crate::{rules, store};

pub(super) fn submitted(tx: &mut Tx<'_>, batch: &Batch, donor: &str) -> Result<()> {
    let staff = identity::staff_contacts(tx)?;
    let message = Message::BatchSubmitted {
        reference: batch.reference.clone(),
        title: batch.title.clone(),
        donor: donor.to_owned(),
        quantities: rules::quantities(&batch.declared),
    };
    notifications::push_all(tx, &staff, &message)
}

pub(super) fn accepted(tx: &mut Tx<'_>, batch: &Batch) -> Result<()> {
    let message = Message::BatchAccepted {
        reference: batch.reference.clone(),
        title: batch.title.clone(),
    };
    to_organisation(tx, batch.donor_id, &message)
}

pub(super) fn refused(tx: &mut Tx<'_>, batch: &Batch, reason: &str) -> Result<()> {
    let message = Message::BatchRefused {
        reference: batch.reference.clone(),
        title: batch.title.clone(),
        reason: reason.to_owned(),
    };
    to_organisation(tx, batch.donor_id, &message)
}

/// Whoever knew of the batch: its donor, the workshop that was to fetch it, and staff when
/// the donor withdraws an offer. Nobody hears of a draft that its own donor drops.
pub(super) fn cancelled(tx: &mut Tx<'_>, actor: &Actor, batch: &Batch, reason: &str) -> Result<()> {
    let by_donor = !actor.is_city();
    if batch.status == BatchStatus::Draft && by_donor {
        return Ok(());
    }
    let mut concerned = identity::contacts(tx, batch.donor_id)?;
    if let Some(workshop) = batch.workshop_id {
        concerned.extend(identity::contacts(tx, workshop)?);
    }
    let message = |appointment| Message::BatchCancelled {
        reference: batch.reference.clone(),
        title: batch.title.clone(),
        reason: reason.to_owned(),
        appointment,
    };
    let entry = batch
        .scheduled
        .map(|window| entry(batch, window, rules::next_sequence(batch), true));
    notifications::push_all(tx, &concerned, &message(entry))?;
    if by_donor {
        // staff know of the offer; the pickup is not in their calendars
        let staff = identity::staff_contacts(tx)?;
        notifications::push_all(tx, &staff, &message(None))?;
    }
    Ok(())
}

pub(super) fn scheduled(tx: &mut Tx<'_>, before: &Batch, batch: &Batch) -> Result<()> {
    let (Some(workshop_id), Some(window)) = (batch.workshop_id, batch.scheduled) else {
        return Ok(());
    };
    let moved = before.scheduled.is_some();
    let same_workshop = before.workshop_id == Some(workshop_id);
    let sequence = batch.schedule_sequence;
    let news = |moved| News {
        sequence,
        moved,
        cancelled: false,
    };
    let to_donor = pickup(tx, batch, workshop_id, window, news(moved))?;
    to_organisation(tx, batch.donor_id, &to_donor)?;
    // for a workshop that takes over, it is no pickup that moved but a new one
    let to_workshop = pickup(tx, batch, workshop_id, window, news(moved && same_workshop))?;
    to_organisation(tx, workshop_id, &to_workshop)?;
    let replaced = before.workshop_id.filter(|former| *former != workshop_id);
    if let (Some(former), Some(window)) = (replaced, before.scheduled) {
        let news = News {
            sequence,
            moved: false,
            cancelled: true,
        };
        let entry = pickup(tx, before, former, window, news)?;
        to_organisation(tx, former, &entry)?;
        let trucks = store::trucks(tx, batch.id)?;
        for truck in trucks.iter().filter(|truck| truck.is_awaited()) {
            let gone = truck_of(tx, batch, former, truck, true)?;
            to_organisation(tx, former, &gone)?;
            let taken = truck_of(tx, batch, workshop_id, truck, false)?;
            to_organisation(tx, workshop_id, &taken)?;
        }
    }
    Ok(())
}

/// A further truck is planned, or called off.
pub(super) fn truck(tx: &mut Tx<'_>, batch: &Batch, truck: &Truck, cancelled: bool) -> Result<()> {
    let Some(workshop) = batch.workshop_id else {
        return Ok(());
    };
    let message = truck_of(tx, batch, workshop, truck, cancelled)?;
    to_organisation(tx, batch.donor_id, &message)?;
    to_organisation(tx, workshop, &message)
}

fn truck_of(
    tx: &mut Tx<'_>,
    batch: &Batch,
    workshop: OrganisationId,
    truck: &Truck,
    cancelled: bool,
) -> Result<Message> {
    let window = Window {
        from: truck.from,
        to: truck.to,
    };
    let news = News {
        sequence: i32::from(cancelled),
        moved: false,
        cancelled,
    };
    let mut message = pickup(tx, batch, workshop, window, news)?;
    if let Message::PickupScheduled {
        truck: number,
        appointment,
        ..
    } = &mut message
    {
        *number = Some(truck.number);
        appointment.uid = format!("{}-{}", appointment.uid, truck.number);
    }
    Ok(message)
}

/// What is new about a pickup, for who reads of it.
struct News {
    sequence: i32,
    /// They knew of it at another time or place.
    moved: bool,
    /// It is no longer theirs.
    cancelled: bool,
}

pub(super) fn collected(tx: &mut Tx<'_>, batch: &Batch) -> Result<()> {
    let message = Message::BatchCollected {
        reference: batch.reference.clone(),
        title: batch.title.clone(),
        pallets: batch.pallets,
        weight_kg: batch.weight_kg.map(|kilograms| kilograms.to_string()),
    };
    to_organisation(tx, batch.donor_id, &message)
}

/// The city, and the workshop that is to fetch it, hear that what was offered has changed.
pub(super) fn manifest_replaced(
    tx: &mut Tx<'_>,
    batch: &Batch,
    rows: u64,
    change: &ListChange,
) -> Result<()> {
    let message = Message::ManifestReplaced {
        reference: batch.reference.clone(),
        title: batch.title.clone(),
        donor: batch.donor_name.clone(),
        rows,
        added: change.added,
        removed: change.removed,
    };
    to_city_and_workshop(tx, batch, &message)
}

/// The city and the workshop hear that the donor does not agree with the count.
pub(super) fn contested(tx: &mut Tx<'_>, batch: &Batch, said: &ReceptionAnswer) -> Result<()> {
    let message = Message::ReceptionContested {
        reference: batch.reference.clone(),
        title: batch.title.clone(),
        donor: batch.donor_name.clone(),
        comment: said.comment.clone().unwrap_or_default(),
        devices: said.devices.clone(),
    };
    to_city_and_workshop(tx, batch, &message)
}

/// The city and the workshop hear whom to call now, and which times suit the donor.
pub(super) fn pickup_changed(tx: &mut Tx<'_>, batch: &Batch) -> Result<()> {
    let pickup = &batch.pickup;
    let asked = pickup.answer.as_ref().filter(|answer| !answer.agrees);
    let windows = pickup.windows.iter();
    let message = Message::PickupChanged {
        reference: batch.reference.clone(),
        title: batch.title.clone(),
        donor: batch.donor_name.clone(),
        place: pickup.place(),
        contact_name: pickup.contact_name.clone(),
        contact_phone: pickup.contact_phone.clone(),
        asks_to_move: asked.is_some(),
        comment: asked.and_then(|answer| answer.reason.clone()),
        windows: windows.map(|window| (window.from, window.to)).collect(),
    };
    to_city_and_workshop(tx, batch, &message)
}

fn to_city_and_workshop(tx: &mut Tx<'_>, batch: &Batch, message: &Message) -> Result<()> {
    let mut concerned = identity::staff_contacts(tx)?;
    if let Some(workshop) = batch.workshop_id {
        concerned.extend(identity::contacts(tx, workshop)?);
    }
    notifications::push_all(tx, &concerned, message)
}

fn pickup(
    tx: &mut Tx<'_>,
    batch: &Batch,
    workshop: OrganisationId,
    window: Window,
    news: News,
) -> Result<Message> {
    let mut names = identity::names(tx, &[batch.donor_id, workshop])?;
    Ok(Message::PickupScheduled {
        reference: batch.reference.clone(),
        title: batch.title.clone(),
        donor: names.remove(&batch.donor_id).unwrap_or_default(),
        workshop: names.remove(&workshop).unwrap_or_default(),
        contact_name: batch.pickup.contact_name.clone(),
        contact_phone: batch.pickup.contact_phone.clone(),
        moved: news.moved,
        truck: None,
        appointment: entry(batch, window, news.sequence, news.cancelled),
    })
}

fn entry(batch: &Batch, window: Window, sequence: i32, cancelled: bool) -> Appointment {
    let place = batch.pickup.place();
    rules::pickup_entry(
        batch.id,
        sequence,
        (window.from, window.to),
        place,
        cancelled,
    )
}

fn to_organisation(tx: &mut Tx<'_>, organisation: OrganisationId, message: &Message) -> Result<()> {
    let people: Vec<Recipient> = identity::contacts(tx, organisation)?;
    notifications::push_all(tx, &people, message)
}
