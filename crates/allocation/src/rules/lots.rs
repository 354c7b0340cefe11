//! From a plan to the lines of a wave, and from two plans to their difference.

use std::collections::{BTreeMap, HashMap};

use kernel::{ApplicationId, DeviceKind, OrganisationId};

use super::instance::Applicant;
use super::line_ids::line_parts;
use crate::model::{Difference, Granted, LineReason, WaveLine};
use crate::plan::instance::Instance;
use crate::plan::planner::Plan;
use crate::plan::trace::{Bound, LineTrace, Stop};

/// What a plan gives to one request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // as in `WaveLine`
pub struct PlannedLine {
    pub application: ApplicationId,
    pub association: OrganisationId,
    pub association_name: String,
    pub request: i32,
    pub rank: i32,
    pub score: i32,
    pub requested: i32,
    pub lot: i32,
    pub already: i32,
    pub kind: Option<DeviceKind>,
    pub quantity: i32,
    pub pinned: bool,
    pub reason: LineReason,
}

/// A plan, as its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Every request, in the public order.
    pub lines: Vec<PlannedLine>,
    /// Devices not given, by kind.
    pub left: BTreeMap<String, u64>,
}

/// Writes a plan as lines. `applicants` are those the instance was made of.
#[must_use]
pub fn outcome(
    instance: &Instance,
    plan: &Plan,
    applicants: &HashMap<ApplicationId, (OrganisationId, String)>,
) -> Outcome {
    let by_id: HashMap<&str, usize> = instance
        .lines
        .iter()
        .enumerate()
        .map(|(at, line)| (line.id.as_str(), at))
        .collect();
    let lines = plan.awards.iter().enumerate().filter_map(|(place, award)| {
        let line = &instance.lines[*by_id.get(award.id.as_str())?];
        let (application, request) = line_parts(&award.id)?;
        let (association, association_name) = applicants.get(&application)?.clone();
        let trace = plan.trace.line(instance, place)?;
        Some(PlannedLine {
            application,
            association,
            association_name,
            request,
            rank: count(place as u64 + 1),
            score: count(line.score),
            requested: count(line.requested),
            lot: count(line.min_lot),
            already: count(line.already),
            kind: award.kind.as_deref().and_then(|kind| kind.parse().ok()),
            quantity: count(award.qty),
            pinned: matches!(trace.stop, Stop::Pinned | Stop::Excluded),
            reason: reason(&trace),
        })
    });
    Outcome {
        lines: lines.collect(),
        left: plan.left_by_kind.clone(),
    }
}

/// Whose each application is.
#[must_use]
pub fn owners(applicants: &[Applicant]) -> HashMap<ApplicationId, (OrganisationId, String)> {
    applicants
        .iter()
        .map(|applicant| {
            (
                applicant.application,
                (applicant.association, applicant.name.clone()),
            )
        })
        .collect()
}

fn count(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// Why a request has what it has, in a word.
#[must_use]
pub fn reason(trace: &LineTrace) -> LineReason {
    let holds = trace.lot + trace.growth + trace.already > 0;
    match &trace.stop {
        Stop::Request => LineReason::RequestMet,
        Stop::LineCap => LineReason::LotMaxReached,
        Stop::Bound(Bound::Cap { .. }) => LineReason::CapReached,
        Stop::Bound(Bound::Stock { .. }) if holds => LineReason::StockShared,
        Stop::Bound(Bound::Stock { .. }) => LineReason::StockExhausted,
        Stop::Kept { .. } => LineReason::KeptForNextWave,
        Stop::NoLot if all_by_cap(trace) => LineReason::CapReached,
        Stop::NoLot => LineReason::StockExhausted,
        Stop::BelowLot => LineReason::BelowLot,
        Stop::NothingDue => LineReason::NothingDue,
        Stop::Pinned => LineReason::Pinned,
        Stop::Excluded => LineReason::Excluded,
    }
}

fn all_by_cap(trace: &LineTrace) -> bool {
    let by_cap = |bound: &Option<Bound>| matches!(bound, Some(Bound::Cap { .. }));
    !trace.wishes.is_empty() && trace.wishes.iter().all(|wish| by_cap(&wish.bound))
}

fn granted(kind: Option<DeviceKind>, quantity: i32) -> Granted {
    let quantity = u64::try_from(quantity).unwrap_or(0);
    kind.filter(|_| quantity > 0)
        .map(|kind| (kind, quantity))
        .into_iter()
        .collect()
}

/// Every request that has something else after than before, in the order of the plan
/// after; those that left the wave last.
#[must_use]
pub fn difference(before: &[(WaveLine, String)], after: &[PlannedLine]) -> Vec<Difference> {
    if before.is_empty() {
        return Vec::new();
    }
    let mut old: HashMap<(ApplicationId, i32), &(WaveLine, String)> = before
        .iter()
        .map(|pair| ((pair.0.application_id, pair.0.request), pair))
        .collect();
    let mut changed = Vec::new();
    for line in after {
        let was = old
            .remove(&(line.application, line.request))
            .map(|(line, _)| line.granted());
        let now = granted(line.kind, line.quantity);
        if was.as_ref() != Some(&now) {
            changed.push(Difference {
                application_id: line.application,
                request: line.request,
                association: line.association_name.clone(),
                before: was,
                after: Some(now),
            });
        }
    }
    let gone = before
        .iter()
        .filter(|(line, _)| old.contains_key(&(line.application_id, line.request)));
    changed.extend(gone.map(|(line, name)| Difference {
        application_id: line.application_id,
        request: line.request,
        association: name.clone(),
        before: Some(line.granted()),
        after: None,
    }));
    changed
}
