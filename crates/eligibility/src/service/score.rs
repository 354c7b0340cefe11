//! Scores: computed from facts that are stored with them, and explained.

use std::collections::HashMap;

use db::{Db, Error, Result, Tx};
use kernel::{Actor, ApplicationId, Code, Instant, OrganisationId, ProgrammeId, Text};
use serde::{Deserialize, Serialize};

use super::letter;
use crate::model::{ApplicationStatus, Candidate, Programme, ScoreView};
use crate::rubric::{self, Facts, Mark, Rubric, Score};
use crate::store::{self, Origin, Record};
use crate::territory::{self, Row};

/// Everything that a score used, as it is stored with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Detail {
    pub rubric: String,
    pub version: String,
    pub facts: Facts,
    pub score: Score,
}

impl Detail {
    /// Scores an application as it stands.
    pub(crate) fn compute(db: &mut Db, record: &Record, now: Instant) -> Result<Self> {
        let programme = store::programme(db, record.row.programme_id)?;
        let rubric = rubric_of(&programme)?;
        let facts = facts(db, record, &programme, &rubric, now)?;
        let score = rubric::evaluate(&rubric, &facts);
        Ok(Self {
            rubric: programme.rubric,
            version: programme.rubric_version,
            facts,
            score,
        })
    }

    fn view(
        self,
        application_id: ApplicationId,
        provisional: bool,
        computed_at: Instant,
    ) -> ScoreView {
        ScoreView {
            text: letter::write(&self.score, &self.rubric, &self.version, provisional),
            application_id,
            score: self.score.score,
            rubric: self.rubric,
            version: self.version,
            provisional,
            computed_at,
            fragility: self.score.fragility,
            knock_outs: self.score.knock_outs,
            criteria: self.score.criteria,
        }
    }
}

/// The rubric as the programme pinned it.
pub(super) fn rubric_of(programme: &Programme) -> Result<Rubric> {
    parse(&programme.rubric_text)
}

fn parse(pinned: &str) -> Result<Rubric> {
    Rubric::parse(pinned)
        .map_err(|refusal| Error::Inconsistent(format!("a pinned rubric: {refusal}")))
}

/// Keeps a score that counts, with everything that it used: on the application, and in its
/// history.
pub(super) fn keep_score(
    tx: &mut Tx<'_>,
    actor: &Actor,
    application: ApplicationId,
    detail: &Detail,
    because: store::Because,
) -> Result<()> {
    let json = serde_json::to_string(detail)?;
    store::set_score_detail(tx, application, &json)?;
    let new = store::NewScore {
        application,
        rubric: &detail.rubric,
        version: &detail.version,
        score: detail.score.score,
        detail: &json,
        because,
        by: actor.person,
    };
    store::insert_scores(tx, &[new])
}

/// What is read about an application outside of its own row.
pub(super) struct Gathered {
    /// Of the fragility index, for its site.
    pub rows: Vec<Row>,
    /// Where they come from.
    pub origin: Option<Origin>,
    /// Of those who did not recuse themselves.
    pub marks: Vec<Mark>,
    /// Follow-ups that are overdue.
    pub overdue: i64,
}

fn facts(
    db: &mut Db,
    record: &Record,
    programme: &Programme,
    rubric: &Rubric,
    now: Instant,
) -> Result<Facts> {
    let site = record.site();
    let (rows, origin) = store::rows_for(db, &site.postal_code, site.precise_code().as_deref())?;
    let gathered = Gathered {
        rows,
        origin,
        marks: store::marks(db, record.row.id)?,
        overdue: store::overdue(db, record.row.association_id, now)?,
    };
    Ok(facts_of(record, programme, rubric, gathered))
}

