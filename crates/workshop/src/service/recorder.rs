//! Events that are recorded together: decided one after the other on what those before them made of
//! the devices, and written at the end.

use std::collections::{BTreeMap, HashMap};

use db::{Result, Tx};
use kernel::{Actor, BatchId, Code, DeviceId, Instant, PersonId, Refusal, Text};

use super::evidence::reports_attached;
use super::ledger::{Ledger, Needs, Record};
use super::limits::{own_workshop, serves_here, unknown_device};
use crate::Settings;
use crate::model::{Device, Event, EventOutcome, Incoming, Operators, Stage};
use crate::rules::{self, Asking, Decided};
use crate::store;

/// Decides and applies lines, one after the other, on devices that were loaded at once.
pub(super) struct Recorder<'a> {
    pub(super) actor: &'a Actor,
    pub(super) settings: &'static Settings,
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
        let settings = Settings::in_use()?;
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
    pub(super) fn at(self, operators: &'a Operators) -> Self {
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
    pub(super) fn write(self, tx: &mut Tx<'_>) -> Result<()> {
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
    pub(super) fn left_out(&self, id: DeviceId, event: &Event) -> Vec<String> {
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
            Ok(Decided::AlreadyDone) => return Ok(Ok(EventOutcome::AlreadyApplied)),
            Ok(Decided::Apply(change)) => change,
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
    ) -> Result<Decided, Refusal> {
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
