//! Several settings of a wave side by side.

use std::collections::{BTreeMap, HashMap};

use db::{Db, Result};
use kernel::{ApplicationId, Code, Refusal, Text, WaveId};

use super::ground::{Ground, gather, limits};
use super::propose::{something_to_allocate, supply_of};
use super::{draft, load};
use crate::model::{Comparison, Granted, Settings, Shift, SimulatedPlan, Simulation};
use crate::plan;
use crate::rules::{self, Outcome, PlannedLine};
use crate::store;

/// The most settings that are compared at once.
const MOST: usize = 10;

/// Plans a wave with its own settings and with each of these; nothing is stored.
///
/// # Errors
/// `invalid_fields`, `nothing_to_allocate`, `pin_not_possible`.
pub fn compare(db: &mut Db, id: WaveId, bodies: &[Simulation]) -> Result<Comparison> {
    if bodies.is_empty() || bodies.len() > MOST {
        return Err(Refusal::field(
            "/settings",
            Code::OutOfRange,
            Text::new(
                format!("Comparez de 1 à {MOST} réglages."),
                format!("Compare 1 to {MOST} sets of settings."),
            ),
        )
        .into());
    }
    let wave = load(db, id)?;
    let programme = eligibility::programme(db, wave.programme_id)?;
    let mut all = vec![wave.settings.clone()];
    for body in bodies {
        let settings = rules::settings(&body.over(&wave.settings), &limits(&programme))?;
        draft::known_batches(db, &settings.supply)?;
        all.push(settings);
    }
    let pins = store::pins(db, id)?;
    let (mut plans, mut outcomes) = (Vec::new(), Vec::new());
    for settings in all {
        let ground = gather(db, &wave, &settings)?;
        let instance = ground.instance(&wave, &settings, &pins)?;
        something_to_allocate(db, &wave, &settings, &instance)?;
        let plan = plan::plan(&instance).map_err(|refused| rules::refused(&refused))?;
        let outcome = rules::outcome(&instance, &plan, &rules::owners(&ground.applicants));
        plans.push(summary(settings, supply_of(&instance), &ground, &outcome));
        outcomes.push(outcome);
    }
    let shifts = shifts(&outcomes);
    for (at, plan) in plans.iter_mut().enumerate() {
        let sum = |shift: &Shift, at: usize| shift.granted[at].values().sum::<u64>();
        let gain = |shift: &&Shift| sum(shift, at) > sum(shift, 0);
        let loss = |shift: &&Shift| sum(shift, at) < sum(shift, 0);
        plan.gain = shifts.iter().filter(gain).count() as u64;
        plan.lose = shifts.iter().filter(loss).count() as u64;
    }
    Ok(Comparison { plans, shifts })
}

fn given(line: &PlannedLine) -> Granted {
    let quantity = u64::try_from(line.quantity).unwrap_or(0);
    let kind = line.kind.filter(|_| quantity > 0);
    kind.map(|kind| (kind, quantity)).into_iter().collect()
}

fn summary(
    settings: Settings,
    supply: Granted,
    ground: &Ground,
    outcome: &Outcome,
) -> SimulatedPlan {
    let candidates: HashMap<ApplicationId, &eligibility::Candidate> = ground
        .candidates
        .iter()
        .map(|candidate| (candidate.application_id, candidate))
        .collect();
    let (mut by_district, mut by_theme) = (BTreeMap::new(), BTreeMap::new());
    let (mut served, mut devices, mut smallest) = (0, 0, None);
    for line in outcome.lines.iter().filter(|line| line.quantity > 0) {
        let quantity = u64::from(line.quantity.unsigned_abs());
        served += 1;
        devices += quantity;
        smallest = Some(smallest.map_or(quantity, |least: u64| least.min(quantity)));
        let Some(candidate) = candidates.get(&line.application) else {
            continue;
        };
        let district = by_district.entry(candidate.postal_code.clone());
        *district.or_default() += quantity;
        for theme in &candidate.themes {
            *by_theme.entry(theme.to_string()).or_default() += quantity;
        }
    }
    SimulatedPlan {
        settings,
        supply,
        served,
        unserved: outcome.lines.len() as u64 - served,
        devices,
        smallest,
        left: outcome.left.clone(),
        by_district,
        by_theme,
        gain: 0,
        lose: 0,
    }
}

/// The requests that not all plans treat alike, in the order of the first plan.
fn shifts(outcomes: &[Outcome]) -> Vec<Shift> {
    let mut places: HashMap<(ApplicationId, i32), usize> = HashMap::new();
    let mut shifts: Vec<Shift> = Vec::new();
    for (at, outcome) in outcomes.iter().enumerate() {
        for line in &outcome.lines {
            let place = *places
                .entry((line.application, line.request))
                .or_insert_with(|| {
                    shifts.push(Shift {
                        application_id: line.application,
                        request: line.request,
                        association: line.association_name.clone(),
                        granted: vec![Granted::new(); outcomes.len()],
                    });
                    shifts.len() - 1
                });
            shifts[place].granted[at] = given(line);
        }
    }
    shifts.retain(|shift| {
        shift
            .granted
            .iter()
            .any(|granted| *granted != shift.granted[0])
    });
    shifts
}
