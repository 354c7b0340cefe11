//! Devices under way to another workshop: the sender's until they arrive.

use kernel::{Code, Instant, Refusal, Text, TransferId};

use super::{Change, Facts, already_reserved};
use crate::model::{Device, Drive, Event, LineOutcome, Stage};

/// Puts a device on the road. One that was ready is not any more: its kit stays in the
/// workshop that counted it out, and the one that receives it adds its own.
///
/// # Errors
/// `device_in_transit`, `already_reserved`, `step_not_allowed`.
pub fn send(
    device: &Device,
    drives: &[Drive],
    transfer: TransferId,
    at: Instant,
) -> Result<Change, Refusal> {
    if device.transfer_id.is_some() {
        return Err(in_transit(device));
    }
    if device.stage == Stage::Reserved {
        return Err(already_reserved(device));
    }
    if !device.stage.in_workshop() {
        return Err(Refusal::new(
            Code::StepNotAllowed,
            Text::new(
                format!(
                    "{} n'est pas à l'atelier ({}).",
                    device.name(),
                    device.stage.french()
                ),
                format!(
                    "{} is not in the workshop ({}).",
                    device.name(),
                    device.stage
                ),
            ),
        ));
    }
    let mut change = Change::alone(device, drives);
    if device.stage == Stage::Ready {
        change.give_kit_back();
        change.go(Stage::Graded, at);
    }
    change.device.transfer_id = Some(transfer);
    Ok(change)
}

/// A device that stays after all, or came back unopened.
///
/// # Errors
/// `transfer_step_not_allowed` when it is not on the road.
pub fn call_back(device: &Device, drives: &[Drive]) -> Result<Change, Refusal> {
    let mut change = Change::alone(device, drives);
    let transfer = change.device.transfer_id.take();
    let transfer = transfer.ok_or_else(|| Refusal::plain(Code::TransferStepNotAllowed))?;
    change.effects.off_the_road = Some((transfer, LineOutcome::Cancelled));
    Ok(change)
}

/// What is on the road arrives where it was sent to, or is lost; nothing else happens to it.
pub(super) fn off_the_road(facts: &Facts<'_>, event: &Event) -> Result<(), Refusal> {
    if facts.device.transfer_id.is_none() {
        return Ok(());
    }
    match event {
        Event::Received {} if facts.arriving_at.is_some() => Ok(()),
        Event::Missing {} if facts.arriving_at.is_none() => Ok(()),
        _ => Err(in_transit(facts.device)),
    }
}

/// It is the receiver's now, at the stage at which it left.
pub(super) fn arrived(facts: &Facts<'_>) -> Result<Change, Refusal> {
    let mut change = Change::new(facts);
    let transfer = change.device.transfer_id.take();
    let (Some(transfer), Some(workshop)) = (transfer, facts.arriving_at) else {
        return Err(in_transit(facts.device));
    };
    change.device.workshop_id = Some(workshop);
    change.device.location = None;
    change.effects.off_the_road = Some((transfer, LineOutcome::Received));
    Ok(change)
}

pub(super) fn lost(change: &mut Change) {
    if let Some(transfer) = change.device.transfer_id.take() {
        change.effects.off_the_road = Some((transfer, LineOutcome::Missing));
    }
}

fn in_transit(device: &Device) -> Refusal {
    Refusal::new(
        Code::DeviceInTransit,
        Text::new(
            format!(
                "{} est en route vers un autre atelier, qui le réceptionne à son arrivée ; \
                 s'il est resté, annulez l'envoi.",
                device.name()
            ),
            format!(
                "{} is on its way to another workshop, which receives it when it arrives; \
                 if it stayed, cancel the shipment.",
                device.name()
            ),
        ),
    )
}
