//! `/atelier/appareils`: the machines of a workshop, and one of them with its whole chain.

use ::web::access::ReadEvidence;
use ::web::{Paging, Params, PathId};
use kernel::{DeviceKind, Grade, Instant, Language};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use workshop::{DeviceFilter, DeviceView, DriveView, EventView, Stage};

use crate::{Page, PageResult, Sample, View};

#[derive(Serialize)]
struct DevicesPage {
    filter: Shown,
    stages: Vec<&'static str>,
    rows: Vec<Row>,
    /// The address of the next page.
    next: Option<String>,
}

impl View for DevicesPage {
    const TEMPLATE: &'static str = "devices.html";
}

/// What the list is narrowed to, as it was chosen.
#[derive(Default, Serialize)]
struct Shown {
    stage: String,
    grade: String,
    q: String,
    waiting: bool,
}

#[derive(Serialize)]
struct Row {
    id: String,
    tag: String,
    serial: Option<String>,
    kind: String,
    model: String,
    stage: &'static str,
    stage_at: Instant,
    grade: Option<Grade>,
    location: Option<String>,
}

impl Row {
    fn of(device: &DeviceView, language: Language) -> Self {
        let names = [device.manufacturer.as_deref(), device.model.as_deref()];
        Self {
            id: device.id.to_string(),
            tag: device.tag.clone(),
            serial: device.serial.clone(),
            kind: kind(device.kind, language),
            model: names.into_iter().flatten().collect::<Vec<_>>().join(" "),
            stage: device.stage.as_str(),
            stage_at: device.stage_at,
            grade: device.grade,
            location: device.location.clone(),
        }
    }
}

fn kind(kind: DeviceKind, language: Language) -> String {
    match language {
        Language::French => kind.french(1).to_owned(),
        Language::English => kind.as_str().replace('_', " "),
    }
}

/// The parameters of the list's address.
#[derive(Deserialize)]
pub(crate) struct Narrowed {
    stage: Option<Stage>,
    grade: Option<Grade>,
    q: Option<String>,
    /// At its stage for longer than it should be.
    waiting: Option<String>,
}

impl Narrowed {
    fn shown(&self) -> Shown {
        Shown {
            stage: self
                .stage
                .map(|stage| stage.to_string())
                .unwrap_or_default(),
            grade: self
                .grade
                .map(|grade| grade.to_string())
                .unwrap_or_default(),
            q: self.q.clone().unwrap_or_default(),
            waiting: self.waiting.is_some(),
        }
    }
}

impl Shown {
    /// The address of the page after a cursor.
    fn after(&self, cursor: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let waiting = if self.waiting { "yes" } else { "" };
        let given = [
            ("stage", &*self.stage),
            ("grade", &self.grade),
            ("q", &self.q),
        ];
        let given = given
            .into_iter()
            .chain([("waiting", waiting), ("after", cursor)]);
        query.extend_pairs(given.filter(|(_, value)| !value.is_empty()));
        format!("/atelier/appareils?{}", query.finish())
    }
}

pub(crate) async fn list(
    page: Page<ReadEvidence>,
    Params(narrowed): Params<Narrowed>,
    Paging(request): Paging,
) -> PageResult {
    let shown = narrowed.shown();
    let now = page.state().database.now();
    let filter = DeviceFilter {
        stage: narrowed.stage,
        grade: narrowed.grade,
        q: narrowed.q,
        waiting_at: narrowed.waiting.map(|_| now),
        ..DeviceFilter::default()
    };
    let found = page
        .read(move |db, actor| workshop::devices(db, actor, &filter, &request))
        .await?;
    let rows = found
        .items
        .iter()
        .map(|device| Row::of(device, page.language()));
    page.show(&DevicesPage {
        rows: rows.collect(),
        stages: stages(),
        next: found.next.map(|cursor| shown.after(&cursor)),
        filter: shown,
    })
}

fn stages() -> Vec<&'static str> {
    Stage::ALL.iter().map(|stage| stage.as_str()).collect()
}

#[derive(Serialize)]
struct DevicePage {
    device: Row,
    received_at: Option<Instant>,
    cycle: i32,
    /// What keeps it from being ready, in words.
    missing: Option<String>,
    /// The step that comes next, as the scan page names it; empty for none.
    next_step: &'static str,
    drives: Vec<DriveRow>,
    events: Vec<EventRow>,
    /// The address of the rest of the chain.
    more: Option<String>,
}

impl View for DevicePage {
    const TEMPLATE: &'static str = "device.html";
}

#[derive(Serialize)]
struct DriveRow {
    name: String,
    media: &'static str,
    proven: bool,
    /// How its data was dealt with, and when.
    method: Option<&'static str>,
    at: Option<Instant>,
    tool: Option<String>,
    doubts: Vec<String>,
}