/// The facts of an application, from its row and what was read beside it.
pub(super) fn facts_of(
    record: &Record,
    programme: &Programme,
    rubric: &Rubric,
    gathered: Gathered,
) -> Facts {
    let form = &record.row.form.form;
    let site = record.site();
    let source = gathered.origin.map_or_else(
        || Text::new("", ""),
        |(source, loaded)| table_source(&source, loaded),
    );
    Facts {
        verified: record.association.status == identity::OrganisationStatus::Verified,
        commitments: form.commitments.is_some_and(crate::model::Commitments::all),
        area: territory::area_check(&programme.territory, &site),
        quantity: form.quantity(),
        themes: form.themes.iter().flatten().copied().collect(),
        beneficiaries_per_year: form.beneficiaries_per_year,
        trained_staff: form.trained_staff,
        purpose: form.purpose,
        place: territory::locate(&site, &gathered.rows, &source, &rubric.fragility),
        marks: gathered.marks,
        labels: form
            .labels
            .as_ref()
            .map(|labels| labels.iter().cloned().collect()),
        overdue: gathered.overdue,
    }
}

fn table_source(source: &str, loaded: Instant) -> Text {
    let day = loaded.date();
    Text::new(
        format!("{source} (table chargée le {})", day.format("%d/%m/%Y")),
        format!("{source} (table loaded on {day})"),
    )
}

/// The score of an application with its explanation: as it was decided, or for staff, before
/// that, as it would be now.
///
/// # Errors
/// `not_found`, `not_scored`.
pub fn score(db: &mut Db, actor: &Actor, id: ApplicationId, now: Instant) -> Result<ScoreView> {
    let record = store::application(db, actor, id)?;
    if let Some(detail) = store::score_detail(db, id)? {
        let detail: Detail = serde_json::from_str(&detail)?;
        return Ok(detail.view(id, false, record.row.scored_at.unwrap_or(now)));
    }
    let open = matches!(
        record.row.status,
        ApplicationStatus::Submitted
            | ApplicationStatus::InReview
            | ApplicationStatus::ChangesRequested
    );
    if !(open && actor.is_city()) {
        return Err(Code::NotScored.into());
    }
    Ok(Detail::compute(db, &record, now)?.view(id, true, now))
}

/// The scores of many applications as they were decided, for what the city does with all of
/// them at once.
///
/// # Errors
/// `not_scored` when one of them was not decided.
pub fn decided_scores(
    db: &mut Db,
    ids: &[ApplicationId],
) -> Result<HashMap<ApplicationId, ScoreView>> {
    let view = |(id, detail, at): (ApplicationId, Option<String>, Option<Instant>)| {
        let (Some(detail), Some(at)) = (detail, at) else {
            return Err(Code::NotScored.into());
        };
        let detail: Detail = serde_json::from_str(&detail)?;
        Ok((id, detail.view(id, false, at)))
    };
    store::score_details(db, ids)?
        .into_iter()
        .map(view)
        .collect()
}

/// Computes a stored score again from what is stored with it, and says whether it is the same
/// in every number. How it is worded may have changed since.
///
/// # Errors
/// `not_found`, `not_scored`.
pub fn recompute(db: &mut Db, actor: &Actor, id: ApplicationId) -> Result<bool> {
    let record = store::application(db, actor, id)?;
    let Some(detail) = store::score_detail(db, id)? else {
        return Err(Code::NotScored.into());
    };
    let detail: Detail = serde_json::from_str(&detail)?;
    let programme = record.row.programme_id;
    let text = store::pinned_text(db, programme, &detail.rubric, &detail.version)?;
    let text = text.ok_or_else(|| {
        Error::Inconsistent(format!(
            "programme {programme} never pinned {}",
            detail.rubric
        ))
    })?;
    let again = rubric::evaluate(&parse(&text)?, &detail.facts);
    Ok(again.same_numbers(&detail.score) && record.row.score == Some(again.score))
}

/// The eligible applications of a programme whose associations are verified, by id: what an
/// allocation works on.
///
/// # Errors
/// When the database fails.
pub fn candidates(db: &mut Db, programme: ProgrammeId) -> Result<Vec<Candidate>> {
    store::candidates(db, programme)
}

/// The same in the order of the ranking, so many at the most, from a place on: of one
/// association, or of all.
///
/// # Errors
/// When the database fails.
pub fn candidates_in_order(
    db: &mut Db,
    programme: ProgrammeId,
    association: Option<OrganisationId>,
    part: (i64, i64),
) -> Result<Vec<Candidate>> {
    store::candidates_in_order(db, programme, association, part)
}
