//! A wave is made: its settings are checked, nothing is planned.

use db::{Result, Tx};
use kernel::{Actor, Code, Fields, PersonId, ProgrammeId, Text, WaveId};

use super::ground::limits;
use super::load;
use crate::model::{NewWave, Settings, Supply, Wave, WaveChange, WaveStatus};
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
    insert(tx, actor.person, programme.id, body.name.trim(), settings)
}

/// Stores a draft.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    by: PersonId,
    programme: ProgrammeId,
    name: &str,
    settings: Settings,
) -> Result<Wave> {
    let wave = Wave {
        id: tx.new_id(),
        programme_id: programme,
        ordinal: store::next_ordinal(tx, programme)?,
        name: name.to_owned(),
        status: WaveStatus::Draft,
        settings,
        digest: None,
        created_by: by,
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

/// Changes a wave that is not submitted; a plan that it had is to be proposed again.
///
/// # Errors
/// `wave_not_editable`; `invalid_fields` with every mistake.
pub fn change(tx: &mut Tx<'_>, id: WaveId, body: &WaveChange) -> Result<Wave> {
    let wave = load(tx, id)?;
    rules::may_propose(wave.status)?;
    let name = body.name.as_deref().unwrap_or(&wave.name).trim().to_owned();
    let mut fields = Fields::default();
    fields.text("/name", &name, 200);
    fields.check()?;
    let programme = eligibility::programme(tx, wave.programme_id)?;
    let settings = rules::settings(&body.settings.over(&wave.settings), &limits(&programme))?;
    known_batches(tx, &settings.supply)?;
    if name == wave.name && settings == wave.settings {
        return Ok(wave);
    }
    let now = tx.now();
    store::change_settings(tx, &wave, (&name, &settings), now)?;
    load(tx, id)
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
