//! What people gave for the criteria of an application, as the review page shows it.

use eligibility::{Assessment, ToAssess};
use kernel::{Instant, Language};
use serde::Serialize;

use crate::language::say;

/// A criterion that people assess.
#[derive(Serialize)]
pub(super) struct Criterion {
    code: String,
    title: String,
    max: i32,
    assessors: usize,
    /// From 0 to the best.
    scale: Vec<i32>,
    /// What was given before: the chosen mark as the form sends it, and why.
    points: String,
    justification: String,
    others: Vec<Given>,
    /// Others gave theirs, which are shown after one's own.
    hidden: usize,
    divergent: bool,
    /// Who looks gave theirs.
    given: bool,
}

/// What somebody else gave.
#[derive(Serialize)]
struct Given {
    by: String,
    points: Option<i32>,
    justification: String,
    at: Instant,
}

impl Criterion {
    pub(super) fn of(it: &ToAssess, language: Language) -> Self {
        let mine = it.mine.as_ref();
        let points = mine.map(|it| match it.points {
            Some(points) => points.to_string(),
            None => RECUSED.to_owned(),
        });
        Self {
            code: it.code.clone(),
            title: say(&it.title, language),
            max: it.max,
            assessors: it.assessors,
            scale: (0..=it.max).collect(),
            points: points.unwrap_or_default(),
            justification: mine.map(|it| it.justification.clone()).unwrap_or_default(),
            others: it.others.iter().map(Given::from).collect(),
            hidden: it.hidden,
            divergent: it.divergent,
            given: mine.is_some(),
        }
    }
}

/// The answer of whoever has a tie to the association.
pub(super) const RECUSED: &str = "recused";

impl From<&Assessment> for Given {
    fn from(it: &Assessment) -> Self {
        Self {
            by: it.assessor.clone(),
            points: it.points,
            justification: it.justification.clone(),
            at: it.at,
        }
    }
}

/// For samples.
pub(super) fn sample_criteria(at: Instant) -> Vec<Criterion> {
    let criterion = |code: &str, given: bool| Criterion {
        code: code.to_owned(),
        title: "A".to_owned(),
        max: 5,
        assessors: 2,
        scale: (0..=5).collect(),
        points: if given { "4".to_owned() } else { String::new() },
        justification: if given {
            "123".to_owned()
        } else {
            String::new()
        },
        others: [Some(1), None]
            .map(|points| Given {
                by: "Ada Aidante".to_owned(),
                points,
                justification: "456".to_owned(),
                at,
            })
            .into_iter()
            .filter(|_| given)
            .collect(),
        hidden: usize::from(!given),
        divergent: given,
        given,
    };
    vec![criterion("project", true), criterion("team", false)]
}
