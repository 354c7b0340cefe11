//! `/atelier/transferts/{id}`: a shipment between workshops, and what is still on the road.

use ::web::access::{Permission, ReadTransfers, SendDevices};
use ::web::{ApiError, Paging, PathId};
use kernel::{Code, Instant, PageRequest, Refusal, Text, Transfer, TransferId};
use serde::Serialize;
use workshop::{
    BulkAnswer, EventOutcome, TransferArrival, TransferCancellation, TransferCounts, TransferLine,
    TransferStatus, TransferView,
};

use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct TransferPage {
    id: String,
    from: String,
    to: String,
    /// Whoever looks is to receive it.
    incoming: bool,
    /// Whoever looks has sent it.
    outgoing: bool,
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

async fn load<P: Permission>(
    page: &Page<P>,
    id: TransferId,
    request: PageRequest,
) -> ::web::ApiResult<(TransferPage, i32)> {
    let (transfer, lines) = page
        .read(move |db, actor| {
            let transfer = workshop::transfer(db, actor, id)?;
            let lines = workshop::transfer_devices(db, actor, id, None, &request)?;
            Ok((transfer, lines))
        })
        .await?;
    let (own, works) = (
        page.actor().organisation,
        SendDevices::ROLES.contains(&page.actor().role),
    );
    let version = transfer.version;
    let view = TransferPage {
        id: id.to_string(),
        incoming: works && transfer.to_workshop_id == own,
        outgoing: works && transfer.from_workshop_id == own,
        from: transfer.from_workshop,
        to: transfer.to_workshop,
        status: transfer.status.as_str(),
        note: transfer.note,
        sent_at: transfer.sent_at,
        counts: transfer.devices,
        next: lines
            .next
            .map(|cursor| format!("/atelier/transferts/{id}?after={cursor}")),
        lines: lines.items.into_iter().map(Row::from).collect(),
    };
    Ok((view, version))
}

pub(crate) async fn show(
    page: Page<ReadTransfers>,
    PathId(id): PathId<Transfer>,
    Paging(request): Paging,
) -> PageResult {
    let (view, version) = load(&page, id, request).await?;
    page.show_form(&view, &FormView::empty()?.version(version))
}

async fn again(
    page: &Page<SendDevices>,
    id: TransferId,
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

/// What arrived: a machine a line, one scan or many.
pub(crate) async fn receive(
    page: Page<SendDevices>,
    PathId(id): PathId<Transfer>,
    form: Form,
) -> PageResult {
    let lines = form.get("devices").lines().map(str::trim);
    let devices: Vec<String> = lines
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    let saved = match devices.is_empty() {
        true => {
            let detail = Text::new("Scannez ou tapez une machine.", "Scan or type a machine.");
            Err(Refusal::field("/devices", Code::Required, detail).into())
        }
        false => {
            let arrival = TransferArrival { devices };
            let saved = page.write(&form, "post_transfers_id_receive", move |tx, actor| {
                let answer = workshop::receive_transfer(tx, actor, id, &arrival)?;
                let (text, kind) = told(&arrival, &answer);
                Ok(Saved::at(format!("/atelier/transferts/{id}")).telling(text, kind))
            });
            saved.await
        }
    };
    again(&page, id, &form, saved).await
}

/// The first machine that was refused, or how many arrived.
fn told(arrival: &TransferArrival, answer: &BulkAnswer) -> (Text, &'static str) {
    let lines = arrival.devices.iter().zip(&answer.results);
    let refused = lines
        .filter(|(_, result)| result.status == EventOutcome::Refused)
        .find_map(|(device, result)| Some((device, result.detail.clone()?)));
    if let Some((device, detail)) = refused {
        let text = Text::new(
            format!("{device} : {}", detail.fr),
            format!("{device}: {}", detail.en),
        );
        return (text, "danger");
    }
    let arrived = answer.results.len();
    let text = Text::new(
        format!("C’est reçu. Machines : {arrived}."),
        format!("Received. Machines: {arrived}."),
    );
    (text, "success")
}

/// The sender calls back what is on the road.
pub(crate) async fn cancel(
    page: Page<SendDevices>,
    PathId(id): PathId<Transfer>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let saved = match form.read::<TransferCancellation>() {
        Err(cause) => Err(cause),
        Ok(cancellation) => {
            let saved = page.write(&form, "post_transfers_id_cancel", move |tx, actor| {
                seen.of::<TransferView>(tx, actor, id)?;
                workshop::cancel_transfer(tx, actor, id, &cancellation)?;
                let saved = Saved::at(format!("/atelier/transferts/{id}")).about(id);
                Ok(saved.saying(
                    "L’envoi est rappelé : ce qui était en route est de nouveau chez vous.",
                    "The shipment is called back: what was on the road is with you again.",
                ))
            });
            saved.await
        }
    };
    again(&page, id, &form, saved).await
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
    let view = |status: &TransferStatus, incoming: bool, lines| TransferPage {
        id: super::application_parts::SAMPLE_ID.to_owned(),
        outgoing: !incoming,
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
        next: incoming.then(|| "/atelier/transferts/x?after=x".to_owned()),
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
