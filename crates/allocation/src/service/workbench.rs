//! What the workbench asks: what there is to give, what other settings would give, and what staff
//! fixed. Nothing is stored.

use std::collections::{BTreeMap, HashMap};

use db::{Db, Result};
use eligibility::Programme;
use kernel::{Actor, ApplicationId, BatchId, OrganisationId, WaveId};

use super::ground::{gather, kinds, limits, ties, wanted, without_devices};
use super::propose::{line_view, something_to_allocate, supply_of};
use super::{draft, load, stored_plan};
use crate::model::{
    Granted, Settings, SettingsInput, SinceView, StockRow, StockView, Trial, TrialPlan, Wave,
};
use crate::plan;
use crate::rules::{self, About, Outcome, Tied};
use crate::store::{self, Stock};

/// The most settings that are tried beside the wave's own.
pub const TRIALS: usize = 4;
/// Batches that are named one by one.
const BATCHES: usize = 20;
/// Changes that are named one by one.
const SAID: usize = 50;

/// Plans a wave by its own settings and by each of these, and shows a part of the last plan's
/// lines: so many, from a place on.
///
/// # Errors
/// `not_found`, `invalid_fields`, `nothing_to_allocate`, `pin_not_possible`.
pub fn trial(
    db: &mut Db,
    id: WaveId,
    tried: &[SettingsInput],
    (from, most): (usize, usize),
) -> Result<Trial> {
    let wave = load(db, id)?;
    let ground = without_devices(db, &wave)?;
    let mut all = vec![wave.settings.clone()];
    for input in tried.iter().take(TRIALS) {
        let settings = rules::settings(input, &limits(&ground.programme))?;
        draft::known_batches(db, &settings.supply)?;
        all.push(settings);
    }
    let about: HashMap<ApplicationId, About<'_>> = ground
        .candidates
        .iter()
        .map(|it| {
            let about = About {
                district: &it.postal_code,
                themes: &it.themes,
            };
            (it.application_id, about)
        })
        .collect();
    let pins = store::pins(db, id)?;
    let owners = rules::owners(&ground.applicants);
    let sizes = (wave.settings.lot_min, wave.settings.lot_max);
    let (mut plans, mut outcomes): (Vec<TrialPlan>, Vec<Outcome>) = (Vec::new(), Vec::new());
    let mut counted: Option<(crate::model::Supply, (Granted, Tied))> = None;
    for settings in all {
        let supply = match counted.take() {
            Some((of, supply)) if of == settings.supply => supply,
            _ => count(db, &wave, &settings, &ground.programme)?,
        };
        let instance = ground.instance_of(&wave, &settings, &pins, &supply)?;
        counted = Some((settings.supply.clone(), supply));
        something_to_allocate(db, &wave, &settings, &instance)?;
        let plan = plan::plan(&instance).map_err(|refused| rules::refused(&refused))?;
        let outcome = rules::outcome(&instance, &plan, &owners);
        let supply = supply_of(&instance);
        plans.push(rules::trial_plan(
            settings, supply, &instance, &outcome, &about, sizes,
        ));
        outcomes.push(outcome);
    }
    Ok(beside(plans, &outcomes, (from, most)))
}

/// Says who has more and less than by the first plan.
fn beside(mut plans: Vec<TrialPlan>, outcomes: &[Outcome], (from, most): (usize, usize)) -> Trial {
    let (mut gains, mut losses) = Default::default();
    if let [own, others @ ..] = outcomes {
        for (plan, outcome) in plans.iter_mut().skip(1).zip(others) {
            (gains, losses) = rules::moves(own, outcome);
            (plan.gain, plan.lose) = (gains.count, losses.count);
        }
    }
    let lines = outcomes.last().map_or(&[][..], |outcome| &outcome.lines);
    let shown = lines.iter().skip(from).take(most).map(line_view).collect();
    Trial {
        plans,
        gains,
        losses,
        lines: shown,
        more: lines.len() > from.saturating_add(most),
    }
}

/// How many devices there are for everyone, and for some.
fn count(
    db: &mut Db,
    wave: &Wave,
    settings: &Settings,
    programme: &Programme,
) -> Result<(Granted, Tied)> {
    let supply = &settings.supply;
    if supply.device_ids.is_some() {
        return Ok(gather(db, wave, settings)?.supply());
    }
    let stock = store::stock(db, wanted(settings, programme)?)?;
    let ties = ties(db, &batches_of(&stock))?;
    let (mut open, mut tied) = (Granted::new(), Tied::new());
    for part in &stock {
        match ties.get(&part.batch) {
            None => *open.entry(part.kind).or_default() += part.devices,
            Some(tags) => {
                let of_kind = tied.entry(part.kind).or_default();
                *of_kind.entry(tags.clone()).or_default() += part.devices;
            }
        }
    }
    for (kind, most) in supply.at_most.iter().flatten() {
        let most = u64::try_from(*most).unwrap_or(0);
        if tied.contains_key(kind) {
            // which devices are the oldest decides which of them are tied
            return Ok(gather(db, wave, settings)?.supply());
        }
        if let Some(devices) = open.get_mut(kind) {
            *devices = (*devices).min(most);
        }
    }
    open.retain(|_, devices| *devices > 0);
    Ok((open, tied))
}

