//! What holds for every rubric that can be written and every application: rubrics of any
//! criteria, written as the city writes them, and read.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write;

use kernel::{Text, Theme};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{AreaCheck, Criterion, Facts, Figure, Flag, Mark, Rubric, Rule, Score, evaluate};
use crate::model::Purpose;
use crate::territory::{Found, Place};

const FIGURES: &[&str] = &["beneficiaries_per_year", "quantity"];

fn yes_no() -> impl Strategy<Value = String> {
    (
        select(&["trained_staff", "any_label"][..]),
        0..=100,
        0..=100,
    )
        .prop_map(|(reads, yes, no)| {
            format!("rule.yes_no = {{ reads = \"{reads}\", yes = {yes}, no = {no} }}")
        })
}

fn table() -> impl Strategy<Value = String> {
    btree_map(select(Purpose::ALL), 0..=100, 1..=4).prop_map(|points| {
        let points: Vec<_> = points.iter().map(|(it, p)| format!("{it} = {p}")).collect();
        let points = points.join(", ");
        format!("rule.table = {{ reads = \"purpose\", points = {{ {points} }} }}")
    })
}

fn steps() -> impl Strategy<Value = String> {
    let rising = btree_set(0..5_000_i64, 1..6).prop_flat_map(|from| {
        let count = from.len();
        (Just(from), vec(0..=100, count))
    });
    (select(FIGURES), rising).prop_map(|(reads, (from, mut points))| {
        points.sort_unstable();
        let steps = from.iter().zip(points);
        let steps: Vec<_> = steps
            .map(|(from, points)| format!("{{ from = {from}, points = {points} }}"))
            .collect();
        let steps = steps.join(", ");
        format!("rule.steps = {{ reads = \"{reads}\", steps = [{steps}] }}")
    })
}

fn range(scale: &'static str) -> impl Strategy<Value = String> {
    (select(FIGURES), 1..5_000_i64, 1..100_000_i64).prop_map(move |(reads, from, more)| {
        let to = from + more;
        format!(
            "rule.range = {{ reads = \"{reads}\", scale = \"{scale}\", from = {from}, to = {to} }}"
        )
    })
}

fn themes() -> impl Strategy<Value = String> {
    btree_map(select(Theme::ALL), 0..=100, 0..=6).prop_map(|points| {
        let points: Vec<_> = points.iter().map(|(it, p)| format!("{it} = {p}")).collect();
        format!("rule.themes.points = {{ {} }}", points.join(", "))
    })
}

fn territory() -> impl Strategy<Value = String> {
    (0..90, 1..60).prop_map(|(from, more)| {
        let tenths = |it: i32| format!("\"{}.{}\"", it / 10, it % 10);
        let (from, to) = (tenths(from), tenths(from + more));
        format!("rule.territory = {{ from = {from}, to = {to} }}")
    })
}

fn assessed() -> impl Strategy<Value = String> {
    (1..=20, 1..=3).prop_flat_map(|(max, assessors)| {
        (0..=max).prop_map(move |divergence| {
            format!("rule.assessed = {{ max = {max}, assessors = {assessors}, divergence = {divergence} }}")
        })
    })
}

fn past_obligations() -> impl Strategy<Value = String> {
    (1..=100).prop_map(|each| format!("rule.past_obligations = {{ each = {each} }}"))
}

/// Weights of so many criteria: the lengths between cuts of 100.
fn weights(count: usize) -> impl Strategy<Value = Vec<i32>> {
    vec(0..=100, count - 1).prop_map(|mut cuts| {
        cuts.extend([0, 100]);
        cuts.sort_unstable();
        cuts.windows(2).map(|pair| pair[1] - pair[0]).collect()
    })
}

/// The text of a rubric with any criteria.
fn rubric() -> impl Strategy<Value = String> {
    let rule = prop_oneof![
        yes_no(),
        table(),
        steps(),
        range("linear"),
        range("logarithmic"),
        themes(),
        territory(),
        assessed(),
        past_obligations(),
    ];
    vec(rule, 1..10)
        .prop_flat_map(|rules| {
            let count = rules.len();
            (Just(rules), weights(count))
        })
        .prop_map(|(rules, weights)| written(&rules, &weights))
}

fn written(rules: &[String], weights: &[i32]) -> String {
    let mut text =
        "name = \"any\"\nversion = \"1\"\ntitle = { fr = \"T\", en = \"T\" }\n".to_owned();
    for (at, (rule, weight)) in rules.iter().zip(weights).enumerate() {
        write!(
            text,
            "[[criteria]]\ncode = \"c{at}\"\nweight = {weight}\n{rule}\ntitle = {{ fr = \"C\", en = \"C\" }}\n"
        )
        .unwrap();
    }
    text
}

/// An application, and marks in thousandths of the best one, by criterion.
fn facts() -> impl Strategy<Value = (Facts, Vec<Vec<i32>>)> {
    let form = (
        btree_set(select(Theme::ALL), 0..=6),
        option::of(0..1_000_000_i64),
        0..10_000_i64,
        option::of(any::<bool>()),
        option::of(select(Purpose::ALL)),
        option::of(btree_set("[a-z]{3}", 0..3)),
    );
    let around = (
        option::of(0..=100_i32),
        0..20_i64,
        vec(vec(0..=1000, 0..4), 10),
    );
    (form, around).prop_map(|(form, (index_tenths, overdue, marks))| {
        let (themes, beneficiaries_per_year, quantity, trained_staff, purpose, labels) = form;
        let place = Place {
            index_tenths,
            name: "M".into(),
            found: Found::CommuneCode,
            source: Text::new("t", "t"),
        };
        let facts = Facts {
            verified: true,
            commitments: true,
            area: AreaCheck::Inside,
            quantity,
            themes,
            beneficiaries_per_year,
            trained_staff,
            purpose,
            place,
            marks: Vec::new(),
            labels,
            overdue,
        };
        (facts, marks)
    })
}

