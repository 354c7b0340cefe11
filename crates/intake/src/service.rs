//! One function per use case: load, decide, write, tell.

mod follow;
mod pending;
mod pickup;
mod reception;
mod tell;
mod trucks;
mod upload;

use db::{Db, Error, Result, Tx};
use identity::{Organisation, OrganisationKind, OrganisationStatus};
use kernel::{Actor, BatchId, Code, OrganisationId, Refusal, Verdict};

use crate::model::{Batch, BatchStatus, Collection, NewBatch, Pickup, Restrictions, Schedule};
use crate::rules::{self, Step};
use crate::store::{self, Change};
pub use follow::{FollowLink, followed_batch, make_follow_link, revoke_follow_link};
pub use pending::{KeptList, PENDING_MOST, PendingList, drop_list, keep_list, pending_list};
pub use pickup::{accept_pickup, ask_to_move_pickup, change_pickup};
pub use reception::{answer_reception, ask_donor, is_closed, reception_link, tell_late};
pub use trucks::{call_truck_off, load_truck, send_truck, trucks};
pub use upload::{
    Answers, ReadManifest, check_manifest, manifest_reading, put_manifest, read_manifest,
};

/// Begins a batch: a draft, of the donor's own or of the donor that staff name.
///
/// # Errors
/// `invalid_fields`, `unknown_reference`, `organisation_suspended`.
pub fn register(tx: &mut Tx<'_>, actor: &Actor, new: &NewBatch) -> Result<Batch> {
    let checked = rules::check_new(new, tx.now()).map_err(Error::from);
    let donor = donor_of(tx, actor, new.donor_id);
    let associations = match &new.restrictions {
        Some(tied) => associations_exist(tx, tied, "/restrictions"),
        None => Ok(()),
    };
    let ((checked, donor), ()) = both(both(checked, donor), associations)?;
    let now = tx.now();
    let batch = Batch {
        id: tx.new_id(),
        reference: next_reference(tx)?,
        donor_id: donor.id,
        donor_name: donor.name,
        title: checked.title,
        status: BatchStatus::Draft,
        title_route: checked.title_route,
        restrictions: checked.restrictions,
        declared: checked.declared,
        accessories: new.accessories.clone(),
        pickup: checked.pickup,
        manifest: None,
        workshop_id: None,
        workshop_name: None,
        scheduled: None,
        schedule_sequence: 0,
        collected_at: None,
        pallets: None,
        weight_kg: None,
        reason: None,
        created_by: actor.person,
        submitted_at: None,
        accepted_at: None,
        received_at: None,
        closed_at: None,
        reception: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let search_key = rules::search_key(&batch.reference, &batch.title, &batch.donor_name);
    store::insert(tx, &batch, &search_key)?;
    Ok(batch)
}

/// For whom a new batch is, a donor that may act.
fn donor_of(db: &mut Db, actor: &Actor, named: Option<OrganisationId>) -> Result<Organisation> {
    let id = rules::donor_of(actor, named)?;
    let donor = identity::organisation_of_kind(db, id, OrganisationKind::Donor, "/donor_id")?;
    may_act(donor.status)?;
    Ok(donor)
}

/// Every association that a gift is for is there.
fn associations_exist(db: &mut Db, restrictions: &Restrictions, pointer: &str) -> Result<()> {
    let mut missing: Option<Refusal> = None;
    let named = restrictions.association_ids.iter().enumerate();
    // more than that is refused as such
    for (at, id) in named.take(rules::LINES_MAX) {
        let pointer = format!("{pointer}/association_ids/{at}");
        let found =
            identity::organisation_of_kind(db, *id, OrganisationKind::Association, &pointer);
        match found {
            Ok(_) => {}
            Err(db::Error::Refused(refusal)) => match &mut missing {
                Some(all) => all.errors.extend(refusal.errors),
                None => missing = Some(*refusal),
            },
            Err(cause) => return Err(cause),
        }
    }
    missing.map_or(Ok(()), |refusal| Err(refusal.into()))
}

/// Ties a gift to themes, associations or the destruction of its drives, in place of what
/// was said before.
///
/// # Errors
/// `batch_not_editable` once the city has answered, `unknown_reference`.
pub fn restrict(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: BatchId,
    restrictions: &Restrictions,
) -> Result<Batch> {
    let batch = store::batch(tx, actor, id)?;
    rules::may_restrict(batch.status)?;
    let checked = rules::check_restrictions(restrictions).map_err(Error::from);
    let associations = associations_exist(tx, restrictions, "");
    let (restrictions, ()) = both(checked, associations)?;
    if batch.restrictions == restrictions {
        return Ok(batch);
    }
    let mut change = Change::to(&batch, batch.status, tx.now());
    change.restrictions = Some(restrictions);
    store::update(tx, &batch, &change)?;
    store::batch(tx, actor, id)
}

/// Both answers, or the mistakes of both at once.
fn both<A, B>(a: Result<A>, b: Result<B>) -> Result<(A, B)> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(Error::Refused(mut first)), Err(Error::Refused(second)))
            if first.code == Code::InvalidFields && second.code == Code::InvalidFields =>
        {
            first.errors.extend(second.errors);
            Err(Error::Refused(first))
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    }
}

