//! `/lots/{id}`: the handover of a lot: when, where, what.

use ::web::access::{ChooseSlots, NameCollectors, Permission, ReadHandovers, ReportIncidents};
use ::web::security::PAPER;
use ::web::{ApiResult, PathId};
use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use handover::{Collector, HandoverSlot, HandoverStatus, HandoverView, IncidentFilter, SlotChoice};
use kernel::{HandoverSlotId, Instant, Language, PageRequest};
use serde::{Deserialize, Serialize};

use super::application_parts::{SAMPLE_ID, kind_name};
use super::incidents::Row;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

/// Reports that the page of a lot shows.
const INCIDENTS: u32 = 20;

#[derive(Serialize)]
struct LotPage {
    id: String,
    /// Whom the association named to collect it.
    collector: Option<String>,
    /// Whoever reads it may name somebody else.
    names: bool,
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
    /// Lent: when it is due back, and when it was.
    due_at: Option<Instant>,
    returned_at: Option<Instant>,
    overdue: bool,
    lot: Vec<Device>,
    /// What went on to another association, and when.
    passed_on: Vec<Passed>,
    /// Another association had it before.
    from_another: bool,
    /// Times from which whoever looks may choose.
    slots: Vec<Choice>,
    /// The one that the lot has.
    slot: String,
    /// Whoever looks may report a device of it.
    reports: bool,
    /// The newest reports of its devices.
    incidents: Vec<Row>,
}

#[derive(Serialize)]
struct Device {
    tag: String,
    kind: &'static str,
    what: String,
    serial: Option<String>,
}

/// A slot to choose.
#[derive(Serialize)]
struct Choice {
    id: String,
    from: Instant,
    to: Instant,
    place: String,
}

#[derive(Serialize)]
struct Passed {
    tag: String,
    what: String,
    at: Instant,
}

impl View for LotPage {
    const TEMPLATE: &'static str = "lot.html";
}

pub(crate) async fn show(
    page: Page<ReadHandovers>,
    PathId(id): PathId<kernel::Handover>,
) -> PageResult {
    let (view, version) = load(&page, id).await?;
    page.show_form(&view, &FormView::empty()?.version(version))
}

async fn load<P: Permission>(page: &Page<P>, id: kernel::HandoverId) -> ApiResult<(LotPage, i32)> {
    let filter = IncidentFilter {
        handover_id: Some(id),
        ..IncidentFilter::default()
    };
    let some = PageRequest::new(Some(INCIDENTS), None)?;
    let now = page.state().database.now();
    let role = page.actor().role;
    let chooses = ChooseSlots::ROLES.contains(&role);
    let (view, incidents, slots) = page
        .read(move |db, actor| {
            let view = handover::handover(db, actor, id)?;
            let incidents = handover::incidents::incidents(db, actor, &filter, &some)?;
            let slots = match chooses && is_open(view.status) {
                true => handover::slots_for(db, actor, id, now)?,
                false => Vec::new(),
            };
            Ok((view, incidents.items, slots))
        })
        .await?;
    let version = view.version;
    let given = view.status == HandoverStatus::Completed;
    let due_at = view.loan.as_ref().filter(|it| it.returned_at.is_none());
    let shown = LotPage {
        overdue: due_at.is_some_and(|loan| loan.due_at < now),
        names: is_open(view.status) && NameCollectors::ROLES.contains(&role),
        slot: (slots.iter())
            .find(|slot| view.slot_id == Some(slot.id))
            .map_or_else(String::new, |slot| slot.id.to_string()),
        slots: slots.into_iter().map(Choice::from).collect(),
        reports: given && ReportIncidents::ROLES.contains(&role),
        incidents: incidents.into_iter().map(|it| Row::of(it, now)).collect(),
        ..LotPage::of(view, role != kernel::Role::Refurbisher, page.language())
    };
    Ok((shown, version))
}

/// It is neither handed over nor called off.
fn is_open(status: HandoverStatus) -> bool {
    !matches!(
        status,
        HandoverStatus::Completed | HandoverStatus::Cancelled
    )
}

impl From<HandoverSlot> for Choice {
    fn from(slot: HandoverSlot) -> Self {
        Self {
            id: slot.id.to_string(),
            from: slot.from,
            to: slot.to,
            place: slot.place,
        }
    }
}

