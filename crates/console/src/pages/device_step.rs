//! `/atelier/appareils/{id}/etapes/{step}`: one step of a machine as a form of its own.

use std::collections::BTreeMap;

use ::web::ApiError;
use ::web::access::LogDevices;
use actix_web::web::Path;
use kernel::{Code, DeviceId, Language, Refusal, Text};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use workshop::{EventOutcome, Operators, Part, Settings};

use super::devices::Row;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

/// The steps that have a form, in the order of the work.
pub(super) const STEPS: [&str; 15] = [
    "received",
    "triaged",
    "erased",
    "tested",
    "repair_started",
    "repaired",
    "graded",
    "quality_checked",
    "ready",
    "moved",
    "scrapped",
    "harvested",
    "waste_noted",
    "missing",
    "returned",
];
/// Rows for parts and drives of a form.
const ROWS: usize = 5;
/// Kinds of parts that are offered while one types.
const SUGGESTED: u32 = 50;

#[derive(Serialize)]
struct StepPage {
    device: Row,
    step: String,
    checks: Vec<CheckRow>,
    grades: Vec<GradeRow>,
    /// Drives of the machine that have no proof yet, by their serial numbers.
    drives: Vec<String>,
    /// Parts that are counted in the workshop.
    parts: Vec<String>,
    rows: Vec<usize>,
}

impl View for StepPage {
    const TEMPLATE: &'static str = "device_step.html";
}

#[derive(Serialize)]
struct CheckRow {
    name: String,
    text: String,
    may_be_na: bool,
}

#[derive(Serialize)]
struct GradeRow {
    grade: String,
    text: String,
}

