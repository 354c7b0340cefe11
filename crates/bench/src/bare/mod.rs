//! The bare work: the statements that a request comes to, prepared once, with nothing around
//! them. What the engine itself cannot do faster, no server can.

mod lookups;
mod waves;
mod writes;

use std::sync::Mutex;

use db::Db;
use db::schema::{
    devices as d, drives as r, organisations as o, people as p, second_factors as f, sessions as s,
};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use kernel::{Clock, DeviceId, Instant, OrganisationId, PersonId, SessionId, SystemClock};
use workshop::{Device, Stage};

pub use lookups::{count, devices_of, nth, rows};
pub use waves::{last_reserved, read_supply, scores};
pub use writes::{events, fresh_id, insert};

type Result<T> = std::result::Result<T, String>;

fn text(cause: impl std::fmt::Display) -> String {
    cause.to_string()
}

/// Opens a connection as the server does: to read, or to write durably.
///
/// # Errors
/// When the database is not there.
pub fn open(url: &str) -> Result<Db> {
    match url.strip_prefix("sqlite:") {
        Some(path) => {
            let mut connection = SqliteConnection::establish(path).map_err(text)?;
            connection
                .batch_execute(
                    "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; \
                     PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                     PRAGMA temp_store = FILE; PRAGMA journal_size_limit = 67108864; \
                     PRAGMA cache_size = -65536;",
                )
                .map_err(text)?;
            Ok(Db::Sqlite(connection))
        }
        None => PgConnection::establish(url).map(Db::Postgres).map_err(text),
    }
}

/// Connections that are open already.
pub struct Pool {
    url: String,
    idle: Mutex<Vec<Db>>,
}

impl Pool {
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Does something with a connection.
    ///
    /// # Errors
    /// What the work says.
    pub fn with<T>(&self, work: impl FnOnce(&mut Db) -> Result<T>) -> Result<T> {
        let idle = self.idle.lock().map_err(text)?.pop();
        let mut db = match idle {
            Some(db) => db,
            None => open(&self.url)?,
        };
        let outcome = work(&mut db)?;
        self.idle.lock().map_err(text)?.push(db);
        Ok(outcome)
    }
}

/// Who asks, as every request looks it up.
#[derive(Debug, Clone, Copy)]
pub struct Asker {
    pub session: SessionId,
    pub person: PersonId,
    pub organisation: OrganisationId,
}

/// The last session of an account.
///
/// # Errors
/// When there is none.
pub fn asker(db: &mut Db, email: &str) -> Result<Asker> {
    let (session, person, organisation) = s::table
        .inner_join(p::table)
        .filter(p::email.eq(email))
        .order(s::id.desc())
        .select((s::id, p::id, p::organisation_id))
        .first(db)
        .map_err(text)?;
    Ok(Asker {
        session,
        person,
        organisation,
    })
}

/// Whether the session stands.
fn standing(db: &mut Db, asker: &Asker, now: Instant) -> QueryResult<()> {
    type Row = (PersonId, String, OrganisationId, String, Option<Instant>);
    let query = s::table
        .inner_join(p::table.inner_join(o::table))
        .left_join(f::table.on(f::person_id.eq(s::person_id)))
        .filter(s::id.eq(asker.session))
        .filter(s::ended_at.is_null())
        .filter(s::expires_at.gt(now))
        .filter(p::disabled.eq(false))
        .select((
            p::id,
            p::role,
            p::organisation_id,
            o::status,
            f::confirmed_at.nullable(),
        ));
    let _: Row = db::on!(db, c => query.first(c))?;
    Ok(())
}

type DriveRow = (DeviceId, i32, Option<String>, String, Option<String>, bool);

fn drives(db: &mut Db, device: DeviceId) -> QueryResult<Vec<DriveRow>> {
    let query = r::table
        .filter(r::device_id.eq(device))
        .order(r::id)
        .select((
            r::device_id,
            r::cycle,
            r::serial,
            r::media,
            r::proof,
            r::proven,
        ));
    db::on!(db, c => query.load(c))
}

fn device_row(db: &mut Db, id: DeviceId) -> QueryResult<Device> {
    db::on!(db, c => d::table.find(id).first(c))
}

/// One device with its drives.
///
/// # Errors
/// When the database fails.
pub fn device(db: &mut Db, asker: &Asker, id: DeviceId) -> Result<Device> {
    standing(db, asker, SystemClock.now()).map_err(text)?;
    let device = device_row(db, id).map_err(text)?;
    drives(db, id).map_err(text)?;
    Ok(device)
}

/// Fifty devices of a stage after one, with their drives.
///
/// # Errors
/// When the database fails.
pub fn page(
    db: &mut Db,
    asker: &Asker,
    stage: Stage,
    after: Option<DeviceId>,
) -> Result<Vec<Device>> {
    standing(db, asker, SystemClock.now()).map_err(text)?;
    let of_stage = d::table.filter(d::stage.eq(stage)).order(d::id).limit(51);
    let found: Vec<Device> = match after {
        None => db::on!(db, c => of_stage.load(c)),
        Some(after) => db::on!(db, c => of_stage.filter(d::id.gt(after)).load(c)),
    }
    .map_err(text)?;
    let ids: Vec<DeviceId> = found.iter().map(|device| device.id).collect();
    let query = r::table
        .filter(r::device_id.eq_any(ids))
        .order(r::id)
        .select((
            r::device_id,
            r::cycle,
            r::serial,
            r::media,
            r::proof,
            r::proven,
        ));
    let _: Vec<DriveRow> = db::on!(db, c => query.load(c)).map_err(text)?;
    Ok(found)
}
