//! What is done with a device: a line of its log hashed, its chain checked, an event read off
//! JSON and decided, what `lshw` printed read.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kernel::{AccessoryKind, ChainKeys, DeviceKind, Id, Instant, PersonId};
use serde_json::{Value, json};
use workshop::custody::{Head, Line, Link, check};
use workshop::rules::{Asking, Correcting, Decided, Facts, LastEvent, Stock, decide};
use workshop::{Device, Drive, Event, Settings, Stage, read_capture, read_event};

/// Files of `lshw -json`, from the smallest to the largest.
const CAPTURES: [(&str, &[u8]); 4] = [
    (
        "station",
        include_bytes!("../fixtures/lshw/station-B.02.19.json"),
    ),
    ("tablet", include_bytes!("../fixtures/lshw/tablet.json")),
    ("laptop", include_bytes!("../fixtures/lshw/laptop.json")),
    ("desktop", include_bytes!("../fixtures/lshw/desktop.json")),
];

const TESTER: u8 = 2;
const CHECKER: u8 = 3;

fn id<T>(n: u8) -> Id<T> {
    format!("00000000-0000-7000-8000-0000000000{n:02x}")
        .parse()
        .unwrap()
}

fn at(seconds: i64) -> Instant {
    let start: Instant = "2023-02-28T09:00:00Z".parse().unwrap();
    start.plus_seconds(seconds)
}

/// From the dock to the shelf; each but the last asks for the next.
fn steps() -> Vec<(u8, Value)> {
    let checks = Settings::in_use().unwrap().checks(DeviceKind::Desktop);
    let checks: serde_json::Map<String, Value> = checks
        .iter()
        .map(|check| (check.name.clone(), json!("pass")))
        .collect();
    vec![
        (TESTER, json!({"type": "received"})),
        (TESTER, json!({"type": "triaged", "outcome": "keep"})),
        (
            TESTER,
            json!({"type": "erased", "drives": [{"serial": "S4EVNX0M123456", "media": "ssd",
                "method": "purge", "tool": "hdparm", "tool_version": "9.65",
                "started_at": "2023-02-28T09:01:00Z", "finished_at": "2023-02-28T09:09:00Z",
                "result": "success"}]}),
        ),
        (TESTER, json!({"type": "tested", "checks": checks})),
        (TESTER, json!({"type": "graded", "cosmetic": "B"})),
        (CHECKER, json!({"type": "quality_checked", "passed": true})),
        (TESTER, json!({"type": "ready"})),
    ]
}

/// A device, and what somebody says of it.
struct Moment {
    device: Device,
    drives: Vec<Drive>,
    last: Option<LastEvent>,
    stock: Stock,
    correcting: Correcting,
    person: PersonId,
    at: Instant,
    event: Event,
}

impl Moment {
    fn decide(&self) -> Result<Decided, kernel::Refusal> {
        let facts = Facts {
            device: &self.device,
            drives: &self.drives,
            last: self.last.as_ref(),
            earlier: None,
            stock: &self.stock,
            repairs: &[],
            waste: &[],
            arriving_at: None,
            cycle_started_at: self.device.received_at,
            correcting: &self.correcting,
        };
        let asking = Asking {
            person: self.person,
            at: self.at,
            event: &self.event,
            numbered: true,
            by_machine: false,
            key: None,
            operated_by: None,
        };
        decide(&facts, &asking, Settings::in_use().unwrap())
    }
}

fn announced() -> Device {
    let mut device = Device::unannounced(
        id(1),
        "RS-1".to_owned(),
        DeviceKind::Desktop,
        id(5),
        id(6),
        at(0),
    );
    device.serial = Some("CZC40WXGHV".to_owned());
    device.serial_key.clone_from(&device.serial);
    device.workshop_id = Some(id(9));
    device.manifest_line = Some(1);
    device
}

