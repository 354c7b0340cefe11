//! The rubric on the applications of 2023: scores spread, and nobody is kept out who was in.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use kernel::Text;

use super::{AreaCheck, Facts, Library, Mark, evaluate};
use crate::territory::{self, Site};

const TABLE: &[u8] = include_bytes!("../../../../tests/data/ifn_bouches_du_rhone.csv");
const ASSOCIATIONS: &[u8] = include_bytes!("../../../../tests/data/marseille/associations.csv");

#[test]
fn the_associations_of_2023_are_told_apart() {
    let library = Library::embedded();
    let (rubric, _) = library.find("marseille-2023").unwrap();
    let rows = territory::read_table(TABLE).unwrap().accepted;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(ASSOCIATIONS);
    let header = reader.headers().unwrap().clone();
    let mut scores = Vec::new();
    for record in reader.records() {
        let record = record.unwrap();
        let cell = |name: &str| &record[header.iter().position(|column| column == name).unwrap()];
        let site = Site {
            postal_code: cell("postal_code").into(),
            commune: Some(cell("commune").into()),
            commune_code: None,
        };
        let marks = ["project_points_1", "project_points_2"].map(|column| Mark {
            criterion: "project".into(),
            points: cell(column).parse().unwrap(),
        });
        let facts = Facts {
            verified: true,
            commitments: true,
            area: territory::area_check("13055", &site),
            quantity: cell("quantity").parse().unwrap(),
            themes: cell("themes")
                .split('|')
                .map(|theme| theme.parse().unwrap())
                .collect(),
            beneficiaries_per_year: cell("beneficiaries_per_year").parse().ok(),
            trained_staff: Some(cell("trained_staff") == "yes"),
            purpose: cell("purpose").parse().ok(),
            place: territory::locate(&site, &rows, &Text::new("", ""), &rubric.fragility),
            marks: marks.to_vec(),
            labels: None,
            overdue: 0,
        };
        assert_eq!(facts.area, AreaCheck::Inside);
        let score = evaluate(&rubric, &facts);
        assert!(score.failed().next().is_none(), "{}", cell("name"));
        scores.push(score.score);
    }
    scores.sort_unstable();
    let (least, most) = (scores[0], scores[67]);
    assert_eq!(scores.len(), 68);
    assert!(
        least > 2000 && most < 10_000 && most - least > 3000,
        "{least}–{most}"
    );
    let different: BTreeSet<_> = scores.iter().collect();
    assert!(different.len() > 60, "{} of 68 differ", different.len());
    eprintln!(
        "{least}–{most}, median {}, {} different",
        scores[34],
        different.len()
    );
}
