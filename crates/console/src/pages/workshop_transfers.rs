//! `/atelier/transferts`: shipments between workshops, and a new one.

use ::web::access::{Permission as _, ReadTransfers, SendDevices};
use ::web::{ApiError, Paging, Params};
use kernel::Instant;
use serde::{Deserialize, Serialize};
use workshop::{NewTransfer, TransferFilter, TransferStatus, TransferView};

use super::choices::{self, Choice};
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct TransfersPage {
    status: String,
    rows: Vec<TransferRow>,
    next: Option<String>,
    sends: bool,
}

impl View for TransfersPage {
    const TEMPLATE: &'static str = "workshop_transfers.html";
}

#[derive(Serialize)]
pub(super) struct TransferRow {
    pub(super) id: String,
    from: String,
    to: String,
    status: &'static str,
    sent_at: Instant,
    under_way: i64,
    received: i64,
    missing: i64,
}

impl From<TransferView> for TransferRow {
    fn from(transfer: TransferView) -> Self {
        Self {
            id: transfer.id.to_string(),
            from: transfer.from_workshop,
            to: transfer.to_workshop,
            status: transfer.status.as_str(),
            sent_at: transfer.sent_at,
            under_way: transfer.devices.under_way,
            received: transfer.devices.received,
            missing: transfer.devices.missing,
        }
    }
}

/// The parameters of the list's address.
#[derive(Deserialize)]
pub(crate) struct Narrowed {
    status: Option<TransferStatus>,
}

pub(crate) async fn list(
    page: Page<ReadTransfers>,
    Params(narrowed): Params<Narrowed>,
    Paging(request): Paging,
) -> PageResult {
    let status = narrowed.status;
    let found = page
        .read(move |db, actor| workshop::transfers(db, actor, TransferFilter { status }, &request))
        .await?;
    let status = status.map(|status| status.to_string()).unwrap_or_default();
    page.show(&TransfersPage {
        rows: found.items.into_iter().map(TransferRow::from).collect(),
        next: found.next.map(|cursor| match status.is_empty() {
            true => format!("/atelier/transferts?after={cursor}"),
            false => format!("/atelier/transferts?status={status}&after={cursor}"),
        }),
        status,
        sends: SendDevices::ROLES.contains(&page.actor().role),
    })
}

#[derive(Serialize)]
struct NewPage {
    workshops: Vec<Choice>,
}

impl View for NewPage {
    const TEMPLATE: &'static str = "workshop_transfer_new.html";
}

async fn choices(page: &Page<SendDevices>) -> ::web::ApiResult<NewPage> {
    let own = page.actor().organisation.to_string();
    let mut workshops = page.read(move |db, _| choices::workshops(db)).await?;
    workshops.retain(|other| other.value != own);
    Ok(NewPage { workshops })
}

pub(crate) async fn new(page: Page<SendDevices>) -> PageResult {
    page.show_form(&choices(&page).await?, &FormView::empty()?)
}

/// One machine a line, as a scanner types them.
#[derive(Deserialize)]
struct Sending {
    to_workshop_id: kernel::OrganisationId,
    devices: String,
    note: Option<String>,
}

pub(crate) async fn send(page: Page<SendDevices>, form: Form) -> PageResult {
    let saved = match form.read::<Sending>() {
        Err(cause) => Err(cause),
        Ok(sending) => {
            let lines = sending.devices.lines().map(str::trim);
            let new = NewTransfer {
                to_workshop_id: sending.to_workshop_id,
                devices: lines
                    .filter(|line| !line.is_empty())
                    .map(str::to_owned)
                    .collect(),
                note: sending.note,
            };
            let saved = page.write(&form, "post_transfers", move |tx, actor| {
                let transfer = workshop::send_transfer(tx, actor, &new)?;
                let saved = Saved::at(format!("/atelier/transferts/{}", transfer.id));
                Ok(saved
                    .saying(
                        "L’envoi est noté. L’atelier qui reçoit est prévenu.",
                        "The shipment is recorded. The workshop that receives is told.",
                    )
                    .about(transfer.id))
            });
            saved.await
        }
    };
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let view = choices(&page).await?;
            page.retry(&view, &form, named(cause, &form))
        }
    }
}

/// Refusals of lines that are named one by one, at the most.
const NAMED: usize = 20;

/// Each machine that cannot go is named, since it stands in a list of lines.
fn named(cause: ApiError, form: &Form) -> ApiError {
    let Some(refusal) = cause.refused() else {
        return cause;
    };
    let mut refusal = refusal.clone();
    let lines: Vec<&str> = (form.get("devices").lines().map(str::trim))
        .filter(|line| !line.is_empty())
        .collect();
    for error in &mut refusal.errors {
        let number = error
            .pointer
            .as_deref()
            .and_then(|pointer| pointer.strip_prefix("/devices/")?.parse::<usize>().ok());
        if let Some(line) = number.and_then(|number| lines.get(number)) {
            error.detail = kernel::Text::new(
                format!("{line} : {}", error.detail.fr),
                format!("{line}: {}", error.detail.en),
            );
            error.pointer = Some("/devices".to_owned());
        }
    }
    refusal.errors.truncate(NAMED);
    refusal.into()
}

pub(super) fn sample_row(status: &TransferStatus) -> Option<TransferRow> {
    Some(TransferRow {
        id: super::application_parts::SAMPLE_ID.to_owned(),
        from: "Atelier Nord".to_owned(),
        to: "Atelier Sud".to_owned(),
        status: status.as_str(),
        sent_at: Instant::from_micros(1_700_000_000_000_000)?,
        under_way: 2,
        received: 1,
        missing: 0,
    })
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |status: &str, rows: Vec<TransferRow>| TransfersPage {
        status: status.to_owned(),
        next: (!rows.is_empty()).then(|| "/atelier/transferts?after=x".to_owned()),
        sends: !rows.is_empty(),
        rows,
    };
    let rows = TransferStatus::ALL.iter().filter_map(sample_row).collect();
    let choice = Choice {
        value: super::application_parts::SAMPLE_ID.to_owned(),
        text: "Atelier Sud".to_owned(),
    };
    let new = |workshops| NewPage { workshops };
    let wrong = |form: FormView| form.with_mistake("devices", "123");
    vec![
        Sample::of("shipments", &page("", rows)),
        Sample::of("shipments, none", &page("sent", Vec::new())),
        Sample::of("a new shipment", &new(vec![choice])).with_form(wrong),
        Sample::of("a new shipment, nowhere to go", &new(Vec::new())),
    ]
}
