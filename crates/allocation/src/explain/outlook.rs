//! The end of an explanation: what would have changed it, what comes next, the appeals.

use super::Bilingual;
use super::model::{Explanation, RequestExplanation, WouldChange};
use super::words::{lot, points, quantity_of};

/// Completes the text with what would have changed each result, what comes next and the
/// ways to appeal.
pub fn complete_text(explanation: &mut Explanation) {
    let mut items = Vec::new();
    for request in &explanation.requests {
        if let Some(change) = &request.would_change {
            changes(&mut items, request, change);
        }
    }
    let text = &mut explanation.text;
    if !items.is_empty() {
        text.paragraph();
        text.add(Bilingual::new(
            "Ce qui aurait changé ce résultat, vérifié en refaisant le calcul :",
            "What would have changed this result, verified by computing it again:",
        ));
    }
    for item in items {
        text.add(Bilingual::new(
            format!("\n- {}", item.fr),
            format!("\n- {}", item.en),
        ));
    }
    for last in [explanation.next_step.clone(), explanation.rights.clone()] {
        text.paragraph();
        text.add(last);
    }
}

fn changes(items: &mut Vec<Bilingual>, request: &RequestExplanation, change: &WouldChange) {
    let score = |items: &mut Vec<Bilingual>, score: Option<u64>, fr: &str, en: &str| {
        if let Some(score) = score {
            let score = points(i64::try_from(score).unwrap_or(i64::MAX));
            items.push(Bilingual::new(
                format!("avec {} points, {fr}", score.fr),
                format!("with {} points, {en}", score.en),
            ));
        }
    };
    score(
        items,
        change.score_to_be_served,
        "elle aurait reçu un lot",
        "it would have received a lot",
    );
    score(
        items,
        change.score_for_better_wish,
        "elle aurait reçu un type d'appareil qu'elle préfère",
        "it would have received a kind that it prefers",
    );
    score(
        items,
        change.score_for_one_more,
        "elle aurait reçu au moins un appareil de plus",
        "it would have received at least one device more",
    );
    for stock in &change.stock {
        let kind = stock.class.split('/').next().unwrap_or(&stock.class);
        let more = quantity_of(kind, stock.devices);
        items.push(Bilingual::new(
            format!(
                "avec {} de plus en stock, elle aurait reçu davantage",
                more.fr
            ),
            format!(
                "with {} more in stock, it would have received more",
                more.en
            ),
        ));
    }
    let mut accepting: Vec<_> = change.accepting.iter().collect();
    accepting.sort();
    for (kind, count) in accepting {
        let lot = quantity_of(kind, *count);
        items.push(Bilingual::new(
            format!(
                "en acceptant aussi ce type d'appareil, elle aurait reçu {}",
                lot.fr
            ),
            format!(
                "by also accepting this kind, it would have received {}",
                lot.en
            ),
        ));
    }
    if let Some(least) = change.request_at_least {
        items.push(Bilingual::new(
            format!("une demande d'au moins {least} appareils aurait participé à cette vague"),
            format!("a request for at least {least} devices would have taken part in this wave"),
        ));
    }
    if let Some(without) = &change.without_interventions {
        let (now, then) = (lot(&request.granted), lot(without));
        items.push(Bilingual::new(
            format!(
                "sans ce que la Ville a fixé dans cette vague, elle aurait {} au lieu de {}",
                then.fr, now.fr
            ),
            format!(
                "without what the city fixed in this wave, it would have {} instead of {}",
                then.en, now.en
            ),
        ));
    }
}
