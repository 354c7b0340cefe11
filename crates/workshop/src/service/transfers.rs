//! Shipments from one workshop to another.

use std::collections::{HashMap, HashSet};

use db::{Db, Result, Tx};
use identity::OrganisationKind;
use kernel::{
    Actor, Code, DeviceId, Fields, Instant, OrganisationId, Page, PageRequest, Refusal, Text,
    TransferId,
};
use serde_json::json;

use super::events::{check_count, result};
use super::ledger::{Ledger, Needs, Record};
use super::limits::unknown_device;
use super::names::resolve;
use super::near::mistyped;
use super::recorder::Recorder;
use super::tell;
use crate::model::{
    BulkAnswer, Event, EventOutcome, Incoming, LineOutcome, NewTransfer, Transfer, TransferArrival,
    TransferCancellation, TransferFilter, TransferLine, TransferStatus, TransferView,
};
use crate::rules;
use crate::store::{self, Scope};

/// Sends devices to another workshop: all of them, or none. They are the sender's until they
/// are received.
///
/// # Errors
/// `invalid_fields`, with each device that cannot go and why.
pub fn send_transfer(tx: &mut Tx<'_>, actor: &Actor, new: &NewTransfer) -> Result<TransferView> {
    check_count("/devices", new.devices.len())?;
    let mut fields = Fields::default();
    if let Some(note) = new.note.as_deref().filter(|note| !note.trim().is_empty()) {
        fields.text("/note", note, 2_000);
    }
    fields.check()?;
    check_receiver(tx, actor, new.to_workshop_id)?;
    let transfer = shipment(tx, actor, new);
    let (ledger, devices) = load_up(tx, actor, &transfer, &new.devices)?;
    store::insert_transfer(tx, &transfer, &devices)?;
    let loaded = devices.iter().filter_map(|id| ledger.get(*id));
    let loaded: Vec<_> = loaded.map(|bench| &bench.device).collect();
    tell::sent(tx, &transfer, &loaded)?;
    ledger.write(tx)?;
    view(tx, vec![transfer])?
        .pop()
        .ok_or_else(|| Refusal::not_found().into())
}

fn shipment(tx: &Tx<'_>, actor: &Actor, new: &NewTransfer) -> Transfer {
    let note = new.note.as_deref().map(str::trim);
    Transfer {
        id: tx.new_id(),
        from_workshop_id: actor.organisation,
        to_workshop_id: new.to_workshop_id,
        status: TransferStatus::Sent,
        note: note.filter(|note| !note.is_empty()).map(str::to_owned),
        sent_by: actor.person,
        sent_at: tx.now(),
        closed_at: None,
        version: 1,
    }
}

/// Puts each device on the road, or says of each one that cannot go why.
fn load_up(
    tx: &mut Tx<'_>,
    actor: &Actor,
    transfer: &Transfer,
    names: &[String],
) -> Result<(Ledger, Vec<DeviceId>)> {
    let found = resolve(tx, names, Some(actor))?.within_reach(tx, actor)?;
    let near = mistyped(tx, actor, names, &found)?;
    let mut ledger = Ledger::of(found.devices);
    ledger.load_facts(tx, Needs::default())?;
    let mut fields = Fields::default();
    let mut seen = HashSet::new();
    let mut devices = Vec::new();
    let evidence = json!({"transfer": transfer.id, "to": transfer.to_workshop_id}).to_string();
    for (n, name) in names.iter().enumerate() {
        let own = found
            .by_name
            .get(name)
            .and_then(|id| ledger.get(*id))
            .filter(|bench| bench.device.workshop_id == Some(actor.organisation));
        let Some(bench) = own else {
            let near = near.get(name).map_or(&[][..], Vec::as_slice);
            refuse(&mut fields, n, unknown_device(name, near));
            continue;
        };
        let id = bench.device.id;
        if !seen.insert(id) {
            refuse(&mut fields, n, Refusal::plain(Code::Duplicate));
            continue;
        }
        match rules::send(&bench.device, &bench.drives, transfer.id, tx.now()) {
            Err(refusal) => refuse(&mut fields, n, refusal),
            Ok(change) => {
                let (device, drives, effects) = change.into_parts();
                ledger.move_stock(tx, actor, &device, &effects);
                let record = record("sent", evidence.clone(), tx.now());
                ledger.apply(tx, actor, device, Some(drives), record)?;
                devices.push(id);
            }
        }
    }
    fields.check()?;
    Ok((ledger, devices))
}

fn refuse(fields: &mut Fields, n: usize, refusal: Refusal) {
    fields.push(format!("/devices/{n}"), refusal.code, refusal.detail);
}

fn record(event_type: &str, evidence: String, at: Instant) -> Record {
    Record {
        event_type: event_type.to_owned(),
        evidence,
        at,
        note: None,
        client_id: None,
        operated_by: None,
    }
}

