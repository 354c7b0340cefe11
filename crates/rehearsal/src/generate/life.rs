//! What a device went through, step by step: the rules of the workshop decide each of them, as
//! they do for a person with a scanner.

use std::collections::BTreeMap;

use kernel::{
    AccessoryKind, ChainKeys, Custody, DeviceKind, DriveId, Grade, Id, Instant, OrganisationId,
    PersonId,
};
use serde_json::json;
use workshop::custody::{self, Line, Link};
use workshop::rules::{self, Asking, Decided, Facts, Stock};
use workshop::state;
use workshop::{
    CheckResult, Device, Drive, DriveErasure, EraseMethod, EraseResult, Event, Media, Past,
    Settings, Stage, Triage,
};

use super::seed::Seed;

/// Who works in a workshop.
#[derive(Debug, Clone)]
pub struct Bench {
    pub workshop: OrganisationId,
    pub people: Vec<PersonId>,
}

/// Why a device was reserved, and how it left.
#[derive(Debug, Clone)]
pub struct Award {
    /// The words of the log.
    pub reservation: String,
    pub reserved_at: Instant,
    pub by: (PersonId, OrganisationId),
    /// How it left, once it did.
    pub handover: Option<Departure>,
}

/// A handover that took place.
#[derive(Debug, Clone)]
pub struct Departure {
    pub reference: String,
    pub at: Instant,
    pub by: PersonId,
}

/// What is done with a device next.
enum Step {
    Take(Event),
    /// Its proof says when, which is known when its turn comes.
    Erase,
}

/// A device under way through the workshop.
pub struct Life<'a> {
    device: Device,
    drives: Vec<Drive>,
    /// Those that the log has told.
    drives_told: Vec<Drive>,
    log: Vec<Link>,
    keys: &'a ChainKeys,
    at: Instant,
    /// Nothing happens after this.
    end: Instant,
    counted: Instant,
    bench: &'a Bench,
    settings: &'a Settings,
    stock: &'a Stock,
    seed: &'a mut Seed,
    past: &'a mut Past,
}

/// More of each accessory than anyone takes.
pub fn full_stock() -> Stock {
    let all = AccessoryKind::ALL.iter().map(|kind| (*kind, i32::MAX));
    Stock {
        accessories: all.collect(),
        parts: BTreeMap::new(),
    }
}

/// What all devices of a batch share.
pub struct Scene<'a> {
    pub keys: &'a ChainKeys,
    pub bench: &'a Bench,
    pub settings: &'a Settings,
    pub stock: &'a Stock,
    /// When the first devices were counted at the dock.
    pub from: Instant,
    /// When the count was over: what had not come by then is missing.
    pub counted: Instant,
    pub end: Instant,
}

impl<'a> Life<'a> {
    pub fn begin(
        device: Device,
        scene: &Scene<'a>,
        seed: &'a mut Seed,
        past: &'a mut Past,
    ) -> Self {
        let at = scene.from.plus_seconds(seed.between(0, 6 * 3_600));
        Self {
            device,
            drives: Vec::new(),
            drives_told: Vec::new(),
            keys: scene.keys,
            log: Vec::with_capacity(12),
            at: at.min(scene.end),
            end: scene.end,
            counted: scene.counted,
            bench: scene.bench,
            settings: scene.settings,
            stock: scene.stock,
            seed,
            past,
        }
    }

    /// Lives until it has come to a stage, and hands over what became of it.
    ///
    /// # Errors
    /// What the rules refuse, which would be a mistake here.
    pub fn until(
        mut self,
        target: Stage,
        reference: &str,
        award: Option<&Award>,
    ) -> Result<(), String> {
        match target {
            Stage::Expected => {}
            Stage::Missing => {
                self.at = self.counted.min(self.end);
                self.take(&Event::Missing {})?;
            }
            _ => {
                self.arrive(reference)?;
                self.work(target)?;
                if let Some(award) = award {
                    self.leave(award)?;
                }
            }
        }
        if self.device.stage != target {
            return Err(format!(
                "{} came to {}, not {target}",
                self.device.tag, self.device.stage
            ));
        }
        let Self {
            device,
            drives,
            log,
            at,
            seed,
            past,
            ..
        } = self;
        let drives = drives.into_iter().map(|drive| (seed.id(at), drive));
        let drives: Vec<(DriveId, Drive)> = drives.collect();
        past.add(device, drives, log);
        Ok(())
    }

    fn arrive(&mut self, reference: &str) -> Result<(), String> {
        let received = rules::receive(self.device.clone(), self.bench.workshop, self.at);
        let evidence = json!({"batch": reference, "unexpected": false}).to_string();
        self.note(received, "received", evidence, self.worker(0), None);
        Ok(())
    }