/// The marks, within what each assessed criterion takes.
fn marked(rubric: &Rubric, mut facts: Facts, thousandths: &[Vec<i32>]) -> Facts {
    for ((criterion, rule), given) in rubric.assessed().zip(thousandths) {
        let marks = given.iter().map(|it| Mark {
            criterion: criterion.code.clone(),
            points: it * rule.max / 1000,
        });
        facts.marks.extend(marks);
    }
    facts
}

/// The same application with more of what a criterion rewards.
fn better(criterion: &Criterion, facts: &Facts, by: i64) -> Facts {
    let mut more = facts.clone();
    match &criterion.rule {
        Rule::YesNo(rule) => {
            let best = rule.yes >= rule.no;
            match rule.reads {
                Flag::TrainedStaff => more.trained_staff = Some(best),
                Flag::AnyLabel => {
                    more.labels = Some(best.then(|| "x".to_owned()).into_iter().collect());
                }
            }
        }
        Rule::Table(rule) => {
            let best = rule.points.iter().max_by_key(|(_, points)| **points);
            more.purpose = best.map(|(purpose, _)| *purpose);
        }
        Rule::Steps(super::Steps { reads, .. }) | Rule::Range(super::Range { reads, .. }) => {
            match reads {
                Figure::Quantity => more.quantity += by,
                Figure::BeneficiariesPerYear => {
                    more.beneficiaries_per_year =
                        Some(facts.beneficiaries_per_year.unwrap_or(0) + by);
                }
            }
        }
        Rule::Themes(_) => {
            let theme = Theme::ALL[usize::try_from(by).unwrap() % Theme::ALL.len()];
            more.themes.insert(theme);
        }
        Rule::Territory(_) => {
            let index = i64::from(facts.place.index_tenths.unwrap_or(0));
            more.place.index_tenths = Some(i32::try_from((index + by).min(100)).unwrap());
        }
        Rule::Assessed(rule) => {
            let marks = more.marks.iter_mut();
            for mark in marks.filter(|mark| mark.criterion == criterion.code) {
                mark.points = (mark.points + 1).min(rule.max);
            }
        }
        Rule::PastObligations(_) => more.overdue = (facts.overdue - by).max(0),
    }
    more
}

fn contribution(score: &Score, code: &str) -> i32 {
    let mut criteria = score.criteria.iter();
    criteria.find(|it| it.code == code).unwrap().contribution
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_score_is_within_its_limits_and_the_sum_of_its_parts(
        text in rubric(), (facts, marks) in facts(),
    ) {
        let rubric = Rubric::parse(&text).expect(&text);
        let score = evaluate(&rubric, &marked(&rubric, facts, &marks));
        prop_assert!((0..=10_000).contains(&score.score));
        let sum: i32 = score.criteria.iter().map(|it| it.contribution).sum();
        prop_assert_eq!(sum, score.score);
        for criterion in &score.criteria {
            prop_assert!((0..=10_000).contains(&criterion.points));
            prop_assert!((0..=criterion.weight * 100).contains(&criterion.contribution));
        }
    }

    #[test]
    fn more_of_what_a_criterion_rewards_never_lowers_it(
        text in rubric(), (facts, marks) in facts(), by in 0..100_000_i64,
    ) {
        let rubric = Rubric::parse(&text).expect(&text);
        let facts = marked(&rubric, facts, &marks);
        let before = evaluate(&rubric, &facts);
        for criterion in &rubric.criteria {
            let after = evaluate(&rubric, &better(criterion, &facts, by));
            prop_assert!(
                contribution(&after, &criterion.code) >= contribution(&before, &criterion.code),
                "{:?}", criterion
            );
        }
    }

    #[test]
    fn the_order_of_criteria_does_not_matter(
        (text, order) in rubric().prop_flat_map(|text| {
            let count = text.matches("[[criteria]]").count();
            (Just(text), Just((0..count).collect::<Vec<_>>()).prop_shuffle())
        }),
        (facts, marks) in facts(),
    ) {
        let rubric = Rubric::parse(&text).expect(&text);
        let facts = marked(&rubric, facts, &marks);
        let mut shuffled = rubric.clone();
        shuffled.criteria = order.iter().map(|at| rubric.criteria[*at].clone()).collect();
        let (one, other) = (evaluate(&rubric, &facts), evaluate(&shuffled, &facts));
        prop_assert_eq!(one.score, other.score);
        for criterion in &one.criteria {
            prop_assert!(other.criteria.contains(criterion));
        }
    }

    #[test]
    fn a_stored_score_is_recomputed_from_what_was_stored(
        text in rubric(), (facts, marks) in facts(),
    ) {
        let rubric = Rubric::parse(&text).expect(&text);
        let facts = marked(&rubric, facts, &marks);
        let stored = serde_json::to_string(&(&facts, evaluate(&rubric, &facts))).unwrap();
        let (facts, was): (Facts, Score) = serde_json::from_str(&stored).unwrap();
        let again = evaluate(&Rubric::parse(&text).unwrap(), &facts);
        prop_assert!(again.same_numbers(&was));
        prop_assert_eq!(again, was);
    }
}