/// `LOT-2023-0007`: the seventh batch of 2023.
fn next_reference(tx: &mut Tx<'_>) -> Result<String> {
    let year = tx.now().year();
    let number = tx.next_numbers(&format!("batch-{year}"), 1)?;
    Ok(format!("LOT-{year}-{number:04}"))
}

fn may_act(status: OrganisationStatus) -> Result<(), Refusal> {
    match status {
        OrganisationStatus::Suspended | OrganisationStatus::Dissolved => {
            Err(Refusal::plain(Code::OrganisationSuspended))
        }
        OrganisationStatus::Pending | OrganisationStatus::Verified => Ok(()),
    }
}

/// The donor offers the batch; staff are told.
///
/// # Errors
/// `batch_step_not_allowed`, `required` when nothing is declared, `organisation_suspended`.
pub fn submit(tx: &mut Tx<'_>, actor: &Actor, id: BatchId) -> Result<Batch> {
    let batch = store::batch(tx, actor, id)?;
    if rules::step(batch.status, Step::Submit)? == Verdict::AlreadyDone {
        return Ok(batch);
    }
    rules::offers_something(&batch)?;
    let donor = identity::organisation(tx, batch.donor_id)?.ok_or_else(Refusal::not_found)?;
    may_act(donor.status)?;
    let mut change = Change::to(&batch, BatchStatus::Submitted, tx.now());
    change.submitted_at = Some(tx.now());
    store::update(tx, &batch, &change)?;
    tell::submitted(tx, &batch, &donor.name)?;
    store::batch(tx, actor, id)
}

/// The city takes the batch; the donor is told.
///
/// # Errors
/// `batch_step_not_allowed`.
pub fn accept(tx: &mut Tx<'_>, actor: &Actor, id: BatchId) -> Result<Batch> {
    let batch = store::batch(tx, actor, id)?;
    if rules::step(batch.status, Step::Accept)? == Verdict::AlreadyDone {
        return Ok(batch);
    }
    let mut change = Change::to(&batch, BatchStatus::Accepted, tx.now());
    change.accepted_at = Some(tx.now());
    store::update(tx, &batch, &change)?;
    tell::accepted(tx, &batch)?;
    store::batch(tx, actor, id)
}

/// The city does not take the batch; its serial numbers are free again, the donor is told.
///
/// # Errors
/// `batch_step_not_allowed`, `required` without a reason.
pub fn refuse(tx: &mut Tx<'_>, actor: &Actor, id: BatchId, reason: &str) -> Result<Batch> {
    let batch = store::batch(tx, actor, id)?;
    let verdict = rules::step(batch.status, Step::Refuse);
    let reason = rules::check_reason(reason)?;
    if verdict? == Verdict::AlreadyDone {
        return Ok(batch);
    }
    let mut change = Change::to(&batch, BatchStatus::Refused, tx.now());
    change.reason = Some(reason.clone());
    store::update(tx, &batch, &change)?;
    store::delete_announced(tx, batch.id)?;
    store::delete_pending(tx, batch.id)?;
    tell::refused(tx, &batch, &reason)?;
    store::batch(tx, actor, id)
}

/// Calls the batch off before its pickup; its serial numbers are free again, those
/// concerned are told, the calendar entry is taken back.
///
/// # Errors
/// `batch_step_not_allowed`, `required` without a reason.
pub fn cancel(tx: &mut Tx<'_>, actor: &Actor, id: BatchId, reason: &str) -> Result<Batch> {
    let batch = store::batch(tx, actor, id)?;
    let verdict = rules::step(batch.status, Step::Cancel);
    let reason = rules::check_reason(reason)?;
    if verdict? == Verdict::AlreadyDone {
        return Ok(batch);
    }
    let mut change = Change::to(&batch, BatchStatus::Cancelled, tx.now());
    change.reason = Some(reason.clone());
    change.schedule_sequence = Some(rules::next_sequence(&batch));
    store::update(tx, &batch, &change)?;
    store::delete_announced(tx, batch.id)?;
    store::delete_pending(tx, batch.id)?;
    trucks::call_all_off(tx, &batch)?;
    tell::cancelled(tx, actor, &batch, &reason)?;
    store::batch(tx, actor, id)
}

