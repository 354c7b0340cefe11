//! `/atelier/transferts/{id}`: a shipment between workshops, and what is still on the road.

use ::web::access::ReadTransfers;
use ::web::{Paging, PathId};
use kernel::{Instant, Transfer};
use serde::Serialize;
use workshop::{TransferCounts, TransferLine, TransferStatus};

use crate::{Page, PageResult, Sample, View};

#[derive(Serialize)]
struct TransferPage {
    from: String,
    to: String,
    /// Whoever looks is to receive it.
    incoming: bool,
    status: &'static str,
    note: Option<String>,
    sent_at: Instant,
    counts: TransferCounts,
    lines: Vec<Row>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Row {
    tag: String,
    machine: String,
    serial: Option<String>,
    outcome: &'static str,
}

impl View for TransferPage {
    const TEMPLATE: &'static str = "workshop_transfer.html";
}

impl From<TransferLine> for Row {
    fn from(line: TransferLine) -> Self {
        let machine: Vec<String> = [line.manufacturer, line.model]
            .into_iter()
            .flatten()
            .collect();
        Self {
            tag: line.tag,
            machine: machine.join(" "),
            serial: line.serial,
            outcome: line.outcome.as_str(),
        }
    }
}

pub(crate) async fn show(
    page: Page<ReadTransfers>,
    PathId(id): PathId<Transfer>,
    Paging(request): Paging,
) -> PageResult {
    let (transfer, lines) = page
        .read(move |db, actor| {
            let transfer = workshop::transfer(db, actor, id)?;
            let lines = workshop::transfer_devices(db, actor, id, None, &request)?;
            Ok((transfer, lines))
        })
        .await?;
    page.show(&TransferPage {
        incoming: transfer.to_workshop_id == page.actor().organisation,
        from: transfer.from_workshop,
        to: transfer.to_workshop,
        status: transfer.status.as_str(),
        note: transfer.note,
        sent_at: transfer.sent_at,
        counts: transfer.devices,
        next: lines
            .next
            .map(|cursor| format!("/atelier/transferts/{id}?cursor={cursor}")),
        lines: lines.items.into_iter().map(Row::from).collect(),
    })
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(sent_at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let row = |outcome| Row {
        tag: "RS-0001".to_owned(),
        machine: "Dell OptiPlex".to_owned(),
        serial: Some("CZC0001".to_owned()),
        outcome,
    };
    let view = |status: &TransferStatus, incoming, lines| TransferPage {
        from: "Atelier Nord".to_owned(),
        to: "Atelier Sud".to_owned(),
        incoming,
        status: status.as_str(),
        note: incoming.then(|| "-".to_owned()),
        sent_at,
        counts: TransferCounts {
            under_way: 1,
            received: 1,
            cancelled: 1,
            missing: 1,
        },
        lines,
        next: incoming.then(|| "/atelier/transferts/x?cursor=x".to_owned()),
    };
    let outcomes = ["under_way", "received", "cancelled", "missing"];
    let mut all = Vec::new();
    for status in TransferStatus::ALL {
        let page = view(status, true, outcomes.map(row).into());
        all.push(Sample::of(&format!("shipment, {status}"), &page));
    }
    let empty = view(&TransferStatus::Sent, false, Vec::new());
    all.push(Sample::of("shipment, sent by us", &empty));
    all
}
