//! `/atelier/appareils/{id}`: a machine: what is missing on it now, what may be done with it, its
//! drives, photographs, and its whole chain in plain words.

use ::web::access::{DecideEvidence, LogDevices, Permission, ReadEvidence};
use ::web::{ApiError, PathId, files};
use actix_web::HttpResponse;
use actix_web::web::Path;
use kernel::{Code, DeviceId, Instant, PageRequest, Refusal, Text};
use serde::Serialize;
use serde_json::Value;
use workshop::{DeviceView, EventView, FileKind, Stage};

use super::devices::Row;
use super::drive_row::DriveRow;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct DevicePage {
    device: Row,
    batch_id: String,
    batch: String,
    received_at: Option<Instant>,
    cycle: i32,
    /// What keeps it from being ready, in words.
    missing: Option<String>,
    tasks: Vec<Task>,
    /// The steps that may be taken now, by the names of their events.
    steps: Vec<&'static str>,
    drives: Vec<DriveRow>,
    /// May propose and confirm acceptances.
    decides: bool,
    photos: Vec<Photo>,
    events: Vec<EventRow>,
    /// The address of the rest of the chain.
    more: Option<String>,
}

impl View for DevicePage {
    const TEMPLATE: &'static str = "device.html";
}

/// Something that a machine needs to be ready.
#[derive(Serialize)]
struct Task {
    /// `triage`, `erasure`, `tests`, `grade`, `quality`, `kit`.
    what: &'static str,
    /// `done`, `failed` or `open`.
    state: &'static str,
    /// The step that brings it, where it may be taken now.
    step: Option<&'static str>,
}

#[derive(Serialize)]
struct Photo {
    sha256: String,
    at: Instant,
}

#[derive(Serialize)]
struct EventRow {
    event_type: String,
    at: Instant,
    from: &'static str,
    to: &'static str,
    by: String,
    /// What was said about it: the place, the reason, the grade.
    said: Vec<String>,
    /// Checks that failed.
    failed: Vec<String>,
    /// The outcome of a quality check.
    passed: Option<bool>,
    /// Of a repair after the handover: it was under guarantee.
    guaranteed: bool,
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
        let lots = ["from", "to"].map(|name| evidence.get(name)?.as_str());
        let lots = match lots {
            [Some(from), Some(to)] if event.event_type == "passed_on" => {
                Some(format!("{from} → {to}"))
            }
            _ => None,
        };
        let checks = evidence.get("checks").and_then(Value::as_object);
        let failed = checks.into_iter().flatten();
        let failed = failed.filter(|(_, result)| *result == "fail");
        Self {
            at: event.at,
            from: event.from_stage.as_str(),
            to: event.to_stage.as_str(),
            by,
            said: lots
                .into_iter()
                .chain(told.map(str::to_owned))
                .chain(event.note)
                .collect(),
            failed: failed.map(|(name, _)| name.replace('_', " ")).collect(),
            passed: evidence.get("passed").and_then(Value::as_bool),
            guaranteed: evidence.get("guaranteed").and_then(Value::as_bool) == Some(true),
            event_type: event.event_type,
        }
    }
}

