//! What happens to devices, one by one and in bulk.

use std::collections::{BTreeMap, HashMap};

use db::{Result, Tx};
use kernel::{Actor, BatchId, Code, DeviceId, Instant, PersonId, Refusal, Text};
use serde_json::Value;

use super::evidence::reports_attached;
use super::ledger::{Ledger, Needs, Record};
use super::names::resolve;
use super::near::mistyped;
use crate::Settings;
use crate::model::{
    BulkAnswer, Device, DeviceView, Event, EventOutcome, EventResult, Incoming, Operators,
    Recorded, Stage,
};
use crate::reading;
use crate::rules::{self, Asking, Change, Verdict};
use crate::store;

/// Lines of a list at the most.
const LINES: usize = 1_000;

/// Whether what is decided about a step, and what it changes, is the device's own: its row, its
/// log and its files. Not so an erasure: a drive proves one device. Then a lock on the device is enough to keep others out, where
/// the others are those who scan; an approval that takes the device meets them at its row.
pub fn is_of_its_device_alone(line: &Incoming) -> bool {
    matches!(
        line.event,
        Event::Triaged { .. }
            | Event::Tested { .. }
            | Event::RepairStarted {}
            | Event::Graded { .. }
            | Event::QualityChecked { .. }
            | Event::Moved { .. }
    )
}

/// Keeps others off a device until the transaction ends: on PostgreSQL, since SQLite has one writer.
///
/// # Errors
/// When the database fails.
pub fn lock(tx: &mut Tx<'_>, id: DeviceId) -> Result<()> {
    store::lock(tx, id)
}

/// Records one step of one device.
///
/// # Errors
/// `unknown_device`, `not_your_workshop`, and what the step's rule says.
pub fn record(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DeviceId,
    line: &Incoming,
    operators: &Operators,
) -> Result<Recorded> {
    let devices = store::by_ids(tx, &[id])?;
    if devices.is_empty() {
        return Err(unknown_device(&id.to_string(), &[]).into());
    }
    let mut recorder = Recorder::new(tx, actor, devices, Needs::of([line]))?.at(operators);
    let status = recorder.take(tx, id, line)??;
    let bench = recorder
        .ledger
        .get(id)
        .ok_or_else(|| unknown_device(&id.to_string(), &[]))?;
    let checks = match &line.event {
        Event::Tested { checks, .. } => Some(rules::checks_report(
            bench.device.kind,
            checks,
            recorder.settings,
        )),
        _ => None,
    };
    let device = DeviceView::new(bench.device.clone(), bench.drives.clone());
    recorder.write(tx)?;
    Ok(Recorded {
        device,
        status,
        checks,
    })
}

/// Records a list of steps: each line has its verdict, in the order sent; within a device
/// they happen in the order of their time. Sent again, the list changes nothing.
///
/// # Errors
/// `invalid_fields` when there are too many lines, or none.
pub fn record_all(
    tx: &mut Tx<'_>,
    actor: &Actor,
    lines: &[Value],
    operators: &Operators,
) -> Result<BulkAnswer> {
    check_count("/events", lines.len())?;
    let lines: Vec<_> = lines.iter().map(Line::read).collect();
    let names: Vec<String> = lines
        .iter()
        .filter_map(|line| line.device.clone())
        .collect();
    let found = resolve(tx, &names, Some(actor))?.within_reach(tx, actor)?;
    let near = mistyped(tx, actor, &names, &found)?;
    let needs = Needs::of(lines.iter().filter_map(|line| line.read.as_ref().ok()));
    let mut recorder = Recorder::new(tx, actor, found.devices, needs)?.at(operators);

    let mut results: Vec<Option<EventResult>> = vec![None; lines.len()];
    for n in in_order(&lines, tx.now()) {
        let line = &lines[n];
        let id = line
            .device
            .as_ref()
            .and_then(|name| found.by_name.get(name))
            .copied();
        let mut meant = &[][..];
        let verdict = match (&line.read, id) {
            (Err(refusal), _) => Err(refusal.clone()),
            (Ok(_), None) => {
                let name = line.device.as_deref().unwrap_or_default();
                meant = near.get(name).map_or(&[][..], Vec::as_slice);
                Err(unknown_device(name, meant))
            }
            (Ok(incoming), Some(id)) => recorder.take(tx, id, incoming)?,
        };
        let device = id.and_then(|id| recorder.visible(id));
        let mut result = result(line.client_id.clone(), verdict, device);
        result.near = meant.iter().map(|name| tag_of(name)).collect();
        if let (EventOutcome::Applied, Ok(incoming), Some(id)) = (result.status, &line.read, id) {
            result.left_out = recorder.left_out(id, &incoming.event);
        }
        results[n] = Some(result);
    }
    recorder.write(tx)?;
    Ok(BulkAnswer {
        results: results.into_iter().flatten().collect(),
    })
}

