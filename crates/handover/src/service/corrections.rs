//! What may be put right about a handover: who collects, whether it takes place at all, and what
//! was in the lot in truth.

use db::{Result, Tx};
use kernel::{Actor, Code, HandoverId, Refusal, Text, Verdict};
use notifications::Message;
use workshop::DeviceRef;

use super::{expected, lot_of, tell, view};
use crate::model::{Collector, HandoverView, Missed, NotGiven};
use crate::rules;
use crate::store;

/// The association says who collects its lot for it.
///
/// # Errors
/// `not_found`, `invalid_fields`, `handover_step_not_allowed`.
pub fn name_collector(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: HandoverId,
    body: &Collector,
) -> Result<HandoverView> {
    let handover = store::handover(tx, actor, id)?;
    if rules::may_name_collector(&handover, &body.name)? == Verdict::AlreadyDone {
        return view(tx, handover);
    }
    let now = tx.now();
    let name = Some(body.name.trim()).filter(|name| !name.is_empty());
    store::set_collector(tx, &handover, (name, actor.person), now)?;
    let handover = store::handover(tx, actor, id)?;
    view(tx, handover)
}

/// The city decides that a lot is handed over although its association is suspended meanwhile.
///
/// # Errors
/// `not_found`, `invalid_fields`, `handover_step_not_allowed`.
pub fn allow(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: HandoverId,
    body: &Missed,
) -> Result<HandoverView> {
    let handover = store::handover(tx, actor, id)?;
    if rules::may_allow(&handover, &body.reason)? == Verdict::AlreadyDone {
        return view(tx, handover);
    }
    let now = tx.now();
    store::allow(tx, &handover, (body.reason.trim(), actor.person), now)?;
    let handover = store::handover(tx, actor, id)?;
    view(tx, handover)
}

/// A device of a lot that was signed for was not given: it is ready again, kit and all, and
/// the one that was given in its place, if one was, is on its line.
///
/// # Errors
/// `not_found`, `invalid_fields`, `handover_step_not_allowed`, `device_not_in_lot`,
/// `correction_not_possible`, `device_not_ready`.
pub fn not_given(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: HandoverId,
    body: &NotGiven,
) -> Result<HandoverView> {
    let handover = store::handover(tx, actor, id)?;
    rules::may_correct(&handover, body)?;
    let lot = lot_of(tx, &handover)?;
    let wrong = &lot[rules::named(&body.device, &expected(&lot))?];
    let instead = match &body.instead {
        Some(name) => Some(spare(tx, "/instead", name)?),
        None => None,
    };
    let reason = body.reason.trim();
    allocation::not_given(
        tx,
        actor,
        handover.wave_id,
        wrong,
        instead.as_ref().map(|device| device.id),
        (&handover.reference, reason),
    )?;
    let devices = handover.devices - i32::from(instead.is_none());
    let now = tx.now();
    store::set_devices(tx, &handover, devices, now)?;
    let handover = store::handover(tx, actor, id)?;
    let view = view(tx, handover.clone())?;
    let message = Message::HandoverCorrected {
        reference: handover.reference.clone(),
        association: view.association.clone(),
        removed: wrong.tag.clone(),
        added: instead.map(|device| device.tag),
        devices: i64::from(devices),
        reason: reason.to_owned(),
    };
    tell(tx, Some(handover.association_id), &message)?;
    Ok(view)
}

/// The device that a field names to be given in the place of another.
pub(crate) fn spare(tx: &mut Tx<'_>, field: &str, name: &str) -> Result<DeviceRef> {
    let names = [name.trim().to_owned()];
    let device = workshop::find_devices(tx, &names)?.remove(&names[0]);
    device.ok_or_else(|| {
        Refusal::field(
            field,
            Code::UnknownDevice,
            Text::new(
                "Aucun appareil ne porte ce numéro.",
                "No device has this number.",
            ),
        )
        .into()
    })
}
