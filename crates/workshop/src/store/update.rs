//! Many changed devices in one statement.

use db::schema::devices as d;
use db::sql::{Key, Moment};
use db::{Db, Result};
use diesel::sql_types::{Array, Binary, Text};
use diesel::upsert::excluded;
use diesel::{ExpressionMethods, RunQueryDsl};
use kernel::{Code, DeviceId};

use crate::model::{Device, Stage};

/// Rows of one statement: 32 values each, and SQLite takes 32 766.
const WRITE_CHUNK: usize = 250;

/// Writes what changed in devices, many rows a statement.
///
/// The guard of this write is the log: the same transaction appends a line to each of
/// these devices, and the key of device and number lets only one line follow another.
/// Whoever lost a race fails there, and starts again with what is true by then.
pub(crate) fn update_all(db: &mut Db, devices: &[Device]) -> Result<()> {
    for chunk in devices.chunks(WRITE_CHUNK) {
        db::on!(&mut *db, c => diesel::insert_into(d::table)
            .values(chunk)
            .on_conflict(d::id)
            .do_update()
            .set((
                d::serial.eq(excluded(d::serial)),
                d::serial_key.eq(excluded(d::serial_key)),
                d::kind.eq(excluded(d::kind)),
                d::manufacturer.eq(excluded(d::manufacturer)),
                d::model.eq(excluded(d::model)),
                d::stage.eq(excluded(d::stage)),
                d::grade.eq(excluded(d::grade)),
                d::workshop_id.eq(excluded(d::workshop_id)),
                d::hardware.eq(excluded(d::hardware)),
                d::location.eq(excluded(d::location)),
                d::cycle.eq(excluded(d::cycle)),
                d::erasure_proven.eq(excluded(d::erasure_proven)),
                d::triage.eq(excluded(d::triage)),
                d::tests_passed.eq(excluded(d::tests_passed)),
                d::tested_by.eq(excluded(d::tested_by)),
                d::quality_checked_by.eq(excluded(d::quality_checked_by)),
                d::kit.eq(excluded(d::kit)),
                d::stage_at.eq(excluded(d::stage_at)),
                d::received_at.eq(excluded(d::received_at)),
                d::ready_at.eq(excluded(d::ready_at)),
                d::custody_seq.eq(excluded(d::custody_seq)),
                d::custody_head.eq(excluded(d::custody_head)),
                d::search_key.eq(excluded(d::search_key)),
                d::version.eq(excluded(d::version)),
                d::updated_at.eq(excluded(d::updated_at)),
                d::transfer_id.eq(excluded(d::transfer_id)),
            ))
            .execute(c))?;
    }
    Ok(())
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