fn check_receiver(db: &mut Db, actor: &Actor, to: OrganisationId) -> Result<()> {
    let pointer = "/to_workshop_id";
    let workshop = identity::organisation_of_kind(db, to, OrganisationKind::Workshop, pointer)?;
    let detail = if workshop.id == actor.organisation {
        Text::new("C'est votre atelier.", "That is your own workshop.")
    } else if workshop.status != identity::OrganisationStatus::Verified {
        Code::OrganisationNotVerified.help()
    } else {
        return Ok(());
    };
    Err(Refusal::field(pointer, Code::Invalid, detail).into())
}

/// Notes what arrived of a shipment, device by device as it is scanned; the devices are the
/// receiver's from then on. Scanned again, nothing changes.
///
/// # Errors
/// `not_found` for who does not receive it, `invalid_fields` for no devices, or too many.
pub fn receive_transfer(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: TransferId,
    arrival: &TransferArrival,
) -> Result<BulkAnswer> {
    let transfer = load(tx, actor, id)?;
    if transfer.to_workshop_id != actor.organisation {
        return Err(Refusal::not_found().into());
    }
    check_count("/devices", arrival.devices.len())?;
    let found = resolve(tx, &arrival.devices, Some(actor))?;
    let ids: Vec<_> = found.devices.iter().map(|device| device.id).collect();
    let outcomes = store::line_outcomes(tx, id, &ids)?;
    let mut recorder = Recorder::new(tx, actor, found.devices, Needs::default())?;
    let line = Incoming {
        event: Event::Received {},
        at: None,
        note: None,
        client_id: None,
        operator: None,
        device: None,
    };
    let mut results = Vec::with_capacity(arrival.devices.len());
    let mut settled = HashSet::new();
    for name in &arrival.devices {
        let device = found.by_name.get(name).copied();
        let outcome = device.and_then(|device| outcomes.get(&device));
        let verdict = match (device, outcome) {
            (Some(_), Some(LineOutcome::Received)) => Ok(EventOutcome::AlreadyApplied),
            (Some(device), Some(_)) if settled.contains(&device) => {
                Ok(EventOutcome::AlreadyApplied)
            }
            (Some(device), Some(LineOutcome::UnderWay)) => {
                settled.insert(device);
                recorder.take(tx, device, &line)?
            }
            (Some(_), Some(_)) => Err(Refusal::plain(Code::TransferStepNotAllowed)),
            _ => Err(not_in_shipment(name)),
        };
        let visible = device.and_then(|device| recorder.visible(device));
        results.push(result(None, verdict, visible));
    }
    recorder.ledger.write(tx)?;
    Ok(BulkAnswer { results })
}

fn not_in_shipment(name: &str) -> Refusal {
    let name: String = name.chars().take(60).collect();
    Refusal::new(
        Code::UnknownDevice,
        Text::new(
            format!("« {name} » n'est pas dans cet envoi."),
            format!("\"{name}\" is not in this shipment."),
        ),
    )
}

/// Calls back what is still on the road: it stays with the sender.
///
/// # Errors
/// `not_found` for who did not send it, `transfer_step_not_allowed` when nothing is on the
/// road any more, `invalid_fields`.
pub fn cancel_transfer(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: TransferId,
    cancellation: &TransferCancellation,
) -> Result<TransferView> {
    let transfer = load(tx, actor, id)?;
    if transfer.from_workshop_id != actor.organisation {
        return Err(Refusal::not_found().into());
    }
    let mut fields = Fields::default();
    fields.text("/reason", &cancellation.reason, 2_000);
    fields.check()?;
    let devices = store::on_the_road(tx, id, actor.organisation)?;
    if devices.is_empty() {
        return Err(Code::TransferStepNotAllowed.into());
    }
    let mut ledger = Ledger::of(devices.clone());
    ledger.load_facts(tx, Needs::default())?;
    let evidence = json!({"transfer": id, "reason": cancellation.reason.trim()}).to_string();
    for device in &devices {
        let Some(bench) = ledger.get(device.id) else {
            continue;
        };
        let change = rules::call_back(&bench.device, &bench.drives)?;
        let (device, drives, effects) = change.into_parts();
        ledger.move_stock(tx, actor, &device, &effects);
        let record = record("sending_cancelled", evidence.clone(), tx.now());
        ledger.apply(tx, actor, device, Some(drives), record)?;
    }
    ledger.write(tx)?;
    tell::called_back(tx, &transfer, &devices.iter().collect::<Vec<_>>())?;
    self::transfer(tx, actor, id)
}

/// A shipment, for the city and the two workshops.
///
/// # Errors
/// `not_found`.
pub fn transfer(db: &mut Db, actor: &Actor, id: TransferId) -> Result<TransferView> {
    let transfer = load(db, actor, id)?;
    view(db, vec![transfer])?
        .pop()
        .ok_or_else(|| Refusal::not_found().into())
}

