//! What is written: durable transactions, as the server has them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use db::Db;
use db::schema::{custody_events as e, devices as d};
use db::sql::{Key, Moment};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Binary, Integer, Nullable, Text};
use diesel::upsert::excluded;
use kernel::{
    Actor, ChainKeys, Clock, CustodyEventId, DeviceId, Id, Instant, OrganisationId, PersonId,
    SystemClock,
};
use workshop::custody::{Line, Link};
use workshop::{Device, Stage, rules};

use super::reads::{device_row, drives, standing};
use super::{Result, text};

/// Devices of one statement.
const AT_ONCE: usize = 1_000;

/// What a step changes in a device's row: diesel prepares its own updates anew each time.
#[derive(Debug)]
struct Moved<'a>(&'a Device);

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
    Option<String>: diesel::serialize::ToSql<Nullable<Text>, DB>,
    String: diesel::serialize::ToSql<Text, DB>,
    Vec<u8>: diesel::serialize::ToSql<Binary, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let Self(device) = self;
        out.push_sql("UPDATE devices SET location = ");
        out.push_bind_param::<Nullable<Text>, _>(&device.location)?;
        out.push_sql(", custody_seq = ");
        out.push_bind_param::<Integer, _>(&device.custody_seq)?;
        out.push_sql(", custody_head = ");
        out.push_bind_param::<Binary, _>(&device.custody_head)?;
        out.push_sql(", search_key = ");
        out.push_bind_param::<Text, _>(&device.search_key)?;
        out.push_sql(", version = ");
        out.push_bind_param::<Integer, _>(&device.version)?;
        out.push_sql(", updated_at = ");
        out.push_bind_param::<Moment, _>(&device.updated_at)?;
        out.push_sql(" WHERE id = ");
        out.push_bind_param::<Key, _>(&device.id)
    }
}

/// A line of a log as the table has it.
#[derive(Debug, Insertable)]
#[diesel(table_name = e, treat_none_as_default_value = false)]
struct EventRow {
    device_id: DeviceId,
    seq: i32,
    id: CustodyEventId,
    event_type: String,
    at: Instant,
    recorded_at: Instant,
    actor_id: PersonId,
    organisation_id: OrganisationId,
    from_stage: Stage,
    to_stage: Stage,
    client_id: Option<String>,
    evidence: String,
    note: Option<String>,
    prev_hash: Vec<u8>,
    hash: Vec<u8>,
    state: Option<String>,
    chain_key: Option<String>,
    mac: Option<Vec<u8>>,
    epoch: i64,
}

/// All of it durably, or nothing; begun as the server begins it.
fn transaction(db: &mut Db, work: impl FnOnce(&mut Db) -> db::Result<()>) -> db::Result<()> {
    match &mut *db {
        Db::Sqlite(connection) => connection.batch_execute("BEGIN IMMEDIATE")?,
        Db::Postgres(connection) => {
            connection.batch_execute("BEGIN ISOLATION LEVEL SERIALIZABLE")?;
        }
    }
    let outcome = work(db);
    let end = match outcome {
        Ok(()) => "COMMIT",
        Err(_) => "ROLLBACK",
    };
    let ended = db.batch_execute(end);
    outcome.and_then(|()| Ok(ended?))
}

/// Whether the transaction would do if it were begun again, as the server begins it again.
pub fn lost_a_race(cause: &db::Error) -> bool {
    let db::Error::Database(DieselError::DatabaseError(kind, info)) = cause else {
        return false;
    };
    matches!(kind, DatabaseErrorKind::SerializationFailure)
        || info.message().contains("deadlock detected")
}

/// One status event, durable: looked up, hashed, updated, appended.
///
/// # Errors
/// When the database fails.
pub fn event(db: &mut Db, asker: &Actor, id: DeviceId, location: &str) -> db::Result<()> {
    transaction(db, |db| {
        standing(db, asker)?;
        let mut device = device_row(db, id)?;
        drives(db, &[id])?;
        let last = e::table
            .inner_join(d::table.on(d::id.eq(e::device_id).and(d::custody_seq.eq(e::seq))))
            .filter(d::id.eq(id))
            .select((e::device_id, e::event_type, e::evidence, e::actor_id));
        let _: Vec<(DeviceId, String, String, PersonId)> = db::on!(&mut *db, c => last.load(c))?;
        let row = step(&mut device, asker, location.to_owned(), None);
        db::on!(&mut *db, c => Moved(&device).execute(c))?;
        let rows = [row];
        db::insert_many!(&mut *db, e::table, &rows);
        Ok(())
    })
}

