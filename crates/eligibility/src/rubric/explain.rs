//! How a criterion's points came about, in the words that an applicant reads.

use kernel::{Text, Theme};
use serde_json::{Value, json};

use super::facts::{Facts, figure, flag, marks};
use super::points::{count_en, count_fr, decimal_en, decimal_fr, points_en, points_fr};
use super::themes::{theme_en, theme_fr};
use super::{Assessed, Criterion, Points, Range, Rule, Scale, Steps, Tenths, Territory, Themes};

/// What was read, from where, and what it gave.
pub(super) struct Told {
    pub(super) value: Value,
    pub(super) source: Text,
    pub(super) text: Text,
    /// What would have changed the points.
    pub(super) change: Text,
}

/// Tells one criterion.
pub(super) fn criterion(
    criterion: &Criterion,
    facts: &Facts,
    points: Points,
    contribution: i32,
) -> Told {
    let (value, read) = read(criterion, facts);
    let result = Text::new(
        format!(
            "Cela donne {} sur 100, soit {} avec un poids de {}.",
            points_fr(points.value()),
            points_fr(contribution),
            criterion.weight
        ),
        format!(
            "This gives {} out of 100, or {} with a weight of {}.",
            points_en(points.value()),
            points_en(contribution),
            criterion.weight
        ),
    );
    Told {
        value,
        source: source(&criterion.rule, facts),
        text: Text::new(
            format!("{} {}", read.fr, result.fr),
            format!("{} {}", read.en, result.en),
        ),
        change: super::change::of(criterion, facts, points),
    }
}

fn source(rule: &Rule, facts: &Facts) -> Text {
    match rule {
        Rule::Territory(_) => facts.place.source.clone(),
        Rule::PastObligations(_) => Text::new(
            "Suivi des attributions passées, tenu par la ville",
            "Follow-up of past awards, kept by the city",
        ),
        Rule::Assessed(_) => Text::new(
            "Lecture du dossier par des agents de la ville",
            "Reading of the file by staff of the city",
        ),
        _ => Text::new(
            "Déclaration de l'association",
            "Declaration of the association",
        ),
    }
}

fn read(criterion: &Criterion, facts: &Facts) -> (Value, Text) {
    match &criterion.rule {
        Rule::YesNo(rule) => {
            let answer = flag(rule.reads, facts);
            (json!(answer), yes_no(answer))
        }
        Rule::Table(_) => match facts.purpose {
            Some(purpose) => (
                json!(purpose),
                Text::new(
                    format!("Réponse : {}.", purpose.french()),
                    format!("Answer: {}.", purpose.english()),
                ),
            ),
            None => (Value::Null, unanswered()),
        },
        Rule::Steps(rule) => with_figure(figure(rule.reads, facts), |value| steps(rule, value)),
        Rule::Range(rule) => with_figure(figure(rule.reads, facts), |value| range(rule, value)),
        Rule::Themes(rule) => (json!(facts.themes), themes(rule, facts)),
        Rule::Territory(rule) => (
            facts
                .place
                .index_tenths
                .map_or(Value::Null, |index| json!(Tenths(index).to_string())),
            territory(rule, facts),
        ),
        Rule::Assessed(rule) => assessed(&criterion.code, rule, facts),
        Rule::PastObligations(_) => (json!(facts.overdue), overdue(facts.overdue)),
    }
}

fn overdue(count: i64) -> Text {
    match count {
        0 => Text::new("Aucun suivi en retard.", "No follow-up is overdue."),
        1 => Text::new("Un suivi en retard.", "One follow-up is overdue."),
        many => Text::new(
            format!("{many} suivis en retard."),
            format!("{many} follow-ups are overdue."),
        ),
    }
}

fn unanswered() -> Text {
    Text::new("Pas de réponse.", "No answer.")
}

fn yes_no(answer: Option<bool>) -> Text {
    match answer {
        Some(true) => Text::new("Réponse : oui.", "Answer: yes."),
        Some(false) => Text::new("Réponse : non.", "Answer: no."),
        None => unanswered(),
    }
}

fn with_figure(figure: Option<i64>, tell: impl Fn(i64) -> Text) -> (Value, Text) {
    match figure {
        Some(value) => (json!(value), tell(value)),
        None => (Value::Null, unanswered()),
    }
}

