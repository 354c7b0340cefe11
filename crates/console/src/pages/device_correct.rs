//! `/atelier/appareils/{id}/corriger`: a mistake about a machine is put right, by a new line of its
//! log.

use ::web::access::CorrectDevices;
use ::web::{ApiResult, PathId};
use kernel::{DeviceId, DeviceKind, PageRequest};
use serde::Serialize;
use serde_json::{Map, Value, json};
use workshop::DeviceView;

use super::application_parts::SAMPLE_ID;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct CorrectPage {
    id: String,
    tag: String,
    stage: &'static str,
    kind: &'static str,
    serial: Option<String>,
    manufacturer: Option<String>,
    model: Option<String>,
    kinds: Vec<&'static str>,
    /// The line that may be reversed: its id and what it said.
    wrong: Option<Wrong>,
    /// Nobody had announced it.
    unannounced: bool,
}

#[derive(Serialize)]
struct Wrong {
    id: String,
    event_type: String,
}

impl View for CorrectPage {
    const TEMPLATE: &'static str = "device_correct.html";
}

/// The steps that are said of the wrong machine now and then.
const REVERSIBLE: [&str; 3] = ["scrapped", "harvested", "missing"];

async fn load(page: &Page<CorrectDevices>, id: DeviceId) -> ApiResult<(CorrectPage, i32)> {
    let (device, wrong) = page
        .read(move |db, actor| {
            let device = workshop::device(db, actor, id)?;
            let log = workshop::events(db, actor, id, &PageRequest::everything())?;
            let last = log
                .items
                .into_iter()
                .rfind(|line| line.from_stage != line.to_stage && line.to_stage == device.stage);
            let wrong = last
                .filter(|line| REVERSIBLE.contains(&line.event_type.as_str()))
                .map(|line| Wrong {
                    id: line.id.to_string(),
                    event_type: line.event_type,
                });
            Ok((device, wrong))
        })
        .await?;
    let version = device.version;
    Ok((view(device, wrong), version))
}

fn view(device: DeviceView, wrong: Option<Wrong>) -> CorrectPage {
    CorrectPage {
        id: device.id.to_string(),
        unannounced: device.manifest_line.is_none() && device.stage.in_workshop(),
        tag: device.tag,
        stage: device.stage.as_str(),
        kind: device.kind.as_str(),
        serial: device.serial,
        manufacturer: device.manufacturer,
        model: device.model,
        kinds: kinds(),
        wrong,
    }
}

fn kinds() -> Vec<&'static str> {
    DeviceKind::ALL.iter().map(|kind| kind.as_str()).collect()
}

pub(crate) async fn show(
    page: Page<CorrectDevices>,
    PathId(id): PathId<kernel::Device>,
) -> PageResult {
    let (view, version) = load(&page, id).await?;
    page.show_form(&view, &FormView::empty()?.version(version))
}

/// The event, from the part of the form that was sent. A field that says what is known already
/// says nothing.
fn correction(form: &Form, known: &CorrectPage) -> Value {
    let mut said = Map::new();
    match form.get("what") {
        "reverse" => {
            said.insert("event_id".into(), form.get("event_id").into());
        }
        "merge" => {
            said.insert("same_as".into(), form.get("same_as").into());
        }
        _ => {
            for (name, before) in [
                ("kind", Some(known.kind)),
                ("serial", known.serial.as_deref()),
                ("manufacturer", known.manufacturer.as_deref()),
                ("model", known.model.as_deref()),
            ] {
                let now = form.get(name).trim();
                if !now.is_empty() && Some(now) != before {
                    said.insert(name.to_owned(), now.into());
                }
            }
        }
    }
    said.insert("reason".into(), json!(form.get("reason")));
    Value::Object(said)
}

pub(crate) async fn send(
    page: Page<CorrectDevices>,
    PathId(id): PathId<kernel::Device>,
    form: Form,
) -> PageResult {
    let (view, version) = load(&page, id).await?;
    let seen = form.if_match();
    let read = workshop::read_correction(&correction(&form, &view));
    let saved = page
        .write(&form, "post_devices_id_corrections", move |tx, actor| {
            workshop::lock(tx, id)?;
            seen.of::<DeviceView>(tx, actor, id)?;
            workshop::correct(tx, actor, id, &read.clone()?)?;
            Ok(Saved::at(format!("/atelier/appareils/{id}"))
                .about(id)
                .saying(
                    "C’est corrigé. L’erreur et sa correction restent dans l’historique.",
                    "It is corrected. The mistake and its correction stay in the history.",
                ))
        })
        .await;
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => page.retry_against(version, &view, &form, cause),
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |stage, wrong: Option<&str>, unannounced| CorrectPage {
        id: SAMPLE_ID.to_owned(),
        tag: "RS-00042-K".to_owned(),
        stage,
        kind: "desktop",
        serial: Some("CZC0001".to_owned()),
        manufacturer: Some("HP".to_owned()),
        model: None,
        kinds: kinds(),
        wrong: wrong.map(|event_type| Wrong {
            id: SAMPLE_ID.to_owned(),
            event_type: event_type.to_owned(),
        }),
        unannounced,
    };
    let wrong = |form: FormView| form.with_mistake("serial", "123");
    let mut all =
        vec![Sample::of("correct a device", &page("received", None, true)).with_form(wrong)];
    for (stage, event) in [
        ("scrapped", "scrapped"),
        ("parts", "harvested"),
        ("missing", "missing"),
    ] {
        let name = format!("correct a device, {event}");
        all.push(Sample::of(&name, &page(stage, Some(event), false)));
    }
    all
}