/// What a machine needs to be ready, and which of it is there.
fn tasks(device: &DeviceView, steps: &[&'static str]) -> Vec<Task> {
    let state = |done: bool| if done { "done" } else { "open" };
    let tested = match device.tests_passed {
        Some(true) => "done",
        Some(false) => "failed",
        None => "open",
    };
    let kit = device.kit.is_some();
    let all = [
        ("triage", state(device.triage.is_some()), "triaged"),
        ("erasure", state(device.erasure_proven), "erased"),
        ("tests", tested, "tested"),
        ("grade", state(device.grade.is_some()), "graded"),
        ("quality", state(device.quality_checked), "quality_checked"),
        ("kit", state(kit), "ready"),
    ];
    all.into_iter()
        .map(|(what, state, step)| Task {
            what,
            state,
            step: Some(step).filter(|step| state != "done" && steps.contains(step)),
        })
        .collect()
}

/// The page as it is now.
async fn load<P: Permission>(
    page: &Page<P>,
    id: DeviceId,
    request: PageRequest,
) -> ::web::ApiResult<(DevicePage, i32)> {
    let (found, events, names, batch) = page
        .read(move |db, actor| {
            let device = workshop::device(db, actor, id)?;
            let missing = workshop::missing(db, actor, id)?;
            let steps = workshop::possible_steps(db, actor, id)?;
            let open = workshop::acceptances(db, actor, id)?;
            let photos = workshop::evidence_files(db, actor, id, FileKind::Photograph)?;
            let events = workshop::events(db, actor, id, &request)?;
            let by: Vec<_> = (events.items.iter())
                .map(|event| event.organisation_id)
                .collect();
            let names = identity::names(db, &by)?;
            let batch = match intake::batch(db, actor, device.batch_id) {
                Ok(batch) => batch.reference,
                Err(db::Error::Refused(_)) => String::new(),
                Err(other) => return Err(other),
            };
            Ok(((device, missing, steps, open, photos), events, names, batch))
        })
        .await?;
    let (device, missing, steps, open, photos) = found;
    let steps = match LogDevices::ROLES.contains(&page.actor().role) {
        true => steps,
        false => Vec::new(),
    };
    let (version, reader) = (device.version, page.actor().person);
    let lines = events.items.into_iter().map(|event| {
        let by = names.get(&event.organisation_id).cloned();
        EventRow::of(event, by.unwrap_or_default())
    });
    let at_work = device.stage.in_workshop();
    let view = DevicePage {
        tasks: match at_work {
            true => tasks(&device, &steps),
            false => Vec::new(),
        },
        device: Row::of(&(&device).into(), page.language()),
        batch_id: device.batch_id.to_string(),
        batch,
        received_at: device.received_at,
        cycle: device.cycle,
        missing: missing.map(|refusal| page.say(&refusal.detail)),
        steps,
        decides: DecideEvidence::ROLES.contains(&page.actor().role) && at_work,
        photos: (photos.into_iter())
            .map(|photo| Photo {
                sha256: photo.sha256,
                at: photo.added_at,
            })
            .collect(),
        events: lines.collect(),
        more: events
            .next
            .map(|cursor| format!("/atelier/appareils/{id}?after={cursor}")),
        drives: (device.drives.into_iter())
            .map(|drive| DriveRow::of(drive, &open, reader, |text| page.say(text)))
            .collect(),
    };
    Ok((view, version))
}

pub(crate) async fn show(
    page: Page<ReadEvidence>,
    PathId(id): PathId<kernel::Device>,
    ::web::Paging(request): ::web::Paging,
) -> PageResult {
    let (view, version) = load(&page, id, request).await?;
    page.show_form(&view, &FormView::empty()?.version(version))
}

/// Leads to what was saved, or shows the device again with what was refused.
pub(super) async fn answer<P: Permission>(
    page: &Page<P>,
    id: DeviceId,
    form: &Form,
    saved: Result<Saved, ApiError>,
) -> PageResult {
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let (view, version) = load(page, id, PageRequest::new(None, None)?).await?;
            page.retry_against(version, &view, form, cause)
        }
    }
}

/// Photographs from a telephone, several at once.
pub(crate) async fn add_photos(
    page: Page<LogDevices>,
    PathId(id): PathId<kernel::Device>,
    form: Form,
) -> PageResult {
    page.read(move |db, actor| workshop::may_add_evidence(db, actor, id))
        .await?;
    let saved = keep_photos(&page, id, &form).await;
    answer(&page, id, &form, saved).await
}

/// Photographs of one submit at the most.
const PHOTOS: usize = 10;

