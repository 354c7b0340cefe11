//! What staff may write while they review, and what an eligible application needs.

use identity::OrganisationStatus;
use kernel::{Code, Fields, PersonId, Refusal, Text};
use serde_json::json;

use super::changes::Named;
use super::steps::may_apply;
use crate::model::{
    ApplicationStatus, Assessment, AssessmentInput, ChangesInput, Decision, Outcome,
};
use crate::rubric::{CriterionScore, KnockOutOutcome, Rubric, Score};

/// Characters of a sentence that staff write, at the most.
const SENTENCE: usize = 2000;

/// # Errors
/// `unknown_criterion` when the rubric has no such assessed criterion, `invalid_fields` with
/// everything that is wrong.
pub(crate) fn check_assessment(
    rubric: &Rubric,
    criterion: &str,
    input: &AssessmentInput,
) -> Result<(), Refusal> {
    let Some((_, rule)) = rubric
        .assessed()
        .find(|(assessed, _)| assessed.code == criterion)
    else {
        let codes: Vec<_> = rubric
            .assessed()
            .map(|(assessed, _)| assessed.code.as_str())
            .collect();
        return Err(Refusal::new(
            Code::UnknownCriterion,
            Text::new(
                format!("Critères évalués de ce barème : {}.", codes.join(", ")),
                format!("Assessed criteria of this rubric: {}.", codes.join(", ")),
            ),
        ));
    };
    let mut fields = Fields::default();
    match input.points {
        _ if input.recused => {}
        None => fields.push(
            "/points",
            Code::Required,
            Text::new(
                format!("Donnez une note de 0 à {}, ou récusez-vous.", rule.max),
                format!("Give a mark from 0 to {}, or recuse yourself.", rule.max),
            ),
        ),
        Some(points) if (0..=rule.max).contains(&points) => {}
        Some(_) => fields.push(
            "/points",
            Code::OutOfRange,
            Text::new(
                format!("Une note va de 0 à {}.", rule.max),
                format!("A mark goes from 0 to {}.", rule.max),
            ),
        ),
    }
    // a declared conflict of interest is reason enough
    if !(input.recused && input.justification.trim().is_empty()) {
        fields.text("/justification", &input.justification, SENTENCE);
    }
    fields.check()
}

/// # Errors
/// `invalid_fields` with everything that is wrong.
pub(crate) fn check_changes(input: &ChangesInput) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    if input.items.is_empty() {
        fields.push(
            "/items",
            Code::Required,
            Text::new("Dites ce qui est à changer.", "Say what is to be changed."),
        );
    }
    for (at, item) in input.items.iter().enumerate() {
        let field = format!("/items/{at}/field");
        fields.text(&field, &item.field, 100);
        if !item.field.trim().is_empty() && Named::read(&item.field).is_none() {
            fields.push(field, Code::Invalid, unknown_field());
        }
        fields.text(&format!("/items/{at}/message"), &item.message, SENTENCE);
        if item.reason.chars().count() > SENTENCE {
            fields.text(&format!("/items/{at}/reason"), &item.reason, SENTENCE);
        }
    }
    fields.check()
}

fn unknown_field() -> Text {
    let possible = Named::possible();
    Text::new(
        format!("Un champ de la demande ou une pièce : {possible}."),
        format!("A field of the application or a document: {possible}."),
    )
}

/// # Errors
/// `invalid_fields` when an application is found not eligible without a reason, or found
/// eligible after all.
pub(crate) fn check_reasons(decision: &Decision, status: ApplicationStatus) -> Result<(), Refusal> {
    let needed = match decision.outcome {
        Outcome::Ineligible => true,
        Outcome::Eligible => status == ApplicationStatus::Ineligible,
    };
    check_given_reasons(&decision.reasons(), needed)
}

/// # Errors
/// `invalid_fields` when reasons are needed and none says anything, or one is too long.
pub(crate) fn check_given_reasons(reasons: &[String], needed: bool) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    if needed && reasons.is_empty() {
        fields.push(
            "/reasons",
            Code::Required,
            Text::new(
                "Cette décision est motivée : donnez au moins une raison, que l'association lira.",
                "This decision has its reasons: give at least one, which the association will read.",
            ),
        );
    }
    for (at, reason) in reasons.iter().enumerate() {
        fields.text(&format!("/reasons/{at}"), reason, SENTENCE);
    }
    fields.check()
}

