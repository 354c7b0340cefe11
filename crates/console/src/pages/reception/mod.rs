//! `/atelier/lots/{id}`: a truck against its list: scanned or typed, awaited, received, in excess,
//! missing; accessories counted; the end of the count, and what turns up after it.

mod count;
mod late;

use ::web::access::CollectBatches;
use ::web::{Paging, PathId};
use intake::{Batch, BatchStatus, Window};
use kernel::{AccessoryKind, DeviceKind, Instant, Role};
use serde::Serialize;
use workshop::{
    AccessoryReconciliation, Arrival, DeviceFilter, DeviceItem, KindReconciliation, Reconciliation,
};

use self::late::Late;
use crate::{FormView, Page, PageResult, Sample, View};

pub(crate) use self::count::{accessories, close, collect, receive};
pub(crate) use self::late::receive_late;

#[derive(Serialize)]
struct ReceptionPage {
    id: String,
    reference: String,
    title: String,
    donor: String,
    status: &'static str,
    place: String,
    contact: String,
    scheduled: Option<Window>,
    collected_at: Option<Instant>,
    contested: Option<String>,
    /// What the donor ties the gift to.
    drives_destroyed: bool,
    /// May count, as those do who stand at the dock.
    counts: bool,
    /// The step that the batch is at allows it.
    open: bool,
    /// The count as it stands.
    tally: Reconciliation,
    /// Which machines are listed.
    shown: Arrival,
    rows: Vec<Row>,
    next: Option<String>,
    /// What is to be done with a machine that turns up after the count.
    late: Option<Late>,
    kinds: Vec<&'static str>,
    accessory_kinds: Vec<&'static str>,
}

impl View for ReceptionPage {
    const TEMPLATE: &'static str = "reception.html";
}

/// A machine of the batch.
#[derive(Serialize)]
struct Row {
    id: String,
    tag: String,
    serial: Option<String>,
    kind: &'static str,
    model: String,
    stage: &'static str,
}

impl From<DeviceItem> for Row {
    fn from(device: DeviceItem) -> Self {
        let names = [device.manufacturer, device.model];
        Self {
            id: device.id.to_string(),
            tag: device.tag,
            serial: device.serial,
            kind: device.kind.as_str(),
            model: names.into_iter().flatten().collect::<Vec<_>>().join(" "),
            stage: device.stage.as_str(),
        }
    }
}

/// What of the page is asked for in its address.
struct Asked {
    shown: Arrival,
    late: String,
}

impl Asked {
    fn of(page: &Page<CollectBatches>) -> Self {
        Self {
            shown: match &*page.query("voir") {
                "recus" => Arrival::Received,
                "en-plus" => Arrival::Unexpected,
                _ => Arrival::Awaited,
            },
            late: page.query("arrivee").trim().to_owned(),
        }
    }
}

const fn word(shown: Arrival) -> &'static str {
    match shown {
        Arrival::Awaited => "attendus",
        Arrival::Received => "recus",
        Arrival::Unexpected => "en-plus",
    }
}

/// The page as it is now.
async fn load<P: ::web::access::Permission>(
    page: &Page<P>,
    id: kernel::BatchId,
    asked: Asked,
    request: kernel::PageRequest,
) -> ::web::ApiResult<(ReceptionPage, i32)> {
    let (shown, sought) = (asked.shown, asked.late);
    let (batch, tally, found, late) = page
        .read(move |db, actor| {
            let batch = intake::batch(db, actor, id)?;
            let tally = workshop::reconciliation(db, actor, id)?;
            let filter = DeviceFilter {
                batch_id: Some(id),
                arrival: Some(shown),
                ..DeviceFilter::default()
            };
            let found = workshop::devices(db, actor, &filter, &request)?;
            let late = match sought.is_empty() {
                true => None,
                false => Some(late::find(db, actor, id, &sought)?),
            };
            Ok((batch, tally, found, late))
        })
        .await?;
    let version = batch.version;
    let next = found.next.map(|cursor| {
        let shown = word(shown);
        format!("/atelier/lots/{id}?voir={shown}&after={cursor}")
    });
    let rows = found.items.into_iter().map(Row::from).collect();
    let counts = page.actor().role == Role::Refurbisher;
    let shown = ReceptionPage {
        next,
        rows,
        late,
        counts,
        ..ReceptionPage::of(batch, tally, shown)
    };
    Ok((shown, version))
}

