//! Changed devices.

use db::schema::devices as d;
use db::sql::{Key, Moment};
use db::{Db, Result};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Binary, Text};
use diesel::sqlite::Sqlite;
use diesel::upsert::excluded;
use diesel::{Expression, ExpressionMethods, PgConnection, QueryResult, RunQueryDsl};
use kernel::{Code, DeviceId};

use crate::model::{Device, Stage};

/// A device as it was and as it is.
#[derive(Debug)]
pub(crate) struct Changed {
    pub(crate) before: Device,
    pub(crate) after: Device,
}

/// Rows of one statement on PostgreSQL: 32 values each.
const WRITE_CHUNK: usize = 1_000;

/// Writes what changed in devices: one by one, only the columns that changed and so only the
/// indexes over these. On PostgreSQL, where each statement is a journey, several go together.
///
/// The guard of this write is the log: the same transaction appends a line to each of
/// these devices, and the key of device and number lets only one line follow another.
/// Whoever lost a race fails there, and starts again with what is true by then.
pub(crate) fn update_all(db: &mut Db, devices: Vec<Changed>) -> Result<()> {
    match (db, &devices[..]) {
        (_, []) => {}
        (Db::Sqlite(connection), devices) => {
            for changed in devices {
                changed.execute(connection)?;
            }
        }
        (Db::Postgres(connection), [changed]) => {
            changed.execute(connection)?;
        }
        (Db::Postgres(connection), _) => {
            let after: Vec<Device> = devices.into_iter().map(|changed| changed.after).collect();
            for chunk in after.chunks(WRITE_CHUNK) {
                replace(connection, chunk)?;
            }
        }
    }
    Ok(())
}

impl<C> RunQueryDsl<C> for &Changed {}

/// diesel prepares updates of its own making anew each time. This one is known by its text, of
/// which there are as many as there are ways to change.
impl QueryId for Changed {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

macro_rules! changing {
    ($($column:ident)*) => {
        changing!(@engine Sqlite: $($column)*);
        changing!(@engine Pg: $($column)*);

        /// The whole rows.
        fn replace(connection: &mut PgConnection, devices: &[Device]) -> QueryResult<usize> {
            diesel::insert_into(d::table)
                .values(devices)
                .on_conflict(d::id)
                .do_update()
                .set(($(d::$column.eq(excluded(d::$column)),)*))
                .execute(connection)
        }
    };
    (@engine $engine:ident: $($column:ident)*) => {
        impl QueryFragment<$engine> for Changed {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, $engine>) -> QueryResult<()> {
                let (before, after) = (&self.before, &self.after);
                let mut separator = "UPDATE devices SET ";
                $(if before.$column != after.$column {
                    out.push_sql(separator);
                    out.push_sql(concat!(stringify!($column), " = "));
                    out.push_bind_param::<<d::$column as Expression>::SqlType, _>(
                        &after.$column,
                    )?;
                    separator = ", ";
                })*
                if separator != ", " {
                    // nothing changed, which a statement has to say all the same
                    out.push_sql("UPDATE devices SET id = id");
                }
                out.push_sql(" WHERE id = ");
                out.push_bind_param::<Key, _>(&after.id)
            }
        }
    };
}

// its id and its tag stay
changing! {
    serial serial_key kind manufacturer model stage grade workshop_id hardware location cycle
    erasure_proven triage tests_passed tested_by quality_checked_by kit stage_at received_at
    ready_at custody_seq custody_head search_key version updated_at transfer_id
    batch_id donor_id manifest_line attributes
}

/// Devices of one statement that moves them, on SQLite: two values each.
const MOVE_CHUNK: usize = 5_000;

/// Writes that devices went from one stage to another, each with one more line in its log,
/// and nothing else about them: only the columns that say so are touched, and only the
/// indexes over them. A device that is not in `from` any more is a lost race.
pub(crate) fn move_all(db: &mut Db, from: Stage, devices: &[Device]) -> Result<()> {
    let Some(to) = devices.first().map(|device| device.stage) else {
        return Ok(());
    };
    let at = (devices[0].stage_at, devices[0].updated_at);
    let mut moved = 0;
    match db {
        Db::Postgres(connection) => {
            let ids: Vec<DeviceId> = devices.iter().map(|device| device.id).collect();
            let heads = devices.iter().map(|device| device.custody_head.as_slice());
            moved += diesel::sql_query(
                "UPDATE devices SET stage = $1, stage_at = $2, updated_at = $3, \
                 version = version + 1, custody_seq = custody_seq + 1, custody_head = heads.head \
                 FROM unnest($4, $5) AS heads (id, head) \
                 WHERE devices.id = heads.id AND devices.stage = $6",
            )
            .bind::<Text, _>(to.as_str())
            .bind::<Moment, _>(at.0)
            .bind::<Moment, _>(at.1)
            .bind::<Array<Key>, _>(ids)
            .bind::<Array<Binary>, _>(heads.collect::<Vec<_>>())
            .bind::<Text, _>(from.as_str())
            .execute(connection)?;
        }
        Db::Sqlite(connection) => {
            for chunk in devices.chunks(MOVE_CHUNK) {
                let mut query = diesel::sql_query(move_statement(chunk.len()))
                    .into_boxed()
                    .bind::<Text, _>(to.as_str())
                    .bind::<Moment, _>(at.0)
                    .bind::<Moment, _>(at.1);
                for device in chunk {
                    query = query
                        .bind::<Key, _>(device.id)
                        .bind::<Binary, _>(&device.custody_head);
                }
                moved += query.bind::<Text, _>(from.as_str()).execute(connection)?;
            }
        }
    }
    match moved == devices.len() {
        true => Ok(()),
        false => Err(Code::StepNotAllowed.into()),
    }
}

fn move_statement(count: usize) -> String {
    let values = vec!["(?, ?)"; count].join(", ");
    format!(
        "UPDATE devices SET stage = ?, stage_at = ?, updated_at = ?, version = version + 1, \
         custody_seq = custody_seq + 1, custody_head = heads.column2 \
         FROM (VALUES {values}) AS heads WHERE devices.id = heads.column1 AND devices.stage = ?"
    )
}
