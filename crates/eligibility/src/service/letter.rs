//! A score in French, to be read as a letter.

use crate::rubric::{CriterionScore, KnockOutOutcome, Score, decimal_fr, points_fr};

/// Each condition and each criterion: what was read and from where, its points and weight,
/// and what would have changed it.
pub(super) fn write(score: &Score, rubric: &str, version: &str, provisional: bool) -> String {
    let total = decimal_fr(score.score);
    let mut text = if provisional {
        format!(
            "À ce jour, et sous réserve de la décision, la demande obtiendrait {total} points sur 100."
        )
    } else {
        format!("La demande a obtenu {total} points sur 100.")
    };
    text.push_str(&format!(
        " Ils sont comptés selon le barème « {rubric} », version {version}, le même pour toutes les demandes. \
         Les points servent à classer les demandes ; la décision est prise par une personne.\n"
    ));
    text.push_str("\nLES CONDITIONS\n\n");
    for outcome in &score.knock_outs {
        text.push_str(&condition(outcome));
    }
    text.push_str(
        "\nLES CRITÈRES\n\n\
         Chaque critère est noté de 0 à 100, puis compté selon son poids. Les poids font 100 en tout.\n",
    );
    for criterion in &score.criteria {
        text.push_str(&paragraph(criterion));
    }
    text
}

fn condition(outcome: &KnockOutOutcome) -> String {
    let state = match (outcome.met, outcome.to_check) {
        (false, _) => "Non remplie",
        (true, true) => "À vérifier par la ville",
        (true, false) => "Remplie",
    };
    format!("- {state} : {}\n", outcome.sentence)
}

fn paragraph(criterion: &CriterionScore) -> String {
    let mut text = format!(
        "\n{} : {} sur {}\n- Ce qui a été lu : {}\n",
        criterion.title,
        points_fr(criterion.contribution),
        criterion.weight,
        criterion.explanation
    );
    if !criterion.source.is_empty() {
        text.push_str(&format!("- D'où cela vient : {}.\n", criterion.source));
    }
    if criterion.divergent {
        text.push_str(
            "- À noter : les évaluations sont éloignées l'une de l'autre ; la ville en tient compte avant de décider.\n",
        );
    }
    if !criterion.change.is_empty() {
        text.push_str(&format!("- {}\n", criterion.change));
    }
    text
}