impl ReceptionPage {
    fn of(batch: Batch, tally: Reconciliation, shown: Arrival) -> Self {
        let reception = batch.reception.as_ref();
        let contested = reception
            .filter(|answer| answer.answer == intake::DonorAnswer::Contested)
            .and_then(|answer| answer.comment.clone());
        Self {
            id: batch.id.to_string(),
            reference: batch.reference,
            title: batch.title,
            donor: batch.donor_name,
            status: batch.status.as_str(),
            place: batch.pickup.place(),
            contact: format!(
                "{}, {}",
                batch.pickup.contact_name, batch.pickup.contact_phone
            ),
            scheduled: batch.scheduled,
            collected_at: batch.collected_at,
            contested,
            drives_destroyed: batch.restrictions.drives_destroyed,
            counts: false,
            open: super::workshop_batches::AWAITED.contains(&batch.status),
            tally,
            shown,
            rows: Vec::new(),
            next: None,
            late: None,
            kinds: DeviceKind::ALL.iter().map(|kind| kind.as_str()).collect(),
            accessory_kinds: AccessoryKind::ALL
                .iter()
                .map(|kind| kind.as_str())
                .collect(),
        }
    }
}

pub(crate) async fn show(
    page: Page<CollectBatches>,
    PathId(id): PathId<kernel::Batch>,
    Paging(request): Paging,
) -> PageResult {
    let asked = Asked::of(&page);
    let (view, version) = load(&page, id, asked, request).await?;
    page.show_form(&view, &FormView::empty()?.version(version))
}

pub(crate) fn samples() -> Vec<Sample> {
    use super::application_parts::SAMPLE_ID;
    let Ok(batch_id) = SAMPLE_ID.parse() else {
        return Vec::new();
    };
    let moment = Instant::from_micros(1_700_000_000_000_000);
    let tally = || Reconciliation {
        batch_id,
        reference: "LOT-2023-0007".to_owned(),
        status: "received".to_owned(),
        version: 1,
        declared: 3,
        on_manifest: 3,
        received: 1,
        missing: 2,
        unexpected: 1,
        per_kind: vec![KindReconciliation {
            kind: DeviceKind::Desktop,
            declared: 3,
            on_manifest: 3,
            received: 1,
            missing: 2,
            unexpected: 1,
        }],
        accessories: vec![AccessoryReconciliation {
            kind: AccessoryKind::Mouse,
            declared: 3,
            received: 1,
        }],
    };
    let row = |stage| Row {
        id: SAMPLE_ID.to_owned(),
        tag: "RS-00042-K".to_owned(),
        serial: Some("CZC0001".to_owned()),
        kind: "desktop",
        model: "HP ProDesk 400".to_owned(),
        stage,
    };
    let page = |status: &BatchStatus, shown, late| ReceptionPage {
        id: SAMPLE_ID.to_owned(),
        reference: "LOT-2023-0007".to_owned(),
        title: "Marseille".to_owned(),
        donor: "Orange".to_owned(),
        status: status.as_str(),
        place: "12 rue Sainte, 13001 Marseille".to_owned(),
        contact: "Nadia Benali, +33491000000".to_owned(),
        scheduled: moment.map(|from| Window {
            from,
            to: from.plus_seconds(7_200),
        }),
        collected_at: moment,
        contested: (*status == BatchStatus::Closed).then(|| "123".to_owned()),
        drives_destroyed: true,
        counts: true,
        open: super::workshop_batches::AWAITED.contains(status),
        tally: tally(),
        shown,
        rows: match shown {
            Arrival::Unexpected => Vec::new(),
            _ => vec![row("expected"), row("missing"), row("received")],
        },
        next: Some("/atelier/lots/x?voir=recus&after=x".to_owned()),
        late,
        kinds: DeviceKind::ALL.iter().map(|kind| kind.as_str()).collect(),
        accessory_kinds: AccessoryKind::ALL
            .iter()
            .map(|kind| kind.as_str())
            .collect(),
    };
    let mut all: Vec<Sample> = BatchStatus::ALL
        .iter()
        .map(|status| {
            let view = page(status, Arrival::Awaited, None);
            Sample::of(&format!("reception, {status}"), &view).with_form(|form| form.version(3))
        })
        .collect();
    let wrong = |form: FormView| form.with_mistake("devices/0/kind", "123");
    let excess = page(&BatchStatus::Received, Arrival::Unexpected, None);
    all.push(Sample::of("reception, a mistake", &excess).with_form(wrong));
    for late in late::examples() {
        let view = page(&BatchStatus::Closed, Arrival::Received, Some(late));
        all.push(Sample::of("reception, a late machine", &view));
    }
    all
}
