//! A wave is made: its settings are checked, nothing is planned.

use db::{Result, Tx};
use kernel::{Actor, Code, Fields, ProgrammeId, Text};

use super::ground::limits;
use crate::model::{NewWave, Supply, Wave, WaveStatus};
use crate::{rules, store};

/// Makes a wave of a programme.
///
/// # Errors
/// `not_found` for the programme; `invalid_fields` with every mistake.
pub fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    programme: ProgrammeId,
    body: &NewWave,
) -> Result<Wave> {
    let programme = eligibility::programme(tx, programme)?;
    let settings = rules::new_wave(body, &limits(&programme))?;
    known_batches(tx, &settings.supply)?;
    let wave = Wave {
        id: tx.new_id(),
        programme_id: programme.id,
        ordinal: store::next_ordinal(tx, programme.id)?,
        name: body.name.trim().to_owned(),
        status: WaveStatus::Draft,
        settings,
        digest: None,
        created_by: actor.person,
        proposed_at: None,
        submitted_by: None,
        submitted_at: None,
        approved_by: None,
        approved_at: None,
        comment: None,
        reason: None,
        version: 1,
        created_at: tx.now(),
    };
    store::insert_wave(tx, &wave)?;
    Ok(wave)
}

/// The batches that a supply names exist.
pub(super) fn known_batches(db: &mut db::Db, supply: &Supply) -> Result<()> {
    let unknown = store::unknown_batches(db, supply.batch_ids.as_deref().unwrap_or_default())?;
    let mut fields = Fields::default();
    for at in unknown {
        fields.push(
            format!("/supply/batch_ids/{at}"),
            Code::UnknownReference,
            Text::new("Aucun lot n'a cet identifiant.", "No batch has this id."),
        );
    }
    Ok(fields.check()?)
}
