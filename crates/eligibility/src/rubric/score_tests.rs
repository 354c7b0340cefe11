//! What must hold for every score.
#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;

use super::*;
use crate::rubric::Library;
use crate::territory::Found;
use kernel::Text;

fn marseille() -> Rubric {
    Library::embedded().find("marseille-2023").unwrap().0
}

fn facts() -> Facts {
    Facts {
        verified: true,
        commitments: true,
        area: AreaCheck::Inside,
        quantity: 20,
        themes: BTreeSet::from([Theme::Precarity, Theme::Employment]),
        beneficiaries_per_year: Some(200),
        trained_staff: Some(true),
        purpose: Some(Purpose::NewProject),
        place: Place {
            index_tenths: Some(68),
            name: "Marseille 15e Arrondissement".into(),
            found: Found::CommuneCode,
            source: Text::new("table", "table"),
        },
        marks: vec![mark(5), mark(4)],
        labels: None,
        overdue: 0,
    }
}

fn mark(points: i32) -> Mark {
    Mark {
        criterion: "project".into(),
        points,
    }
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let themes = proptest::collection::btree_set(proptest::sample::select(Theme::ALL), 0..=6);
    let purpose = proptest::option::of(proptest::sample::select(Purpose::ALL));
    let marks = proptest::collection::vec(0..=5_i32, 0..4);
    (
        themes,
        proptest::option::of(-5..1_000_000_i64),
        proptest::option::of(any::<bool>()),
        purpose,
        proptest::option::of(0..=100_i32),
        marks,
    )
        .prop_map(|(themes, people, trained, purpose, index, marks)| {
            let mut facts = facts();
            facts.themes = themes;
            facts.beneficiaries_per_year = people;
            facts.trained_staff = trained;
            facts.purpose = purpose;
            facts.place.index_tenths = index;
            facts.marks = marks.into_iter().map(mark).collect();
            facts
        })
}

proptest! {
    #[test]
    fn a_score_is_within_its_limits_and_the_sum_of_its_parts(facts in any_facts()) {
        let score = evaluate(&marseille(), &facts);
        prop_assert!((0..=10_000).contains(&score.score));
        prop_assert_eq!(score.criteria.iter().map(|c| c.contribution).sum::<i32>(), score.score);
        for criterion in &score.criteria {
            prop_assert!((0..=10_000).contains(&criterion.points));
        }
    }

    #[test]
    fn more_of_what_is_rewarded_never_lowers_the_score(
        facts in any_facts(), people in 0..1_000_000_i64, index in 0..40_i32, theme in proptest::sample::select(Theme::ALL),
    ) {
        let rubric = marseille();
        let before = evaluate(&rubric, &facts).score;
        let mut better = vec![facts.clone(); 5];
        better[0].beneficiaries_per_year = Some(facts.beneficiaries_per_year.unwrap_or(0) + people);
        better[1].place.index_tenths = Some((facts.place.index_tenths.unwrap_or(0) + index).min(100));
        better[2].themes.insert(theme);
        better[3].trained_staff = Some(true);
        for mark in &mut better[4].marks {
            mark.points = (mark.points + 1).min(5);
        }
        for better in better {
            prop_assert!(evaluate(&rubric, &better).score >= before);
        }
    }

    #[test]
    fn the_order_of_criteria_does_not_matter(facts in any_facts(), turn in 0..6_usize) {
        let rubric = marseille();
        let mut turned = rubric.clone();
        turned.criteria.rotate_left(turn);
        turned.criteria.swap(0, 3);
        prop_assert_eq!(evaluate(&turned, &facts).score, evaluate(&rubric, &facts).score);
    }

    #[test]
    fn a_stored_score_is_recomputed_from_what_was_stored(facts in any_facts()) {
        let rubric = marseille();
        let score = evaluate(&rubric, &facts);
        let stored = serde_json::to_string(&(&facts, &score)).unwrap();
        let (facts, was): (Facts, Score) = serde_json::from_str(&stored).unwrap();
        prop_assert_eq!(evaluate(&rubric, &facts), was);
    }
}

#[test]
fn a_score_by_hand() {
    let score = evaluate(&marseille(), &facts());
    let part = |code: &str| score.criteria.iter().find(|c| c.code == code).unwrap();
    assert_eq!(part("fragility").contribution, 2280); // (6,8 − 3) ÷ 5 × 30
    assert_eq!(part("themes").contribution, 1200); // 2 × 40 × 15
    assert_eq!(part("people_reached").contribution, 750); // half of the decades from 20 to 2000
    assert_eq!(part("trained_staff").contribution, 1000);
    assert_eq!(part("purpose").contribution, 500);
    assert_eq!(part("project").contribution, 2250); // 4,5 ÷ 5 × 25
    assert_eq!(score.score, 7980);
    assert!(score.failed().next().is_none());
}

#[test]
fn knocked_out_when_a_condition_is_not_met() {
    let rubric = marseille();
    let mut facts = facts();
    facts.area = AreaCheck::Unknown;
    let unknown = evaluate(&rubric, &facts);
    assert!(unknown.failed().next().is_none());
    assert!(unknown.knock_outs.iter().any(|outcome| outcome.to_check));
    facts.area = AreaCheck::Outside;
    facts.commitments = false;
    facts.quantity = 501;
    facts.verified = false;
    let failed: Vec<_> = evaluate(&rubric, &facts)
        .failed()
        .map(|o| o.code.clone())
        .collect();
    assert_eq!(
        failed,
        [
            "association_verified",
            "commitments",
            "territory",
            "quantity"
        ]
    );
}

#[test]
fn assessors_far_apart_are_flagged() {
    let rubric = marseille();
    let project = |marks: &[i32]| {
        let mut facts = facts();
        facts.marks = marks.iter().copied().map(mark).collect();
        evaluate(&rubric, &facts).criteria.pop().unwrap()
    };
    assert!(project(&[]).missing && project(&[]).points == 0);
    assert!(project(&[3]).more_assessors_needed);
    assert!(!project(&[2, 4]).divergent);
    assert!(project(&[1, 4]).divergent);
    assert_eq!(project(&[1, 4]).points, 5000);
    assert_eq!(
        project(&[1, 4]).explanation,
        "Note moyenne 2,5 sur 5, donnée par 2 personnes. 50 points sur 100, avec un poids de 25 : 12,5 points."
    );
}

#[test]
fn the_explanation_says_what_was_read() {
    let mut facts = facts();
    let read = |facts: &Facts| evaluate(&marseille(), facts).criteria.remove(0).explanation;
    assert_eq!(
        read(&facts),
        "Indice de fragilité numérique 6,8 sur 10, celui de Marseille 15e Arrondissement, d'après le code commune. \
         De 3 (0 point) à 8 (100 points), en proportion. 76 points sur 100, avec un poids de 30 : 22,8 points."
    );
    facts.place = Place {
        index_tenths: Some(50),
        name: "Marseille".into(),
        found: Found::CommuneFallback,
        source: Text::new("", ""),
    };
    assert!(
        read(&facts).contains("5 sur 10, celui de Marseille dans son ensemble"),
        "{}",
        read(&facts)
    );
}
