//! What may happen to a batch, and what a body about one has to hold. Pure.

mod bodies;
mod reception;
mod stock;
mod trucks;

#[cfg(test)]
mod tests;

use kernel::{Actor, BatchId, Code, Instant, OrganisationId, Refusal, Role, Text, Verdict, fold};
use notifications::{Appointment, Quantity};

use crate::model::{Batch, BatchStatus, Declared, Schedule, Window};
pub(crate) use bodies::LINES_MAX;
pub use bodies::{
    CheckedBatch, check_collection, check_move, check_new, check_pickup_change, check_reason,
    check_restrictions, check_schedule,
};
pub use reception::{answer, check_comment, check_named};
pub(crate) use stock::where_it_is;
pub use trucks::{may_call_truck_off, may_load_truck, may_send_truck, no_truck_to_come};

/// What someone asks to happen to a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The donor offers it.
    Submit,
    /// The city takes it.
    Accept,
    /// The city does not take it.
    Refuse,
    /// It is called off.
    Cancel,
    /// The pickup gets, or changes, its workshop and time.
    Schedule,
    /// The truck left.
    Collect,
    /// A device was counted at the dock.
    Receive,
    /// The count ended.
    Close,
}

impl Step {
    /// Where the step leads.
    pub const fn target(self) -> BatchStatus {
        match self {
            Self::Submit => BatchStatus::Submitted,
            Self::Accept => BatchStatus::Accepted,
            Self::Refuse => BatchStatus::Refused,
            Self::Cancel => BatchStatus::Cancelled,
            Self::Schedule => BatchStatus::Scheduled,
            Self::Collect => BatchStatus::Collected,
            Self::Receive => BatchStatus::Received,
            Self::Close => BatchStatus::Closed,
        }
    }

    /// From where it may be taken.
    pub const fn sources(self) -> &'static [BatchStatus] {
        use BatchStatus::{Accepted, Collected, Draft, Received, Scheduled, Submitted};
        match self {
            Self::Submit => &[Draft],
            Self::Accept | Self::Refuse => &[Submitted],
            Self::Cancel => &[Draft, Submitted, Accepted, Scheduled],
            // again while scheduled: the pickup moves
            Self::Schedule => &[Accepted, Scheduled],
            Self::Collect => &[Scheduled],
            // a truck may be unloaded before anyone said that it left
            Self::Receive => &[Scheduled, Collected],
            Self::Close => &[Received],
        }
    }
}

/// A batch goes its way one step after the other.
///
/// # Errors
/// `batch_step_not_allowed`, with where the batch is and what the step needs.
pub fn step(status: BatchStatus, step: Step) -> Result<Verdict, Refusal> {
    if step.sources().contains(&status) {
        return Ok(Verdict::Go);
    }
    if status == step.target() {
        return Ok(Verdict::AlreadyDone);
    }
    let sources = |word: fn(BatchStatus) -> &'static str| {
        step.sources()
            .iter()
            .map(|source| word(*source))
            .collect::<Vec<_>>()
    };
    Err(Refusal::new(
        Code::BatchStepNotAllowed,
        Text::new(
            format!(
                "Ce lot est {} ; cette étape demande un lot {}.",
                french(status),
                sources(french).join(" ou "),
            ),
            format!(
                "This batch is {}; the step takes a batch that is {}.",
                english(status),
                sources(english).join(" or "),
            ),
        ),
    ))
}

const fn french(status: BatchStatus) -> &'static str {
    match status {
        BatchStatus::Draft => "à l'état de brouillon",
        BatchStatus::Submitted => "proposé",
        BatchStatus::Accepted => "accepté",
        BatchStatus::Scheduled => "programmé pour l'enlèvement",
        BatchStatus::Collected => "enlevé",
        BatchStatus::Received => "en cours de réception",
        BatchStatus::Closed => "clos",
        BatchStatus::Refused => "refusé",
        BatchStatus::Cancelled => "annulé",
    }
}

const fn english(status: BatchStatus) -> &'static str {
    match status {
        BatchStatus::Draft => "a draft",
        BatchStatus::Submitted => "submitted",
        BatchStatus::Accepted => "accepted",
        BatchStatus::Scheduled => "scheduled for pickup",
        BatchStatus::Collected => "collected",
        BatchStatus::Received => "being received",
        BatchStatus::Closed => "closed",
        BatchStatus::Refused => "refused",
        BatchStatus::Cancelled => "cancelled",
    }
}

/// The manifest of a batch is written until the truck has come: until then a machine may be
/// added or kept back at the donor's; afterwards the workshop counts against it.
///
/// # Errors
/// `batch_not_editable`.
pub fn may_list(status: BatchStatus) -> Result<(), Refusal> {
    use BatchStatus::{Accepted, Draft, Scheduled, Submitted};
    if matches!(status, Draft | Submitted | Accepted | Scheduled) {
        return Ok(());
    }
    Err(Refusal::new(
        Code::BatchNotEditable,
        Text::new(
            format!(
                "Ce lot est {} ; son inventaire ne change que jusqu'à l'enlèvement.",
                french(status)
            ),
            format!(
                "This batch is {}; its manifest changes only until the pickup.",
                english(status)
            ),
        ),
    ))
}