/// A list is neither empty nor too long.
pub(super) fn check_count(pointer: &str, lines: usize) -> Result<(), Refusal> {
    if (1..=LINES).contains(&lines) {
        return Ok(());
    }
    Err(Refusal::field(
        pointer,
        Code::OutOfRange,
        Text::new(
            format!("Envoyez de 1 à {LINES} lignes à la fois."),
            format!("Send 1 to {LINES} lines at a time."),
        ),
    ))
}

/// A line of a list as it could be read.
struct Line {
    device: Option<String>,
    client_id: Option<String>,
    read: Result<Incoming, Refusal>,
}

impl Line {
    fn read(value: &Value) -> Self {
        let text = |key: &str| match value.get(key)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let device = text("device").filter(|name| !name.trim().is_empty());
        let read = reading::incoming(value).and_then(|incoming| match device {
            Some(_) => Ok(incoming),
            None => Err(Refusal::field(
                "/device",
                Code::Required,
                Text::new("Indiquez l'appareil.", "Name the device."),
            )),
        });
        Self {
            device,
            client_id: text("client_id"),
            read,
        }
    }
}

/// The lines by their time, those without one being of now; the order sent decides
/// between equals. (Between devices the order does not matter, but for the stock.)
fn in_order(lines: &[Line], now: Instant) -> Vec<usize> {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|n| {
        lines[*n]
            .read
            .as_ref()
            .ok()
            .and_then(|incoming| incoming.at)
            .unwrap_or(now)
    });
    order
}

pub(super) fn result(
    client_id: Option<String>,
    verdict: Result<EventOutcome, Refusal>,
    device: Option<(DeviceId, Stage)>,
) -> EventResult {
    let (status, code, detail) = match verdict {
        Ok(status) => (status, None, None),
        Err(refusal) => {
            let detail = refusal
                .errors
                .first()
                .map_or(refusal.detail, |field| field.detail.clone());
            (EventOutcome::Refused, Some(refusal.code), Some(detail))
        }
    };
    EventResult {
        client_id,
        status,
        code,
        detail,
        device_id: device.map(|(id, _)| id),
        stage: device.map(|(_, stage)| stage),
        near: Vec::new(),
        left_out: Vec::new(),
    }
}

/// The tag in a device's name.
fn tag_of(name: &str) -> String {
    name.split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Decides and applies lines, one after the other, on devices that were loaded at once.
pub(super) struct Recorder<'a> {
    pub(super) actor: &'a Actor,
    settings: &'static Settings,
    pub(super) ledger: Ledger,
    /// Machines that were given up when their batches were closed, and turned up.
    late: BTreeMap<BatchId, i64>,
    /// Batches of which a machine is counted: marked as received once, or refused.
    batches: HashMap<BatchId, Result<(), Refusal>>,
    /// Batches whose drives the donor wants destroyed.
    destroyed: HashMap<BatchId, bool>,
    /// Who stands at the machine.
    operators: Option<&'a Operators>,
}

impl<'a> Recorder<'a> {
    pub(super) fn new(
        tx: &mut Tx<'_>,
        actor: &'a Actor,
        devices: Vec<Device>,
        needs: Needs,
    ) -> Result<Self> {
        let mut ledger = Ledger::of(devices);
        ledger.load_facts(tx, needs)?;
        let settings = Settings::built_in()?;
        Ok(Self {
            actor,
            settings,
            ledger,
            late: BTreeMap::new(),
            batches: HashMap::new(),
            destroyed: HashMap::new(),
            operators: None,
        })
    }

    /// With the people who stand at the machine.
    fn at(self, operators: &'a Operators) -> Self {
        Self {
            operators: Some(operators),
            ..self
        }
    }

