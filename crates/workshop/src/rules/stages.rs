//! From which stages a step may be taken, and the one way to the last ones.

use kernel::{Code, Refusal, Text};

use super::erasure::proven;
use super::{Asking, Change, Facts, Proven, already_reserved};
use crate::model::{Device, Event, Stage};

/// The step may be taken from these stages alone.
///
/// # Errors
/// `step_not_allowed`, saying where the device stands.
pub(super) fn from(
    facts: &Facts<'_>,
    asking: &Asking<'_>,
    stages: &[Stage],
) -> Result<(), Refusal> {
    if stages.contains(&facts.device.stage) {
        return Ok(());
    }
    // to say that a drive is still open helps more than to name the stage
    if facts.device.stage == Stage::Triaged
        && facts.drives.iter().any(|drive| drive.proof.is_some())
    {
        proven(facts.drives)?;
    }
    Err(step_not_allowed(facts.device, asking.event, stages))
}

pub(super) fn in_workshop(facts: &Facts<'_>, asking: &Asking<'_>) -> Result<(), Refusal> {
    if facts.device.stage.in_workshop() {
        return Ok(());
    }
    let stages: Vec<_> = Stage::ALL
        .iter()
        .copied()
        .filter(|stage| stage.in_workshop())
        .collect();
    Err(step_not_allowed(facts.device, asking.event, &stages))
}

fn step_not_allowed(device: &Device, event: &Event, stages: &[Stage]) -> Refusal {
    if device.stage == Stage::Reserved {
        return already_reserved(device);
    }
    let list = |name: fn(Stage) -> &'static str| {
        stages
            .iter()
            .map(|stage| name(*stage))
            .collect::<Vec<_>>()
            .join(", ")
    };
    Refusal::new(
        Code::StepNotAllowed,
        Text::new(
            format!(
                "{} : « {} » n'est pas possible à l'étape « {} » ; il l'est à : {}.",
                device.name(),
                event.name(),
                device.stage.french(),
                list(Stage::french),
            ),
            format!(
                "{}: `{}` is not possible from `{}`; it is from: {}.",
                device.name(),
                event.name(),
                device.stage,
                list(Stage::as_str),
            ),
        ),
    )
}

/// The only way to `ready`, `scrapped` and `parts`.
pub(super) fn leave_with_proof(change: &mut Change, to: Stage, _: &Proven, asking: &Asking<'_>) {
    change.device.erasure_proven = true;
    change.go(to, asking.at);
}
