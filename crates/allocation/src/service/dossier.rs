//! What whoever approves a wave has to look at, and nothing else.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use db::{Db, Error, Result};
use kernel::{Actor, ApplicationId, PersonId, Refusal, WaveId};

use super::workbench::since_plan;
use super::{conventions, load, read, stored_plan};
use crate::model::{
    Dossier, InterventionView, Moved, Moves, Pin, Returned, SubmissionView, Wave, WaveLine,
};
use crate::plan::Award;
use crate::plan::counterfactual::{Change, changes};
use crate::plan::instance::Instance;
use crate::store::{self, SubmissionRow};
use crate::{plan, rules};

/// What staff fixed whose effect is computed one by one: each takes a plan of its own.
const COMPUTED: usize = 10;

/// What whoever approves has to look at: what differs from what they saw last, what staff fixed
/// and whom it costs, what would stop handovers, and what is no longer true.
///
/// # Errors
/// `not_found`, also for a wave without a plan.
pub fn dossier(db: &mut Db, actor: &Actor, id: WaveId) -> Result<Dossier> {
    let wave = load(db, id)?;
    let (instance, awards, _) = stored_plan(db, &wave)?.ok_or_else(Refusal::not_found)?;
    let rows = store::submissions(db, id, 2)?;
    let differences = match rows.as_slice() {
        [_, before] => Some(differences(db, &wave, before, &awards)?),
        _ => None,
    };
    let submissions = submissions(db, rows)?;
    let (interventions, intervention_count) = interventions(db, &wave, &instance, &awards)?;
    let pinned = store::had_a_hand(db, id, actor.person)?;
    Ok(Dossier {
        submissions,
        differences,
        interventions,
        intervention_count,
        warnings: conventions::warnings(db, &wave)?,
        since: since_plan(db, &wave, &instance)?,
        refused: rules::may_approve(&wave, actor.person, pinned).err(),
    })
}

/// What staff fixed in a wave and what that did to others, and how many they fixed in all.
///
/// # Errors
/// `not_found`.
pub fn staff_decisions(db: &mut Db, id: WaveId) -> Result<(Vec<InterventionView>, usize)> {
    let wave = load(db, id)?;
    match stored_plan(db, &wave)? {
        Some((instance, awards, _)) => interventions(db, &wave, &instance, &awards),
        None => Ok((Vec::new(), 0)),
    }
}

fn submissions(db: &mut Db, rows: Vec<SubmissionRow>) -> Result<Vec<SubmissionView>> {
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let returned = match (row.returned_at, row.returned_reason) {
            (Some(at), Some(reason)) => Some(Returned {
                by: read::name(db, row.returned_by)?.unwrap_or_default(),
                at,
                reason,
            }),
            _ => None,
        };
        views.push(SubmissionView {
            number: row.number,
            message: row.message,
            settings: row.settings,
            by: read::name(db, Some(row.submitted_by))?.unwrap_or_default(),
            at: row.submitted_at,
            returned,
        });
    }
    Ok(views)
}

/// Who receives something else than in a plan that was submitted before.
fn differences(db: &mut Db, wave: &Wave, before: &SubmissionRow, now: &[Award]) -> Result<Moves> {
    let before: Vec<Award> = serde_json::from_str(&before.awards)?;
    let nothing = |id: &str| Award {
        id: id.to_owned(),
        kind: None,
        qty: 0,
    };
    let mut was: HashMap<&str, &Award> = before.iter().map(|it| (it.id.as_str(), it)).collect();
    let mut changed: Vec<Change> = Vec::new();
    for award in now {
        let old = was.remove(award.id.as_str()).cloned();
        let old = old.unwrap_or_else(|| nothing(&award.id));
        if old != *award {
            changed.push(Change {
                now: award.clone(),
                otherwise: old,
            });
        }
    }
    let gone = was.into_values().filter(|award| award.qty > 0);
    changed.extend(gone.map(|award| Change {
        now: nothing(&award.id),
        otherwise: award.clone(),
    }));
    moved(db, wave, &changed)
}