    /// Who stands at the machine, if the line says so: proven, and not merely claimed.
    fn operator(&self, line: &Incoming) -> Result<Option<PersonId>, Refusal> {
        let Some(token) = &line.operator else {
            return Ok(None);
        };
        let known = self.operators.and_then(|people| people.get(token)).copied();
        let Some(person) = known.filter(|_| self.actor.key.is_some()) else {
            return Err(Refusal::field(
                "/operator",
                Code::Invalid,
                Text::new(
                    "Ce jeton ne dit pas, ou plus, qui est à ce poste : présentez votre badge ou connectez-vous au poste.",
                    "This token does not say, or no longer, who is at this station: show your badge or sign in there.",
                ),
            ));
        };
        Ok(Some(person))
    }

    /// A machine that never came, and is here after all.
    fn note_late(&mut self, id: DeviceId, event: &Event) {
        let Some(bench) = self.ledger.get(id) else {
            return;
        };
        let device = &bench.device;
        let never_came = device.stage == Stage::Missing && device.received_at.is_none();
        if never_came && matches!(event, Event::Received {}) {
            *self.late.entry(device.batch_id).or_default() += 1;
        }
    }

    /// Writes everything, and tells donors what came late.
    fn write(self, tx: &mut Tx<'_>) -> Result<()> {
        self.ledger.write(tx)?;
        for (batch, devices) in self.late {
            super::reception::tell_late(tx, self.actor, batch, devices)?;
        }
        Ok(())
    }

    /// A device of another workshop is not shown, beyond that it is one.
    pub(super) fn visible(&self, id: DeviceId) -> Option<(DeviceId, Stage)> {
        let bench = self.ledger.get(id)?;
        let bound_here = bench.bound_for() == Some(self.actor.organisation);
        if !bound_here {
            own_workshop(self.actor, &bench.device).ok()?;
        }
        Some((id, bench.device.stage))
    }

