//! Scores by hand; what holds for every rubric is in `property_tests`.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;

use kernel::{Text, Theme};

use super::*;
use crate::model::Purpose;
use crate::rubric::{Library, Mark};
use crate::territory::{Found, Place};

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
        "Note moyenne 2,5 sur 5, donnée par 2 personnes. Cela donne 50 points sur 100, soit 12,5 points avec un poids de 25."
    );
}

#[test]
fn the_explanation_says_what_was_read() {
    let mut facts = facts();
    let read = |facts: &Facts| evaluate(&marseille(), facts).criteria.remove(0).explanation;
    assert_eq!(
        read(&facts),
        "Indice de fragilité numérique 6,8 sur 10, celui de Marseille 15e Arrondissement, d'après le code commune. \
         Aucun point jusqu'à 3, 100 points à partir de 8 ; en proportion entre les deux. \
         Cela donne 76 points sur 100, soit 22,8 points avec un poids de 30."
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
