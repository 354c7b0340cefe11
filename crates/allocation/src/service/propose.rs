//! The machine proposes: a plan is computed on what is ready and eligible now.

use std::collections::HashMap;

use db::{Db, Result, Tx};
use kernel::{Actor, ApplicationId, Code, OrganisationId, Refusal, Text, WaveId};

use super::ground::{gather, left_out, limits};
use super::{draft, load};
use crate::model::{
    Granted, LineView, Pin, ProposalView, Settings, Simulated, Simulation, Wave, WaveLine,
    WaveStatus,
};
use crate::plan::instance::Instance;
use crate::plan::planner::Plan;
use crate::plan::{self, digest};
use crate::rules::{self, Outcome, PlannedLine};
use crate::store;

/// Computes the plan of a wave and stores it, with everything it was computed from.
///
/// # Errors
/// `wave_not_editable`, `nothing_to_allocate`, `pin_not_possible`.
pub fn propose(tx: &mut Tx<'_>, actor: &Actor, id: WaveId) -> Result<ProposalView> {
    let wave = load(tx, id)?;
    rules::may_propose(wave.status)?;
    let pins = store::pins(tx, id)?;
    let ground = gather(tx, &wave, &wave.settings)?;
    let instance = ground.instance(&wave, &wave.settings, &pins)?;
    something_to_allocate(tx, &wave, &wave.settings, &instance)?;
    forget_pins(tx, &wave, &instance, &pins)?;
    store::replace_supply(tx, id, &ground.classed(&instance))?;
    let owners = rules::owners(&ground.applicants);
    replace_plan(tx, actor, &wave, WaveStatus::Proposed, &instance, &owners)
}

/// Plans an instance and stores it as the plan of its wave.
pub(super) fn replace_plan(
    tx: &mut Tx<'_>,
    actor: &Actor,
    wave: &Wave,
    status: WaveStatus,
    instance: &Instance,
    owners: &HashMap<ApplicationId, (OrganisationId, String)>,
) -> Result<ProposalView> {
    let before = store::named_lines(tx, wave.id)?;
    let plan = plan::plan(instance).map_err(|refused| rules::refused(&refused))?;
    let outcome = rules::outcome(instance, &plan, owners);
    let digest = digest::digest(instance);
    let (inputs, result) = documents(instance, plan)?;
    let now = tx.now();
    store::save_plan(
        tx,
        wave,
        status,
        (&inputs, &result, &digest),
        (actor.person, now),
    )?;
    let rows: Vec<WaveLine> = outcome
        .lines
        .iter()
        .map(|line| row(tx, wave.id, line))
        .collect();
    store::replace_lines(tx, wave.id, &rows)?;
    let supply = (supply_of(instance), left_out(tx, wave, &wave.settings)?);
    Ok(proposal(
        wave,
        (status, wave.version + 1),
        supply,
        digest,
        &outcome,
        &before,
    ))
}

/// Computes the plan of a wave with other settings; nothing is stored.
///
/// # Errors
/// `invalid_fields`, `nothing_to_allocate`, `pin_not_possible`.
pub fn simulate(db: &mut Db, id: WaveId, body: &Simulation) -> Result<Simulated> {
    let wave = load(db, id)?;
    let programme = eligibility::programme(db, wave.programme_id)?;
    let settings = rules::settings(&body.over(&wave.settings), &limits(&programme))?;
    draft::known_batches(db, &settings.supply)?;
    let pins = store::pins(db, id)?;
    let ground = gather(db, &wave, &settings)?;
    let instance = ground.instance(&wave, &settings, &pins)?;
    something_to_allocate(db, &wave, &settings, &instance)?;
    let before = store::named_lines(db, id)?;
    let plan = plan::plan(&instance).map_err(|refused| rules::refused(&refused))?;
    let outcome = rules::outcome(&instance, &plan, &rules::owners(&ground.applicants));
    let digest = digest::digest(&instance);
    let supply = (supply_of(&instance), left_out(db, &wave, &settings)?);
    Ok(proposal(
        &wave,
        (wave.status, wave.version),
        supply,
        digest,
        &outcome,
        &before,
    ))
}