    /// What is done with a device of which that becomes.
    fn steps(&mut self, target: Stage) -> Vec<Step> {
        let outcome = match target {
            Stage::Scrapped => Triage::Scrap,
            Stage::Parts => Triage::Parts,
            _ => Triage::Keep,
        };
        let grade = *self
            .seed
            .one_of(&[Grade::A, Grade::B, Grade::B, Grade::B, Grade::C]);
        let repaired = target == Stage::InRepair || self.seed.percent(6);
        let keep = outcome == Triage::Keep;
        let end = disposal(target);
        let before = [
            self.moved("Quai"),
            Event::Triaged { outcome },
            self.moved("Effacement"),
        ];
        let after = [
            Some(self.moved("Rack")),
            end,
            (keep && repaired).then_some(Event::RepairStarted {}),
            (keep && repaired).then(|| self.repaired()),
            keep.then(|| self.tested()),
            keep.then_some(Event::Graded { cosmetic: grade }),
            keep.then(|| self.moved("Contrôle")),
            keep.then_some(Event::QualityChecked { passed: true }),
            keep.then(|| self.moved("Étagère")),
            keep.then_some(Event::Ready {}),
        ];
        let before = before.into_iter().map(Step::Take);
        let after = after.into_iter().flatten().map(Step::Take);
        before.chain([Step::Erase]).chain(after).collect()
    }

    /// From the dock to the shelf, or out as waste.
    fn work(&mut self, target: Stage) -> Result<(), String> {
        let steps = self.steps(target);
        let target = match target {
            Stage::Reserved | Stage::HandedOver => Stage::Ready,
            other => other,
        };
        for step in steps {
            if self.device.stage == target {
                break;
            }
            let later = self.at.plus_seconds(self.seed.between(600, 60 * 3_600));
            self.at = later.min(self.end);
            let event = match step {
                Step::Take(event) => event,
                Step::Erase => self.erased(),
            };
            self.take(&event)?;
        }
        Ok(())
    }

    fn leave(&mut self, award: &Award) -> Result<(), String> {
        self.at = self.at.max(award.reserved_at).min(self.end);
        let device =
            rules::reservable(self.device.clone()).map_err(|refusal| refusal.to_string())?;
        let reserved = device.reserve(self.at);
        self.note(
            reserved,
            "reserved",
            award.reservation.clone(),
            award.by,
            None,
        );
        if let Some(Departure { reference, at, by }) = &award.handover {
            self.at = self.at.max(*at).min(self.end);
            let device = rules::hand_over(self.device.clone(), self.at);
            let device = device.map_err(|refusal| refusal.to_string())?;
            let evidence = json!({"reference": reference}).to_string();
            let by = (*by, self.bench.workshop);
            self.note(device, "handed_over", evidence, by, None);
        }
        Ok(())
    }

    /// One step as the rules decide it.
    fn take(&mut self, event: &Event) -> Result<(), String> {
        // whoever tests does not sign the quality check
        let person = match event {
            Event::QualityChecked { .. } => self.worker(1),
            _ => self.worker(0),
        };
        let correcting = rules::Correcting::default();
        let facts = Facts {
            device: &self.device,
            drives: &self.drives,
            last: None,
            earlier: None,
            stock: self.stock,
            repairs: &[],
            waste: &[],
            arriving_at: None,
            cycle_started_at: self.device.received_at,
            correcting: &correcting,
        };
        let asking = Asking {
            person: person.0,
            at: self.at,
            event,
            numbered: true,
            by_machine: false,
            key: None,
            operated_by: None,
        };
        let verdict = rules::decide(&facts, &asking, self.settings);
        let Decided::Apply(change) = verdict.map_err(|refusal| refusal.to_string())? else {
            return Err(format!("{} had {} before", self.device.tag, event.name()));
        };
        let (device, drives, effects) = change.into_parts();
        self.drives = drives;
        self.note_effects(effects);
        let number = format!("{}-{}", self.device.tag, self.log.len());
        self.note(device, event.name(), event.evidence(), person, Some(number));
        Ok(())
    }

    fn note_effects(&mut self, effects: rules::Effects) {
        let workshop_id = self.bench.workshop;
        for (kind, delta) in effects.accessories {
            self.past.move_accessories(workshop::Movement {
                id: self.seed.id(self.at),
                workshop_id,
                kind,
                delta,
                reason: if delta < 0 { "ready" } else { "not_ready" }.to_owned(),
                batch_id: None,
                device_id: Some(self.device.id),
                actor_id: self.worker(0).0,
                at: self.at,
            });
        }
        if let Some(repair) = effects.repair {
            self.past.add_repair(self.device.id, repair);
        }
        for waste in effects.waste {
            self.past.add_waste(waste);
        }
    }