/// Where, when and whom to call changes until the truck has come.
///
/// # Errors
/// `batch_not_editable`.
pub fn may_change_pickup(status: BatchStatus) -> Result<(), Refusal> {
    use BatchStatus::{Accepted, Draft, Scheduled, Submitted};
    if matches!(status, Draft | Submitted | Accepted | Scheduled) {
        return Ok(());
    }
    Err(Refusal::new(
        Code::BatchNotEditable,
        Text::new(
            format!(
                "Ce lot est {} ; l'enlèvement ne change qu'avant le passage du camion.",
                french(status)
            ),
            format!(
                "This batch is {}; its pickup changes only until the truck has come.",
                english(status)
            ),
        ),
    ))
}

/// The donor answers the time of a pickup once it is set, and before the truck has come.
///
/// # Errors
/// `batch_step_not_allowed`.
pub fn may_answer_pickup(status: BatchStatus) -> Result<(), Refusal> {
    if status == BatchStatus::Scheduled {
        return Ok(());
    }
    Err(Refusal::new(
        Code::BatchStepNotAllowed,
        Text::new(
            format!(
                "Ce lot est {} ; seul un enlèvement programmé s'accepte ou se déplace.",
                french(status)
            ),
            format!(
                "This batch is {}; only a pickup that is planned is accepted or moved.",
                english(status)
            ),
        ),
    ))
}

/// What a gift is tied to changes until the city has answered; afterwards others rely on
/// it.
///
/// # Errors
/// `batch_not_editable`.
pub fn may_restrict(status: BatchStatus) -> Result<(), Refusal> {
    if matches!(status, BatchStatus::Draft | BatchStatus::Submitted) {
        return Ok(());
    }
    Err(Refusal::new(
        Code::BatchNotEditable,
        Text::new(
            format!(
                "Ce lot est {} ; ses restrictions ne changent qu'avant la réponse de la Ville.",
                french(status)
            ),
            format!(
                "This batch is {}; its restrictions change only before the city has answered.",
                english(status)
            ),
        ),
    ))
}

/// A batch that is offered offers something.
///
/// # Errors
/// `required` when nothing is declared and there is no manifest.
pub fn offers_something(batch: &Batch) -> Result<(), Refusal> {
    let on_manifest = batch
        .manifest
        .as_ref()
        .is_some_and(|manifest| manifest.rows > 0);
    if on_manifest || !batch.declared.is_empty() || !batch.accessories.is_empty() {
        return Ok(());
    }
    Err(Refusal::field(
        "/declared",
        Code::Required,
        Text::new(
            "Annoncez au moins un appareil, ou déposez l'inventaire, avant de proposer ce lot.",
            "Declare at least one device, or upload the manifest, before you submit this batch.",
        ),
    ))
}

/// For whom a new batch is: a donor's own firm, or the firm that staff name.
///
/// # Errors
/// `required` or `not_allowed` at `/donor_id`.
pub fn donor_of(actor: &Actor, named: Option<OrganisationId>) -> Result<OrganisationId, Refusal> {
    match (actor.role, named) {
        (Role::Staff | Role::Admin, Some(donor)) => Ok(donor),
        (Role::Staff | Role::Admin, None) => Err(Refusal::field(
            "/donor_id",
            Code::Required,
            Text::new("Précisez le donateur.", "Name the donor."),
        )),
        (Role::Donor, None) => Ok(actor.organisation),
        (Role::Donor, Some(donor)) if donor == actor.organisation => Ok(donor),
        (Role::Donor, Some(_)) => Err(Refusal::field(
            "/donor_id",
            Code::UnknownReference,
            Text::new(
                "Un donateur n'enregistre que ses propres lots ; ce champ est inutile.",
                "A donor registers its own batches only; leave this field out.",
            ),
        )),
        (Role::Refurbisher | Role::Association | Role::Helper, _) => {
            Err(Refusal::plain(Code::NotAllowed))
        }
    }
}

/// A truck was unloaded before anyone noted that it left: that may still be noted, once.
pub(crate) fn is_collected_late(batch: &Batch) -> bool {
    matches!(batch.status, BatchStatus::Received | BatchStatus::Closed)
        && batch.collected_at.is_none()
}

/// The pickup is at this time already, by this workshop: a second click.
pub(crate) fn is_scheduled_so(batch: &Batch, schedule: &Schedule) -> bool {
    let window = Window {
        from: schedule.from,
        to: schedule.to,
    };
    batch.workshop_id == Some(schedule.workshop_id) && batch.scheduled == Some(window)
}

/// The sequence of the calendar entry that is about to be sent.
pub(crate) fn next_sequence(batch: &Batch) -> i32 {
    match batch.scheduled {
        None => 0,
        Some(_) => batch.schedule_sequence + 1,
    }
}

/// How a batch is found by its words.
pub(crate) fn search_key(reference: &str, title: &str, donor: &str) -> String {
    fold(&format!("{reference} {title} {donor}"))
}

/// What is declared, in words, one kind after the other.
pub(crate) fn quantities(declared: &[Declared]) -> Vec<Quantity> {
    let mut totals = std::collections::BTreeMap::new();
    for line in declared {
        *totals.entry(line.kind).or_insert(0_u64) += line.quantity.unsigned_abs();
    }
    totals
        .into_iter()
        .map(|(kind, count)| Quantity::of(kind, count))
        .collect()
}

/// The calendar entry of a batch's pickup: one identity for good, a higher sequence for
/// each change (RFC 5545, 3.8.7.4).
pub(crate) fn pickup_entry(
    batch: BatchId,
    sequence: i32,
    (from, to): (Instant, Instant),
    place: String,
    cancelled: bool,
) -> Appointment {
    Appointment {
        uid: format!("pickup-{batch}"),
        sequence,
        from,
        to,
        place,
        cancelled,
    }
}