/// What the forms of all steps send; each has its own fields of it. Names are those of the event.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Fields {
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    drives: Vec<DriveFields>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    checks: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    battery_percent: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minutes: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PartFields>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cosmetic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    passed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    waste_reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weight_grams: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    batteries: Option<BatteryFields>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct DriveFields {
    #[serde(skip_serializing_if = "Option::is_none")]
    serial: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media: Option<String>,
    method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct PartFields {
    /// « SSD 240 Go », as the stock names it.
    kind: Option<String>,
    quantity: Option<i64>,
    #[serde(default)]
    recovered: bool,
}

#[derive(Serialize, Deserialize)]
struct BatteryFields {
    #[serde(skip_serializing_if = "Option::is_none")]
    weight_grams: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    waste_reference: Option<String>,
}

impl Fields {
    /// As the workshop takes it. `parts` are those that are counted, by their names.
    fn event(mut self, step: &str, parts: &[Part]) -> Result<Value, ApiError> {
        self.parts.retain(|part| part.kind.is_some());
        let named: Vec<Value> = self.parts.iter().map(|part| named(part, parts)).collect();
        self.parts.clear();
        let mut drives = std::mem::take(&mut self.drives);
        drives.retain(|drive| drive.serial.is_some() || drive.method.is_some());
        let mut event = serde_json::to_value(&self).map_err(db::Error::from)?;
        event["type"] = json!(step);
        if !named.is_empty() {
            event["parts"] = json!(named);
        }
        if step == "erased" {
            let mut lines = Vec::with_capacity(drives.len());
            for drive in &drives {
                let mut line = serde_json::to_value(drive).map_err(db::Error::from)?;
                line["result"] = json!("success");
                lines.push(line);
            }
            event["drives"] = json!(lines);
        }
        Ok(event)
    }
}

/// A part by its name: that of the stock where there is one, else a kind of its own.
fn named(part: &PartFields, known: &[Part]) -> Value {
    let typed = part.kind.as_deref().unwrap_or_default();
    let found = known
        .iter()
        .find(|one| kernel::fold(&one.name()) == kernel::fold(typed));
    let (kind, label) = match found {
        Some(one) => (one.kind.as_str(), one.label.as_str()),
        None => (typed, ""),
    };
    let mut value = json!({"kind": kind, "quantity": part.quantity.unwrap_or(1),
        "recovered": part.recovered});
    if !label.is_empty() {
        value["label"] = json!(label);
    }
    value
}

/// What the address names.
fn step_of(path: Path<(String, String)>) -> Result<(DeviceId, String), ApiError> {
    let (id, step) = path.into_inner();
    let id = id.parse().map_err(|_| ApiError::from(Code::NotFound))?;
    match STEPS.contains(&&*step) {
        true => Ok((id, step)),
        false => Err(Code::NotFound.into()),
    }
}

/// The parts that are counted in the reader's workshop.
fn stock(db: &mut db::Db, actor: &kernel::Actor) -> db::Result<Vec<Part>> {
    let request = kernel::PageRequest::new(Some(SUGGESTED), None)?;
    let page = workshop::part_stock(db, actor, actor.organisation, None, &request)?;
    let parts = page.items.into_iter().map(|part| Part {
        kind: part.kind,
        label: part.label,
        quantity: part.quantity,
        recovered: false,
    });
    Ok(parts.collect())
}

async fn load(page: &Page<LogDevices>, id: DeviceId, step: &str) -> Result<StepPage, ApiError> {
    let with_parts = ["repaired", "harvested"].contains(&step);
    let (device, parts) = page
        .read(move |db, actor| {
            let device = workshop::device(db, actor, id)?;
            workshop::may_add_evidence(db, actor, id)?;
            let parts = match with_parts {
                true => stock(db, actor)?,
                false => Vec::new(),
            };
            Ok((device, parts))
        })
        .await?;
    let settings = Settings::in_use()?;
    let language = page.language();
    let say = |fr: &str, en: &str| match language {
        Language::French => fr.to_owned(),
        Language::English => en.to_owned(),
    };
    let checks = settings.checks(device.kind).iter();
    let mut checks: Vec<CheckRow> = checks
        .map(|check| CheckRow {
            name: check.name.clone(),
            text: say(&check.fr, &check.en),
            may_be_na: check.may_be_na,
        })
        .collect();
    if checks.is_empty() {
        checks.push(CheckRow {
            name: "all_checks".to_owned(),
            text: say("Tout fonctionne", "Everything works"),
            may_be_na: false,
        });
    }
    let grades = workshop::templates()?.grades.into_iter();
    Ok(StepPage {
        grades: grades
            .map(|one| GradeRow {
                grade: one.grade.to_string(),
                text: say(&one.fr, &one.en),
            })
            .collect(),
        drives: (device.drives.iter())
            .filter(|drive| !drive.proven)
            .filter_map(|drive| drive.serial.clone())
            .collect(),
        device: Row::of(&(&device).into(), language),
        step: step.to_owned(),
        checks,
        parts: parts.iter().map(Part::name).collect(),
        rows: (0..ROWS).collect(),
    })
}

pub(crate) async fn show(page: Page<LogDevices>, path: Path<(String, String)>) -> PageResult {
    let (id, step) = step_of(path)?;
    let view = load(&page, id, &step).await?;
    page.show_form(&view, &FormView::empty()?)
}

pub(crate) async fn send(
    page: Page<LogDevices>,
    path: Path<(String, String)>,
    form: Form,
) -> PageResult {
    let (id, step) = step_of(path)?;
    let view = load(&page, id, &step).await?;
    let saved = record(&page, id, &step, &form).await;
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => page.retry(&view, &form, cause),
    }
}