impl DriveRow {
    fn of(drive: DriveView, say: impl Fn(&kernel::Text) -> String) -> Self {
        let names = [drive.model, drive.serial];
        let proof = drive.proof.as_ref();
        Self {
            name: names.into_iter().flatten().collect::<Vec<_>>().join(" "),
            media: drive.media.as_str(),
            proven: drive.proven,
            method: proof.map(|proof| proof.method.as_str()),
            at: proof.map(|proof| proof.at),
            tool: proof.and_then(|proof| proof.tool.clone()),
            doubts: drive
                .doubts
                .iter()
                .map(|doubt| say(&doubt.detail))
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct EventRow {
    seq: i32,
    event_type: String,
    at: Instant,
    from: &'static str,
    to: &'static str,
    by: String,
    /// What was said about it: the place, the reason, the grade.
    said: Vec<String>,
}

impl EventRow {
    fn of(event: EventView, by: String) -> Self {
        let evidence: Value = serde_json::from_str(event.evidence.get()).unwrap_or_default();
        let fields = [
            "location",
            "reason",
            "description",
            "cosmetic",
            "waste_reference",
        ];
        let told = fields
            .iter()
            .filter_map(|name| evidence.get(name)?.as_str());
        Self {
            seq: event.seq,
            at: event.at,
            from: event.from_stage.as_str(),
            to: event.to_stage.as_str(),
            by,
            said: told.map(str::to_owned).chain(event.note).collect(),
            event_type: event.event_type,
        }
    }
}

/// What is usually done next.
fn next_step(stage: Stage, missing: bool, checked: bool) -> &'static str {
    match stage {
        Stage::Expected | Stage::Returned | Stage::Missing => "received",
        Stage::Received => "triaged.keep",
        Stage::Erased => "tested.pass",
        Stage::Tested => "graded.A",
        Stage::Graded if !missing => "ready",
        Stage::Graded if !checked => "quality_checked.pass",
        _ => "",
    }
}

pub(crate) async fn show(
    page: Page<ReadEvidence>,
    PathId(id): PathId<kernel::Device>,
    Paging(request): Paging,
) -> PageResult {
    let (device, missing, events, names) = page
        .read(move |db, actor| {
            let device = workshop::device(db, actor, id)?;
            let missing = workshop::missing(db, actor, id)?;
            let events = workshop::events(db, actor, id, &request)?;
            let by: Vec<_> = events
                .items
                .iter()
                .map(|event| event.organisation_id)
                .collect();
            let names = identity::names(db, &by)?;
            Ok((device, missing, events, names))
        })
        .await?;
    let lines = events.items.into_iter().map(|event| {
        let by = names.get(&event.organisation_id).cloned();
        EventRow::of(event, by.unwrap_or_default())
    });
    page.show(&DevicePage {
        device: Row::of(&device, page.language()),
        received_at: device.received_at,
        cycle: device.cycle,
        next_step: next_step(device.stage, missing.is_some(), device.quality_checked),
        missing: missing.map(|refusal| page.say(&refusal.detail)),
        events: lines.collect(),
        more: events
            .next
            .map(|cursor| format!("/atelier/appareils/{id}?after={cursor}")),
        drives: (device.drives.into_iter())
            .map(|drive| DriveRow::of(drive, |text| page.say(text)))
            .collect(),
    })
}

pub(crate) fn samples() -> Vec<Sample> {
    let now = kernel::Clock::now(&kernel::SystemClock);
    let row = |stage: &Stage| Row {
        id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
        tag: "RS-00042-K".to_owned(),
        serial: Some("CZC0001".to_owned()),
        kind: "desktop".to_owned(),
        model: "HP ProDesk 400".to_owned(),
        stage: stage.as_str(),
        stage_at: now,
        grade: Some(Grade::B),
        location: Some("B-12".to_owned()),
    };
    let list = |rows: Vec<Row>, stage: &str| DevicesPage {
        filter: Shown {
            stage: stage.to_owned(),
            ..Shown::default()
        },
        stages: stages(),
        next: (!rows.is_empty()).then(|| "/atelier/appareils?after=x".to_owned()),
        rows,
    };
    let drive = |proven: bool| DriveRow {
        name: "WDC WD5000 WD-1234".to_owned(),
        media: "hdd",
        proven,
        method: proven.then_some("clear"),
        at: proven.then_some(now),
        tool: proven.then(|| "nwipe".to_owned()),
        doubts: if proven {
            Vec::new()
        } else {
            vec!["123".to_owned()]
        },
    };
    let event = |event_type: &str| EventRow {
        seq: 1,
        event_type: event_type.to_owned(),
        at: now,
        from: "received",
        to: "triaged",
        by: "La Recyclerie".to_owned(),
        said: vec!["B-12".to_owned()],
    };
    let page = |stage: Stage, missing: Option<&str>| DevicePage {
        next_step: next_step(stage, missing.is_some(), false),
        device: row(&stage),
        received_at: Some(now),
        cycle: 1,
        missing: missing.map(str::to_owned),
        drives: vec![drive(true), drive(false)],
        events: vec![event("received"), event("triaged"), event("something_else")],
        more: Some("/atelier/appareils/x?after=y".to_owned()),
    };
    vec![
        Sample::of(
            "devices",
            &list(Stage::ALL.iter().map(row).collect(), "received"),
        ),
        Sample::of("devices, none", &list(Vec::new(), "")),
        Sample::of("device at the dock", &page(Stage::Received, Some("123"))),
        Sample::of("device, graded", &page(Stage::Graded, None)),
        Sample::of(
            "device, announced",
            &DevicePage {
                drives: Vec::new(),
                events: Vec::new(),
                more: None,
                received_at: None,
                ..page(Stage::Expected, None)
            },
        ),
    ]
}
