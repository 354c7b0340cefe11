//! The counted spare parts, and the repairs that use them.

use std::collections::{BTreeMap, BTreeSet};

use db::schema::{part_movements as m, part_stock as s, repairs as r};
use db::{Db, Result};
use diesel::prelude::*;
use diesel::upsert::excluded;
use kernel::{
    Code, DeviceId, Instant, OrganisationId, Page, PageRequest, PartMovementId, PersonId,
};

use super::LOOKUP_CHUNK;
use crate::model::{CountedParts, Part, PartCount, Repair};

const WRITE_CHUNK: usize = 1_000;

/// A change of the count of a part, for good.
#[derive(Debug)]
pub(crate) struct PartMovement {
    pub id: PartMovementId,
    pub workshop_id: OrganisationId,
    pub part: Part,
    pub delta: i32,
    pub reason: String,
    pub device_id: Option<DeviceId>,
    pub actor_id: PersonId,
    pub at: Instant,
}

/// How many of these parts a workshop has, of those that it counts.
pub(crate) fn parts(
    db: &mut Db,
    workshop: OrganisationId,
    keys: &BTreeSet<String>,
) -> Result<BTreeMap<String, i32>> {
    let keys: Vec<&String> = keys.iter().collect();
    let mut found = BTreeMap::new();
    for chunk in keys.chunks(LOOKUP_CHUNK) {
        let rows: Vec<(String, i32)> = s::table
            .filter(s::workshop_id.eq(workshop))
            .filter(s::part_key.eq_any(chunk.iter().copied()))
            .select((s::part_key, s::quantity))
            .load(db)?;
        found.extend(rows);
    }
    Ok(found)
}

/// A page of what a workshop counts, by kind and label.
pub(crate) fn part_page(
    db: &mut Db,
    workshop: OrganisationId,
    words: &str,
    request: &PageRequest,
    after: Option<String>,
) -> Result<Page<PartCount>> {
    let mut query = s::table
        .filter(s::workshop_id.eq(workshop))
        .order(s::part_key)
        .limit(request.fetch())
        .select((s::part_key, s::kind, s::label, s::quantity))
        .into_boxed();
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        query = query.filter(s::part_key.like(format!("%{word}%")));
    }
    if let Some(after) = after {
        query = query.filter(s::part_key.gt(after));
    }
    let rows: Vec<(String, String, String, i32)> = query.load(db)?;
    let page = Page::from_rows(rows, request, |row| row.0.clone());
    Ok(page.map(|(_, kind, label, quantity)| PartCount {
        kind,
        label,
        quantity,
    }))
}

/// Moves parts in and out of stock, never below zero, and keeps the movements.
pub(crate) fn move_parts(db: &mut Db, movements: &[PartMovement]) -> Result<()> {
    let mut net: BTreeMap<(OrganisationId, String), (&Part, i32)> = BTreeMap::new();
    for movement in movements {
        let key = (movement.workshop_id, movement.part.key());
        net.entry(key).or_insert((&movement.part, 0)).1 += movement.delta;
    }
    for ((workshop, key), (part, delta)) in net {
        adjust(db, workshop, &key, part, delta)?;
    }
    let rows: Vec<_> = movements
        .iter()
        .map(|movement| {
            (
                m::id.eq(movement.id),
                m::workshop_id.eq(movement.workshop_id),
                m::part_key.eq(movement.part.key()),
                m::delta.eq(movement.delta),
                m::reason.eq(&movement.reason),
                m::device_id.eq(movement.device_id),
                m::actor_id.eq(movement.actor_id),
                m::at.eq(movement.at),
            )
        })
        .collect();
    for chunk in rows.chunks(WRITE_CHUNK) {
        db::on!(&mut *db, c => diesel::insert_into(m::table).values(chunk).execute(c))?;
    }
    Ok(())
}

fn adjust(db: &mut Db, workshop: OrganisationId, key: &str, part: &Part, delta: i32) -> Result<()> {
    let rows = diesel::update(s::table.find((workshop, key)))
        .filter(s::quantity.ge(delta.saturating_neg()))
        .set(s::quantity.eq(s::quantity + delta))
        .execute(db)?;
    if rows == 0 && delta >= 0 {
        let row = (
            s::workshop_id.eq(workshop),
            s::part_key.eq(key),
            s::kind.eq(&part.kind),
            s::label.eq(&part.label),
            s::quantity.eq(delta),
        );
        diesel::insert_into(s::table).values(row).execute(db)?;
        return Ok(());
    }
    db::guard(rows, Code::StockTooLow)
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = r, treat_none_as_default_value = false)]
struct RepairRow {
    device_id: DeviceId,
    seq: i32,
    workshop_id: OrganisationId,
    description: String,
    minutes: i32,
    parts: CountedParts,
    at: Instant,
    corrected_at: Option<Instant>,
}

/// The repairs of devices, in the order in which they were reported.
pub(crate) fn repairs_of(db: &mut Db, devices: &[DeviceId]) -> Result<Vec<(DeviceId, Repair)>> {
    let mut found = Vec::new();
    for chunk in devices.chunks(LOOKUP_CHUNK) {
        let rows: Vec<RepairRow> = r::table
            .filter(r::device_id.eq_any(chunk))
            .order((r::device_id, r::seq))
            .load(db)?;
        found.extend(rows.into_iter().map(|row| {
            let repair = Repair {
                seq: row.seq,
                workshop_id: row.workshop_id,
                description: row.description,
                minutes: row.minutes,
                parts: row.parts,
                at: row.at,
                corrected_at: row.corrected_at,
            };
            (row.device_id, repair)
        }));
    }
    Ok(found)
}

/// Writes a repair, new or corrected.
pub(crate) fn save_repair(db: &mut Db, device: DeviceId, repair: &Repair) -> Result<()> {
    let row = RepairRow {
        device_id: device,
        seq: repair.seq,
        workshop_id: repair.workshop_id,
        description: repair.description.clone(),
        minutes: repair.minutes,
        parts: repair.parts.clone(),
        at: repair.at,
        corrected_at: repair.corrected_at,
    };
    db::on!(&mut *db, c => diesel::insert_into(r::table)
        .values(&row)
        .on_conflict((r::device_id, r::seq))
        .do_update()
        .set((
            r::minutes.eq(excluded(r::minutes)),
            r::parts.eq(excluded(r::parts)),
            r::corrected_at.eq(excluded(r::corrected_at)),
        ))
        .execute(c))?;
    Ok(())
}
