//! `/lots/{id}`: the handover of a lot: when, where, what.

use ::web::PathId;
use ::web::access::ReadHandovers;
use handover::HandoverView;
use kernel::{Instant, Language};
use serde::Serialize;

use super::application_parts::{SAMPLE_ID, kind_name};
use crate::{Page, PageResult, Sample, View};

#[derive(Serialize)]
struct LotPage {
    reference: String,
    status: &'static str,
    association: String,
    application: String,
    /// The application's page, for those who may see it.
    application_id: Option<String>,
    wave: String,
    workshop: Option<String>,
    devices: i32,
    from: Option<Instant>,
    to: Option<Instant>,
    place: Option<String>,
    recipient: Option<String>,
    reason: Option<String>,
    completed_at: Option<Instant>,
    lot: Vec<Device>,
}

#[derive(Serialize)]
struct Device {
    tag: String,
    kind: &'static str,
    what: String,
    serial: Option<String>,
}

impl View for LotPage {
    const TEMPLATE: &'static str = "lot.html";
}

pub(crate) async fn show(
    page: Page<ReadHandovers>,
    PathId(id): PathId<kernel::Handover>,
) -> PageResult {
    let view = page
        .read(move |db, actor| handover::handover(db, actor, id))
        .await?;
    let applicant = page.actor().role != kernel::Role::Refurbisher;
    page.show(&LotPage::of(view, applicant, page.language()))
}

impl LotPage {
    fn of(view: HandoverView, applicant: bool, language: Language) -> Self {
        let device = |item: handover::LotItem| Device {
            kind: kind_name(item.kind, 1, language),
            what: [item.manufacturer, item.model]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" "),
            serial: item.serial,
            tag: item.tag,
        };
        Self {
            reference: view.reference,
            status: view.status.as_str(),
            association: view.association,
            application: view.application,
            application_id: applicant.then(|| view.application_id.to_string()),
            wave: view.wave,
            workshop: view.workshop,
            devices: view.devices,
            from: view.from,
            to: view.to,
            place: view.place,
            recipient: view.recipient_name,
            reason: view.reason,
            completed_at: view.completed_at,
            lot: view.lot.into_iter().flatten().map(device).collect(),
        }
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let at = Instant::from_micros(1_700_000_000_000_000);
    let page = |status: &'static str| LotPage {
        reference: "R-2023-00007".to_owned(),
        status,
        association: "Les Amis".to_owned(),
        application: "D-2023-0042".to_owned(),
        application_id: (status != "planned").then(|| SAMPLE_ID.to_owned()),
        wave: "2023-1".to_owned(),
        workshop: Some("Atelier Nord".to_owned()),
        devices: 1,
        from: at.filter(|_| status != "planned"),
        to: at.filter(|_| status != "planned"),
        place: Some("Quai 3".to_owned()),
        recipient: Some("Nadia".to_owned()),
        reason: Some("123".to_owned()),
        completed_at: at.filter(|_| status == "completed"),
        lot: vec![Device {
            tag: "RSC-7F3K-92QD".to_owned(),
            kind: "laptop",
            what: "HP 840".to_owned(),
            serial: Some("CZC1".to_owned()),
        }],
    };
    ["planned", "scheduled", "completed", "missed", "cancelled"]
        .map(|status| Sample::of(&format!("lot {status}"), &page(status)))
        .into()
}