    /// What a test left out of the template of the device's kind.
    fn left_out(&self, id: DeviceId, event: &Event) -> Vec<String> {
        match (self.ledger.get(id), event) {
            (Some(bench), Event::Tested { checks, .. }) => {
                rules::checks_report(bench.device.kind, checks, self.settings).left_out
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn take(
        &mut self,
        tx: &mut Tx<'_>,
        id: DeviceId,
        line: &Incoming,
    ) -> Result<Result<EventOutcome, Refusal>> {
        let at = line.at.unwrap_or_else(|| tx.now());
        let operated_by = match self.operator(line) {
            Err(refusal) => return Ok(Err(refusal)),
            Ok(operated_by) => operated_by,
        };
        self.look_up(tx, id, &line.event)?;
        let change = match self.decide(id, (line, operated_by), at, tx.now()) {
            Err(refusal) => return Ok(Err(refusal)),
            Ok(Verdict::AlreadyDone) => return Ok(Ok(EventOutcome::AlreadyApplied)),
            Ok(Verdict::Apply(change)) => change,
        };
        if let Err(refusal) = self.evidence_is_there(tx, id, &line.event)? {
            return Ok(Err(refusal));
        }
        if let Err(refusal) = serves_here(&self.ledger, id, &change) {
            return Ok(Err(refusal));
        }
        if matches!(line.event, Event::Received {})
            && let Err(refusal) = self.may_receive(tx, id, at)?
        {
            return Ok(Err(refusal));
        }
        self.absorb(tx, id, line)?;
        self.note_late(id, &line.event);
        let (device, drives, effects) = change.into_parts();
        self.ledger.move_stock(tx, self.actor, &device, &effects);
        let record = Record {
            event_type: line.event.name().to_owned(),
            evidence: line.event.evidence(),
            at,
            note: line.note.clone(),
            client_id: line.client_id.clone(),
            operated_by,
        };
        self.ledger
            .apply(tx, self.actor, device, Some(drives), record)?;
        Ok(Ok(EventOutcome::Applied))
    }

    /// What a machine's own facts do not say about its erasure: what its donor asked for, and
    /// whether the reports that are named were sent.
    fn evidence_is_there(
        &mut self,
        tx: &mut Tx<'_>,
        id: DeviceId,
        event: &Event,
    ) -> Result<Result<(), Refusal>> {
        let Event::Erased { drives } = event else {
            return Ok(Ok(()));
        };
        let batch = self.ledger.get(id).map(|bench| bench.device.batch_id);
        if let Some(batch) = batch
            && self.drives_destroyed(tx, batch)?
            && let Err(refusal) = rules::only_destruction(drives)
        {
            return Ok(Err(refusal));
        }
        reports_attached(tx, id, drives)
    }

    fn decide(
        &self,
        id: DeviceId,
        (line, operated_by): (&Incoming, Option<PersonId>),
        at: Instant,
        now: Instant,
    ) -> Result<Verdict, Refusal> {
        let bench = self
            .ledger
            .get(id)
            .ok_or_else(|| unknown_device(&id.to_string(), &[]))?;
        let asker = Some(self.actor.organisation);
        let facts = self.ledger.facts(bench, line.client_id.as_deref(), asker);
        if facts.arriving_at.is_none() {
            own_workshop(self.actor, &bench.device)?;
        }
        rules::check_time(at, now, known_since(id), self.settings)?;
        let asking = Asking {
            person: self.actor.person,
            at,
            event: &line.event,
            numbered: line.client_id.is_some(),
            by_machine: !self.actor.is_person(),
            key: self.actor.key,
            operated_by,
        };
        rules::decide(&facts, &asking, self.settings)
    }

    /// Whether the donor of a batch asked that its drives be destroyed, not erased.
    fn drives_destroyed(&mut self, tx: &mut Tx<'_>, batch: BatchId) -> Result<bool> {
        if let Some(known) = self.destroyed.get(&batch) {
            return Ok(*known);
        }
        let restrictions = intake::restrictions(tx, &[batch])?;
        let destroyed = restrictions.get(&batch).is_some_and(|r| r.drives_destroyed);
        self.destroyed.insert(batch, destroyed);
        Ok(destroyed)
    }

    /// What a machine's own facts do not say: whether its batch is being counted, and
    /// whether its serial number was given to another since it went missing.
    fn may_receive(
        &mut self,
        tx: &mut Tx<'_>,
        id: DeviceId,
        at: Instant,
    ) -> Result<Result<(), Refusal>> {
        let Some(bench) = self.ledger.get(id) else {
            return Ok(Ok(()));
        };
        match (bench.device.stage, &bench.device.serial_key) {
            (Stage::Expected, _) => self.count_batch(tx, bench.device.batch_id, at),
            (Stage::Missing, Some(key)) => {
                let stored = store::by_serial_keys(tx, std::slice::from_ref(key))?;
                let taken = stored.iter().any(|other| other.id != id && other.is_live());
                if taken || self.ledger.has_live_serial(key, id) {
                    return Ok(Err(Refusal::plain(Code::DuplicateSerial)));
                }
                Ok(Ok(()))
            }
            _ => Ok(Ok(())),
        }
    }

    fn count_batch(
        &mut self,
        tx: &mut Tx<'_>,
        id: BatchId,
        at: Instant,
    ) -> Result<Result<(), Refusal>> {
        if let Some(known) = self.batches.get(&id) {
            return Ok(known.clone());
        }
        let settings = self.settings;
        let outcome = intake::batch(tx, self.actor, id).and_then(|batch| {
            // nothing comes off a truck before the truck came
            rules::not_before(at, batch.collected_at, settings)?;
            intake::mark_received(tx, self.actor, &batch)
        });
        let outcome = match outcome {
            Ok(()) => Ok(()),
            Err(db::Error::Refused(refusal)) => Err(*refusal),
            Err(other) => return Err(other),
        };
        self.batches.insert(id, outcome.clone());
        Ok(outcome)
    }
}

/// Since when a device is known: its id says it (UUID version 7).
fn known_since(id: DeviceId) -> Option<Instant> {
    let (seconds, nanos) = id.uuid().get_timestamp()?.to_unix();
    let micros = i64::try_from(seconds).ok()?.checked_mul(1_000_000)?;
    Instant::from_micros(micros.checked_add(i64::from(nanos / 1_000))?)
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

/// A workshop works on its own devices; the city may do it for any.
pub(super) fn own_workshop(actor: &Actor, device: &Device) -> Result<(), Refusal> {
    if actor.is_city() || device.workshop_id == Some(actor.organisation) {
        return Ok(());
    }
    Err(Refusal::plain(Code::NotYourWorkshop))
}

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
