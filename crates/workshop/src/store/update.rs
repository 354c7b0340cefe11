//! Many changed devices in one statement.

use db::schema::devices as d;
use db::{Db, Result};
use diesel::upsert::excluded;
use diesel::{ExpressionMethods, RunQueryDsl};

use crate::model::Device;

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