/// The assessments that somebody may see while the application is not decided: their own, and those
/// of others on a criterion that they assessed themselves, or recused themselves from. So nobody's
/// mark leans on another's. Once it is decided, all of them.
pub(crate) fn seen_by(
    all: Vec<Assessment>,
    reader: PersonId,
    status: ApplicationStatus,
) -> Vec<Assessment> {
    use ApplicationStatus::{Eligible, Ineligible, Withdrawn};
    if matches!(status, Eligible | Ineligible | Withdrawn) {
        return all;
    }
    let own = all.iter().filter(|it| it.assessor_id == reader);
    let own: Vec<String> = own.map(|it| it.criterion.clone()).collect();
    let seen = all.into_iter().filter(|it| own.contains(&it.criterion));
    seen.collect()
}

/// What an eligible application needs: an association that is verified, every condition of
/// the rubric, and somebody's assessment of each criterion that people assess.
///
/// # Errors
/// `organisation_suspended`, `organisation_not_verified`, `knocked_out`, `assessment_missing`.
pub(crate) fn may_be_eligible(
    association: OrganisationStatus,
    score: &Score,
) -> Result<(), Refusal> {
    verified(association)?;
    let failed: Vec<_> = score.failed().collect();
    if !failed.is_empty() {
        return Err(knocked_out(&failed));
    }
    every_mark_there(score)
}

/// # Errors
/// `organisation_suspended`, `organisation_not_verified`.
pub(crate) fn verified(association: OrganisationStatus) -> Result<(), Refusal> {
    may_apply(association)?;
    if association != OrganisationStatus::Verified {
        return Err(Refusal::plain(Code::OrganisationNotVerified));
    }
    Ok(())
}

/// # Errors
/// `assessment_missing` when nobody assessed a criterion that people assess.
pub(crate) fn every_mark_there(score: &Score) -> Result<(), Refusal> {
    let missing: Vec<_> = score.unassessed().collect();
    if !missing.is_empty() {
        return Err(assessment_missing(&missing));
    }
    Ok(())
}

fn knocked_out(failed: &[&KnockOutOutcome]) -> Refusal {
    let list = |part: fn(&KnockOutOutcome) -> &str| -> Vec<&str> {
        failed.iter().map(|outcome| part(outcome)).collect()
    };
    let fr = list(|outcome| &outcome.sentence).join(" ");
    let en = list(|outcome| &outcome.sentence_en).join(" ");
    let codes = list(|outcome| &outcome.code);
    Refusal::new(Code::KnockedOut, Text::new(fr, en)).with_extra(json!({ "knock_outs": codes }))
}

fn assessment_missing(missing: &[&CriterionScore]) -> Refusal {
    let list = |part: fn(&CriterionScore) -> &str| -> Vec<&str> {
        missing.iter().map(|criterion| part(criterion)).collect()
    };
    let fr = list(|criterion| &criterion.title).join(", ");
    let en = list(|criterion| &criterion.title_en).join(", ");
    let codes = list(|criterion| &criterion.code);
    Refusal::new(
        Code::AssessmentMissing,
        Text::new(
            format!("Personne n'a encore évalué : {fr}."),
            format!("Nobody has assessed yet: {en}."),
        ),
    )
    .with_extra(json!({ "criteria": codes }))
}

/// Applications that are shared out at once, at the most: as many as a list shows.
const SHARED_OUT: usize = 200;

