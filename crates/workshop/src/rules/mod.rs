//! What may happen to a device: facts in, decision out. No I/O, no clock.

mod checks;
mod correction;
mod erasure;
mod evidence;
mod hardware;
mod identity;
mod near;
mod parts;
mod quality;
mod reception;
mod report;
mod review;
mod search;
mod stages;
mod step;
mod transfer;
mod waste;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use kernel::{
    AccessoryKind, ApiKeyId, Code, Instant, OrganisationId, PersonId, Refusal, Text, TransferId,
};

pub use checks::report as checks_report;
pub use correction::{CorrectedLine, Correcting, absorbed, duplicate_serial};
pub use erasure::{Proven, only_destruction, proven};
pub use hardware::{Heard, capture, decide_contradiction};
pub use identity::identity_key;
pub use near::{near_keys, zeros_apart};
pub use reception::{give_up, receive, receive_again};
pub use report::{About, about};
pub use review::{confirm, open_acceptances, propose};
pub use search::{location_key, search_key};
pub use transfer::{call_back, send};

use crate::Settings;
use crate::model::{Device, Drive, EraseMethod, Event, LineOutcome, Part, Repair, Stage, Waste};

/// The counted stock of a workshop, as far as the lines at hand ask for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stock {
    /// The accessories.
    pub accessories: BTreeMap<AccessoryKind, i32>,
    /// The spare parts of which it keeps a count, by [`Part::key`].
    pub parts: BTreeMap<String, i32>,
}

/// What a step changes besides the device and its drives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Effects {
    /// The accessories that come into stock, or leave it.
    pub accessories: Vec<(AccessoryKind, i32)>,
    /// The same for spare parts.
    pub parts: Vec<(Part, i32)>,
    /// A repair, new or corrected.
    pub repair: Option<Repair>,
    /// What the device is as waste, and its batteries.
    pub waste: Vec<Waste>,
    /// It is no waste after all.
    pub no_waste: bool,
    /// It is on the road no more: what became of it there.
    pub off_the_road: Option<(TransferId, LineOutcome)>,
}

/// A line of a device's log: its last, or the one of a sender's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastEvent {
    /// What happened.
    pub event_type: String,
    /// Its evidence, as it was hashed.
    pub evidence: String,
    /// Who.
    pub actor: PersonId,
    /// The machine's key that logged it.
    pub key: Option<ApiKeyId>,
    /// Who stood at the machine.
    pub operated_by: Option<PersonId>,
}

/// What is known of a device when something is to be decided.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The device.
    pub device: &'a Device,
    /// The drives it was seen with in this cycle.
    pub drives: &'a [Drive],
    /// Its last event.
    pub last: Option<&'a LastEvent>,
    /// What its log has under the sender's number of this line already.
    pub earlier: Option<&'a LastEvent>,
    /// The counted stock of its workshop.
    pub stock: &'a Stock,
    /// Its repairs, when a line corrects one.
    pub repairs: &'a [Repair],
    /// What it is as waste already, and its batteries.
    pub waste: &'a [Waste],
    /// The workshop that it is on its way to, when that is who asks.
    pub arriving_at: Option<OrganisationId>,
    /// When its present cycle began: when it was counted in.
    pub cycle_started_at: Option<Instant>,
    /// What a correction speaks about.
    pub correcting: &'a Correcting,
}

/// Who says what, and when.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// Who.
    pub person: PersonId,
    /// When it happened, as the person says.
    pub at: Instant,
    /// What happened.
    pub event: &'a Event,
    /// The line has a number of the sender's.
    pub numbered: bool,
    /// A machine's key asks, not a person who signed in.
    pub by_machine: bool,
    /// Which.
    pub key: Option<ApiKeyId>,
    /// Who stands at the machine and proved it.
    pub operated_by: Option<PersonId>,
}

impl Asking<'_> {
    /// The person who did it by their own hand: none where a machine does and nobody is named.
    fn by_hand(&self) -> Option<PersonId> {
        match self.by_machine {
            true => self.operated_by,
            false => Some(self.person),
        }
    }
}

/// The decision.
#[derive(Debug, Clone, PartialEq)]
pub enum Decided {
    /// Do it: everything as it is afterwards.
    Apply(Box<Change>),
    /// It was done before: answer with success, change nothing.
    AlreadyDone,
}

/// A device as it is after a step. Nothing but the functions of this module makes one, so
/// no device reaches a stage past them.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    device: Device,
    drives: Vec<Drive>,
    effects: Effects,
}

impl Change {
    fn new(facts: &Facts<'_>) -> Self {
        Self::alone(facts.device, facts.drives)
    }

    fn alone(device: &Device, drives: &[Drive]) -> Self {
        Self {
            device: device.clone(),
            drives: drives.to_vec(),
            effects: Effects::default(),
        }
    }

