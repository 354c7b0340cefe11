//! What would have changed a criterion's points: the nearest other answer that gives more.

use kernel::{Text, Theme};

use super::facts::{Facts, flag};
use super::points::{count_en, count_fr, decimal_en, decimal_fr, points_en, points_fr};
use super::themes::{theme_en, theme_fr};
use super::{Criterion, Points, Rule, criteria};

/// In a sentence.
pub(super) fn of(criterion: &Criterion, facts: &Facts, points: Points) -> Text {
    if points == Points::ALL {
        return Text::new(
            "Vous avez tous les points de ce critère.",
            "You have all the points of this criterion.",
        );
    }
    let Some((fr, en, better)) = better(criterion, facts, points) else {
        return Text::new(
            "Aucune autre réponse n'aurait donné plus de points.",
            "No other answer would have given more points.",
        );
    };
    let (now, then) = (
        points.weighted(criterion.weight),
        better.weighted(criterion.weight),
    );
    Text::new(
        format!(
            "{fr}, ce critère aurait compté pour {} au lieu de {}.",
            points_fr(then),
            decimal_fr(now)
        ),
        format!(
            "{en}, this criterion would have counted for {} instead of {}.",
            points_en(then),
            decimal_en(now)
        ),
    )
}

type Better = Option<(String, String, Points)>;

fn better(criterion: &Criterion, facts: &Facts, points: Points) -> Better {
    let whole = |fr: &str, en: &str| Some((fr.to_owned(), en.to_owned(), Points::ALL));
    match &criterion.rule {
        Rule::YesNo(rule) => {
            let (yes, no) = (rule.yes > points, rule.no > points);
            let answer = flag(rule.reads, facts);
            if yes && answer != Some(true) {
                Some((
                    "Avec la réponse « oui »".into(),
                    "With the answer \"yes\"".into(),
                    rule.yes,
                ))
            } else if no {
                Some((
                    "Avec la réponse « non »".into(),
                    "With the answer \"no\"".into(),
                    rule.no,
                ))
            } else {
                None
            }
        }
        Rule::Table(rule) => {
            let best = rule.points.iter().max_by_key(|(_, points)| **points)?;
            (*best.1 > points).then(|| {
                (
                    format!("Avec la réponse « {} »", best.0.french()),
                    format!("With the answer \"{}\"", best.0.english()),
                    *best.1,
                )
            })
        }
        Rule::Steps(rule) => {
            let next = rule.steps.iter().find(|step| step.points > points)?;
            Some((
                format!("À partir de {}", count_fr(next.from)),
                format!("From {} on", count_en(next.from)),
                next.points,
            ))
        }
        Rule::Range(rule) => whole(
            &format!("À partir de {}", count_fr(rule.to)),
            &format!("From {} on", count_en(rule.to)),
        ),
        Rule::Themes(_) => one_theme_more(criterion, facts, points),
        Rule::Territory(rule) => whole(
            &format!(
                "Dans un lieu dont l'indice de fragilité est de {} ou plus",
                decimal_fr(rule.to.0 * 10)
            ),
            &format!(
                "In a place with a fragility index of {} or more",
                decimal_en(rule.to.0 * 10)
            ),
        ),
        Rule::Assessed(rule) => whole(
            &format!("Avec une note moyenne de {max} sur {max}", max = rule.max),
            &format!("With a mean mark of {max} out of {max}", max = rule.max),
        ),
        Rule::PastObligations(_) => whole("Sans suivi en retard", "Without any overdue follow-up"),
    }
}

/// The theme not chosen that gives most.
fn one_theme_more(criterion: &Criterion, facts: &Facts, points: Points) -> Better {
    let with = |theme: Theme| {
        let mut facts = facts.clone();
        facts.themes.insert(theme);
        criteria::points(&criterion.code, &criterion.rule, &facts)
    };
    let (theme, best) = Theme::ALL
        .iter()
        .filter(|theme| !facts.themes.contains(theme))
        .map(|theme| (*theme, with(*theme)))
        .fold(None, |best: Option<(Theme, Points)>, next| match best {
            Some(best) if best.1 >= next.1 => Some(best),
            _ => Some(next),
        })?;
    (best > points).then(|| {
        (
            format!("Avec un thème de plus, par exemple « {} »", theme_fr(theme)),
            format!("With one theme more, such as \"{}\"", theme_en(theme)),
            best,
        )
    })
}
