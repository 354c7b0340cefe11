//! Appeals: what may be contested, until when, and who decides.

use std::collections::BTreeMap;

use kernel::{Code, Instant, PersonId, Refusal, Text, Verdict};

use crate::model::{Appeal, AppealOutcome, ApplicationStatus, Contested, MarksAround, Reopened};
use crate::rubric::Rubric;

/// A decision that can be contested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Contest {
    pub what: Contested,
    pub at: Instant,
    pub by: Option<PersonId>,
}

/// Which decision an appeal on this application contests: one that was taken, or the
/// refusal that silence is.
///
/// # Errors
/// `appeal_not_possible` when nothing is decided.
pub(crate) fn contest(
    status: ApplicationStatus,
    decided: Option<(Instant, PersonId)>,
    silence_at: Option<Instant>,
    now: Instant,
) -> Result<Contest, Refusal> {
    use ApplicationStatus::{Eligible, InReview, Ineligible, Submitted};
    let what = match status {
        Ineligible => Contested::Refusal,
        Eligible => Contested::Score,
        Submitted | InReview => {
            let at = silence_at.filter(|at| *at <= now);
            let at = at.ok_or_else(|| Refusal::plain(Code::AppealNotPossible))?;
            return Ok(Contest {
                what: Contested::Silence,
                at,
                by: None,
            });
        }
        _ => return Err(Refusal::plain(Code::AppealNotPossible)),
    };
    let (at, by) = decided.ok_or_else(|| Refusal::plain(Code::AppealNotPossible))?;
    Ok(Contest {
        what,
        at,
        by: Some(by),
    })
}

/// So many months from the decision, the last day included.
///
/// # Errors
/// `appeal_too_late`.
pub(crate) fn still_appealable(
    contest: &Contest,
    months: u32,
    now: Instant,
) -> Result<(), Refusal> {
    let last = contest.at.plus_months(months).date();
    if now.date() <= last {
        return Ok(());
    }
    Err(Refusal::new(
        Code::AppealTooLate,
        Text::new(
            format!(
                "Le recours devait être déposé au plus tard le {}, {months} mois après la décision.",
                last.format("%d/%m/%Y")
            ),
            format!("The appeal had to be filed by {last}, {months} months after the decision."),
        ),
    ))
}

/// Somebody else decides than who decided before; an appeal is decided once.
///
/// # Errors
/// `same_person`, `appeal_decided`.
pub(crate) fn may_decide_appeal(
    appeal: &Appeal,
    outcome: AppealOutcome,
    by: PersonId,
) -> Result<Verdict, Refusal> {
    match appeal.outcome {
        Some(before) if before == outcome => return Ok(Verdict::AlreadyDone),
        Some(_) => return Err(Refusal::plain(Code::AppealDecided)),
        None => {}
    }
    if appeal.contested_by == Some(by) {
        return Err(Refusal::new(
            Code::SamePerson,
            Text::new(
                "Vous avez pris la décision contestée : une autre personne tranche le recours.",
                "You took the decision that is contested: another person decides the appeal.",
            ),
        ));
    }
    Ok(Verdict::Go)
}

/// Whose marks are contested, or whose decision, does not mark anew.
///
/// # Errors
/// `application_step_not_allowed` when there is no decision to look at again, `same_person`.
pub(crate) fn may_mark_anew(
    status: ApplicationStatus,
    reopened: &Reopened,
    marked_before: bool,
    by: PersonId,
) -> Result<(), Refusal> {
    use ApplicationStatus::{Eligible, Ineligible};
    if !matches!(status, Eligible | Ineligible) {
        return Err(Refusal::plain(Code::ApplicationStepNotAllowed));
    }
    if marked_before || reopened.contested_by == Some(by) {
        return Err(Refusal::new(
            Code::SamePerson,
            Text::new(
                "Vous avez noté ou décidé cette demande avant le recours : une autre personne la note de nouveau.",
                "You marked or decided this application before the appeal: another person marks it anew.",
            ),
        ));
    }
    Ok(())
}

/// How far the marks that an accepted appeal sets aside are given anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MarkedAnew {
    /// A criterion still has only marks that were contested.
    No,
    /// Each has a new mark, and fewer than the rubric asks for.
    Enough,
    /// Nothing is left to mark.
    Whole,
}

