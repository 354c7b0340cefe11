//! The ranking that staff read: the public order, its distribution, filters.

use std::cmp::Reverse;
use std::collections::HashSet;

use db::{Db, Result};
use identity::OrganisationStatus;
use kernel::{ApplicationId, Instant, ProgrammeId, fold};

use super::bulk::score_all;
use super::score::Detail;
use crate::model::{
    ApplicationStatus, Programme, Ranked, Ranking, RankingFilter, ScoreBand, ToCheck,
};
use crate::rubric::{CriterionScore, Score};
use crate::store::{self, Record};

/// Hundredths of a point of a step of the distribution.
const BAND: i32 = store::BAND;
/// Applications that a filter looks at in one go.
const CHUNK: usize = 200;

/// Applications of a programme in the order of their scores, then fragility, then the day of
/// submission. Decided applications have the score that was decided; with `provisional`,
/// those that are with the city are scored as they stand now.
///
/// # Errors
/// `not_found`.
pub fn ranking(
    db: &mut Db,
    programme: ProgrammeId,
    filter: &RankingFilter,
    after: usize,
    most: Option<usize>,
    now: Instant,
) -> Result<Ranking> {
    let programme = store::programme(db, programme)?;
    match (filter.provisional, most) {
        (true, _) | (false, None) => whole(db, programme, filter, after, most, now),
        (false, Some(most)) => page(db, programme, filter, after, most),
    }
}

/// A page of what is decided: the database sorts, counts and cuts.
fn page(
    db: &mut Db,
    programme: Programme,
    filter: &RankingFilter,
    after: usize,
    most: usize,
) -> Result<Ranking> {
    let mut distribution = no_bands();
    for (band, count) in store::bands(db, programme.id)? {
        let at = usize::try_from(band).unwrap_or(0).min(9);
        if let Some(band) = distribution.get_mut(at) {
            band.count += usize::try_from(count).unwrap_or(0);
        }
    }
    let ranked: usize = distribution.iter().map(|band| band.count).sum();
    let middle = i64::try_from(ranked / 2).unwrap_or(i64::MAX);
    let median = store::score_at(db, programme.id, middle)?;
    let mut items = Vec::with_capacity(most + 1);
    let places = places(db, &programme, filter, after, most)?;
    for places in places.chunks(CHUNK) {
        let mut shown = shown(db, &programme, places)?;
        shown.retain(|it| found(filter, it));
        check_decided(db, &programme, &mut shown)?;
        shown.retain(|it| !filter.to_check || it.to_check);
        items.extend(shown);
        if items.len() > most {
            break;
        }
    }
    let mut next = None;
    if items.len() > most {
        items.truncate(most);
        next = items.last().map(|it| it.rank);
    }
    Ok(Ranking {
        programme_id: programme.id,
        rubric: programme.rubric,
        version: programme.rubric_version,
        ranked,
        median,
        distribution,
        items,
        next,
    })
}

/// Ranks after one, with what stands there: those that the filter may find, and one more than
/// a page without a filter.
fn places(
    db: &mut Db,
    programme: &Programme,
    filter: &RankingFilter,
    after: usize,
    most: usize,
) -> Result<Vec<(usize, ApplicationId)>> {
    let from = i64::try_from(after).unwrap_or(i64::MAX);
    let narrowed = is_narrowed(filter);
    let limit = match narrowed || filter.to_check {
        true => i64::MAX,
        false => i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1),
    };
    let ids = store::ranked_ids(db, programme.id, from, limit)?;
    let ranks = ids
        .into_iter()
        .zip(after + 1..)
        .map(|(id, rank)| (rank, id));
    if !narrowed {
        return Ok(ranks.collect());
    }
    let may: HashSet<ApplicationId> = store::may_match(db, programme.id, filter)?
        .into_iter()
        .collect();
    Ok(ranks.filter(|(_, id)| may.contains(id)).collect())
}

fn is_narrowed(filter: &RankingFilter) -> bool {
    let said = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    filter.theme.is_some()
        || filter.min_score.is_some()
        || filter.max_score.is_some()
        || said(&filter.postal_code)
        || said(&filter.q)
}

fn shown(
    db: &mut Db,
    programme: &Programme,
    places: &[(usize, ApplicationId)],
) -> Result<Vec<Ranked>> {
    let ids: Vec<ApplicationId> = places.iter().map(|(_, id)| *id).collect();
    let mut records = store::records_of(db, programme, &ids)?;
    let ranked = places.iter().filter_map(|(rank, id)| {
        let mut ranked = decided(&records.remove(id)?)?;
        ranked.rank = *rank;
        Some(ranked)
    });
    Ok(ranked.collect())
}