pub(super) fn something_to_allocate(
    db: &mut Db,
    wave: &Wave,
    settings: &Settings,
    instance: &Instance,
) -> Result<()> {
    let detail = if instance.classes.iter().all(|class| class.qty == 0) {
        let left_out = left_out(db, wave, settings)?;
        nothing_ready(left_out.values().sum())
    } else if instance.lines.is_empty() {
        Text::new(
            "Aucune demande éligible ne peut participer à cette vague.",
            "No eligible application can take part in this wave.",
        )
    } else {
        return Ok(());
    };
    Err(Refusal::new(Code::NothingToAllocate, detail).into())
}

fn nothing_ready(left_out: u64) -> Text {
    let fr = "Aucun appareil prêt ne correspond aux réglages de cette vague.";
    let en = "No device that is ready matches the settings of this wave.";
    if left_out == 0 {
        return Text::new(fr, en);
    }
    Text::new(
        format!(
            "{fr} Appareils prêts que le barème écarte, leurs disques ayant été écrasés (« clear ») : {left_out}."
        ),
        format!(
            "{en} Ready devices that the rubric leaves out, since their drives were overwritten (`clear`): {left_out}."
        ),
    )
}

/// Drops the pins of applications that no longer take part.
fn forget_pins(tx: &mut Tx<'_>, wave: &Wave, instance: &Instance, pins: &[Pin]) -> Result<()> {
    let present: std::collections::HashSet<ApplicationId> = instance
        .lines
        .iter()
        .filter_map(|line| Some(rules::line_parts(&line.id)?.0))
        .collect();
    for pin in pins
        .iter()
        .filter(|pin| !present.contains(&pin.application))
    {
        store::delete_pin(tx, wave.id, pin.application)?;
    }
    Ok(())
}

fn documents(instance: &Instance, plan: Plan) -> Result<(String, String)> {
    Ok((
        serde_json::to_string(instance)?,
        serde_json::to_string(&plan.into_answer())?,
    ))
}

/// What the classes of an instance hold, by kind.
pub(super) fn supply_of(instance: &Instance) -> Granted {
    let mut supply = Granted::new();
    for class in &instance.classes {
        if let Ok(kind) = class.kind.parse() {
            *supply.entry(kind).or_default() += class.qty;
        }
    }
    supply
}

fn row(tx: &Tx<'_>, wave: WaveId, line: &PlannedLine) -> WaveLine {
    WaveLine {
        id: tx.new_id(),
        wave_id: wave,
        application_id: line.application,
        association_id: line.association,
        request: line.request,
        rank: line.rank,
        score: line.score,
        requested: line.requested,
        lot: line.lot,
        already: line.already,
        kind: line.kind,
        quantity: line.quantity,
        pinned: line.pinned,
        reason: line.reason,
    }
}

pub(super) fn line_view(line: &PlannedLine) -> LineView {
    let quantity = u64::try_from(line.quantity).unwrap_or(0);
    let granted: Granted = line
        .kind
        .filter(|_| quantity > 0)
        .map(|kind| (kind, quantity))
        .into_iter()
        .collect();
    LineView {
        application_id: line.application,
        request: line.request,
        association_id: line.association,
        association: line.association_name.clone(),
        rank: line.rank,
        score: line.score,
        requested: line.requested,
        lot: line.lot,
        already: line.already,
        value_cents: rules::value_cents(&granted),
        granted,
        reason: line.reason,
        pinned: line.pinned,
    }
}

fn proposal(
    wave: &Wave,
    (status, version): (WaveStatus, i32),
    (supply, left_out): (Granted, Granted),
    digest: String,
    outcome: &Outcome,
    before: &[(WaveLine, String)],
) -> ProposalView {
    let (lines, unserved): (Vec<_>, Vec<_>) = outcome
        .lines
        .iter()
        .map(line_view)
        .partition(|line| !line.granted.is_empty());
    let associations: std::collections::HashSet<_> =
        lines.iter().map(|line| line.association_id).collect();
    ProposalView {
        id: wave.id,
        status,
        supply,
        left_out,
        associations: associations.len() as u64,
        devices: lines.iter().flat_map(|line| line.granted.values()).sum(),
        lines,
        unserved,
        left: outcome.left.clone(),
        digest,
        difference: rules::difference(before, &outcome.lines),
        version,
    }
}
