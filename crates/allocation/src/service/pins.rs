//! Staff fix a line or take it out; the rest is planned again on the same snapshot.

use std::collections::HashMap;

use db::{Db, Error, Result, Tx};
use kernel::{Actor, ApplicationId, Code, OrganisationId, Refusal, Text, WaveId};

use super::propose::replace_plan;
use super::{load, stored_plan};
use crate::model::{Pin, PinInput, ProposalView, Wave, WaveStatus};
use crate::plan::instance::Instance;
use crate::{rules, store};

/// Fixes what an application receives, or takes it out of the wave.
///
/// # Errors
/// `not_found` for an application of another programme; `wave_not_editable`;
/// `pin_not_possible`; `invalid_fields`.
pub fn pin(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: WaveId,
    application: ApplicationId,
    body: &PinInput,
) -> Result<ProposalView> {
    let wave = load(tx, id)?;
    let granted = rules::pin_input(body)?;
    rules::may_pin(wave.status)?;
    let (instance, owners) = snapshot(tx, &wave)?;
    takes_part(tx, &wave, application, &owners)?;
    let reason = body.reason.trim().to_owned();
    let pin = Pin {
        application,
        granted,
        reason,
        actor: actor.person,
        at: tx.now(),
    };
    store::put_pin(tx, id, &pin)?;
    store::note_hand(tx, id, actor.person)?;
    plan_again(tx, actor, &wave, instance, &owners)
}

/// Leaves an application to the plan again.
///
/// # Errors
/// `not_found` when it is not pinned; `wave_not_editable`.
pub fn unpin(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: WaveId,
    application: ApplicationId,
) -> Result<ProposalView> {
    let wave = load(tx, id)?;
    rules::may_pin(wave.status)?;
    if !store::delete_pin(tx, id, application)? {
        return Err(Refusal::not_found().into());
    }
    store::note_hand(tx, id, actor.person)?;
    let (instance, owners) = snapshot(tx, &wave)?;
    plan_again(tx, actor, &wave, instance, &owners)
}

type Owners = HashMap<ApplicationId, (OrganisationId, String)>;

/// What the plan was computed from, and whose each application is.
fn snapshot(db: &mut Db, wave: &Wave) -> Result<(Instance, Owners)> {
    let (instance, ..) = stored_plan(db, wave)?.ok_or_else(|| {
        Error::Inconsistent(format!(
            "wave {} is {} without a plan",
            wave.id, wave.status
        ))
    })?;
    let owner = |(line, name): (crate::model::WaveLine, String)| {
        (line.application_id, (line.association_id, name))
    };
    let owners = store::named_lines(db, wave.id)?
        .into_iter()
        .map(owner)
        .collect();
    Ok((instance, owners))
}

fn takes_part(db: &mut Db, wave: &Wave, application: ApplicationId, owners: &Owners) -> Result<()> {
    if owners.contains_key(&application) {
        return Ok(());
    }
    if !store::is_of_programme(db, application, wave.programme_id)? {
        return Err(Refusal::not_found().into());
    }
    Err(Refusal::new(
        Code::PinNotPossible,
        Text::new(
            "Cette demande ne participe pas à cette vague : elle n'était pas éligible au moment de la proposition, \
             ou a déjà reçu un lot.",
            "This application takes no part in this wave: it was not eligible when the plan was made, or has \
             received a lot before.",
        ),
    )
    .into())
}

fn plan_again(
    tx: &mut Tx<'_>,
    actor: &Actor,
    wave: &Wave,
    mut instance: Instance,
    owners: &Owners,
) -> Result<ProposalView> {
    let pins = store::pins(tx, wave.id)?;
    rules::apply_pins(&mut instance, &pins)?;
    replace_plan(tx, actor, wave, WaveStatus::Adjusted, &instance, owners)
}