async fn keep_photos(
    page: &Page<LogDevices>,
    id: DeviceId,
    form: &Form,
) -> Result<Saved, ApiError> {
    let sent = form.files();
    if sent.is_empty() || sent.len() > PHOTOS {
        let detail = Text::new(
            format!("Choisissez de 1 à {PHOTOS} photos."),
            format!("Choose 1 to {PHOTOS} photographs."),
        );
        return Err(Refusal::field("/photos", Code::Required, detail).into());
    }
    let mut kept = Vec::with_capacity(sent.len());
    for file in sent {
        let photo =
            files::keep_photograph(page.state(), Some(file.name.as_str()), file.bytes.clone())
                .await;
        kept.push(photo.map_err(at_the_field)?);
    }
    page.write(form, "post_devices_id_photographs", move |tx, actor| {
        for photo in &kept {
            workshop::attach_photograph(tx, actor, id, photo)?;
        }
        let saved = Saved::at(format!("/atelier/appareils/{id}"));
        Ok(saved.saying("Les photos sont jointes.", "The photographs are attached."))
    })
    .await
}

/// What is wrong with a file is said at the field for files.
fn at_the_field(cause: ApiError) -> ApiError {
    match cause.refused() {
        Some(refusal) => Refusal::field("/photos", refusal.code, refusal.detail.clone()).into(),
        None => cause,
    }
}

/// A photograph.
pub(crate) async fn photo(
    page: Page<ReadEvidence>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (id, sha256) = path.into_inner();
    let id: DeviceId = id.parse().map_err(|_| ApiError::from(Code::NotFound))?;
    let file = page
        .read(move |db, actor| {
            workshop::evidence_file(db, actor, id, FileKind::Photograph, &sha256)
        })
        .await?;
    let name = file.name.unwrap_or_else(|| "photo".to_owned());
    files::send(page.state(), file.sha256, file.media_type, &name).await
}

pub(crate) fn samples() -> Vec<Sample> {
    let now = kernel::Clock::now(&kernel::SystemClock);
    let event = |event_type: &str| EventRow {
        event_type: event_type.to_owned(),
        at: now,
        from: "received",
        to: "triaged",
        by: "La Recyclerie".to_owned(),
        said: vec!["B-12".to_owned()],
        failed: match event_type {
            "tested" => vec!["boot".to_owned()],
            _ => Vec::new(),
        },
        passed: (event_type == "quality_checked").then_some(false),
        guaranteed: event_type == "repaired_after_handover",
    };
    let task = |(what, state)| Task {
        what,
        state,
        step: (state != "done").then_some("triaged"),
    };
    let page = |stage: Stage, missing: Option<&str>| DevicePage {
        device: Row::sample(stage, now),
        batch_id: super::application_parts::SAMPLE_ID.to_owned(),
        batch: "LOT-2023-0007".to_owned(),
        received_at: Some(now),
        cycle: 1,
        missing: missing.map(str::to_owned),
        tasks: [
            ("triage", "done"),
            ("erasure", "open"),
            ("tests", "failed"),
            ("grade", "open"),
            ("quality", "open"),
            ("kit", "open"),
        ]
        .map(task)
        .into(),
        steps: super::device_step::STEPS.to_vec(),
        drives: vec![
            DriveRow::sample(true),
            DriveRow::sample(false),
            DriveRow::proposed(true),
            DriveRow::proposed(false),
        ],
        decides: true,
        photos: vec![Photo {
            sha256: "0".repeat(64),
            at: now,
        }],
        events: ["received", "tested", "quality_checked", "something_else"]
            .map(event)
            .into(),
        more: Some("/atelier/appareils/x?after=y".to_owned()),
    };
    let wrong = |form: FormView| form.with_mistake("photos", "123");
    vec![
        Sample::of("device at the dock", &page(Stage::Received, Some("123"))),
        Sample::of("device, graded", &page(Stage::Graded, None)),
        Sample::of("device, a mistake", &page(Stage::Graded, None)).with_form(wrong),
        Sample::of(
            "device, announced",
            &DevicePage {
                tasks: Vec::new(),
                steps: Vec::new(),
                drives: Vec::new(),
                photos: Vec::new(),
                events: Vec::new(),
                more: None,
                received_at: None,
                batch: String::new(),
                decides: false,
                ..page(Stage::Expected, None)
            },
        ),
    ]
}
