//! The rules by name, and what no sequence of events may lead to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kernel::{AccessoryKind, DeviceKind, Id, OrganisationId};
use serde_json::{Value, json};

mod erasure;
mod evidence;
mod parts;
mod quality;
mod report;
mod sequences;
mod steps;
mod transfers;

use super::*;
use crate::model::{Capture, Hardware, Media, SeenDrive};
use crate::reading::incoming;

const TESTER: u8 = 2;
const CHECKER: u8 = 3;
const KEY: u8 = 7;

fn id<T>(n: u8) -> Id<T> {
    format!("00000000-0000-7000-8000-0000000000{n:02x}")
        .parse()
        .expect("id")
}

fn at(seconds: i64) -> Instant {
    Instant::from_micros(seconds * 1_000_000).expect("time")
}

fn settings() -> &'static Settings {
    Settings::in_use().expect("settings")
}

/// A device in memory, to which events happen.
#[derive(Clone)]
struct Bench {
    device: Device,
    drives: Vec<Drive>,
    last: Option<LastEvent>,
    stock: Stock,
    repairs: Vec<Repair>,
    waste: Vec<Waste>,
    arriving_at: Option<OrganisationId>,
    cycle_started_at: Option<Instant>,
    correcting: Correcting,
    /// Captures that were sent, by cycle.
    heard: Vec<(i32, String)>,
    clock: i64,
}

impl Bench {
    fn new(stage: Stage) -> Self {
        let workshop: OrganisationId = id(9);
        let mut device = Device::unannounced(
            id(1),
            "RS-1".into(),
            DeviceKind::Desktop,
            id(5),
            id(6),
            at(0),
        );
        device.serial = Some("S1".into());
        device.serial_key = Some("S1".into());
        device.stage = stage;
        device.workshop_id = Some(workshop);
        device.manifest_line = Some(1);
        let stock = Stock {
            accessories: [(AccessoryKind::Keyboard, 2), (AccessoryKind::Mouse, 2)].into(),
            parts: [("memory|8 go".to_owned(), 2), ("battery".to_owned(), 0)].into(),
        };
        Self {
            device,
            drives: vec![],
            last: None,
            stock,
            repairs: vec![],
            waste: vec![],
            arriving_at: None,
            cycle_started_at: None,
            correcting: Correcting::default(),
            heard: vec![],
            clock: 0,
        }
    }

    fn take(&mut self, verdict: Decided, last: Option<LastEvent>) -> bool {
        let Decided::Apply(change) = verdict else {
            return false;
        };
        self.is_now(*change);
        self.last = last;
        true
    }

    fn is_now(&mut self, change: Change) {
        let (device, drives, effects) = change.into_parts();
        self.device = device;
        self.device.custody_seq += 1;
        self.drives = drives;
        for (kind, delta) in effects.accessories {
            *self.stock.accessories.entry(kind).or_default() += delta;
        }
        for (part, delta) in effects.parts {
            *self.stock.parts.entry(part.key()).or_default() += delta;
        }
        if let Some(repair) = effects.repair {
            self.repairs.retain(|known| known.seq != repair.seq);
            self.repairs.push(repair);
        }
        if effects.no_waste {
            self.waste.clear();
        }
        for waste in effects.waste {
            self.waste.retain(|known| known.category != waste.category);
            self.waste.push(waste);
        }
    }

    fn facts(&self) -> Facts<'_> {
        Facts {
            device: &self.device,
            drives: &self.drives,
            last: self.last.as_ref(),
            earlier: None,
            stock: &self.stock,
            repairs: &self.repairs,
            waste: &self.waste,
            arriving_at: self.arriving_at,
            cycle_started_at: self.cycle_started_at,
            correcting: &self.correcting,
        }
    }

    fn accessories(&self) -> Vec<i32> {
        self.stock.accessories.values().copied().collect()
    }

    fn by(&mut self, person: u8, event: &Value) -> Result<bool, Refusal> {
        self.step(person, None, event)
    }

    /// By the key that somebody made, and who is proven to stand at the machine.
    fn by_key(&mut self, maker: u8, operator: Option<u8>, event: &Value) -> Result<bool, Refusal> {
        self.step(maker, Some(operator.map(id)), event)
    }

    fn step(
        &mut self,
        person: u8,
        machine: Option<Option<PersonId>>,
        event: &Value,
    ) -> Result<bool, Refusal> {
        self.clock += 1;
        let event = incoming(event)?.event;
        let (key, operated_by) = (machine.map(|_| id(KEY)), machine.flatten());
        let asking = Asking {
            person: id(person),
            at: at(self.clock),
            event: &event,
            numbered: false,
            by_machine: machine.is_some(),
            key,
            operated_by,
        };
        let verdict = decide(&self.facts(), &asking, settings())?;
        let last = LastEvent {
            event_type: event.name().into(),
            evidence: event.evidence(),
            actor: id(person),
            key,
            operated_by,
        };
        Ok(self.take(verdict, Some(last)))
    }

    fn does(&mut self, event: &Value) -> &mut Self {
        self.by(TESTER, event).expect("allowed");
        self
    }

    fn refused(&mut self, event: &Value) -> Code {
        self.by(TESTER, event).expect_err("refused").code
    }

    fn sees(&mut self, drives: &[(&str, Media)], sha: &str) -> Result<bool, Refusal> {
        self.clock += 1;
        let drives = drives
            .iter()
            .map(|(serial, media)| SeenDrive {
                serial: (!serial.is_empty()).then(|| (*serial).to_owned()),
                media: *media,
                model: None,
                size_bytes: None,
            })
            .collect();
        let hardware = Hardware {
            raw_sha256: sha.into(),
            captured_at: at(self.clock),
            summary: Capture {
                drives,
                ..Capture::default()
            },
            contradictions: vec![],
        };
        let file = (self.device.cycle, sha.to_owned());
        let heard = Heard {
            hardware,
            sent_before: self.heard.contains(&file),
            serial_taken: false,
        };
        let verdict = capture(&self.facts(), heard, at(self.clock))?;
        self.heard.push(file);
        let last = LastEvent {
            event_type: "hardware_seen".into(),
            evidence: sha.into(),
            actor: id(TESTER),
            key: None,
            operated_by: None,
        };
        Ok(self.take(verdict, Some(last)))
    }

    fn until(stage: Stage) -> Self {
        let mut bench = Self::new(Stage::Expected);
        for step in [
            json!({"type": "received"}),
            json!({"type": "triaged", "outcome": "keep"}),
            erased("D1", "purge", "success"),
            json!({"type": "tested", "checks": {"boot": "pass"}}),
            json!({"type": "graded", "cosmetic": "B"}),
            json!({"type": "quality_checked", "passed": true}),
            json!({"type": "ready"}),
        ] {
            if bench.device.stage == stage && stage != Stage::Graded {
                break;
            }
            let person = if step["type"] == "quality_checked" {
                CHECKER
            } else {
                TESTER
            };
            if stage == Stage::Graded && step["type"] == "ready" {
                break;
            }
            bench.by(person, &step).expect("allowed");
        }
        assert_eq!(bench.device.stage, stage);
        bench
    }
}

fn erased(serial: &str, method: &str, result: &str) -> Value {
    json!({"type": "erased", "drives": [
        {"serial": serial, "media": "nvme", "method": method, "tool": "nvme-cli", "result": result}]})
}

fn ready() -> Value {
    json!({"type": "ready"})
}