/// Chooses when the lot is collected.
pub(crate) async fn choose(
    page: Page<ChooseSlots>,
    PathId(id): PathId<kernel::Handover>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let saved = match form.read::<Chosen>() {
        Err(cause) => Err(cause),
        Ok(Chosen { slot }) => {
            let choice = SlotChoice { slot_id: slot };
            let saved = page.write(&form, "choose_slot", move |tx, actor| {
                seen.of::<HandoverView>(tx, actor, id)?;
                handover::choose_slot(tx, actor, id, &choice)?;
                Ok(Saved::at(format!("/lots/{id}")).about(id).saying(
                    "Le rendez-vous est pris. Un message vous le confirme ; l’atelier est prévenu.",
                    "The appointment is made. A message confirms it; the workshop is told.",
                ))
            });
            saved.await
        }
    };
    let names = [("/slot_id", "/slot")];
    page.settled(saved, &form, &names, load(&page, id)).await
}

/// The slot that is chosen.
#[derive(Deserialize)]
struct Chosen {
    slot: HandoverSlotId,
}

/// The delivery note, to print.
pub(crate) async fn note(
    page: Page<ReadHandovers>,
    PathId(id): PathId<kernel::Handover>,
) -> PageResult {
    let view = page
        .read(move |db, actor| handover::handover(db, actor, id))
        .await?;
    let note = handover::note(&view, page.language())?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, PAPER))
        .body(note))
}

/// Says who collects the lot in the association's place.
pub(crate) async fn collector(
    page: Page<NameCollectors>,
    PathId(id): PathId<kernel::Handover>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let body = Collector {
        name: form.get("name").to_owned(),
    };
    let saved = page.write(&form, "post_handovers_id_collector", move |tx, actor| {
        seen.of::<HandoverView>(tx, actor, id)?;
        let now = handover::name_collector(tx, actor, id, &body)?;
        let saved = Saved::at(format!("/lots/{id}")).about(id);
        Ok(match now.collector {
            Some(_) => saved.saying(
                "C’est noté : l’atelier sait qui vient.",
                "It is noted: the workshop knows who comes.",
            ),
            None => saved.saying(
                "C’est noté : l’association vient elle-même.",
                "It is noted: the association comes itself.",
            ),
        })
    });
    let saved = saved.await;
    page.settled(saved, &form, &[], load(&page, id)).await
}

impl LotPage {
    fn of(view: HandoverView, applicant: bool, language: Language) -> Self {
        let machine = |item: &handover::LotItem| {
            let parts = [item.manufacturer.clone(), item.model.clone()];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        };
        let passed = |passed: handover::PassedItem| Passed {
            what: machine(&passed.item),
            tag: passed.item.tag,
            at: passed.passed_on_at,
        };
        let device = |item: handover::LotItem| Device {
            kind: kind_name(item.kind, 1, language),
            what: machine(&item),
            serial: item.serial,
            tag: item.tag,
        };
        Self {
            id: view.id.to_string(),
            collector: view.collector,
            names: false,
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
            due_at: view.loan.as_ref().map(|loan| loan.due_at),
            returned_at: view.loan.as_ref().and_then(|loan| loan.returned_at),
            overdue: false,
            lot: view.lot.into_iter().flatten().map(device).collect(),
            passed_on: view.passed_on.into_iter().flatten().map(passed).collect(),
            from_another: view.from_another,
            slots: Vec::new(),
            slot: String::new(),
            reports: false,
            incidents: Vec::new(),
        }
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let at = Instant::from_micros(1_700_000_000_000_000);
    let page = |status: &'static str| LotPage {
        id: SAMPLE_ID.to_owned(),
        collector: (status == "scheduled").then(|| "Karim Ben".to_owned()),
        names: status == "planned" || status == "scheduled",
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
        due_at: at.filter(|_| status == "completed"),
        returned_at: None,
        overdue: status == "completed",
        lot: vec![Device {
            tag: "RSC-7F3K-92QD".to_owned(),
            kind: "laptop",
            what: "HP 840".to_owned(),
            serial: Some("CZC1".to_owned()),
        }],
        passed_on: (at.filter(|_| status == "completed").into_iter())
            .map(|at| Passed {
                tag: "RSC-7F3K-92QE".to_owned(),
                what: "HP 840".to_owned(),
                at,
            })
            .collect(),
        from_another: status == "completed",
        slots: (at
            .filter(|_| status == "scheduled" || status == "planned")
            .into_iter())
        .map(|at| Choice {
            id: SAMPLE_ID.to_owned(),
            from: at,
            to: at,
            place: "Quai 3".to_owned(),
        })
        .collect(),
        slot: String::new(),
        reports: status == "completed",
        incidents: (at.filter(|_| status == "completed").into_iter())
            .map(|at| Row::sample(at, None))
            .collect(),
    };
    ["planned", "scheduled", "completed", "missed", "cancelled"]
        .map(|status| Sample::of(&format!("lot {status}"), &page(status)))
        .into()
}
