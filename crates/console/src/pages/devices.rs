//! `/atelier/appareils`: the machines of a workshop.

use ::web::access::ReadEvidence;
use ::web::{Paging, Params};
use kernel::{DeviceKind, Grade, Instant, Language};
use serde::{Deserialize, Serialize};
use workshop::{DeviceFilter, DeviceItem, Stage};

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
    /// By time at the stage, the longest first.
    longest: bool,
}

#[derive(Serialize)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) tag: String,
    pub(super) serial: Option<String>,
    pub(super) kind: String,
    pub(super) model: String,
    pub(super) stage: &'static str,
    pub(super) stage_at: Instant,
    pub(super) grade: Option<Grade>,
    pub(super) location: Option<String>,
}

impl Row {
    pub(super) fn sample(stage: Stage, stage_at: Instant) -> Self {
        Self {
            id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
            tag: "RS-00042-K".to_owned(),
            serial: Some("CZC0001".to_owned()),
            kind: "desktop".to_owned(),
            model: "HP ProDesk 400".to_owned(),
            stage: stage.as_str(),
            stage_at,
            grade: Some(Grade::B),
            location: Some("B-12".to_owned()),
        }
    }

    pub(super) fn of(device: &DeviceItem, language: Language) -> Self {
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
    /// `waiting`: by time at the stage; the other filters do not go with it.
    sort: Option<String>,
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
            longest: self.sort.as_deref() == Some("waiting"),
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
        let sort = if self.longest { "waiting" } else { "" };
        let given =
            given
                .into_iter()
                .chain([("waiting", waiting), ("sort", sort), ("after", cursor)]);
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
    let longest = shown.longest;
    let found = page
        .read(move |db, actor| match longest {
            true => workshop::waiting_longest(db, actor, filter.stage, &request),
            false => workshop::devices(db, actor, &filter, &request),
        })
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

pub(crate) fn samples() -> Vec<Sample> {
    let now = kernel::Clock::now(&kernel::SystemClock);
    let row = |stage: &Stage| Row::sample(*stage, now);
    let list = |rows: Vec<Row>, stage: &str| DevicesPage {
        filter: Shown {
            stage: stage.to_owned(),
            ..Shown::default()
        },
        stages: stages(),
        next: (!rows.is_empty()).then(|| "/atelier/appareils?after=x".to_owned()),
        rows,
    };
    vec![
        Sample::of(
            "devices",
            &list(Stage::ALL.iter().map(row).collect(), "received"),
        ),
        Sample::of("devices, none", &list(Vec::new(), "")),
    ]
}
