//! Whether stored plans are those that their stored instances give.

use db::schema::{wave_lines as l, waves as w};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::WaveId;

use crate::plan::instance::Instance;
use crate::plan::{digest, replay};

/// Compares every stored plan with its instance, this with its digest, and the lines of the wave
/// with the plan's: how many there are, or the first that differs.
///
/// # Errors
/// When the database fails.
pub fn verify_plans(db: &mut Db) -> Result<std::result::Result<u64, String>> {
    let waves: Vec<(WaveId, String)> = w::table
        .filter(w::instance.is_not_null())
        .order(w::id)
        .select((w::id, w::name))
        .load(db)?;
    let mut count = 0;
    for (id, name) in waves {
        let (instance, result, named): (Option<String>, Option<String>, Option<String>) = w::table
            .find(id)
            .select((w::instance, w::result, w::digest))
            .first(db)?;
        let (Some(instance), Some(result)) = (instance, result) else {
            continue;
        };
        count += 1;
        let Ok(read) = Instance::read(&instance) else {
            return Ok(Err(format!("{name}: its instance cannot be read")));
        };
        if named.as_deref() != Some(&digest::digest(&read)) {
            return Ok(Err(format!(
                "{name}: its digest is not that of its instance"
            )));
        }
        let (_, holds) = replay::check(&instance, &result);
        if !holds {
            return Ok(Err(format!("{name}: its plan is not that of its instance")));
        }
        if let Some(what) = lines_differ(db, id, &result)? {
            return Ok(Err(format!("{name}: {what}")));
        }
    }
    Ok(Ok(count))
}

/// Lines of a wave count as many devices as its plan.
fn lines_differ(db: &mut Db, id: WaveId, result: &str) -> Result<Option<String>> {
    let quantities: Vec<i32> = l::table
        .filter(l::wave_id.eq(id))
        .select(l::quantity)
        .load(db)?;
    let stored: i64 = quantities.into_iter().map(i64::from).sum();
    let planned = serde_json::from_str::<serde_json::Value>(result)
        .ok()
        .and_then(|result| {
            let lines = result["lines"].as_array()?.iter();
            lines
                .map(|line| match &line["qty"] {
                    serde_json::Value::Null => Some(0),
                    number => number.as_i64(),
                })
                .sum::<Option<i64>>()
        });
    Ok(planned
        .filter(|planned| *planned != stored)
        .map(|planned| format!("its lines have {stored} devices, and {planned} by its plan")))
}
