//! Corrections: a new line puts right what an earlier one said. What it undid stays in the log.

use kernel::{Code, DeviceKind, Instant, Refusal, Text, squash};

use super::{Asking, Change, Facts, identity_key, parts};
use crate::model::{Device, Event, Part, Stage};

/// A line of a device's log that a correction names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectedLine {
    /// What it said.
    pub event_type: String,
    /// The stage before it.
    pub from: Stage,
    /// The stage after it.
    pub to: Stage,
    /// Its evidence, as it was hashed.
    pub evidence: String,
    /// A later line moved the device to another stage.
    pub moved_since: bool,
}

/// What is known of what a correction speaks about.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Correcting {
    /// The line, if the device has it.
    pub line: Option<CorrectedLine>,
    /// The number of a waste note of this device was given.
    pub noted: bool,
    /// Its batch is closed: what is missing there was told to the donor.
    pub batch_closed: bool,
    /// Another live device has the serial number that it has, or is to have.
    pub serial_of: Option<Device>,
    /// The announced device that it is said to be.
    pub other: Option<Device>,
    /// The city asks.
    pub by_city: bool,
}

pub(super) fn corrected(facts: &Facts<'_>, asking: &Asking<'_>) -> Result<Change, Refusal> {
    let Event::Corrected {
        event_id,
        kind,
        serial,
        manufacturer,
        model,
        same_as,
        ..
    } = asking.event
    else {
        return Err(Refusal::plain(Code::CorrectionNotPossible));
    };
    if event_id.is_some() {
        return reversed(facts, asking);
    }
    if same_as.is_some() {
        return merged(facts);
    }
    let mut change = Change::new(facts);
    may_describe(facts, kind.is_some())?;
    if let Some(serial) = serial {
        new_serial(&mut change.device, facts, serial)?;
    }
    if let Some(manufacturer) = manufacturer {
        change.device.manufacturer = Some(manufacturer.clone());
    }
    if let Some(model) = model {
        change.device.model = Some(model.clone());
    }
    if let Some(kind) = kind {
        new_kind(&mut change, *kind, asking.at);
    }
    Ok(change)
}

/// A device in somebody's lot is described by the city alone, and stays of its kind: lots are
/// counted by kind.
fn may_describe(facts: &Facts<'_>, kind: bool) -> Result<(), Refusal> {
    match facts.device.stage {
        stage if stage.in_workshop() => Ok(()),
        Stage::Reserved | Stage::HandedOver | Stage::Returned if kind => {
            Err(not_possible(Text::new(
                format!(
                    "{} est dans un lot, compté par type : corrigez son type une fois qu'il est revenu.",
                    facts.device.name()
                ),
                format!(
                    "{} is in a lot, which is counted by kind: correct its kind once it is back.",
                    facts.device.name()
                ),
            )))
        }
        Stage::Reserved | Stage::HandedOver if !facts.correcting.by_city => {
            Err(Refusal::plain(Code::CorrectionNeedsCity))
        }
        Stage::Expected => Err(not_possible(Text::new(
            "Cet appareil n'est pas encore arrivé : corrigez la liste du lot.",
            "This device has not come yet: correct the list of its batch.",
        ))),
        _ => Ok(()),
    }
}

fn new_serial(device: &mut Device, facts: &Facts<'_>, serial: &str) -> Result<(), Refusal> {
    if identity_key(serial).is_none() {
        return Err(Refusal::field(
            "/serial",
            Code::Invalid,
            Text::new(
                "Ce n'est pas un numéro de série : le constructeur a laissé un texte de remplissage.",
                "This is no serial number: the maker left a placeholder.",
            ),
        ));
    }
    if let Some(other) = &facts.correcting.serial_of {
        return Err(duplicate_serial(other));
    }
    device.serial_key = Some(squash(serial));
    device.serial = Some(serial.to_owned());
    Ok(())
}

/// A machine of another kind is tested again, by that kind's template, and takes that kind's kit.
fn new_kind(change: &mut Change, kind: DeviceKind, at: Instant) {
    if change.device.kind == kind {
        return;
    }
    change.device.kind = kind;
    change.void_work();
    change.give_kit_back();
    if matches!(
        change.device.stage,
        Stage::Tested | Stage::Graded | Stage::Ready
    ) {
        change.go(Stage::Erased, at);
    }
}