fn batches_of(stock: &[Stock]) -> Vec<BatchId> {
    let mut batches: Vec<BatchId> = stock.iter().map(|part| part.batch).collect();
    batches.sort_unstable();
    batches.dedup();
    batches
}

/// What there is to give by the settings of a wave, before `at_most`: by grade, by workshop and
/// by batch.
///
/// # Errors
/// `not_found`.
pub fn stock(db: &mut Db, id: WaveId) -> Result<StockView> {
    let wave = load(db, id)?;
    let programme = eligibility::programme(db, wave.programme_id)?;
    let wanted = wanted(&wave.settings, &programme)?;
    let stock = store::stock(db, wanted)?;
    let left_out = store::left_out(db, wanted)?;
    let mut grades: BTreeMap<(usize, Option<String>), u64> = BTreeMap::new();
    let mut workshops: BTreeMap<(usize, Option<OrganisationId>), u64> = BTreeMap::new();
    let mut batches: BTreeMap<(usize, BatchId), u64> = BTreeMap::new();
    let kinds = kinds(&wave.settings, &programme);
    for part in &stock {
        let Some(at) = kinds.iter().position(|kind| *kind == part.kind) else {
            continue;
        };
        let grade = part.grade.map(|grade| grade.to_string());
        *grades.entry((at, grade)).or_default() += part.devices;
        *workshops.entry((at, part.workshop)).or_default() += part.devices;
        *batches.entry((at, part.batch)).or_default() += part.devices;
    }
    let row = |at: usize, name: Option<String>, devices: u64| StockRow {
        kind: kinds.get(at).map(ToString::to_string).unwrap_or_default(),
        name,
        batch: None,
        tied: Vec::new(),
        devices,
    };
    let ids: Vec<OrganisationId> = workshops.keys().filter_map(|(_, id)| *id).collect();
    let names = identity::names(db, &ids)?;
    let of_workshop = |((at, id), devices): ((usize, Option<OrganisationId>), u64)| {
        row(at, id.and_then(|id| names.get(&id).cloned()), devices)
    };
    let mut largest: Vec<((usize, BatchId), u64)> = batches.into_iter().collect();
    largest.sort_by_key(|(key, devices)| (std::cmp::Reverse(*devices), *key));
    let batches_more = largest.len().saturating_sub(BATCHES) as u64;
    largest.truncate(BATCHES);
    let shown: Vec<BatchId> = largest.iter().map(|((_, batch), _)| *batch).collect();
    let (references, ties) = (store::batch_references(db, &shown)?, ties(db, &shown)?);
    let of_batch = |((at, batch), devices): ((usize, BatchId), u64)| StockRow {
        batch: Some(batch),
        tied: ties.get(&batch).cloned().unwrap_or_default(),
        ..row(at, references.get(&batch).cloned(), devices)
    };
    Ok(StockView {
        devices: stock.iter().map(|part| part.devices).sum(),
        by_grade: grades
            .into_iter()
            .map(|((at, grade), devices)| row(at, grade, devices))
            .collect(),
        by_workshop: workshops.into_iter().map(of_workshop).collect(),
        by_batch: largest.into_iter().map(of_batch).collect(),
        batches_more,
        left_out,
    })
}

/// What changed since the plan of a wave was made; nothing for a wave without a plan.
///
/// # Errors
/// `not_found`.
pub fn since(db: &mut Db, id: WaveId) -> Result<SinceView> {
    let wave = load(db, id)?;
    match stored_plan(db, &wave)? {
        Some((instance, ..)) if wave.status.is_open_plan() => since_plan(db, &wave, &instance),
        _ => Ok(SinceView::default()),
    }
}

pub(super) fn since_plan(
    db: &mut Db,
    wave: &Wave,
    instance: &plan::instance::Instance,
) -> Result<SinceView> {
    let (changes, now) = super::submit::changed(db, wave, instance)?;
    let planned: std::collections::HashSet<&str> =
        instance.lines.iter().map(|line| line.id.as_str()).collect();
    let mut new: Vec<&str> = now
        .iter()
        .filter(|line| !planned.contains(line.id.as_str()))
        .map(|line| line.application.as_str())
        .collect();
    new.dedup();
    let first = |changes: Vec<rules::DeviceChange>| {
        let devices = changes.into_iter().take(SAID);
        devices.map(|it| (it.tag, it.stage)).collect()
    };
    Ok(SinceView {
        device_count: changes.device_count,
        devices: first(changes.devices),
        application_count: changes.applications.len(),
        applications: changes
            .applications
            .into_iter()
            .take(SAID)
            .map(|it| (it.reference, it.what))
            .collect(),
        gifts: changes.gifts,
        new_count: new.len(),
        new: new.into_iter().take(SAID).map(str::to_owned).collect(),
    })
}

/// What the settings of a wave may be, and what the programme says of them.
///
/// # Errors
/// `not_found`.
pub fn programme_of(db: &mut Db, actor: &Actor, id: WaveId) -> Result<Programme> {
    let wave = super::read::wave(db, actor, id)?;
    eligibility::programme(db, wave.programme_id)
}
