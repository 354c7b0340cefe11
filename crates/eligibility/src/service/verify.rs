//! Whether stored scores are those that their stored inputs give.

use std::collections::{BTreeMap, HashMap};

use db::schema::{
    application_scores as h, applications as a, assessments as s, programme_rubrics as p,
};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{ApplicationId, Instant, ProgrammeId};

use super::score::Detail;
use crate::model::ApplicationStatus;
use crate::rubric::{self, Mark, Rubric};

/// Applications that are read at a time.
const PAGE: i64 = 200;

type Row = (
    (ApplicationId, String, ProgrammeId, ApplicationStatus),
    (Option<i32>, Option<String>, Option<Instant>),
);

/// Computes every stored score again from its stored inputs, and compares it with the application,
/// its history and its assessments: how many there are, or the first that differs.
///
/// # Errors
/// When the database fails.
pub fn verify_scores(db: &mut Db) -> Result<std::result::Result<u64, String>> {
    let mut rubrics = HashMap::new();
    let (mut after, mut count) = (None, 0);
    loop {
        let page = page(db, after)?;
        let Some(((last, ..), _)) = page.last() else {
            return Ok(Ok(count));
        };
        after = Some(*last);
        for ((id, reference, programme, status), (score, detail, scored_at)) in page {
            let Some(detail) = detail else {
                continue;
            };
            count += 1;
            let found = Stored {
                id,
                programme,
                decided: matches!(
                    status,
                    ApplicationStatus::Eligible | ApplicationStatus::Ineligible
                ),
                score,
                detail,
                scored_at,
            };
            if let Some(what) = found.difference(db, &mut rubrics)? {
                return Ok(Err(format!("application {reference}: {what}")));
            }
        }
    }
}

fn page(db: &mut Db, after: Option<ApplicationId>) -> Result<Vec<Row>> {
    let mut query = a::table
        .order(a::id)
        .limit(PAGE)
        .select((
            (a::id, a::reference, a::programme_id, a::status),
            (a::score, a::score_detail, a::scored_at),
        ))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(a::id.gt(after));
    }
    Ok(query.load(db)?)
}

/// A score as it is stored.
struct Stored {
    id: ApplicationId,
    programme: ProgrammeId,
    decided: bool,
    score: Option<i32>,
    detail: String,
    scored_at: Option<Instant>,
}

type Rubrics = HashMap<(ProgrammeId, String, String), Option<Rubric>>;

impl Stored {
    fn difference(&self, db: &mut Db, rubrics: &mut Rubrics) -> Result<Option<String>> {
        let Ok(detail) = serde_json::from_str::<Detail>(&self.detail) else {
            return Ok(Some("its score's inputs cannot be read".to_owned()));
        };
        if self.score != Some(detail.score.score) {
            let stored = self
                .score
                .map_or("none".to_owned(), |score| score.to_string());
            return Ok(Some(format!(
                "its score is {stored}, and {} by its inputs",
                detail.score.score
            )));
        }
        let key = (
            self.programme,
            detail.rubric.clone(),
            detail.version.clone(),
        );
        if !rubrics.contains_key(&key) {
            let rubric = pinned(db, &key)?;
            rubrics.insert(key.clone(), rubric);
        }
        if let Some(Some(rubric)) = rubrics.get(&key) {
            let again = rubric::evaluate(rubric, &detail.facts);
            if !again.same_numbers(&detail.score) {
                return Ok(Some(format!(
                    "its score is {}, and {} computed again",
                    detail.score.score, again.score
                )));
            }
        }
        if let Some(what) = self.history_differs(db)? {
            return Ok(Some(what));
        }
        match self.decided {
            true => self.marks_differ(db, &detail.facts.marks),
            false => Ok(None),
        }
    }

    /// The last entry of its history is the one that counts.
    fn history_differs(&self, db: &mut Db) -> Result<Option<String>> {
        let last: Option<(i32, String)> = h::table
            .filter(h::application_id.eq(self.id))
            .order(h::id.desc())
            .select((h::score, h::detail))
            .first(db)
            .optional()?;
        let differs =
            last.is_some_and(|(score, detail)| Some(score) != self.score || detail != self.detail);
        Ok(differs.then(|| "its score is not the last of its history".to_owned()))
    }

    /// What people gave is what the score used, but for what was given since.
    fn marks_differ(&self, db: &mut Db, used: &[Mark]) -> Result<Option<String>> {
        let rows: Vec<(String, Option<i32>, Instant)> = s::table
            .filter(s::application_id.eq(self.id))
            .filter(s::recused.eq(false))
            .filter(s::set_aside_at.is_null())
            .select((s::criterion, s::points, s::at))
            .load(db)?;
        if rows
            .iter()
            .any(|(_, _, at)| self.scored_at.is_none_or(|scored| *at > scored))
        {
            return Ok(None);
        }
        let mut given: BTreeMap<(String, i32), i64> = BTreeMap::new();
        for (criterion, points, _) in rows {
            if let Some(points) = points {
                *given.entry((criterion, points)).or_default() += 1;
            }
        }
        for mark in used {
            *given
                .entry((mark.criterion.clone(), mark.points))
                .or_default() -= 1;
        }
        let other = given.into_iter().find(|(_, count)| *count != 0);
        Ok(other.map(|((criterion, points), count)| {
            let who = if count > 0 {
                "an assessment"
            } else {
                "its score"
            };
            format!("{who} has {points} points for {criterion}, and nothing else does")
        }))
    }
}

fn pinned(db: &mut Db, key: &(ProgrammeId, String, String)) -> Result<Option<Rubric>> {
    let text: Option<String> = p::table
        .find((key.0, &key.1, &key.2))
        .select(p::text)
        .first(db)
        .optional()?;
    Ok(text.and_then(|text| Rubric::parse(&text).ok()))
}