/// All of them, for a table, or when some are scored on the way.
fn whole(
    db: &mut Db,
    programme: Programme,
    filter: &RankingFilter,
    after: usize,
    most: Option<usize>,
    now: Instant,
) -> Result<Ranking> {
    let mut all: Vec<Ranked> = store::records(db, &programme, &[ApplicationStatus::Eligible])?
        .into_iter()
        .filter_map(|record| decided(&record))
        .collect();
    if filter.provisional {
        all.extend(with_the_city(db, &programme, now)?);
    }
    all.sort_by_key(|it| {
        (
            Reverse(it.score),
            Reverse(it.fragility),
            it.submitted_at,
            it.application_id,
        )
    });
    for (at, ranked) in all.iter_mut().enumerate() {
        ranked.rank = at + 1;
    }
    let (distribution, median, ranked) = (bands(&all), median(&all), all.len());
    let mut items: Vec<Ranked> = all
        .into_iter()
        .filter(|it| it.rank > after && found(filter, it))
        .collect();
    if filter.to_check {
        check_decided(db, &programme, &mut items)?;
        items.retain(|it| it.to_check);
    }
    let mut next = None;
    if let Some(most) = most.filter(|most| items.len() > *most) {
        items.truncate(most);
        next = items.last().map(|it| it.rank);
    }
    if !filter.to_check {
        check_decided(db, &programme, &mut items)?;
    }
    Ok(Ranking {
        programme_id: programme.id,
        rubric: programme.rubric,
        version: programme.rubric_version,
        ranked,
        median,
        distribution,
        items,
        next,
    })
}

/// Scores what is with the city, all in one go, and keeps nothing.
fn with_the_city(db: &mut Db, programme: &Programme, now: Instant) -> Result<Vec<Ranked>> {
    let statuses = [
        ApplicationStatus::Submitted,
        ApplicationStatus::InReview,
        ApplicationStatus::ChangesRequested,
    ];
    let scored = score_all(db, programme, &statuses, now)?;
    Ok(scored
        .iter()
        .map(|it| entry(&it.record, &it.score))
        .collect())
}

fn decided(record: &Record) -> Option<Ranked> {
    let score = record.row.score?;
    Some(Ranked {
        score,
        provisional: false,
        fragility: record.row.fragility,
        ..bare(record)
    })
}

/// What to look at in decided applications stands in what their scores used. It is long: it
/// is read for those that are shown.
fn check_decided(db: &mut Db, programme: &Programme, items: &mut [Ranked]) -> Result<()> {
    let decided = items.iter().filter(|it| !it.provisional);
    let ids: Vec<ApplicationId> = decided.map(|it| it.application_id).collect();
    let mut details = store::details(db, programme.id, Some(&ids))?;
    for it in items {
        if let Some(detail) = details.remove(&it.application_id) {
            let detail: Detail = serde_json::from_str(&detail)?;
            add_checks(it, &detail.score);
        }
    }
    Ok(())
}

fn add_checks(it: &mut Ranked, score: &Score) {
    let criteria = |flag: fn(&CriterionScore) -> bool| score.criteria.iter().any(flag);
    for (check, applies) in [
        (ToCheck::MarksDiverge, criteria(|it| it.divergent)),
        (
            ToCheck::MarksMissing,
            criteria(|it| it.more_assessors_needed),
        ),
        (
            ToCheck::ConditionUnclear,
            score.knock_outs.iter().any(|it| it.to_check),
        ),
        (ToCheck::FragilityUnknown, score.fragility.is_none()),
    ] {
        if applies {
            it.checks.push(check);
        }
    }
    it.to_check = !it.checks.is_empty();
}

fn entry(record: &Record, score: &Score) -> Ranked {
    let mut it = Ranked {
        score: score.score,
        provisional: true,
        fragility: score.fragility,
        ..bare(record)
    };
    add_checks(&mut it, score);
    it
}

fn bare(record: &Record) -> Ranked {
    let form = &record.row.form.form;
    let mut checks = Vec::new();
    if record.association.status == OrganisationStatus::Pending {
        checks.push(ToCheck::AssociationPending);
    }
    let register = record.association.register_check.as_ref();
    if register.is_some_and(|check| check.name_differs) {
        checks.push(ToCheck::NameDiffers);
    }
    Ranked {
        rank: 0,
        application_id: record.row.id,
        reference: record.row.reference.clone(),
        association_id: record.row.association_id,
        association: record.association.name.clone(),
        status: record.row.status,
        score: 0,
        provisional: false,
        fragility: None,
        requested: form.quantity(),
        postal_code: record.site().postal_code,
        themes: form.themes.clone().unwrap_or_default(),
        submitted_at: record.row.submitted_at,
        to_check: !checks.is_empty(),
        checks,
    }
}

fn found(filter: &RankingFilter, it: &Ranked) -> bool {
    let q = filter.q.as_deref().map(fold).filter(|q| !q.is_empty());
    filter.theme.is_none_or(|theme| it.themes.contains(&theme))
        && filter
            .postal_code
            .as_deref()
            .is_none_or(|code| it.postal_code.starts_with(code.trim()))
        && filter.min_score.is_none_or(|least| it.score >= least)
        && filter.max_score.is_none_or(|most| it.score <= most)
        && q.is_none_or(|q| fold(&it.association).contains(&q) || fold(&it.reference).contains(&q))
}

fn no_bands() -> Vec<ScoreBand> {
    let band = |at| ScoreBand {
        from: at * BAND,
        to: (at + 1) * BAND,
        count: 0,
    };
    (0..10).map(band).collect()
}

fn bands(all: &[Ranked]) -> Vec<ScoreBand> {
    let mut bands = no_bands();
    for it in all {
        let at = usize::try_from(it.score / BAND).unwrap_or(0).min(9);
        if let Some(band) = bands.get_mut(at) {
            band.count += 1;
        }
    }
    bands
}

/// The lower of the two in the middle when their number is even. The list falls.
fn median(all: &[Ranked]) -> Option<i32> {
    all.get(all.len() / 2).map(|it| it.score)
}
