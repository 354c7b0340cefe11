//! Shipments between workshops.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use db::schema::{devices as d, transfer_lines as l, transfers as t};
use db::{Db, Result};
use diesel::dsl::count_star;
use diesel::prelude::*;
use kernel::{Code, DeviceId, Instant, OrganisationId, Page, PageRequest, TransferId};

use super::{LOOKUP_CHUNK, Scope};
use crate::model::{
    LineOutcome, Transfer, TransferCounts, TransferFilter, TransferLine, TransferStatus,
};

const WRITE_CHUNK: usize = 1_000;

/// These shipments.
pub(crate) fn transfers(db: &mut Db, ids: &BTreeSet<TransferId>) -> Result<Vec<Transfer>> {
    let mut found = Vec::new();
    let ids: Vec<_> = ids.iter().collect();
    for chunk in ids.chunks(LOOKUP_CHUNK) {
        let rows: Vec<Transfer> = t::table
            .filter(t::id.eq_any(chunk.iter().copied()))
            .load(db)?;
        found.extend(rows);
    }
    Ok(found)
}

/// A page of the shipments that an actor may see, the newest first.
pub(crate) fn transfer_page(
    db: &mut Db,
    scope: Scope,
    filter: TransferFilter,
    request: &PageRequest,
    before: Option<TransferId>,
) -> Result<Page<Transfer>> {
    let mut query = t::table
        .order(t::id.desc())
        .limit(request.fetch())
        .into_boxed();
    match scope {
        Scope::All => {}
        Scope::Workshop(own) => {
            query = query.filter(t::from_workshop_id.eq(own).or(t::to_workshop_id.eq(own)));
        }
        Scope::Donor(_) | Scope::Nothing => {
            return Ok(Page {
                items: Vec::new(),
                next: None,
            });
        }
    }
    if let Some(status) = filter.status {
        query = query.filter(t::status.eq(status));
    }
    if let Some(before) = before {
        query = query.filter(t::id.lt(before));
    }
    let rows: Vec<Transfer> = query.load(db)?;
    Ok(Page::from_rows(rows, request, |row| row.id.to_string()))
}

/// Writes a new shipment of these devices.
pub(crate) fn insert_transfer(
    db: &mut Db,
    transfer: &Transfer,
    devices: &[DeviceId],
) -> Result<()> {
    diesel::insert_into(t::table)
        .values(transfer.clone())
        .execute(db)?;
    let rows: Vec<_> = devices
        .iter()
        .map(|device| {
            (
                l::transfer_id.eq(transfer.id),
                l::device_id.eq(*device),
                l::outcome.eq(LineOutcome::UnderWay),
            )
        })
        .collect();
    for chunk in rows.chunks(WRITE_CHUNK) {
        db::on!(&mut *db, c => diesel::insert_into(l::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// Notes what became of devices that were on the road.
pub(crate) fn settle_lines(
    db: &mut Db,
    transfer: TransferId,
    devices: &[DeviceId],
    outcome: LineOutcome,
    at: Instant,
) -> Result<()> {
    let mut settled = 0;
    for chunk in devices.chunks(LOOKUP_CHUNK) {
        let lines = l::table
            .filter(l::transfer_id.eq(transfer))
            .filter(l::device_id.eq_any(chunk))
            .filter(l::outcome.eq(LineOutcome::UnderWay));
        settled += diesel::update(lines)
            .set((l::outcome.eq(outcome), l::settled_at.eq(at)))
            .execute(db)?;
    }
    match settled == devices.len() {
        true => Ok(()),
        false => Err(Code::TransferStepNotAllowed.into()),
    }
}

/// Closes a shipment of which nothing is on the road any more.
pub(crate) fn close_if_settled(db: &mut Db, transfer: TransferId, at: Instant) -> Result<()> {
    let counts = transfer_counts(db, &[transfer])?;
    let counts = counts.get(&transfer).copied().unwrap_or_default();
    let open = t::table.find(transfer);
    if counts.under_way > 0 {
        diesel::update(open)
            .set(t::version.eq(t::version + 1))
            .execute(db)?;
        return Ok(());
    }
    let status = match counts.received + counts.missing {
        0 => TransferStatus::Cancelled,
        _ => TransferStatus::Received,
    };
    let rows = diesel::update(open)
        .filter(t::status.eq(TransferStatus::Sent))
        .set((
            t::status.eq(status),
            t::closed_at.eq(at),
            t::version.eq(t::version + 1),
        ))
        .execute(db)?;
    db::guard(rows, Code::TransferStepNotAllowed)
}

/// How many devices of each shipment are where.
pub(crate) fn transfer_counts(
    db: &mut Db,
    ids: &[TransferId],
) -> Result<HashMap<TransferId, TransferCounts>> {
    let mut rows = Vec::new();
    for chunk in ids.chunks(LOOKUP_CHUNK) {
        let found: Vec<(TransferId, LineOutcome, i64)> = l::table
            .filter(l::transfer_id.eq_any(chunk))
            .group_by((l::transfer_id, l::outcome))
            .select((l::transfer_id, l::outcome, count_star()))
            .load(db)?;
        rows.extend(found);
    }
    let mut counts: HashMap<TransferId, TransferCounts> = HashMap::new();
    for (transfer, outcome, count) in rows {
        let of = counts.entry(transfer).or_default();
        match outcome {
            LineOutcome::UnderWay => of.under_way = count,
            LineOutcome::Received => of.received = count,
            LineOutcome::Cancelled => of.cancelled = count,
            LineOutcome::Missing => of.missing = count,
        }
    }
    Ok(counts)
}

/// A page of the devices of a shipment.
pub(crate) fn transfer_lines(
    db: &mut Db,
    transfer: TransferId,
    outcome: Option<LineOutcome>,
    request: &PageRequest,
    after: Option<DeviceId>,
) -> Result<Page<TransferLine>> {
    let mut query = l::table
        .inner_join(d::table.on(d::id.eq(l::device_id)))
        .filter(l::transfer_id.eq(transfer))
        .order(l::device_id)
        .limit(request.fetch())
        .select((
            l::device_id,
            d::tag,
            d::serial,
            d::kind,
            d::manufacturer,
            d::model,
            l::outcome,
            l::settled_at,
        ))
        .into_boxed();
    if let Some(outcome) = outcome {
        query = query.filter(l::outcome.eq(outcome));
    }
    if let Some(after) = after {
        query = query.filter(l::device_id.gt(after));
    }
    let rows: Vec<TransferLine> = query.load(db)?;
    Ok(Page::from_rows(rows, request, |row| {
        row.device_id.to_string()
    }))
}

/// What became of these devices in a shipment.
pub(crate) fn line_outcomes(
    db: &mut Db,
    transfer: TransferId,
    devices: &[DeviceId],
) -> Result<BTreeMap<DeviceId, LineOutcome>> {
    let mut found = BTreeMap::new();
    for chunk in devices.chunks(LOOKUP_CHUNK) {
        let rows: Vec<(DeviceId, LineOutcome)> = l::table
            .filter(l::transfer_id.eq(transfer))
            .filter(l::device_id.eq_any(chunk))
            .select((l::device_id, l::outcome))
            .load(db)?;
        found.extend(rows);
    }
    Ok(found)
}

/// The devices of a shipment that are on the road.
pub(crate) fn on_the_road(
    db: &mut Db,
    transfer: TransferId,
    from: OrganisationId,
) -> Result<Vec<crate::model::Device>> {
    Ok(d::table
        .filter(d::transfer_id.eq(transfer))
        .filter(d::workshop_id.eq(from))
        .order(d::id)
        .load(db)?)
}