fn load(db: &mut Db, actor: &Actor, id: TransferId) -> Result<Transfer> {
    store::transfers(db, &[id].into())?
        .pop()
        .filter(|found| actor.is_city() || found.concerns(actor.organisation))
        .ok_or_else(|| Refusal::not_found().into())
}

/// A page of the shipments that the actor may see, the newest first.
///
/// # Errors
/// `invalid_page`.
pub fn transfers(
    db: &mut Db,
    actor: &Actor,
    filter: TransferFilter,
    request: &PageRequest,
) -> Result<Page<TransferView>> {
    let before = request.after::<TransferId>()?;
    let page = store::transfer_page(db, Scope::of(actor), filter, request, before)?;
    Ok(Page {
        items: view(db, page.items)?,
        next: page.next,
    })
}

/// The columns of an exported list of shipments.
pub const SHIPMENT_COLUMNS: [&str; 11] = [
    "from_workshop",
    "to_workshop",
    "status",
    "sent_at",
    "closed_at",
    "under_way",
    "received",
    "cancelled",
    "missing",
    "note",
    "id",
];

/// The whole list, as rows of [`SHIPMENT_COLUMNS`].
///
/// # Errors
/// When the database fails.
pub fn shipment_rows(
    db: &mut Db,
    actor: &Actor,
    filter: TransferFilter,
) -> Result<Vec<[String; 11]>> {
    let page = transfers(db, actor, filter, &PageRequest::everything())?;
    let cells = |shipment: TransferView| {
        [
            shipment.from_workshop,
            shipment.to_workshop,
            shipment.status.to_string(),
            shipment.sent_at.to_string(),
            shipment
                .closed_at
                .map(|at| at.to_string())
                .unwrap_or_default(),
            shipment.devices.under_way.to_string(),
            shipment.devices.received.to_string(),
            shipment.devices.cancelled.to_string(),
            shipment.devices.missing.to_string(),
            shipment.note.unwrap_or_default(),
            shipment.id.to_string(),
        ]
    };
    Ok(page.items.into_iter().map(cells).collect())
}

fn view(db: &mut Db, transfers: Vec<Transfer>) -> Result<Vec<TransferView>> {
    let ids: Vec<_> = transfers.iter().map(|transfer| transfer.id).collect();
    let counts = store::transfer_counts(db, &ids)?;
    let workshops: HashSet<_> = transfers
        .iter()
        .flat_map(|transfer| [transfer.from_workshop_id, transfer.to_workshop_id])
        .collect();
    let workshops: Vec<_> = workshops.into_iter().collect();
    let names: HashMap<_, _> = identity::names(db, &workshops)?;
    let name = |id: &OrganisationId| names.get(id).cloned().unwrap_or_default();
    let views = transfers.into_iter().map(|transfer| TransferView {
        id: transfer.id,
        from_workshop: name(&transfer.from_workshop_id),
        from_workshop_id: transfer.from_workshop_id,
        to_workshop: name(&transfer.to_workshop_id),
        to_workshop_id: transfer.to_workshop_id,
        status: transfer.status,
        note: transfer.note,
        sent_at: transfer.sent_at,
        closed_at: transfer.closed_at,
        devices: counts.get(&transfer.id).copied().unwrap_or_default(),
        version: transfer.version,
    });
    Ok(views.collect())
}

/// A page of the devices of a shipment, for the city and the two workshops.
///
/// # Errors
/// `not_found`, `invalid_page`.
pub fn transfer_devices(
    db: &mut Db,
    actor: &Actor,
    id: TransferId,
    outcome: Option<LineOutcome>,
    request: &PageRequest,
) -> Result<Page<TransferLine>> {
    load(db, actor, id)?;
    let after = request.after::<DeviceId>()?;
    store::transfer_lines(db, id, outcome, request, after)
}

/// The columns of an exported list of the devices of a shipment.
pub const TRANSFER_COLUMNS: [&str; 8] = [
    "tag",
    "serial",
    "kind",
    "manufacturer",
    "model",
    "outcome",
    "settled_at",
    "id",
];

/// The whole list, as rows of [`TRANSFER_COLUMNS`].
///
/// # Errors
/// `not_found`.
pub fn transfer_rows(
    db: &mut Db,
    actor: &Actor,
    id: TransferId,
    outcome: Option<LineOutcome>,
) -> Result<Vec<[String; 8]>> {
    let page = transfer_devices(db, actor, id, outcome, &PageRequest::everything())?;
    let cells = |line: TransferLine| {
        [
            line.tag,
            line.serial.unwrap_or_default(),
            line.kind.to_string(),
            line.manufacturer.unwrap_or_default(),
            line.model.unwrap_or_default(),
            line.outcome.to_string(),
            line.settled_at.map(|at| at.to_string()).unwrap_or_default(),
            line.device_id.to_string(),
        ]
    };
    Ok(page.items.into_iter().map(cells).collect())
}
