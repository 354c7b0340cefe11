//! Appeals: what may be contested, until when, and who decides.

use kernel::{Code, Instant, PersonId, Refusal, Text};

use crate::model::{Appeal, AppealOutcome, ApplicationStatus, Contested};

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
) -> Result<super::Verdict, Refusal> {
    match appeal.outcome {
        Some(before) if before == outcome => return Ok(super::Verdict::AlreadyDone),
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
    Ok(super::Verdict::Do)
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
}
