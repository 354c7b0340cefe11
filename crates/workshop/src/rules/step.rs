//! One step of a device: what it changes.

use kernel::Refusal;

use super::erasure::{self, proven};
use super::stages::{from, in_workshop, leave_with_proof};
use super::{Asking, Change, Facts, correction, parts, quality, reception, transfer, waste};
use crate::Settings;
use crate::model::{DriveErasure, Event, Stage, Triage};

pub(super) fn apply(
    facts: &Facts<'_>,
    asking: &Asking<'_>,
    settings: &Settings,
) -> Result<Change, Refusal> {
    match asking.event {
        Event::Received {} if facts.device.transfer_id.is_some() => transfer::arrived(facts),
        Event::Received {} => reception::received(facts, asking),
        Event::Triaged { outcome } => triaged(facts, asking, *outcome),
        Event::Erased { drives } => erased(facts, asking, drives, settings),
        Event::Tested { checks, .. } => quality::tested(facts, asking, checks, settings),
        Event::RepairStarted {} => repair_started(facts, asking),
        Event::Repaired {
            description,
            minutes,
            parts,
        } => repaired(facts, asking, description, *minutes, parts.as_ref()),
        Event::RepairCorrected {
            repair,
            minutes,
            parts,
            ..
        } => parts::corrected(facts, asking, *repair, *minutes, parts.as_ref()),
        Event::Graded { cosmetic } => quality::graded(facts, asking, *cosmetic),
        Event::QualityChecked { passed } => quality::quality_checked(facts, asking, *passed),
        Event::Ready {} => quality::ready(facts, asking, settings),
        Event::Scrapped { .. } => leaves(facts, asking, Stage::Scrapped, settings),
        Event::Harvested { parts, .. } => harvested(facts, asking, parts.as_ref(), settings),
        Event::WasteNoted { .. } => waste_noted(facts, asking),
        Event::Missing {} => missing(facts, asking),
        Event::Moved { location } => moved(facts, asking, location),
        Event::Returned { .. } => returned(facts, asking),
        Event::Corrected { .. } => correction::corrected(facts, asking),
    }
}

/// Evidence may come drive by drive; the stage moves once every drive is proven.
fn erased(
    facts: &Facts<'_>,
    asking: &Asking<'_>,
    drives: &[DriveErasure],
    settings: &Settings,
) -> Result<Change, Refusal> {
    from(
        facts,
        asking,
        &[
            Stage::Triaged,
            Stage::Erased,
            Stage::Tested,
            Stage::InRepair,
            Stage::Graded,
        ],
    )?;
    let mut change = Change::new(facts);
    change.drives = erasure::with_evidence(facts, drives, asking.at, settings)?;
    change.settle_proof(asking.at);
    Ok(change)
}

/// The decision may be changed as long as the device is worked on; the stage then stays.
fn triaged(facts: &Facts<'_>, asking: &Asking<'_>, outcome: Triage) -> Result<Change, Refusal> {
    from(
        facts,
        asking,
        &[
            Stage::Received,
            Stage::Triaged,
            Stage::Erased,
            Stage::Tested,
            Stage::Graded,
        ],
    )?;
    let mut change = Change::new(facts);
    change.device.triage = Some(outcome);
    if facts.device.stage == Stage::Received {
        change.go(Stage::Triaged, asking.at);
        change.settle_proof(asking.at);
    }
    Ok(change)
}

/// A machine that was opened is not the one that was tested.
fn repair_started(facts: &Facts<'_>, asking: &Asking<'_>) -> Result<Change, Refusal> {
    from(
        facts,
        asking,
        &[
            Stage::Triaged,
            Stage::Erased,
            Stage::Tested,
            Stage::Graded,
            Stage::Ready,
        ],
    )?;
    let mut change = Change::new(facts);
    change.void_work();
    change.give_kit_back();
    change.go(Stage::InRepair, asking.at);
    Ok(change)
}

/// Back to what is proven of it; its parts leave the counted stock, or come into it.
fn repaired(
    facts: &Facts<'_>,
    asking: &Asking<'_>,
    description: &str,
    minutes: u32,
    used: Option<&serde_json::Value>,
) -> Result<Change, Refusal> {
    from(facts, asking, &[Stage::InRepair])?;
    let mut change = Change::new(facts);
    parts::repaired(&mut change, facts, asking, (description, minutes), used)?;
    change.go(Stage::Triaged, asking.at);
    change.settle_proof(asking.at);
    Ok(change)
}

/// Out of the house for good, or in pieces: the drives are proven first.
fn leaves(
    facts: &Facts<'_>,
    asking: &Asking<'_>,
    to: Stage,
    settings: &Settings,
) -> Result<Change, Refusal> {
    in_workshop(facts, asking)?;
    let proof = proven(facts.drives)?;
    let mut change = Change::new(facts);
    change.give_kit_back();
    change.effects.waste = waste::of(facts.device, asking, settings);
    leave_with_proof(&mut change, to, &proof, asking);
    Ok(change)
}

/// Taken apart: its parts come into the counted stock.
fn harvested(
    facts: &Facts<'_>,
    asking: &Asking<'_>,
    given: Option<&serde_json::Value>,
    settings: &Settings,
) -> Result<Change, Refusal> {
    let mut change = leaves(facts, asking, Stage::Parts, settings)?;
    change.effects.parts = parts::given(given);
    Ok(change)
}

fn waste_noted(facts: &Facts<'_>, asking: &Asking<'_>) -> Result<Change, Refusal> {
    from(facts, asking, &[Stage::Scrapped, Stage::Parts])?;
    let mut change = Change::new(facts);
    change.effects.waste = waste::noted(facts.waste, asking);
    Ok(change)
}

fn returned(facts: &Facts<'_>, asking: &Asking<'_>) -> Result<Change, Refusal> {
    from(facts, asking, &[Stage::HandedOver])?;
    let mut change = Change::new(facts);
    change.go(Stage::Returned, asking.at);
    Ok(change)
}

/// Never came, or is not found any more; what it needs not to be is proven.
fn missing(facts: &Facts<'_>, asking: &Asking<'_>) -> Result<Change, Refusal> {
    if facts.device.stage != Stage::Expected {
        in_workshop(facts, asking)?;
    }
    let mut change = Change::new(facts);
    change.give_kit_back();
    transfer::lost(&mut change);
    change.go(Stage::Missing, asking.at);
    Ok(change)
}

fn moved(facts: &Facts<'_>, asking: &Asking<'_>, location: &str) -> Result<Change, Refusal> {
    if !matches!(facts.device.stage, Stage::Reserved | Stage::Returned) {
        in_workshop(facts, asking)?;
    }
    let mut change = Change::new(facts);
    change.device.location = Some(location.to_owned());
    Ok(change)
}
