//! `/atelier/disques`: the drives whose data is not proven gone, what keeps each from it, and what
//! two people may accept.

use ::web::access::{DecideEvidence, Permission as _, ReadEvidence};
use ::web::{Paging, PathId};
use kernel::{Instant, PersonId};
use serde::Serialize;
use workshop::{
    Acceptance, AcceptedAs, DeviceFilter, DeviceView, DriveView, OpenAcceptance, Stage,
};

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

/// A drive of a machine, with what may be decided about it.
#[derive(Serialize)]
pub(super) struct DriveRow {
    pub(super) name: String,
    pub(super) serial: Option<String>,
    pub(super) media: &'static str,
    pub(super) proven: bool,
    /// How its data was dealt with, and when.
    pub(super) method: Option<&'static str>,
    pub(super) at: Option<Instant>,
    pub(super) tool: Option<String>,
    pub(super) doubts: Vec<String>,
    /// What may be proposed.
    pub(super) options: Vec<&'static str>,
    /// What somebody proposed, and why.
    pub(super) proposed: Option<Proposed>,
}

#[derive(Serialize)]
pub(super) struct Proposed {
    accepted_as: &'static str,
    reason: String,
    at: Instant,
    /// Whoever looks proposed it: another person confirms.
    mine: bool,
}

impl DriveRow {
    pub(super) fn of(
        drive: DriveView,
        open: &[OpenAcceptance],
        reader: PersonId,
        say: impl Fn(&kernel::Text) -> String,
    ) -> Self {
        let open = open.iter().find(|one| one.drive == drive.serial);
        let open = open.filter(|_| !drive.proven);
        let names = [drive.model.clone(), drive.serial.clone()];
        let proof = drive.proof.as_ref();
        Self {
            name: names.into_iter().flatten().collect::<Vec<_>>().join(" "),
            serial: drive.serial,
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
            options: open
                .map(|open| open.options.iter().map(|one| one.as_str()).collect())
                .unwrap_or_default(),
            proposed: open
                .and_then(|open| open.proposed.as_ref())
                .map(|review| Proposed {
                    accepted_as: review.accepted_as.as_str(),
                    reason: review.reason.clone(),
                    at: review.at,
                    mine: review.by == reader,
                }),
        }
    }

    pub(super) fn sample(proven: bool) -> Self {
        let now = Instant::from_micros(1_700_000_000_000_000);
        Self {
            name: "WDC WD5000 WD-1234".to_owned(),
            serial: Some("WD-1234".to_owned()),
            media: "hdd",
            proven,
            method: proven.then_some("clear"),
            at: now.filter(|_| proven),
            tool: proven.then(|| "nwipe".to_owned()),
            doubts: if proven {
                Vec::new()
            } else {
                vec!["123".to_owned()]
            },
            options: match proven {
                true => Vec::new(),
                false => AcceptedAs::ALL.iter().map(|one| one.as_str()).collect(),
            },
            proposed: None,
        }
    }

    /// The same after somebody proposed something.
    pub(super) fn proposed(mine: bool) -> Self {
        let at = Instant::from_micros(1_700_000_000_000_000);
        Self {
            proposed: at.map(|at| Proposed {
                accepted_as: "wrong_clock",
                reason: "123".to_owned(),
                at,
                mine,
            }),
            ..Self::sample(false)
        }
    }
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
