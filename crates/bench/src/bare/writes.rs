//! What is written: durable transactions, as the server has them.

use std::sync::atomic::{AtomicU64, Ordering};

use db::Db;
use db::schema::{custody_events as e, devices as d};
use db::sql::{Key, Moment};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Binary, Integer, Text};
use kernel::{Clock, DeviceId, Id, Instant, PersonId, SystemClock};
use workshop::Device;
use workshop::custody::Line;

use super::{Asker, Result, device_row, drives, standing, text};

/// What a step changes in a device's row: diesel prepares its own updates anew each time.
#[derive(Debug)]
struct Moved<'a> {
    id: DeviceId,
    version: i32,
    location: &'a str,
    search_key: &'a str,
    seq: i32,
    head: &'a [u8],
    at: Instant,
}

impl QueryId for Moved<'_> {
    type QueryId = Moved<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<C> RunQueryDsl<C> for Moved<'_> {}

impl<DB> QueryFragment<DB> for Moved<'_>
where
    DB: diesel::backend::Backend
        + diesel::sql_types::HasSqlType<Key>
        + diesel::sql_types::HasSqlType<Moment>,
    DeviceId: diesel::serialize::ToSql<Key, DB>,
    Instant: diesel::serialize::ToSql<Moment, DB>,
    i32: diesel::serialize::ToSql<Integer, DB>,
    str: diesel::serialize::ToSql<Text, DB>,
    [u8]: diesel::serialize::ToSql<Binary, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE devices SET location = ");
        out.push_bind_param::<Text, _>(self.location)?;
        out.push_sql(", search_key = ");
        out.push_bind_param::<Text, _>(self.search_key)?;
        out.push_sql(", custody_seq = ");
        out.push_bind_param::<Integer, _>(&self.seq)?;
        out.push_sql(", custody_head = ");
        out.push_bind_param::<Binary, _>(self.head)?;
        out.push_sql(", updated_at = ");
        out.push_bind_param::<Moment, _>(&self.at)?;
        out.push_sql(", version = version + 1 WHERE id = ");
        out.push_bind_param::<Key, _>(&self.id)?;
        out.push_sql(" AND version = ");
        out.push_bind_param::<Integer, _>(&self.version)
    }
}

/// Begins a transaction as the server does.
fn begin(db: &mut Db) -> QueryResult<()> {
    match db {
        Db::Sqlite(connection) => connection.batch_execute("BEGIN IMMEDIATE"),
        Db::Postgres(connection) => connection.batch_execute("BEGIN ISOLATION LEVEL SERIALIZABLE"),
    }
}

/// One status event a device, all in one durable transaction: looked up, hashed, updated,
/// appended.
///
/// # Errors
/// When the database fails.
pub fn events(db: &mut Db, asker: &Asker, devices: &[DeviceId], location: &str) -> Result<()> {
    begin(db).map_err(text)?;
    let outcome = standing(db, asker, SystemClock.now()).and_then(|()| {
        devices
            .iter()
            .try_for_each(|id| event(db, asker, *id, location))
    });
    let end = if outcome.is_ok() {
        "COMMIT"
    } else {
        "ROLLBACK"
    };
    let ended = db.batch_execute(end);
    outcome.and(ended).map_err(text)
}

fn event(db: &mut Db, asker: &Asker, id: DeviceId, location: &str) -> QueryResult<()> {
    let device = device_row(db, id)?;
    drives(db, id)?;
    let last =
        e::table
            .find((id, device.custody_seq))
            .select((e::event_type, e::evidence, e::actor_id));
    let _: Option<(String, String, PersonId)> = db::on!(&mut *db, c => last.first(c).optional())?;
    let now = SystemClock.now();
    let line = Line {
        device: id,
        seq: device.custody_seq + 1,
        id: fresh_id(now),
        event_type: "moved".to_owned(),
        at: now,
        recorded_at: now,
        actor: asker.person,
        organisation: asker.organisation,
        from_stage: device.stage,
        to_stage: device.stage,
        client_id: None,
        evidence: format!("{{\"location\":\"{location}\"}}"),
        note: None,
    };
    let hash = line.hash(&device.custody_head);
    let moved = Moved {
        id,
        version: device.version,
        location,
        search_key: &device.search_key,
        seq: line.seq,
        head: &hash,
        at: now,
    };
    let changed = db::on!(&mut *db, c => moved.execute(c))?;
    if changed != 1 {
        return Err(diesel::result::Error::NotFound);
    }
    let row = (
        (e::device_id.eq(id), e::seq.eq(line.seq), e::id.eq(line.id)),
        (
            e::event_type.eq(&line.event_type),
            e::at.eq(now),
            e::recorded_at.eq(now),
        ),
        (
            e::actor_id.eq(asker.person),
            e::organisation_id.eq(asker.organisation),
        ),
        (
            e::from_stage.eq(line.from_stage),
            e::to_stage.eq(line.to_stage),
        ),
        (
            e::evidence.eq(&line.evidence),
            e::prev_hash.eq(&device.custody_head),
            e::hash.eq(&hash),
        ),
    );
    db::on!(&mut *db, c => diesel::insert_into(e::table).values(row).execute(c))?;
    Ok(())
}

/// An id in the order of time, told from others by its number.
pub fn fresh_id<T>(now: Instant) -> Id<T> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let millis = now.micros().unsigned_abs() / 1_000;
    let high = (millis << 16) | 0x7000 | ((count >> 20) & 0x0fff);
    let low = (1 << 63) | (u64::from(std::process::id()) << 20) | (count & 0xf_ffff);
    Id::from_uuid(uuid::Uuid::from_u64_pair(high, low))
}

/// Writes announced devices to a batch, and nothing more, durably.
///
/// # Errors
/// When the database fails.
pub fn insert(db: &mut Db, rows: &[Device]) -> Result<()> {
    fn write(db: &mut Db, rows: &[Device]) -> db::Result<()> {
        begin(db)?;
        db::insert_many!(&mut *db, d::table, rows, at_once: 500);
        Ok(db.batch_execute("COMMIT")?)
    }
    write(db, rows).map_err(text)
}