/// Criteria that nobody had marked before have nothing to be marked anew.
pub(crate) fn marked_anew(rubric: &Rubric, around: &BTreeMap<String, MarksAround>) -> MarkedAnew {
    let contested = rubric.assessed().filter_map(|(criterion, rule)| {
        let marks = around.get(&criterion.code)?;
        (marks.before > 0).then_some((marks.anew, rule.assessors))
    });
    contested.fold(MarkedAnew::Whole, |so_far, (anew, needed)| match so_far {
        MarkedAnew::No => MarkedAnew::No,
        _ if anew == 0 => MarkedAnew::No,
        MarkedAnew::Whole if anew >= needed => MarkedAnew::Whole,
        _ => MarkedAnew::Enough,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use ApplicationStatus::{Draft, Ineligible, Submitted};

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn appeal_not_possible_before_a_decision_or_silence() {
        let silence = Some(at("2023-04-28T09:00:00Z"));
        let before = contest(Submitted, None, silence, at("2023-04-28T08:59:59Z"));
        assert_eq!(before.unwrap_err().code, Code::AppealNotPossible);
        let after = contest(Submitted, None, silence, at("2023-04-28T09:00:00Z")).unwrap();
        assert_eq!((after.what, after.by), (Contested::Silence, None));
        assert!(contest(Draft, None, None, at("2023-04-28T09:00:00Z")).is_err());
    }

    #[test]
    fn appeal_too_late_when_the_months_are_over() {
        let by = kernel::Id::from_uuid("0190a000-0000-7000-8000-000000000000".parse().unwrap());
        let now = at("2023-12-31T10:00:00Z");
        let contest = contest(Ineligible, Some((now, by)), None, now).unwrap();
        // 29 February ends at midnight in Paris
        still_appealable(&contest, 2, at("2024-02-29T22:59:59Z")).unwrap();
        let late = still_appealable(&contest, 2, at("2024-02-29T23:00:00Z")).unwrap_err();
        assert_eq!(late.code, Code::AppealTooLate);
        assert!(late.detail.fr.contains("29/02/2024"));
    }

    #[test]
    fn same_person_does_not_mark_anew() {
        let person = |last: u8| {
            let text = format!("0190a000-0000-7000-8000-0000000000{last:02}");
            kernel::Id::from_uuid(text.parse().unwrap())
        };
        let reopened = Reopened {
            appeal: kernel::Id::from_uuid("0190a000-0000-7000-8000-000000000000".parse().unwrap()),
            reference: "R-2023-0001".to_owned(),
            contested: Contested::Score,
            contested_by: Some(person(1)),
            accepted: true,
        };
        let eligible = ApplicationStatus::Eligible;
        let decided = may_mark_anew(eligible, &reopened, false, person(1)).unwrap_err();
        let marked = may_mark_anew(eligible, &reopened, true, person(2)).unwrap_err();
        assert_eq!(
            (decided.code, marked.code),
            (Code::SamePerson, Code::SamePerson)
        );
        may_mark_anew(eligible, &reopened, false, person(2)).unwrap();
        let withdrawn = ApplicationStatus::Withdrawn;
        let gone = may_mark_anew(withdrawn, &reopened, false, person(2)).unwrap_err();
        assert_eq!(gone.code, Code::ApplicationStepNotAllowed);
    }

    #[test]
    fn each_contested_criterion_is_marked_anew() {
        let (rubric, _) = crate::rubric::Library::embedded()
            .find("marseille-2023")
            .map(|(rubric, text)| (rubric, text.len()))
            .unwrap();
        let around = |before, anew| {
            let marks = MarksAround { before, anew };
            marked_anew(&rubric, &BTreeMap::from([("project".to_owned(), marks)]))
        };
        assert_eq!(around(2, 0), MarkedAnew::No);
        assert_eq!(around(2, 1), MarkedAnew::Enough);
        assert_eq!(around(2, 2), MarkedAnew::Whole);
        assert_eq!(around(0, 1), MarkedAnew::Whole);
        assert_eq!(marked_anew(&rubric, &BTreeMap::new()), MarkedAnew::Whole);
    }
}