fn steps(rule: &Steps, value: i64) -> Text {
    match rule.steps.iter().rev().find(|step| value >= step.from) {
        Some(step) => Text::new(
            format!("{}, soit {} ou plus.", count_fr(value), count_fr(step.from)),
            format!(
                "{}, which is {} or more.",
                count_en(value),
                count_en(step.from)
            ),
        ),
        None => Text::new(
            format!("{}, en dessous du premier palier.", count_fr(value)),
            format!("{}, below the first step.", count_en(value)),
        ),
    }
}

fn range(rule: &Range, value: i64) -> Text {
    let (fr, en) = match rule.scale {
        Scale::Linear => (
            "en proportion entre les deux",
            "in proportion between the two",
        ),
        Scale::Logarithmic => (
            "entre les deux, chaque doublement compte autant",
            "between the two, each doubling counts the same",
        ),
    };
    Text::new(
        format!(
            "{}. Aucun point jusqu'à {}, 100 points à partir de {} ; {fr}.",
            count_fr(value),
            count_fr(rule.from),
            count_fr(rule.to)
        ),
        format!(
            "{}. No points up to {}, 100 points from {} on; {en}.",
            count_en(value),
            count_en(rule.from),
            count_en(rule.to)
        ),
    )
}

fn themes(rule: &Themes, facts: &Facts) -> Text {
    if facts.themes.is_empty() {
        return Text::new("Aucun thème choisi.", "No theme chosen.");
    }
    let list = |word: fn(Theme) -> &'static str| {
        let parts: Vec<_> = facts
            .themes
            .iter()
            .map(|theme| {
                let points = rule
                    .points
                    .get(theme)
                    .map_or(0, |points| points.value() / 100);
                format!("{} ({points})", word(*theme))
            })
            .collect();
        parts.join(", ")
    };
    Text::new(
        format!(
            "{} ; les points des thèmes s'ajoutent, jusqu'à 100.",
            upper(&list(theme_fr))
        ),
        format!(
            "{}; the points of themes add up, to 100.",
            upper(&list(theme_en))
        ),
    )
}

fn territory(rule: &Territory, facts: &Facts) -> Text {
    let place = &facts.place;
    let Some(index) = place.index_tenths else {
        return Text::new(
            "Aucun indice de fragilité numérique n'est connu pour ce lieu.",
            "No digital fragility index is known for this place.",
        );
    };
    let comma = |tenths: i32| decimal_fr(tenths * 10);
    let point = |tenths: i32| decimal_en(tenths * 10);
    Text::new(
        format!(
            "Indice de fragilité numérique {} sur 10, {}. Aucun point jusqu'à {}, 100 points à partir de {} ; en proportion entre les deux.",
            comma(index),
            place.found.french(&place.name),
            comma(rule.from.0),
            comma(rule.to.0),
        ),
        format!(
            "Digital fragility index {} out of 10, {}. No points up to {}, 100 points from {} on; in proportion between the two.",
            point(index),
            place.found.english(&place.name),
            point(rule.from.0),
            point(rule.to.0),
        ),
    )
}

fn assessed(code: &str, rule: &Assessed, facts: &Facts) -> (Value, Text) {
    let marks = marks(code, facts);
    if marks.is_empty() {
        return (
            Value::Null,
            Text::new("Pas encore évalué.", "Not assessed yet."),
        );
    }
    let (count, max) = (marks.len(), rule.max);
    let hundred_times = marks.iter().sum::<i64>() * 100;
    let mean = (hundred_times * 2 + count as i64) / (2 * count as i64);
    let mean = i32::try_from(mean).unwrap_or(0);
    let one = count == 1;
    let text = Text::new(
        format!(
            "Note moyenne {} sur {max}, donnée par {count} {}.",
            decimal_fr(mean),
            if one { "personne" } else { "personnes" }
        ),
        format!(
            "Mean mark {} out of {max}, given by {count} {}.",
            decimal_en(mean),
            if one { "person" } else { "people" }
        ),
    );
    (json!(decimal_en(mean)), text)
}

fn upper(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