/// A status event for each of these, all in one durable transaction, in as few statements as
/// the server needs.
///
/// # Errors
/// When the database fails.
pub fn bulk(db: &mut Db, asker: &Actor, devices: &[DeviceId], name: &str) -> Result<()> {
    transaction(db, |db| {
        standing(db, asker)?;
        for (at, chunk) in devices.chunks(AT_ONCE).enumerate() {
            some(db, asker, chunk, &format!("{name}-{at}"))?;
        }
        Ok(())
    })
    .map_err(text)
}

fn some(db: &mut Db, asker: &Actor, ids: &[DeviceId], name: &str) -> db::Result<()> {
    let found: Vec<Device> = db::on!(&mut *db, c => d::table.filter(d::id.eq_any(ids)).load(c))?;
    let mut found: HashMap<DeviceId, Device> = found.into_iter().map(|it| (it.id, it)).collect();
    drives(db, ids)?;
    let numbers = e::table
        .filter(e::device_id.eq_any(ids))
        .filter(e::client_id.is_not_null())
        .select((e::device_id, e::client_id));
    let _: Vec<(DeviceId, Option<String>)> = db::on!(&mut *db, c => numbers.load(c))?;
    let mut rows = Vec::with_capacity(ids.len());
    for (at, id) in ids.iter().enumerate() {
        let device = found.get_mut(id).ok_or(DieselError::NotFound)?;
        let number = format!("{name}-{at}");
        rows.push(step(device, asker, number.clone(), Some(number)));
    }
    let after: Vec<Device> = found.into_values().collect();
    update_all(db, &after)?;
    db::insert_many!(&mut *db, e::table, &rows);
    Ok(())
}

fn update_all(db: &mut Db, devices: &[Device]) -> QueryResult<()> {
    match db {
        Db::Sqlite(connection) => {
            for device in devices {
                Moved(device).execute(connection)?;
            }
        }
        Db::Postgres(connection) => {
            diesel::insert_into(d::table)
                .values(devices)
                .on_conflict(d::id)
                .do_update()
                .set((
                    d::location.eq(excluded(d::location)),
                    d::custody_seq.eq(excluded(d::custody_seq)),
                    d::custody_head.eq(excluded(d::custody_head)),
                    d::search_key.eq(excluded(d::search_key)),
                    d::version.eq(excluded(d::version)),
                    d::updated_at.eq(excluded(d::updated_at)),
                ))
                .execute(connection)?;
        }
    }
    Ok(())
}

/// Moves a device, and gives the line of its log.
fn step(
    device: &mut Device,
    asker: &Actor,
    location: String,
    client_id: Option<String>,
) -> EventRow {
    let now = SystemClock.now();
    let line = Line {
        device: device.id,
        seq: device.custody_seq + 1,
        id: fresh_id(now),
        event_type: "moved".to_owned(),
        at: now,
        recorded_at: now,
        actor: asker.person,
        organisation: asker.organisation,
        key: None,
        operated_by: None,
        from_stage: device.stage,
        to_stage: device.stage,
        client_id,
        evidence: format!("{{\"location\":\"{location}\"}}"),
        note: None,
        state: Some(format!("{{\"location\":\"{location}\"}}")),
    };
    let link = Link::after(device.custody_hash().to_vec(), line, &ChainKeys::default());
    device.location = Some(location);
    device.custody_seq = link.line.seq;
    device.custody_head.clone_from(&link.hash);
    device.search_key = rules::search_key(device);
    device.version += 1;
    device.updated_at = now;
    link.into()
}

impl From<Link> for EventRow {
    fn from(link: Link) -> Self {
        let line = link.line;
        Self {
            device_id: line.device,
            seq: line.seq,
            id: line.id,
            event_type: line.event_type,
            at: line.at,
            recorded_at: line.recorded_at,
            actor_id: line.actor,
            organisation_id: line.organisation,
            from_stage: line.from_stage,
            to_stage: line.to_stage,
            client_id: line.client_id,
            evidence: line.evidence,
            note: line.note,
            prev_hash: link.prev_hash,
            hash: link.hash,
            state: line.state,
            chain_key: None,
            mac: None,
            epoch: 1,
        }
    }
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
    transaction(db, |db| {
        db::insert_many!(&mut *db, d::table, rows, at_once: 500);
        Ok(())
    })
    .map_err(text)
}
