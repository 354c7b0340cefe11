//! The tables `wave_pins` and `wave_hands`.

use db::schema::{wave_hands as h, wave_pins as p};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{ApplicationId, Instant, PersonId, ProgrammeId, WaveId};

use crate::model::Pin;

type Row = (ApplicationId, Option<String>, String, PersonId, Instant);

/// The pins and exclusions of a wave, by application.
pub(crate) fn pins(db: &mut Db, wave: WaveId) -> Result<Vec<Pin>> {
    let rows: Vec<Row> = p::table
        .filter(p::wave_id.eq(wave))
        .order(p::application_id)
        .select((p::application_id, p::granted, p::reason, p::actor_id, p::at))
        .load(db)?;
    rows.into_iter()
        .map(|(application, granted, reason, actor, at)| {
            let granted = granted
                .map(|json| serde_json::from_str(&json))
                .transpose()?;
            Ok(Pin {
                application,
                granted,
                reason,
                actor,
                at,
            })
        })
        .collect()
}

/// Stores a pin in place of the one before.
pub(crate) fn put_pin(db: &mut Db, wave: WaveId, pin: &Pin) -> Result<()> {
    delete_pin(db, wave, pin.application)?;
    let granted = pin
        .granted
        .as_ref()
        .map(serde_json::to_string)
        .transpose()?;
    diesel::insert_into(p::table)
        .values((
            p::wave_id.eq(wave),
            p::application_id.eq(pin.application),
            p::granted.eq(granted),
            p::reason.eq(&pin.reason),
            p::actor_id.eq(pin.actor),
            p::at.eq(pin.at),
        ))
        .execute(db)?;
    Ok(())
}

/// Removes a pin; false when there was none.
pub(crate) fn delete_pin(db: &mut Db, wave: WaveId, application: ApplicationId) -> Result<bool> {
    Ok(diesel::delete(p::table.find((wave, application))).execute(db)? > 0)
}

/// Notes that somebody set or removed a pin.
pub(crate) fn note_hand(db: &mut Db, wave: WaveId, person: PersonId) -> Result<()> {
    if had_a_hand(db, wave, person)? {
        return Ok(());
    }
    diesel::insert_into(h::table)
        .values((h::wave_id.eq(wave), h::actor_id.eq(person)))
        .execute(db)?;
    Ok(())
}

/// Whether somebody ever set or removed a pin of a wave.
pub(crate) fn had_a_hand(db: &mut Db, wave: WaveId, person: PersonId) -> Result<bool> {
    let found: i64 = h::table
        .filter(h::wave_id.eq(wave))
        .filter(h::actor_id.eq(person))
        .count()
        .get_result(db)?;
    Ok(found > 0)
}

/// Whether an application is one of a programme's.
pub(crate) fn is_of_programme(
    db: &mut Db,
    application: ApplicationId,
    programme: ProgrammeId,
) -> Result<bool> {
    use db::schema::applications as a;
    let found: i64 = a::table
        .filter(a::id.eq(application))
        .filter(a::programme_id.eq(programme))
        .count()
        .get_result(db)?;
    Ok(found > 0)
}
