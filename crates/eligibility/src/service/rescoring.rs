//! Another rubric for a programme: side by side first, and only when staff ask. What an
//! approved wave used stays in that wave and is not touched.

use std::cmp::Reverse;
use std::collections::HashMap;

use db::{Db, Error, Result, Tx};
use kernel::{Actor, ApplicationId, Code, ProgrammeId};

use super::score::{Detail, rubric_of};
use crate::model::{
    ApplicationStatus, Comparison, Difference, Move, Programme, RubricChoice, RubricName,
};
use crate::rubric::{self, Library, Rubric, Score};
use crate::store::{self, Because, NewScore, Record};

/// An eligible application under both rubrics.
struct Both {
    record: Record,
    old: Detail,
    new: Detail,
}

/// Shows what another rubric, or a new version, would change for the eligible applications
/// of a programme, on the very facts that they were scored with. Nothing is kept.
///
/// # Errors
/// `not_found`, `unknown_rubric`, `rubric_invalid`.
pub fn compare_rubrics(
    db: &mut Db,
    library: &Library,
    programme: ProgrammeId,
    choice: &RubricChoice,
) -> Result<Comparison> {
    let programme = store::programme(db, programme)?;
    let (rubric, _) = library.find(&choice.rubric)?;
    let both = both(db, &programme, &rubric)?;
    Ok(comparison(&programme, &rubric, &both))
}

/// Pins another rubric and scores the eligible applications again with it. The former
/// scores stay in their history. Waves that are not approved yet have to be proposed again;
/// what was approved is not touched.
///
/// # Errors
/// `not_found`, `unknown_rubric`, `rubric_invalid`, `rubric_unchanged`, `stale_version`.
pub fn change_rubric(
    tx: &mut Tx<'_>,
    actor: &Actor,
    library: &Library,
    programme: ProgrammeId,
    choice: &RubricChoice,
) -> Result<Comparison> {
    let mut programme = store::programme(tx, programme)?;
    let (rubric, text) = library.find(&choice.rubric)?;
    let same = (&programme.rubric, &programme.rubric_version) == (&rubric.name, &rubric.version);
    let known = store::pinned_text(tx, programme.id, &rubric.name, &rubric.version)?;
    // a version names one text for good
    if same || known.is_some_and(|known| known != text) {
        return Err(Code::RubricUnchanged.into());
    }
    let both = both(tx, &programme, &rubric)?;
    let comparison = comparison(&programme, &rubric, &both);
    programme.rubric.clone_from(&rubric.name);
    programme.rubric_version.clone_from(&rubric.version);
    text.clone_into(&mut programme.rubric_text);
    store::pin_rubric(tx, &mut programme)?;
    store::note_rubric(tx, &programme, actor.person)?;
    keep(tx, actor, both)?;
    Ok(comparison)
}

fn keep(tx: &mut Tx<'_>, actor: &Actor, both: Vec<Both>) -> Result<()> {
    let now = tx.now();
    let mut kept = Vec::with_capacity(both.len());
    for mut it in both {
        let detail = serde_json::to_string(&it.new)?;
        it.record.row.score = Some(it.new.score.score);
        it.record.row.fragility = it.new.score.fragility;
        it.record.row.scored_at = Some(now);
        store::save_application(tx, &mut it.record.row, now)?;
        store::set_score_detail(tx, it.record.row.id, &detail)?;
        kept.push((it.record.row.id, it.new, detail));
    }
    let scores: Vec<_> = kept
        .iter()
        .map(|(application, new, detail)| NewScore {
            application: *application,
            rubric: &new.rubric,
            version: &new.version,
            score: new.score.score,
            detail,
            because: Because::Rubric,
            by: actor.person,
        })
        .collect();
    store::insert_scores(tx, &scores)
}

fn both(db: &mut Db, programme: &Programme, rubric: &Rubric) -> Result<Vec<Both>> {
    rubric_of(programme)?;
    let mut details = store::details(db, programme.id, None)?;
    let records = store::records(db, programme, &[ApplicationStatus::Eligible])?;
    let mut both = Vec::with_capacity(records.len());
    for record in records {
        let id = record.row.id;
        let detail = details
            .remove(&id)
            .ok_or_else(|| Error::Inconsistent(format!("application {id} has no detail")))?;
        let old: Detail = serde_json::from_str(&detail)?;
        let new = Detail {
            rubric: rubric.name.clone(),
            version: rubric.version.clone(),
            score: rubric::evaluate(rubric, &old.facts),
            facts: old.facts.clone(),
        };
        both.push(Both { record, old, new });
    }
    Ok(both)
}

/// Ranks in the public order.
fn ranks(both: &[Both], score: impl Fn(&Both) -> &Score) -> HashMap<ApplicationId, usize> {
    let mut order: Vec<_> = both
        .iter()
        .map(|it| {
            let score = score(it);
            let row = &it.record.row;
            (
                Reverse(score.score),
                Reverse(score.fragility),
                row.submitted_at,
                row.id,
            )
        })
        .collect();
    order.sort_unstable();
    let ids = order.into_iter().map(|(.., id)| id);
    ids.enumerate().map(|(at, id)| (id, at + 1)).collect()
}

fn comparison(programme: &Programme, rubric: &Rubric, both: &[Both]) -> Comparison {
    let old = ranks(both, |it| &it.old.score);
    let new = ranks(both, |it| &it.new.score);
    let rank = |ranks: &HashMap<_, usize>, id| ranks.get(&id).copied().unwrap_or(0);
    let mut items: Vec<Move> = both
        .iter()
        .map(|it| Move {
            application_id: it.record.row.id,
            reference: it.record.row.reference.clone(),
            association: it.record.association.name.clone(),
            old_score: it.old.score.score,
            new_score: it.new.score.score,
            old_rank: rank(&old, it.record.row.id),
            new_rank: rank(&new, it.record.row.id),
            because: differences(&it.old.score, &it.new.score),
            knocked_out: it.new.score.failed().map(|o| o.code.clone()).collect(),
            missing: it.new.score.unassessed().map(|c| c.code.clone()).collect(),
        })
        .collect();
    items.sort_by_key(|it| it.new_rank);
    Comparison {
        programme_id: programme.id,
        old: RubricName {
            rubric: programme.rubric.clone(),
            version: programme.rubric_version.clone(),
        },
        new: RubricName {
            rubric: rubric.name.clone(),
            version: rubric.version.clone(),
        },
        applications: items.len(),
        moved: items.iter().filter(|it| it.old_rank != it.new_rank).count(),
        items,
    }
}

fn differences(old: &Score, new: &Score) -> Vec<Difference> {
    let mut found: Vec<Difference> = new
        .criteria
        .iter()
        .map(|criterion| Difference {
            criterion: criterion.code.clone(),
            title: criterion.title.clone(),
            old: contribution(old, &criterion.code),
            new: Some(criterion.contribution),
        })
        .collect();
    let gone = old
        .criteria
        .iter()
        .filter(|criterion| contribution(new, &criterion.code).is_none());
    found.extend(gone.map(|criterion| Difference {
        criterion: criterion.code.clone(),
        title: criterion.title.clone(),
        old: Some(criterion.contribution),
        new: None,
    }));
    let size = |it: &Difference| (it.new.unwrap_or(0) - it.old.unwrap_or(0)).abs();
    found.retain(|it| size(it) > 0);
    found.sort_by_key(|it| Reverse(size(it)));
    found
}

fn contribution(score: &Score, code: &str) -> Option<i32> {
    let criterion = score.criteria.iter().find(|it| it.code == code)?;
    Some(criterion.contribution)
}
