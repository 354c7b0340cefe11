//! What a step may be logged of: a device that is there, in one's own workshop, with drives that are
//! proven in no other.

use kernel::{Actor, Code, DeviceId, Refusal, Text};

use super::ledger::Ledger;
use crate::model::Device;
use crate::rules::Change;

/// Nobody has this name; `near` are devices that it may have been.
pub(super) fn unknown_device(name: &str, near: &[String]) -> Refusal {
    let name: String = name.chars().take(60).collect();
    let (fr, en) = match near {
        [] => (String::new(), String::new()),
        near => (
            format!(" Vouliez-vous dire {} ?", near.join(" ou ")),
            format!(" Did you mean {}?", near.join(" or ")),
        ),
    };
    Refusal::new(
        Code::UnknownDevice,
        Text::new(
            format!("Aucun appareil ne porte le numéro « {name} ».{fr}"),
            format!("No device has the number \"{name}\".{en}"),
        ),
    )
}

/// A workshop works on its own devices; the city may do it for any.
pub(super) fn own_workshop(actor: &Actor, device: &Device) -> Result<(), Refusal> {
    if actor.is_city() || device.workshop_id == Some(actor.organisation) {
        return Ok(());
    }
    Err(Refusal::plain(Code::NotYourWorkshop))
}

/// A drive's proof serves one device at a time.
///
/// # Errors
/// `drive_proven_elsewhere`.
pub(super) fn serves_here(ledger: &Ledger, id: DeviceId, change: &Change) -> Result<(), Refusal> {
    let before = ledger.get(id).map_or(&[][..], |bench| &bench.drives);
    for drive in change.newly_proven(before) {
        if ledger.proven_elsewhere(&drive.serial_key, id) {
            return Err(Refusal::new(
                Code::DriveProvenElsewhere,
                Text::new(
                    format!(
                        "Le disque {} est déjà prouvé dans un autre appareil. S'il en a été retiré, envoyez d'abord un relevé de cet autre appareil et déclarez-y le disque absent.",
                        drive.name()
                    ),
                    format!(
                        "Drive {} is proven in another device already. If it was taken out of there, send a capture of that device first and record the drive as absent there.",
                        drive.name()
                    ),
                ),
            ));
        }
    }
    Ok(())
}
