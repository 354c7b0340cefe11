//! `/atelier/disques`: the drives whose data is not proven gone, what keeps each from it, and what
//! two people may accept.

use ::web::access::{DecideEvidence, Permission as _, ReadEvidence};
use ::web::{Paging, PathId};
use kernel::Instant;
use serde::Serialize;
use workshop::{Acceptance, DeviceFilter, DeviceView, OpenAcceptance, Stage};

use super::drive_row::DriveRow;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct DrivesPage {
    machines: Vec<MachineRow>,
    next: Option<String>,
    decides: bool,
}

impl View for DrivesPage {
    const TEMPLATE: &'static str = "open_drives.html";
}

#[derive(Serialize)]
struct MachineRow {
    id: String,
    tag: String,
    serial: Option<String>,
    model: String,
    since: Instant,
    drives: Vec<DriveRow>,
}

pub(crate) async fn list(page: Page<ReadEvidence>, Paging(request): Paging) -> PageResult {
    // what is kept, and waits for its proof
    let filter = DeviceFilter {
        stage: Some(Stage::Triaged),
        ..DeviceFilter::default()
    };
    let (found, open) = page
        .read(move |db, actor| {
            let found = workshop::devices_in_full(db, actor, &filter, &request)?;
            let mut open = Vec::with_capacity(found.items.len());
            for device in &found.items {
                open.push(workshop::acceptances(db, actor, device.id)?);
            }
            Ok((found, open))
        })
        .await?;
    let machines = found.items.into_iter().zip(&open);
    let machines = machines.map(|(device, open)| row(&page, device, open));
    let view = DrivesPage {
        machines: machines.collect(),
        next: found
            .next
            .map(|cursor| format!("/atelier/disques?after={cursor}")),
        decides: DecideEvidence::ROLES.contains(&page.actor().role),
    };
    page.show_form(&view, &FormView::empty()?)
}

fn row(page: &Page<ReadEvidence>, device: DeviceView, open: &[OpenAcceptance]) -> MachineRow {
    let names = [device.manufacturer, device.model];
    let unproven = device.drives.into_iter().filter(|drive| !drive.proven);
    let reader = page.actor().person;
    MachineRow {
        id: device.id.to_string(),
        tag: device.tag,
        serial: device.serial,
        model: names.into_iter().flatten().collect::<Vec<_>>().join(" "),
        since: device.stage_at,
        drives: unproven
            .map(|drive| DriveRow::of(drive, open, reader, |text| page.say(text)))
            .collect(),
    }
}

/// Proposes or confirms, as the button says.
pub(crate) async fn decide(
    page: Page<DecideEvidence>,
    PathId(id): PathId<kernel::Device>,
    form: Form,
) -> PageResult {
    let confirms = form.get("act") == "confirm";
    let back = format!("/atelier/appareils/{id}");
    let deed = match confirms {
        true => "post_devices_id_erasure_acceptances_confirm",
        false => "post_devices_id_erasure_acceptances",
    };
    let saved = match form.read::<Acceptance>() {
        Err(cause) => Err(cause),
        Ok(asked) => {
            let back = back.clone();
            let saved = page.write(&form, deed, move |tx, actor| {
                let saved = Saved::at(back.clone()).about(id);
                if confirms {
                    workshop::confirm_acceptance(tx, actor, id, &asked)?;
                    return Ok(saved.saying(
                        "L’acceptation est confirmée, au nom de deux personnes.",
                        "The acceptance is confirmed, in the names of two people.",
                    ));
                }
                workshop::propose_acceptance(tx, actor, id, &asked)?;
                Ok(saved.saying(
                    "La proposition est notée : une autre personne la confirme.",
                    "The proposal is recorded: another person confirms it.",
                ))
            });
            saved.await
        }
    };
    super::device::answer(&page, id, &form, saved).await
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(since) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let machine = |drives| MachineRow {
        id: super::application_parts::SAMPLE_ID.to_owned(),
        tag: "RS-00042-K".to_owned(),
        serial: Some("CZC0001".to_owned()),
        model: "HP ProDesk 400".to_owned(),
        since,
        drives,
    };
    let page = |machines, decides: bool| DrivesPage {
        machines,
        next: decides.then(|| "/atelier/disques?after=x".to_owned()),
        decides,
    };
    let drives = vec![
        DriveRow::sample(false),
        DriveRow::proposed(false),
        DriveRow::proposed(true),
    ];
    vec![
        Sample::of(
            "drives without proof",
            &page(vec![machine(drives), machine(Vec::new())], true),
        ),
        Sample::of("drives without proof, none", &page(Vec::new(), false)),
    ]
}
