//! A score in French, to be read as a letter.

use crate::rubric::{CriterionScore, Score, decimal_fr};

/// Each condition and each criterion: what was read and from where, its points and weight,
/// and what would have changed it.
pub(super) fn write(score: &Score, rubric: &str, version: &str, provisional: bool) -> String {
    let total = decimal_fr(score.score);
    let mut text = if provisional {
        format!(
            "À ce jour, et sous réserve de la décision, la demande obtiendrait {total} points sur 100, selon le barème « {rubric} », version {version}."
        )
    } else {
        format!(
            "La demande a obtenu {total} points sur 100, selon le barème « {rubric} », version {version}."
        )
    };
    text.push_str("\n\nLes conditions :\n");
    for outcome in &score.knock_outs {
        let state = match (outcome.met, outcome.to_check) {
            (false, _) => "non remplie",
            (true, true) => "à vérifier par le service",
            (true, false) => "remplie",
        };
        text.push_str(&format!("- {} → {state}\n", outcome.sentence));
    }
    text.push_str("\nLes critères, dont les points s'ajoutent :\n");
    for criterion in &score.criteria {
        text.push_str(&paragraph(criterion));
    }
    text
}

fn paragraph(criterion: &CriterionScore) -> String {
    let mut text = format!(
        "\n{} : {} sur {}.\n{}\n",
        criterion.title,
        decimal_fr(criterion.contribution),
        criterion.weight,
        criterion.explanation
    );
    if !criterion.source.is_empty() {
        text.push_str(&format!("Source : {}.\n", criterion.source));
    }
    if criterion.divergent {
        text.push_str("Les évaluations sont éloignées l'une de l'autre : le service en est averti avant de décider.\n");
    }
    if !criterion.change.is_empty() {
        text.push_str(&format!("{}\n", criterion.change));
    }
    text
}