    /// Takes over what was decided, and appends the line of the log.
    fn note(
        &mut self,
        mut device: Device,
        event_type: &str,
        evidence: String,
        (actor, organisation): (PersonId, OrganisationId),
        client_id: Option<String>,
    ) {
        let id: Id<Custody> = self.seed.id(self.at);
        let first = self.device.custody_seq == 0;
        let before = (!first).then_some(&self.device);
        let drives = match (first, self.drives_told == self.drives) {
            (true, _) => Some(Vec::new()),
            (false, true) => None,
            (false, false) => Some(self.drives.clone()),
        };
        if let Some(drives) = &drives {
            self.drives_told.clone_from(drives);
        }
        let line = Line {
            device: device.id,
            seq: self.device.custody_seq + 1,
            id,
            event_type: event_type.to_owned(),
            at: self.at,
            recorded_at: self.at,
            actor,
            organisation,
            key: None,
            operated_by: None,
            from_stage: self.device.stage,
            to_stage: device.stage,
            client_id,
            evidence,
            note: None,
            state: Some(state::line(before, &device, drives.as_deref())),
        };
        let link = Link::after(self.device.custody_hash().to_vec(), line, self.keys);
        device.custody_seq = link.line.seq;
        device.custody_head.clone_from(&link.hash);
        custody::seal(&mut device, self.keys);
        device.updated_at = self.at;
        device.version = self.device.version + 1;
        if device.location != self.device.location {
            device.search_key = rules::search_key(&device);
        }
        self.log.push(link);
        self.device = device;
    }

    /// One of those who work here: another one for another number.
    fn worker(&self, number: usize) -> (PersonId, OrganisationId) {
        let people = &self.bench.people;
        let first = self.device.tag.bytes().map(usize::from).sum::<usize>();
        (people[(first + number) % people.len()], self.bench.workshop)
    }

    fn moved(&mut self, place: &str) -> Event {
        let (row, shelf) = (self.seed.between(1, 9), self.seed.between(1, 40));
        Event::Moved {
            location: format!("{place} {row}-{shelf:02}"),
        }
    }

    fn erased(&mut self) -> Event {
        let (media, method, tool) = match self.device.kind {
            DeviceKind::Laptop => (Media::Nvme, EraseMethod::Purge, "nvme-cli"),
            DeviceKind::Desktop if self.seed.percent(60) => {
                (Media::Ssd, EraseMethod::Purge, "hdparm")
            }
            DeviceKind::Desktop => (Media::Hdd, EraseMethod::Clear, "nwipe"),
            DeviceKind::Tablet | DeviceKind::Smartphone => {
                return Event::Erased {
                    drives: vec![built_in()],
                };
            }
            _ => {
                return Event::Erased {
                    drives: vec![absent()],
                };
            }
        };
        // the step before it was ten minutes ago or more
        let began = self.at.plus_seconds(-self.seed.between(300, 590));
        Event::Erased {
            drives: vec![DriveErasure {
                serial: Some(format!("S{:010X}", self.seed.below(1 << 40))),
                media: Some(media),
                method,
                standard: None,
                tool: Some(tool.to_owned()),
                tool_version: Some("2.4".to_owned()),
                started_at: Some(began),
                finished_at: Some(began.plus_seconds(240)),
                result: EraseResult::Success,
                report: None,
                read: None,
            }],
        }
    }

    fn tested(&mut self) -> Event {
        let offered = self.settings.checks(self.device.kind).iter();
        let mut checks: BTreeMap<String, CheckResult> = offered
            .map(|check| (check.name.clone(), CheckResult::Pass))
            .collect();
        checks.entry("boot".to_owned()).or_insert(CheckResult::Pass);
        let laptop = self.device.kind == DeviceKind::Laptop;
        Event::Tested {
            checks,
            battery_percent: laptop.then(|| u32::try_from(self.seed.between(55, 96)).unwrap_or(80)),
        }
    }

    fn repaired(&mut self) -> Event {
        let what = [
            "Barrette de mémoire remplacée",
            "Pile changée",
            "Ventilateur remplacé",
        ];
        Event::Repaired {
            description: (*self.seed.one_of(&what)).to_owned(),
            minutes: u32::try_from(self.seed.between(10, 90)).unwrap_or(30),
            parts: None,
        }
    }
}

/// How a device ends that nobody will use.
fn disposal(target: Stage) -> Option<Event> {
    match target {
        Stage::Scrapped => Some(Event::Scrapped {
            reason: "Carte mère en panne".to_owned(),
            waste_reference: None,
            weight_grams: None,
            batteries: None,
        }),
        Stage::Parts => Some(Event::Harvested {
            parts: None,
            waste_reference: None,
            weight_grams: None,
            batteries: None,
        }),
        _ => None,
    }
}

/// A machine without a drive.
fn absent() -> DriveErasure {
    DriveErasure {
        serial: None,
        media: None,
        method: EraseMethod::Absent,
        standard: None,
        tool: None,
        tool_version: None,
        started_at: None,
        finished_at: None,
        result: EraseResult::Success,
        report: None,
        read: None,
    }
}

/// Memory that is soldered to the board, and gives no serial number.
fn built_in() -> DriveErasure {
    DriveErasure {
        media: Some(Media::Emmc),
        method: EraseMethod::Purge,
        tool: Some("Réinitialisation, stockage chiffré".to_owned()),
        ..absent()
    }
}
