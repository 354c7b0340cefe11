//! Scores: computed from facts that are stored with them, and explained.

use db::{Db, Error, Result};
use kernel::{Actor, ApplicationId, Code, Instant, ProgrammeId, Text};
use serde::{Deserialize, Serialize};

use crate::model::{ApplicationStatus, Candidate, Programme, ScoreView};
use crate::rubric::{self, Facts, Rubric, Score};
use crate::store::{self, Record};
use crate::territory;

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
    pub(crate) fn compute(db: &mut Db, record: &Record) -> Result<Self> {
        let programme = store::programme(db, record.row.programme_id)?;
        let rubric = rubric_of(&programme)?;
        let facts = facts(db, record, &programme, &rubric)?;
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
    Rubric::parse(&programme.rubric_text).map_err(|refusal| {
        Error::Inconsistent(format!("rubric of programme {}: {refusal}", programme.id))
    })
}

fn facts(db: &mut Db, record: &Record, programme: &Programme, rubric: &Rubric) -> Result<Facts> {
    let form = &record.row.form.form;
    let site = record.site();
    let (rows, origin) = store::rows_for(db, &site.postal_code, site.precise_code().as_deref())?;
    let source = origin.map_or_else(
        || Text::new("", ""),
        |(source, loaded)| table_source(&source, loaded),
    );
    Ok(Facts {
        verified: record.association.status == identity::OrganisationStatus::Verified,
        commitments: form.commitments.is_some_and(crate::model::Commitments::all),
        area: territory::area_check(&programme.territory, &site),
        quantity: form.quantity(),
        themes: form.themes.iter().flatten().copied().collect(),
        beneficiaries_per_year: form.beneficiaries_per_year,
        trained_staff: form.trained_staff,
        purpose: form.purpose,
        place: territory::locate(&site, &rows, &source, &rubric.fragility),
        marks: store::marks(db, record.row.id)?,
    })
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
    Ok(Detail::compute(db, &record)?.view(id, true, now))
}

/// Computes a stored score again from what is stored with it, and says whether it is the same.
///
/// # Errors
/// `not_found`, `not_scored`.
pub fn recompute(db: &mut Db, actor: &Actor, id: ApplicationId) -> Result<bool> {
    let record = store::application(db, actor, id)?;
    let Some(detail) = store::score_detail(db, id)? else {
        return Err(Code::NotScored.into());
    };
    let detail: Detail = serde_json::from_str(&detail)?;
    let programme = store::programme(db, record.row.programme_id)?;
    let again = rubric::evaluate(&rubric_of(&programme)?, &detail.facts);
    Ok(again == detail.score && record.row.score == Some(again.score))
}

/// The eligible applications of a programme whose associations are verified, by id: what an
/// allocation works on.
///
/// # Errors
/// When the database fails.
pub fn candidates(db: &mut Db, programme: ProgrammeId) -> Result<Vec<Candidate>> {
    store::candidates(db, programme)
}