    /// The device, its drives, and what else changes.
    pub fn into_parts(self) -> (Device, Vec<Drive>, Effects) {
        (self.device, self.drives, self.effects)
    }

    /// The drives that are proven to be erased or destroyed now, and were not before, by a serial
    /// number that tells them from others.
    pub fn newly_proven<'a>(&'a self, before: &'a [Drive]) -> impl Iterator<Item = &'a Drive> {
        let known = |drive: &Drive| {
            before
                .iter()
                .any(|one| one.serial_key == drive.serial_key && one.proven)
        };
        self.drives.iter().filter(move |drive| {
            drive.proven
                && drive
                    .serial
                    .as_deref()
                    .is_some_and(|serial| identity_key(serial).is_some())
                && (drive.proof.as_ref()).is_some_and(|proof| proof.method != EraseMethod::Absent)
                && !known(drive)
        })
    }

    /// The device after the step.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// The stage after the step.
    pub fn stage(&self) -> Stage {
        self.device.stage
    }

    fn go(&mut self, stage: Stage, at: Instant) {
        if self.device.stage != stage {
            self.device.stage = stage;
            self.device.stage_at = at;
        }
    }

    /// Tests, grade and quality check say nothing any more.
    fn void_work(&mut self) {
        self.device.tests_passed = None;
        self.device.tested_by = None;
        self.device.grade = None;
        self.device.quality_checked_by = None;
    }

    /// What was taken from stock for it goes back.
    fn give_kit_back(&mut self) {
        self.device.ready_at = None;
        if let Some(kit) = self.device.kit.take() {
            self.effects
                .accessories
                .extend(kit.0.into_iter().map(|part| (part.kind, part.quantity)));
        }
    }

    /// Brings the stage down to what is proven when a drive turns out not to be covered.
    fn settle_proof(&mut self, at: Instant) {
        self.device.erasure_proven = proven(&self.drives).is_ok();
        match self.device.stage {
            Stage::Triaged if self.device.erasure_proven => self.go(Stage::Erased, at),
            Stage::Erased | Stage::Tested | Stage::Graded | Stage::Ready
                if !self.device.erasure_proven =>
            {
                self.void_work();
                self.give_kit_back();
                self.go(Stage::Triaged, at);
            }
            _ => {}
        }
    }
}

/// Decides one step.
///
/// # Errors
/// The refusal that helps most; the table in the README has them all.
pub fn decide(
    facts: &Facts<'_>,
    asking: &Asking<'_>,
    settings: &Settings,
) -> Result<Decided, Refusal> {
    if let Some(earlier) = facts.earlier {
        same_event(earlier, asking.event)?;
        return Ok(Decided::AlreadyDone);
    }
    if is_repeat(facts, asking) {
        return Ok(Decided::AlreadyDone);
    }
    correction::not_merged(facts.device)?;
    if facts.device.stage == Stage::Reserved
        && !matches!(asking.event, Event::Moved { .. } | Event::Corrected { .. })
    {
        return Err(already_reserved(facts.device));
    }
    transfer::off_the_road(facts, asking.event)?;
    let change = step::apply(facts, asking, settings)?;
    Ok(Decided::Apply(Box::new(change)))
}

/// A number of the sender's names one event: with another, nobody could tell which was meant.
fn same_event(earlier: &LastEvent, event: &Event) -> Result<(), Refusal> {
    match earlier.event_type == event.name() && earlier.evidence == event.evidence() {
        true => Ok(()),
        false => Err(Refusal::plain(Code::ClientIdReused)),
    }
}

/// Without a number of the sender's, the same words of the same person twice in a row are
/// a second click.
fn is_repeat(facts: &Facts<'_>, asking: &Asking<'_>) -> bool {
    !asking.numbered
        && facts.last.is_some_and(|last| {
            last.actor == asking.person
                && (last.key, last.operated_by) == (asking.key, asking.operated_by)
                && last.event_type == asking.event.name()
                && last.evidence == asking.event.evidence()
        })
}

/// A time that a scanner gives may not lie further ahead than its clock may be wrong, nor before
/// the device was known.
///
/// # Errors
/// `invalid_fields` at `/at`.
pub fn check_time(
    at: Instant,
    now: Instant,
    known_since: Option<Instant>,
    settings: &Settings,
) -> Result<(), Refusal> {
    not_before(at, known_since, settings)?;
    if at > now.plus_seconds(settings.clock_ahead_seconds) {
        let minutes = settings.clock_ahead_seconds / 60;
        return Err(Refusal::field(
            "/at",
            Code::DateInFuture,
            Text::new(
                format!(
                    "Cette heure est à venir de plus de {minutes} minutes ; réglez l'horloge du lecteur."
                ),
                format!("This time is more than {minutes} minutes ahead; set the scanner's clock."),
            ),
        ));
    }
    Ok(())
}