/// Whether so many applications may be given to somebody at once.
///
/// # Errors
/// `required`, `invalid`.
pub(crate) fn may_share_out(applications: usize) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    if applications == 0 {
        fields.push(
            "/application_ids",
            Code::Required,
            Text::new(
                "Cochez au moins une demande.",
                "Tick at least one application.",
            ),
        );
    }
    fields.at_most("/application_ids", applications, SHARED_OUT);
    fields.check()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::model::{NewChange, Reasons};
    use crate::rubric::Library;

    fn score(met: bool, missing: bool) -> Score {
        Score {
            score: 5000,
            fragility: None,
            knock_outs: vec![KnockOutOutcome {
                code: "territory".into(),
                met,
                to_check: false,
                sentence: "Hors du territoire.".into(),
                sentence_en: "Outside.".into(),
            }],
            criteria: vec![CriterionScore {
                code: "project".into(),
                title: "Qualité".into(),
                title_en: "Quality".into(),
                value: json!(null),
                points: 0,
                weight: 100,
                contribution: 0,
                source: String::new(),
                source_en: String::new(),
                explanation: String::new(),
                explanation_en: String::new(),
                change: String::new(),
                change_en: String::new(),
                missing,
                more_assessors_needed: missing,
                divergent: false,
            }],
        }
    }

    #[test]
    fn organisation_not_verified_waits_with_the_decision() {
        let refusal =
            may_be_eligible(OrganisationStatus::Pending, &score(true, false)).unwrap_err();
        assert_eq!(refusal.code, Code::OrganisationNotVerified);
        let refusal =
            may_be_eligible(OrganisationStatus::Suspended, &score(true, false)).unwrap_err();
        assert_eq!(refusal.code, Code::OrganisationSuspended);
        may_be_eligible(OrganisationStatus::Verified, &score(true, false)).unwrap();
    }

    #[test]
    fn knocked_out_says_which_condition() {
        let refusal =
            may_be_eligible(OrganisationStatus::Verified, &score(false, true)).unwrap_err();
        assert_eq!(refusal.code, Code::KnockedOut);
        assert_eq!(refusal.detail.fr, "Hors du territoire.");
        assert_eq!(refusal.extra.unwrap()["knock_outs"][0], "territory");
    }

    #[test]
    fn assessment_missing_says_which_criterion() {
        let refusal =
            may_be_eligible(OrganisationStatus::Verified, &score(true, true)).unwrap_err();
        assert_eq!(refusal.code, Code::AssessmentMissing);
        assert!(refusal.detail.fr.contains("Qualité"));
    }

    #[test]
    fn the_marks_of_others_are_seen_after_ones_own() {
        let person = |last: char| {
            let id = format!("0190a000-0000-7000-8000-00000000000{last}");
            kernel::Id::from_uuid(id.parse().unwrap())
        };
        let mark = |criterion: &str, by| Assessment {
            set_aside_at: None,
            criterion: criterion.to_owned(),
            assessor_id: person(by),
            assessor: String::new(),
            points: Some(3),
            justification: "Solide.".to_owned(),
            recused: false,
            at: "2023-02-28T09:00:00Z".parse().unwrap(),
        };
        let all = || {
            vec![
                mark("project", '1'),
                mark("project", '2'),
                mark("team", '2'),
            ]
        };
        let seen = |by, status| seen_by(all(), person(by), status).len();
        assert_eq!(seen('1', ApplicationStatus::InReview), 2);
        assert_eq!(seen('2', ApplicationStatus::InReview), 3);
        assert_eq!(seen('3', ApplicationStatus::InReview), 0);
        assert_eq!(seen('3', ApplicationStatus::Eligible), 3);
    }

    #[test]
    fn unknown_criterion_and_marks_out_of_range() {
        let (rubric, _) = Library::embedded()
            .find("marseille-2023")
            .map(|(r, t)| (r, t.len()))
            .unwrap();
        let input = |points, justification: &str, recused| AssessmentInput {
            points,
            justification: justification.into(),
            recused,
        };
        check_assessment(&rubric, "project", &input(Some(5), "Solide.", false)).unwrap();
        check_assessment(&rubric, "project", &input(None, "J'en suis membre.", true)).unwrap();
        check_assessment(&rubric, "project", &input(None, "", true)).unwrap();
        for criterion in ["projects", "fragility"] {
            let refusal =
                check_assessment(&rubric, criterion, &input(Some(5), "x", false)).unwrap_err();
            assert_eq!(refusal.code, Code::UnknownCriterion);
        }
        for (points, code) in [
            (Some(6), Code::OutOfRange),
            (Some(-1), Code::OutOfRange),
            (None, Code::Required),
        ] {
            let refusal =
                check_assessment(&rubric, "project", &input(points, "", false)).unwrap_err();
            assert_eq!((refusal.errors[0].code, refusal.errors.len()), (code, 2));
        }
    }

    #[test]
    fn a_refusal_has_its_reasons() {
        let in_review = ApplicationStatus::InReview;
        let decide = |outcome, reasons| check_reasons(&Decision { outcome, reasons }, in_review);
        assert!(decide(Outcome::Ineligible, None).is_err());
        assert!(
            decide(
                Outcome::Ineligible,
                Some(Reasons::Several(vec![" ".into()]))
            )
            .is_err()
        );
        assert!(
            decide(
                Outcome::Ineligible,
                Some(Reasons::One("Hors objet.".into()))
            )
            .is_ok()
        );
        assert!(decide(Outcome::Eligible, None).is_ok());
        let items = vec![NewChange {
            field: String::new(),
            reason: String::new(),
            message: String::new(),
        }];
        assert_eq!(
            check_changes(&ChangesInput { items })
                .unwrap_err()
                .errors
                .len(),
            2
        );
        assert!(check_changes(&ChangesInput { items: Vec::new() }).is_err());
    }
}