/// The device stands where it stood before a line that was never true of it. Its kit went back
/// to stock with that line, so what was ready takes one again.
fn reversed(facts: &Facts<'_>, asking: &Asking<'_>) -> Result<Change, Refusal> {
    let known = facts.correcting;
    let Some(line) = &known.line else {
        return Err(Refusal::field(
            "/event_id",
            Code::UnknownReference,
            Text::new(
                "Le journal de cet appareil n'a pas cette ligne.",
                "The log of this device has no such line.",
            ),
        ));
    };
    if line.event_type == "handed_over" {
        return Err(not_possible(Text::new(
            "Une remise se corrige avec son lot : la ville dit quel appareil n'a pas été remis, et lequel l'a été à sa place.",
            "A handover is corrected with its lot: the city says which device was not given, and which one was in its place.",
        )));
    }
    if !["scrapped", "harvested", "missing"].contains(&line.event_type.as_str()) {
        return Err(not_possible(Text::new(
            "Seuls « scrapped », « harvested » et « missing » s'annulent ; pour le reste, dites l'étape suivante.",
            "Only `scrapped`, `harvested` and `missing` are reversed; for anything else, say the next step.",
        )));
    }
    if line.moved_since || line.from == line.to || facts.device.stage != line.to {
        return Err(not_possible(Text::new(
            "Une étape a suivi cette ligne, ou elle est déjà annulée.",
            "A step followed this line, or it is reversed already.",
        )));
    }
    if line.from == Stage::Expected && known.batch_closed {
        return Err(not_possible(Text::new(
            "Le lot est clos : si l'appareil est là, enregistrez-le comme reçu.",
            "The batch is closed: if the device is there, log it as received.",
        )));
    }
    if known.noted && !known.by_city {
        return Err(Refusal::new(
            Code::CorrectionNeedsCity,
            Text::new(
                "Un bordereau de déchets porte cet appareil : seule la ville peut le sortir des déchets.",
                "A waste note has this device: only the city can take it off the waste.",
            ),
        ));
    }
    if let Some(other) = &known.serial_of {
        return Err(duplicate_serial(other));
    }
    let mut change = Change::new(facts);
    if line.event_type == "harvested" {
        let evidence = serde_json::from_str::<serde_json::Value>(&line.evidence).ok();
        let given = evidence.as_ref().and_then(|said| said.get("parts"));
        parts::taken_back(&mut change, facts, Part::named_in(given))?;
    }
    change.effects.no_waste = line.event_type != "missing";
    let back = match line.from {
        Stage::Ready => Stage::Graded,
        stage => stage,
    };
    change.go(back, asking.at);
    Ok(change)
}

/// The machine at hand is the one that was announced: it has that one's line of the list, its
/// batch and its serial number.
fn merged(facts: &Facts<'_>) -> Result<Change, Refusal> {
    in_the_workshop(facts)?;
    let Some(other) = &facts.correcting.other else {
        return Err(Refusal::field(
            "/same_as",
            Code::UnknownReference,
            Text::new(
                "Aucun appareil annoncé ne porte ce numéro.",
                "No announced device has this number.",
            ),
        ));
    };
    let awaited = matches!(other.stage, Stage::Expected | Stage::Missing)
        && other.received_at.is_none()
        && other.manifest_line.is_some();
    if facts.device.manifest_line.is_some() || !awaited || other.id == facts.device.id {
        return Err(not_possible(Text::new(
            format!(
                "On réunit un appareil que personne n'avait annoncé et un appareil annoncé qui n'est pas arrivé : {} n'est pas dans ce cas ({}).",
                other.name(),
                other.stage.french()
            ),
            format!(
                "A device that nobody announced is merged with an announced one that has not come: {} is not such a case ({}).",
                other.name(),
                other.stage
            ),
        )));
    }
    if other.donor_id != facts.device.donor_id {
        return Err(not_possible(Text::new(
            format!("{} vient d'un autre donateur.", other.name()),
            format!("{} comes from another donor.", other.name()),
        )));
    }
    if let Some(third) = &facts.correcting.serial_of {
        return Err(duplicate_serial(third));
    }
    let mut change = Change::new(facts);
    let device = &mut change.device;
    device.serial.clone_from(&other.serial);
    device.serial_key.clone_from(&other.serial_key);
    device.batch_id = other.batch_id;
    device.manifest_line = other.manifest_line;
    device.attributes.clone_from(&other.attributes);
    device.manufacturer = device.manufacturer.take().or(other.manufacturer.clone());
    device.model = device.model.take().or(other.model.clone());
    Ok(change)
}

fn in_the_workshop(facts: &Facts<'_>) -> Result<(), Refusal> {
    match facts.device.stage {
        stage if stage.in_workshop() => Ok(()),
        _ => Err(not_possible(Text::new(
            format!(
                "{} n'est pas à l'atelier ({}).",
                facts.device.name(),
                facts.device.stage.french()
            ),
            format!(
                "{} is not in the workshop ({}).",
                facts.device.name(),
                facts.device.stage
            ),
        ))),
    }
}

/// The announced device, once it is another row: nobody waits for it, and its number and its line
/// of the list are the other's.
pub fn absorbed(mut device: Device, at: Instant) -> Device {
    device.serial = None;
    device.serial_key = None;
    device.manifest_line = None;
    if device.stage != Stage::Missing {
        device.stage = Stage::Missing;
        device.stage_at = at;
    }
    device
}

/// Nothing happens any more to a row that turned out to be another one.
pub(super) fn not_merged(device: &Device) -> Result<(), Refusal> {
    match device.is_merged() {
        false => Ok(()),
        true => Err(Refusal::new(
            Code::StepNotAllowed,
            Text::new(
                format!(
                    "{} a été réuni avec un autre appareil, qui était la même machine.",
                    device.name()
                ),
                format!(
                    "{} was merged with another device, which was the same machine.",
                    device.name()
                ),
            ),
        )),
    }
}

/// Names the device that has the number, and what to do when it is the same machine.
pub fn duplicate_serial(other: &Device) -> Refusal {
    let (name, stage) = (other.name(), other.stage);
    let awaited = stage == Stage::Expected;
    let (fr, en) = match awaited {
        true => (
            " Si c'est la même machine, réunissez-les : événement « corrected » avec « same_as ».",
            " If it is the same machine, merge them: event `corrected` with `same_as`.",
        ),
        false => ("", ""),
    };
    Refusal::new(
        Code::DuplicateSerial,
        Text::new(
            format!("{name} a déjà ce numéro de série ({}).{fr}", stage.french()),
            format!("{name} has this serial number already ({stage}).{en}"),
        ),
    )
    .with_extra(serde_json::json!({ "device": other.id, "tag": other.tag }))
}

fn not_possible(detail: Text) -> Refusal {
    Refusal::new(Code::CorrectionNotPossible, detail)
}
