//! The devices that a manifest announces: rows of `devices` in stage `expected`, which the
//! workshop takes over when it receives them.

use std::collections::HashMap;

use db::schema::{batches as b, devices as d, organisations as o};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{BatchId, DeviceId, DeviceKind, Instant, OrganisationId};

use crate::model::Attributes;

/// Rows of one statement: 21 values each, and SQLite takes 32 766.
const INSERT_CHUNK: usize = 500;
const LOOKUP_CHUNK: usize = 500;

/// Stages in which a serial number names no live device.
const GONE: [&str; 3] = ["missing", "scrapped", "parts"];

/// A device as the manifest announces it.
#[derive(Insertable)]
#[diesel(table_name = d, treat_none_as_default_value = false)]
pub(crate) struct NewDevice {
    pub id: DeviceId,
    pub tag: String,
    pub serial: String,
    pub serial_key: String,
    pub kind: DeviceKind,
    pub manufacturer: Option<String>,
    pub model: Option<String>,
    pub stage: &'static str,
    pub batch_id: BatchId,
    pub donor_id: OrganisationId,
    pub workshop_id: Option<OrganisationId>,
    pub manifest_line: i32,
    pub attributes: Attributes,
    pub cycle: i32,
    pub erasure_proven: bool,
    pub stage_at: Instant,
    pub custody_seq: i32,
    pub custody_head: Vec<u8>,
    pub search_key: String,
    pub version: i32,
    pub updated_at: Instant,
}

/// Writes announced devices.
pub(crate) fn insert_announced(db: &mut Db, devices: &[NewDevice]) -> Result<()> {
    db::insert_many!(&mut *db, d::table, devices, at_once: INSERT_CHUNK);
    Ok(())
}

/// A device that a batch announced, and nobody received.
pub(crate) struct Announced {
    pub id: DeviceId,
    pub tag: String,
    pub serial: String,
    pub line: i32,
    pub version: i32,
}

/// What a batch announced, by serial number, as long as nothing of it was received.
pub(crate) fn announced(db: &mut Db, batch: BatchId) -> Result<HashMap<String, Announced>> {
    type Row = (
        DeviceId,
        String,
        Option<String>,
        Option<String>,
        Option<i32>,
        i32,
    );
    let rows: Vec<Row> = d::table
        .filter(d::batch_id.eq(batch))
        .filter(d::stage.eq("expected"))
        .filter(d::custody_seq.eq(0))
        .select((
            d::id,
            d::tag,
            d::serial,
            d::serial_key,
            d::manifest_line,
            d::version,
        ))
        .load(db)?;
    let found = rows.into_iter().filter_map(|row| {
        let (id, tag, serial, key, line, version) = row;
        let device = Announced {
            id,
            tag,
            serial: serial.unwrap_or_default(),
            line: line.unwrap_or_default(),
            version,
        };
        Some((key?, device))
    });
    Ok(found.collect())
}

/// Takes back what a batch announced, as long as nothing of it was received.
pub(crate) fn delete_announced(db: &mut Db, batch: BatchId) -> Result<usize> {
    Ok(diesel::delete(d::table)
        .filter(d::batch_id.eq(batch))
        .filter(d::stage.eq("expected"))
        .filter(d::custody_seq.eq(0))
        .execute(db)?)
}

/// Lets the workshop that fetches a batch see what it will receive. That also takes over what
/// a workshop before it gave up without having seen it: it may be on the truck all the same.
pub(crate) fn assign_workshop(
    db: &mut Db,
    batch: BatchId,
    workshop: OrganisationId,
    now: Instant,
) -> Result<()> {
    diesel::update(d::table)
        .filter(d::batch_id.eq(batch))
        .filter(d::stage.eq_any(["expected", "missing"]))
        .filter(d::received_at.is_null())
        .set((
            d::workshop_id.eq(workshop),
            d::version.eq(d::version + 1),
            d::updated_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

/// Where a device is that has a serial number already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InStock {
    pub tag: String,
    pub stage: String,
    pub donor_id: OrganisationId,
    pub reference: String,
    /// The workshop that has it, by name.
    pub workshop: Option<String>,
}

/// The live devices of other batches with one of these serial numbers.
pub(crate) fn live_serials(
    db: &mut Db,
    keys: &[String],
    except: BatchId,
) -> Result<HashMap<String, InStock>> {
    type Row = (
        Option<String>,
        String,
        String,
        OrganisationId,
        String,
        Option<String>,
    );
    let mut found = HashMap::new();
    for chunk in keys.chunks(LOOKUP_CHUNK) {
        let rows: Vec<Row> = d::table
            .inner_join(b::table)
            .left_join(o::table.on(d::workshop_id.eq(o::id.nullable())))
            .filter(d::serial_key.eq_any(chunk))
            .filter(d::stage.ne_all(GONE))
            .filter(d::batch_id.ne(except))
            .select((
                d::serial_key,
                d::tag,
                d::stage,
                d::donor_id,
                b::reference,
                o::name.nullable(),
            ))
            .load(db)?;
        for (key, tag, stage, donor_id, reference, workshop) in rows {
            let stock = InStock {
                tag,
                stage,
                donor_id,
                reference,
                workshop,
            };
            found.extend(key.map(|key| (key, stock)));
        }
    }
    Ok(found)
}
