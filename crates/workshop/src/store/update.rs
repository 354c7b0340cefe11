//! Many changed devices in one statement.

use std::fmt::Write as _;

use db::schema::devices as d;
use db::sql::{Key, Moment};
use db::{Db, Engine, Result};
use diesel::sql_types::{Binary, Text};
use diesel::upsert::excluded;
use diesel::{ExpressionMethods, RunQueryDsl};
use kernel::Code;

use crate::model::{Device, Stage};

/// Rows of one statement: 31 values each, and SQLite takes 32 766.
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
            ))
            .execute(c))?;
    }
    Ok(())
}

/// Devices of one statement that moves them: two values each.
const MOVE_CHUNK: usize = 1_000;

/// Writes that devices went from one stage to another, each with one more line in its log,
/// and nothing else about them: only the columns that say so are touched, and only the
/// indexes over them. A device that is not in `from` any more is a lost race.
pub(crate) fn move_all(db: &mut Db, from: Stage, devices: &[Device]) -> Result<()> {
    let Some(to) = devices.first().map(|device| device.stage) else {
        return Ok(());
    };
    let mut moved = 0;
    for chunk in devices.chunks(MOVE_CHUNK) {
        let statement = move_statement(db.engine(), chunk.len());
        moved += db::on!(&mut *db, c => {
            let mut query = diesel::sql_query(statement)
                .into_boxed()
                .bind::<Text, _>(to.as_str())
                .bind::<Moment, _>(chunk[0].stage_at)
                .bind::<Moment, _>(chunk[0].updated_at);
            for device in chunk {
                query = query
                    .bind::<Key, _>(device.id)
                    .bind::<Binary, _>(&device.custody_head);
            }
            query.bind::<Text, _>(from.as_str()).execute(c)
        })?;
    }
    match moved == devices.len() {
        true => Ok(()),
        false => Err(Code::StepNotAllowed.into()),
    }
}

fn move_statement(engine: Engine, count: usize) -> String {
    let mut number = 0;
    let mut value = || {
        number += 1;
        match engine {
            Engine::Postgres => format!("${number}"),
            Engine::Sqlite => "?".to_owned(),
        }
    };
    let mut text = format!(
        "UPDATE devices SET stage = {}, stage_at = {}, updated_at = {}, version = version + 1, \
         custody_seq = custody_seq + 1, custody_head = heads.column2 FROM (VALUES ",
        value(),
        value(),
        value()
    );
    for at in 0..count {
        let comma = if at == 0 { "" } else { ", " };
        let (id, head) = (value(), value());
        let _ = write!(text, "{comma}({id}, {head})");
    }
    let _ = write!(
        text,
        ") AS heads WHERE devices.id = heads.column1 AND devices.stage = {}",
        value()
    );
    text
}