/// Nothing happens to a device before it was known, give or take the time zones.
///
/// # Errors
/// `invalid_fields` at `/at`.
pub fn not_before(
    at: Instant,
    earliest: Option<Instant>,
    settings: &Settings,
) -> Result<(), Refusal> {
    let tolerance = settings.evidence_tolerance_seconds;
    match earliest {
        Some(earliest) if at < earliest.plus_seconds(-tolerance) => Err(Refusal::field(
            "/at",
            Code::OutOfRange,
            Text::new(
                format!(
                    "Cet appareil n'est connu que depuis le {earliest} ; réglez l'horloge du lecteur."
                ),
                format!("This device is known since {earliest} only; set the scanner's clock."),
            ),
        )),
        _ => Ok(()),
    }
}

fn already_reserved(device: &Device) -> Refusal {
    Refusal::new(
        Code::AlreadyReserved,
        Text::new(
            format!(
                "{} est réservé à une association ; seul « moved » est possible.",
                device.name()
            ),
            format!(
                "{} is reserved for an association; only `moved` is possible.",
                device.name()
            ),
        ),
    )
}

/// A device that may be put into a lot.
#[derive(Debug)]
pub struct Reservable(Device);

/// Decides whether a device may be put into a lot.
///
/// # Errors
/// `device_not_ready`.
pub fn reservable(device: Device) -> Result<Reservable, Refusal> {
    if device.stage == Stage::Ready {
        return Ok(Reservable(device));
    }
    Err(device_not_ready(std::slice::from_ref(&device)))
}

/// Names the devices that are not ready, all at once.
pub fn device_not_ready(devices: &[Device]) -> Refusal {
    let list = |stage: fn(Stage) -> &'static str| {
        let names: Vec<_> = devices
            .iter()
            .take(20)
            .map(|device| format!("{} ({})", device.tag, stage(device.stage)))
            .collect();
        names.join(", ")
    };
    Refusal::new(
        Code::DeviceNotReady,
        Text::new(
            format!("Ces appareils ne sont pas prêts : {}.", list(Stage::french)),
            format!("These devices are not ready: {}.", list(Stage::as_str)),
        ),
    )
}

impl Reservable {
    /// Into the lot.
    pub fn reserve(self, at: Instant) -> Device {
        moved_to(self.0, Stage::Reserved, at)
    }
}

/// Out of the lot again: a reserved device is as ready as it was.
///
/// # Errors
/// `step_not_allowed` when it is not reserved.
pub fn release(device: Device, at: Instant) -> Result<Device, Refusal> {
    reserved(&device)?;
    Ok(moved_to(device, Stage::Ready, at))
}

/// Given to the association.
///
/// # Errors
/// `step_not_allowed` when it is not reserved.
pub fn hand_over(device: Device, at: Instant) -> Result<Device, Refusal> {
    reserved(&device)?;
    Ok(moved_to(device, Stage::HandedOver, at))
}

/// Something is noted of a device that stays with an association: its row does not change.
///
/// # Errors
/// `step_not_allowed` when it is elsewhere.
pub fn with_association(device: Device, _at: Instant) -> Result<Device, Refusal> {
    if device.stage == Stage::HandedOver {
        return Ok(device);
    }
    let (name, stage) = (device.name(), device.stage);
    Err(Refusal::new(
        Code::StepNotAllowed,
        Text::new(
            format!(
                "{name} n'est pas chez une association ({}).",
                stage.french()
            ),
            format!("{name} is not with an association ({stage})."),
        ),
    ))
}

/// Not given after all, though the log said so.
///
/// # Errors
/// `correction_not_possible` when it is not handed over.
pub fn not_given(device: Device, at: Instant) -> Result<Device, Refusal> {
    if device.stage == Stage::HandedOver {
        return Ok(moved_to(device, Stage::Ready, at));
    }
    Err(Refusal::new(
        Code::CorrectionNotPossible,
        Text::new(
            format!(
                "{} n'est pas chez l'association ({}).",
                device.name(),
                device.stage.french()
            ),
            format!(
                "{} is not with the association ({}).",
                device.name(),
                device.stage
            ),
        ),
    ))
}

fn reserved(device: &Device) -> Result<(), Refusal> {
    if device.stage == Stage::Reserved {
        return Ok(());
    }
    Err(Refusal::new(
        Code::StepNotAllowed,
        Text::new(
            format!(
                "{} n'est pas réservé ({}).",
                device.name(),
                device.stage.french()
            ),
            format!("{} is not reserved ({}).", device.name(), device.stage),
        ),
    ))
}

fn moved_to(mut device: Device, stage: Stage, at: Instant) -> Device {
    device.stage = stage;
    device.stage_at = at;
    device
}