async fn record(
    page: &Page<LogDevices>,
    id: DeviceId,
    step: &str,
    form: &Form,
) -> Result<Saved, ApiError> {
    let fields: Fields = form.read()?;
    if step == "erased" && fields.drives.iter().all(|drive| drive.method.is_none()) {
        let detail = Text::new(
            "Dites pour chaque disque comment il a été effacé.",
            "Say of each drive how it was erased.",
        );
        return Err(Refusal::field("/drives/0/method", Code::Required, detail).into());
    }
    let parts = match fields.parts.is_empty() {
        true => Vec::new(),
        false => page.read(stock).await?,
    };
    let event = fields.event(step, &parts)?;
    let incoming = workshop::read_event(&event)?;
    page.write(form, "post_devices_id_events", move |tx, actor| {
        let recorded = workshop::record(tx, actor, id, &incoming, &Operators::new())?;
        let stage = recorded.device.stage;
        let text = match recorded.status {
            EventOutcome::AlreadyApplied => Text::new(
                format!("C’était déjà noté : {}.", stage.french()),
                format!(
                    "It was recorded before: {}.",
                    stage.as_str().replace('_', " ")
                ),
            ),
            _ => Text::new(
                format!(
                    "C’est noté. La machine est maintenant : {}.",
                    stage.french()
                ),
                format!(
                    "It is recorded. The machine is now: {}.",
                    stage.as_str().replace('_', " ")
                ),
            ),
        };
        Ok(Saved::at(format!("/atelier/appareils/{id}")).telling(text, "success"))
    })
    .await
}

pub(crate) fn samples() -> Vec<Sample> {
    let now = kernel::Clock::now(&kernel::SystemClock);
    let page = |step: &str| StepPage {
        device: Row::sample(workshop::Stage::Received, now),
        step: step.to_owned(),
        checks: vec![
            CheckRow {
                name: "boot".to_owned(),
                text: "Boot".to_owned(),
                may_be_na: false,
            },
            CheckRow {
                name: "audio".to_owned(),
                text: "Audio".to_owned(),
                may_be_na: true,
            },
        ],
        grades: vec![GradeRow {
            grade: "A".to_owned(),
            text: "123".to_owned(),
        }],
        drives: vec!["WD-1234".to_owned()],
        parts: vec!["SSD 240".to_owned()],
        rows: (0..ROWS).collect(),
    };
    let wrong = |form: FormView| form.with_mistake("reason", "123");
    let mut all: Vec<Sample> = STEPS
        .iter()
        .map(|step| Sample::of(&format!("device, {step}"), &page(step)))
        .collect();
    all.push(Sample::of("device, a reason is missing", &page("scrapped")).with_form(wrong));
    all
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn event(step: &str, body: &str) -> Value {
        let kind = "application/x-www-form-urlencoded";
        let form = Form::parse(kind, &body.to_owned().into()).unwrap();
        let ssd = Part {
            kind: "ssd".to_owned(),
            label: "240 Go".to_owned(),
            quantity: 2,
            recovered: false,
        };
        let fields: Fields = form.read().unwrap();
        fields.event(step, &[ssd]).unwrap()
    }

    #[test]
    fn forms_become_events_that_the_workshop_reads() {
        let drives = "drives/0/serial=WD-1&drives/0/media=hdd&drives/0/method=clear\
                      &drives/0/tool=nwipe&drives/1/serial=&drives/1/method=";
        let all = [
            ("triaged", "outcome=keep"),
            ("erased", drives),
            (
                "tested",
                "checks/boot=pass&checks/audio=na&battery_percent=80",
            ),
            (
                "repaired",
                "description=SSD&minutes=20&parts/0/kind=SSD+240+go&parts/0/quantity=1&parts/1/kind=",
            ),
            ("graded", "cosmetic=B&note=Bien"),
            ("quality_checked", "passed=yes"),
            ("moved", "location=B-12"),
            (
                "scrapped",
                "reason=Casse&weight_grams=7000&batteries/weight_grams=100",
            ),
            ("harvested", "parts/0/kind=ventilateur"),
            ("ready", ""),
        ];
        for (step, body) in all {
            let event = event(step, body);
            assert!(workshop::read_event(&event).is_ok(), "{event}");
        }
        let repaired = event("repaired", all[3].1);
        assert_eq!(
            repaired["parts"],
            json!([{"kind": "ssd", "label": "240 Go", "quantity": 1, "recovered": false}])
        );
    }
}
