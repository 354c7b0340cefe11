//! `/demandes/{id}/points`: how the points came about, and what would have changed them.

use ::web::PathId;
use ::web::access::ReadApplications;
use eligibility::ScoreView;
use kernel::{Instant, Language};
use serde::Serialize;

use super::application_parts::{SAMPLE_ID, in_language};
use crate::{Page, PageResult, Sample, View};

#[derive(Serialize)]
struct ScorePage {
    id: String,
    reference: String,
    programme: String,
    /// In points, as the reader writes numbers.
    score: String,
    computed_at: Option<Instant>,
    provisional: bool,
    conditions: Vec<Condition>,
    criteria: Vec<Criterion>,
    rubric: String,
}

#[derive(Serialize)]
struct Condition {
    text: String,
    met: bool,
    to_check: bool,
}

#[derive(Serialize)]
struct Criterion {
    title: String,
    contribution: String,
    weight: i32,
    /// The contribution in hundredths of a point, to draw it.
    value: i32,
    explanation: String,
    source: String,
    change: String,
}

impl View for ScorePage {
    const TEMPLATE: &'static str = "application_score.html";
}

pub(crate) async fn show(
    page: Page<ReadApplications>,
    PathId(id): PathId<kernel::Application>,
) -> PageResult {
    let now = page.state().database.now();
    let (score, reference, programme) = page
        .read(move |db, actor| {
            let application = eligibility::application(db, actor, id)?;
            let score = eligibility::score(db, actor, id, now)?;
            Ok((score, application.reference, application.programme))
        })
        .await?;
    page.show(&ScorePage::of(score, reference, programme, page.language()))
}

impl ScorePage {
    fn of(score: ScoreView, reference: String, programme: String, language: Language) -> Self {
        let condition = |it: &eligibility::rubric::KnockOutOutcome| Condition {
            text: in_language(language, &it.sentence, &it.sentence_en),
            met: it.met,
            to_check: it.to_check,
        };
        let criterion = |it: &eligibility::rubric::CriterionScore| Criterion {
            title: in_language(language, &it.title, &it.title_en),
            contribution: points(it.contribution, language),
            weight: it.weight,
            value: it.contribution,
            explanation: in_language(language, &it.explanation, &it.explanation_en),
            source: in_language(language, &it.source, &it.source_en),
            change: in_language(language, &it.change, &it.change_en),
        };
        Self {
            id: score.application_id.to_string(),
            score: points(score.score, language),
            computed_at: Some(score.computed_at),
            provisional: score.provisional,
            conditions: score.knock_outs.iter().map(condition).collect(),
            criteria: score.criteria.iter().map(criterion).collect(),
            rubric: format!("{}, version {}", score.rubric, score.version),
            reference,
            programme,
        }
    }
}

/// Hundredths of a point, as the reader writes numbers.
pub(super) fn points(hundredths: i32, language: Language) -> String {
    let mark = match language {
        Language::French => ',',
        Language::English => '.',
    };
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    match rest {
        0 => whole.to_string(),
        rest if rest % 10 == 0 => format!("{whole}{mark}{}", rest / 10),
        rest => format!("{whole}{mark}{rest:02}"),
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let criterion = |change: &str| Criterion {
        title: "A".to_owned(),
        contribution: "12.5".to_owned(),
        weight: 25,
        value: 1250,
        explanation: "123".to_owned(),
        source: "456".to_owned(),
        change: change.to_owned(),
    };
    let condition = |met, to_check| Condition {
        text: "789".to_owned(),
        met,
        to_check,
    };
    let page = |provisional| ScorePage {
        id: SAMPLE_ID.to_owned(),
        reference: "D-2023-0042".to_owned(),
        programme: "Marseille 2023".to_owned(),
        score: "72.5".to_owned(),
        computed_at: Instant::from_micros(1_700_000_000_000_000),
        provisional,
        conditions: vec![
            condition(true, false),
            condition(false, false),
            condition(true, true),
        ],
        criteria: vec![criterion("321"), criterion("")],
        rubric: "marseille-2023, version 1".to_owned(),
    };
    vec![
        Sample::of("score", &page(false)),
        Sample::of("provisional score", &page(true)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_written_as_the_reader_writes_numbers() {
        let of = |hundredths| points(hundredths, Language::French);
        assert_eq!(
            [of(7200), of(7250), of(7205), of(5)],
            ["72", "72,5", "72,05", "0,05"]
        );
        assert_eq!(points(7250, Language::English), "72.5");
    }
}