/// Each step of a device that becomes ready, with the device as it was before.
fn life() -> Vec<Moment> {
    let (mut device, mut drives, mut last) = (announced(), Vec::new(), None);
    let mut life = Vec::new();
    for (n, (person, said)) in (1..).zip(steps()) {
        let moment = Moment {
            device,
            drives,
            last,
            stock: Stock {
                accessories: [(AccessoryKind::Keyboard, 2), (AccessoryKind::Mouse, 2)].into(),
                ..Stock::default()
            },
            correcting: Correcting::default(),
            person: id(person),
            at: at(600 * n),
            event: read_event(&said).unwrap().event,
        };
        let Decided::Apply(change) = moment.decide().unwrap() else {
            panic!("{said} was done before");
        };
        (device, drives, _) = change.into_parts();
        last = Some(LastEvent {
            event_type: moment.event.name().to_owned(),
            evidence: moment.event.evidence(),
            actor: moment.person,
            key: None,
            operated_by: None,
        });
        life.push(moment);
    }
    assert_eq!(device.stage, Stage::Ready);
    life
}

fn keys() -> ChainKeys {
    ChainKeys::new([("bench".to_owned(), [7; 32])], []).unwrap()
}

/// A log of so many lines, each with evidence of the usual length.
fn chain(length: i32) -> Vec<Link> {
    let evidence: Vec<String> = life().iter().map(|step| step.event.evidence()).collect();
    let mut links: Vec<Link> = Vec::new();
    for (seq, evidence) in (1..=length).zip(evidence.iter().cycle()) {
        let line = Line {
            device: id(1),
            seq,
            id: id(u8::try_from(seq).unwrap()),
            event_type: "moved".to_owned(),
            at: at(i64::from(seq)),
            recorded_at: at(i64::from(seq) + 5),
            actor: id(TESTER),
            organisation: id(9),
            key: None,
            operated_by: None,
            from_stage: Stage::Received,
            to_stage: Stage::Received,
            client_id: Some(format!("scanner-4/{seq}")),
            evidence: evidence.clone(),
            note: None,
            state: Some("{}".to_owned()),
        };
        let prev_hash = links.last().map_or(Vec::new(), |link| link.hash.clone());
        links.push(Link::after(prev_hash, line, &keys()));
    }
    links
}

fn custody(criterion: &mut Criterion) {
    let links = chain(12);
    let keys = keys();
    let last = links.last().unwrap();
    let head = Head {
        seq: last.line.seq,
        hash: &last.hash,
        stage: last.line.to_stage,
    };
    let mut group = criterion.benchmark_group("custody");
    group.throughput(Throughput::Elements(1));
    group.bench_function("hash-a-line", |bencher| {
        bencher.iter(|| last.line.hash(&last.prev_hash));
    });
    group.throughput(Throughput::Elements(links.len() as u64));
    group.bench_function("check-a-chain-of-12", |bencher| {
        assert_eq!(check(head, &links, &keys).map(drop), Ok(()));
        bencher.iter(|| check(head, &links, &keys));
    });
    group.finish();
}

fn events(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read-an-event");
    group.throughput(Throughput::Elements(1));
    for (_, said) in steps() {
        let name = said["type"].as_str().unwrap();
        group.bench_function(name, |bencher| bencher.iter(|| read_event(&said).unwrap()));
    }
    group.finish();
}

fn decisions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decide-a-step");
    group.throughput(Throughput::Elements(1));
    let life = life();
    for moment in &life {
        group.bench_function(moment.event.name(), |bencher| {
            bencher.iter(|| moment.decide().unwrap());
        });
    }
    let early = Moment {
        device: announced(),
        drives: Vec::new(),
        last: None,
        stock: Stock::default(),
        correcting: Correcting::default(),
        person: id(TESTER),
        at: at(0),
        event: Event::Ready {},
    };
    group.bench_function("refused", |bencher| {
        bencher.iter(|| early.decide().unwrap_err());
    });
    group.finish();
}

fn captures(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read-lshw");
    for (name, bytes) in CAPTURES {
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| read_capture(bytes).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, custody, events, decisions, captures);
criterion_main!(benches);