/// The changes as people read them: `otherwise` is what was before.
fn moved(db: &mut Db, wave: &Wave, changes: &[Change]) -> Result<Moves> {
    let mut bare: Vec<Moved> = changes.iter().filter_map(of_change).collect();
    let ids: Vec<ApplicationId> = bare.iter().map(|it| it.application_id).collect();
    let lines = lines_by_request(db, wave, &ids)?;
    for it in &mut bare {
        if let Some((line, name)) = lines.get(&(it.application_id, it.request)) {
            it.association.clone_from(name);
            it.score = line.score;
            it.after_reason = Some(line.reason);
        }
    }
    Ok(rules::first(bare))
}

fn of_change(change: &Change) -> Option<Moved> {
    let (application_id, request) = rules::line_parts(&change.now.id)?;
    let granted = |award: &Award| {
        let kind = award.kind.as_deref().and_then(|kind| kind.parse().ok());
        rules::kinds(kind, award.qty)
    };
    Some(Moved {
        application_id,
        request,
        association: String::new(),
        score: 0,
        before: granted(&change.otherwise),
        before_reason: None,
        after: granted(&change.now),
        after_reason: None,
    })
}

type ByRequest = HashMap<(ApplicationId, i32), (WaveLine, String)>;

fn lines_by_request(db: &mut Db, wave: &Wave, ids: &[ApplicationId]) -> Result<ByRequest> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let lines = store::lines_of_applications(db, wave.id, &ids)?;
    Ok(lines
        .into_iter()
        .map(|(line, name)| ((line.application_id, line.request), (line, name)))
        .collect())
}

fn interventions(
    db: &mut Db,
    wave: &Wave,
    instance: &Instance,
    awards: &[Award],
) -> Result<(Vec<InterventionView>, usize)> {
    let pins = store::pins(db, wave.id)?;
    let mut names: HashMap<PersonId, String> = HashMap::new();
    let mut views = Vec::new();
    for pin in pins.iter().take(COMPUTED) {
        if let Entry::Vacant(unknown) = names.entry(pin.actor) {
            let name = read::name(db, Some(pin.actor))?.unwrap_or_default();
            unknown.insert(name);
        }
        let by = names.get(&pin.actor).cloned().unwrap_or_default();
        views.push(intervention(db, wave, instance, awards, pin, by)?);
    }
    Ok((views, pins.len()))
}

/// One decision of staff: the wave is planned again without it.
fn intervention(
    db: &mut Db,
    wave: &Wave,
    instance: &Instance,
    awards: &[Award],
    pin: &Pin,
    by: String,
) -> Result<InterventionView> {
    let own = |line: &str| rules::line_parts(line).is_some_and(|(of, _)| of == pin.application);
    let mut without = instance.clone();
    without.pins.retain(|fixed| !own(&fixed.line));
    without.excludes.retain(|out| !own(&out.line));
    let planned = plan::plan(&without)
        .map_err(|refused| Error::Inconsistent(format!("plan of wave {}: {refused}", wave.id)))?;
    let (of_own, of_others): (Vec<Change>, Vec<Change>) = changes(awards, &planned.awards)
        .into_iter()
        .partition(|change| own(&change.now.id));
    let (less, more): (Vec<Change>, Vec<Change>) = of_others
        .into_iter()
        .partition(|change| change.now.qty < change.otherwise.qty);
    let association = store::lines_of_applications(db, wave.id, &[pin.application])?
        .into_iter()
        .next()
        .map(|(_, name)| name);
    let mut otherwise = crate::model::Granted::new();
    let changed: HashSet<&str> = of_own.iter().map(|it| it.now.id.as_str()).collect();
    let same = awards
        .iter()
        .filter(|award| own(&award.id) && !changed.contains(award.id.as_str()));
    for award in of_own.iter().map(|it| &it.otherwise).chain(same) {
        if let Some(kind) = award.kind.as_deref().and_then(|kind| kind.parse().ok()) {
            *otherwise.entry(kind).or_default() += award.qty;
        }
    }
    otherwise.retain(|_, devices| *devices > 0);
    Ok(InterventionView {
        application_id: pin.application,
        association: association.unwrap_or_default(),
        granted: pin.granted.clone(),
        otherwise,
        reason: pin.reason.clone(),
        by,
        at: pin.at,
        losers: moved(db, wave, &less)?,
        winners: moved(db, wave, &more)?,
    })
}
