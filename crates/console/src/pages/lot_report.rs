//! `/lots/{id}/signaler`: an association reports a machine that broke, or that it does not need any
//! more.

use ::web::access::ReportIncidents;
use ::web::{ApiResult, PathId};
use handover::{HandoverStatus, LotItem, NewIncident};
use kernel::{HandoverId, Language};
use serde::Serialize;

use super::application_parts::{SAMPLE_ID, kind_name};
use super::choices::Choice;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct ReportPage {
    id: String,
    reference: String,
    /// The lot was handed over.
    given: bool,
    /// What is still with the association.
    devices: Vec<Choice>,
    /// What the address names, such as from a list.
    chosen: String,
}

fn device(item: LotItem, language: Language) -> Choice {
    let machine = [item.manufacturer, item.model, item.serial];
    let machine: Vec<String> = machine.into_iter().flatten().collect();
    let kind = kind_name(item.kind, 1, language);
    let text = format!("{} – {kind} {}", item.tag, machine.join(" "));
    Choice::new(item.tag, text)
}

impl View for ReportPage {
    const TEMPLATE: &'static str = "lot_report.html";
}

async fn load(page: &Page<ReportIncidents>, id: HandoverId) -> ApiResult<ReportPage> {
    let (lot, devices) = page
        .read(move |db, actor| {
            let lot = handover::handover(db, actor, id)?;
            Ok((lot, handover::reportable(db, actor, id)?))
        })
        .await?;
    let language = page.language();
    Ok(ReportPage {
        id: id.to_string(),
        reference: lot.reference,
        given: lot.status == HandoverStatus::Completed,
        devices: (devices.into_iter())
            .map(|item| device(item, language))
            .collect(),
        chosen: page.query("appareil"),
    })
}

pub(crate) async fn show(
    page: Page<ReportIncidents>,
    PathId(id): PathId<kernel::Handover>,
) -> PageResult {
    let view = load(&page, id).await?;
    page.show_form(&view, &FormView::empty()?)
}

pub(crate) async fn send(
    page: Page<ReportIncidents>,
    PathId(id): PathId<kernel::Handover>,
    form: Form,
) -> PageResult {
    let view = load(&page, id).await?;
    page.submit(
        &form,
        "post_handovers_id_incidents",
        move |tx, actor, new: &NewIncident| {
            let incident = handover::report(tx, actor, id, new)?;
            let at = Saved::at(format!("/signalements/{}", incident.id));
            Ok(at.about(incident.id).saying(
                "C’est signalé. L’atelier et la ville sont prévenus ; vous recevrez leur réponse par message.",
                "It is reported. The workshop and the city are told; you will get their answer by message.",
            ))
        },
        || view,
    )
    .await
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |given, devices: usize| ReportPage {
        id: SAMPLE_ID.to_owned(),
        reference: "R-2023-00007".to_owned(),
        given,
        devices: (0..devices)
            .map(|number| Choice {
                value: format!("RSC-7F3K-92Q{number}"),
                text: "RSC-7F3K-92Q0 – ordinateur HP 840".to_owned(),
            })
            .collect(),
        chosen: "RSC-7F3K-92Q1".to_owned(),
    };
    let wrong = |form: FormView| form.with_mistake("description", "123");
    vec![
        Sample::of("report a device", &page(true, 2)).with_form(wrong),
        Sample::of("report a device, none is there", &page(true, 0)),
        Sample::of("report a device, too early", &page(false, 0)),
    ]
}