/// Gives the pickup its workshop and time, or moves it; donor and workshop get the calendar
/// entry, a workshop that no longer comes has its entry taken back.
///
/// # Errors
/// `batch_step_not_allowed`, `invalid_fields`, `unknown_reference`,
/// `organisation_suspended`.
pub fn schedule(tx: &mut Tx<'_>, actor: &Actor, id: BatchId, schedule: &Schedule) -> Result<Batch> {
    let batch = store::batch(tx, actor, id)?;
    rules::step(batch.status, Step::Schedule)?;
    let window = rules::check_schedule(schedule, tx.now()).map_err(Error::from);
    let workshop = identity::organisation_of_kind(
        tx,
        schedule.workshop_id,
        OrganisationKind::Workshop,
        "/workshop_id",
    );
    let ((), workshop) = both(window, workshop)?;
    may_act(workshop.status)?;
    if rules::is_scheduled_so(&batch, schedule) {
        return Ok(batch);
    }
    let mut change = Change::to(&batch, BatchStatus::Scheduled, tx.now());
    change.workshop_id = Some(schedule.workshop_id);
    change.scheduled_from = Some(schedule.from);
    change.scheduled_to = Some(schedule.to);
    change.schedule_sequence = Some(rules::next_sequence(&batch));
    // what the donor said was about the time before
    change.pickup = batch.pickup.answer.as_ref().map(|_| Pickup {
        answer: None,
        ..batch.pickup.clone()
    });
    let now = tx.now();
    store::update(tx, &batch, &change)?;
    store::assign_workshop(tx, batch.id, schedule.workshop_id, now)?;
    let moved = store::batch(tx, actor, id)?;
    tell::scheduled(tx, &batch, &moved)?;
    Ok(moved)
}

/// The truck left the donor, who is told. It may be noted when the count has begun already:
/// then the batch stays where it is, and the donor, who hears of the count, is not written to.
///
/// # Errors
/// `batch_step_not_allowed`, `invalid_fields`.
pub fn collect(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: BatchId,
    collection: &Collection,
) -> Result<Batch> {
    let batch = store::batch(tx, actor, id)?;
    let late = rules::is_collected_late(&batch);
    let verdict = match late {
        true => Ok(Verdict::Go),
        false => rules::step(batch.status, Step::Collect),
    };
    let known = (batch.created_at, batch.received_at);
    let weight_grams = rules::check_collection(collection, batch.scheduled, known, tx.now())?;
    if verdict? == Verdict::AlreadyDone {
        return Ok(batch);
    }
    let status = if late {
        batch.status
    } else {
        BatchStatus::Collected
    };
    let mut change = Change::to(&batch, status, tx.now());
    change.collected_at = Some(collection.collected_at);
    change.pallets = collection.pallets;
    change.weight_grams = weight_grams;
    store::update(tx, &batch, &change)?;
    store::delete_pending(tx, batch.id)?;
    let collected = store::batch(tx, actor, id)?;
    if !late {
        tell::collected(tx, &collected)?;
    }
    Ok(collected)
}

/// Notes that the batch's first device was counted at the dock. The workshop's reception
/// calls it each time; later calls change nothing.
///
/// # Errors
/// `batch_step_not_allowed`.
pub fn mark_received(tx: &mut Tx<'_>, actor: &Actor, batch: &Batch) -> Result<()> {
    own_workshop(actor, batch)?;
    if rules::step(batch.status, Step::Receive)? == Verdict::AlreadyDone {
        return Ok(());
    }
    let mut change = Change::to(batch, BatchStatus::Received, tx.now());
    change.received_at = Some(tx.now());
    store::update(tx, batch, &change)
}

/// The same of a count that goes on after its end: what turns up late is received late.
///
/// # Errors
/// `batch_step_not_allowed`.
pub fn may_count(tx: &mut Tx<'_>, actor: &Actor, batch: &Batch) -> Result<()> {
    match batch.status {
        BatchStatus::Closed => Ok(own_workshop(actor, batch)?),
        _ => mark_received(tx, actor, batch),
    }
}

/// Ends the count of a batch. Who calls it says what is missing and writes to the donor.
/// Of a batch that is closed already, nothing changes.
///
/// # Errors
/// `batch_step_not_allowed`, `truck_to_come`.
pub fn mark_closed(tx: &mut Tx<'_>, actor: &Actor, batch: &Batch) -> Result<()> {
    own_workshop(actor, batch)?;
    if rules::step(batch.status, Step::Close)? == Verdict::AlreadyDone {
        return Ok(());
    }
    rules::no_truck_to_come(&store::trucks(tx, batch.id)?)?;
    let mut change = Change::to(batch, BatchStatus::Closed, tx.now());
    change.closed_at = Some(tx.now());
    store::update(tx, batch, &change)
}

/// A donor has another name: its batches are found by it.
///
/// # Errors
/// When the database fails.
pub fn rename_donor(tx: &mut Tx<'_>, donor: OrganisationId, name: &str) -> Result<()> {
    for (id, reference, title) in store::titles_of_donor(tx, donor)? {
        store::set_search_key(tx, id, &rules::search_key(&reference, &title, name))?;
    }
    Ok(())
}

/// A batch is counted by the workshop that fetched it; the city may do it for them.
fn own_workshop(actor: &Actor, batch: &Batch) -> Result<(), Refusal> {
    if actor.is_city() || batch.workshop_id == Some(actor.organisation) {
        return Ok(());
    }
    Err(Refusal::not_found())
}
