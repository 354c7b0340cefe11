//! The explanation in sentences.

use super::Bilingual;
use super::model::{Explanation, RequestExplanation, WishStep};
use super::words::{lot, points, quantity_of};

/// What happened, in paragraphs; `outlook` adds what follows from it.
pub(super) fn what_happened(explanation: &Explanation) -> Bilingual {
    let mut text = Bilingual::default();
    text.add(opening(explanation));
    for request in &explanation.requests {
        text.paragraph();
        if explanation.requests.len() > 1 {
            text.add(Bilingual::new(
                format!("Demande n° {} :", request.request),
                format!("Request no. {}:", request.request),
            ));
        }
        text.add(rank(request, explanation));
        text.paragraph();
        phase_a(&mut text, request);
        phase_b(&mut text, request);
    }
    text.paragraph();
    interventions(&mut text, explanation);
    text.add(review(explanation));
    text
}

fn opening(explanation: &Explanation) -> Bilingual {
    let mut granted = crate::model::Granted::new();
    for (kind, count) in explanation
        .requests
        .iter()
        .flat_map(|request| &request.granted)
    {
        *granted.entry(*kind).or_default() += count;
    }
    let lot = lot(&granted);
    let (association, reference) = (&explanation.association, &explanation.reference);
    let wave = &explanation.wave;
    let decided = wave.status.is_decided();
    let (fr, en) = if decided {
        ("reçoit", "receives")
    } else {
        ("recevrait", "would receive")
    };
    let mut text = Bilingual::new(
        format!(
            "{association}, demande {reference}, vague « {} » du programme « {} ».",
            wave.name, wave.programme
        ),
        format!(
            "{association}, application {reference}, wave \"{}\" of the programme \"{}\".",
            wave.name, wave.programme
        ),
    );
    text.paragraph();
    let not = if granted.is_empty() { "ne " } else { "" };
    text.add(Bilingual::new(
        format!("Résultat : l'association {not}{fr} {}.", lot.fr),
        format!("Result: the association {en} {}.", lot.en),
    ));
    let value = crate::rules::euros(crate::rules::value_cents(&granted));
    if !granted.is_empty() {
        text.add(Bilingual::new(
            format!("Cette aide en nature est évaluée à {}.", value.fr),
            format!("This aid in kind is valued at {}.", value.en),
        ));
    }
    if let [only] = explanation.requests.as_slice() {
        text.add(Bilingual::new(
            format!("La raison : {}.", only.sentence.fr),
            format!("The reason: {}.", only.sentence.en),
        ));
    }
    text
}

fn rank(request: &RequestExplanation, explanation: &Explanation) -> Bilingual {
    let score = request
        .data
        .iter()
        .find(|datum| datum.code == "score")
        .and_then(|datum| datum.value.as_i64());
    let score = points(score.unwrap_or(0));
    let (fr, en) = match request.placed_by.as_str() {
        "first" => ("Elle est appelée la première.", "It is called first."),
        "score" => (
            "Elle suit la demande appelée juste avant parce qu'elle a moins de points.",
            "It follows the one called just before because it has fewer points.",
        ),
        "fragility" => (
            "À égalité de points, elle suit la demande appelée juste avant parce que son territoire est moins fragile.",
            "With equal points, it follows the one called just before because its territory is less fragile.",
        ),
        "date" => (
            "À égalité de points et de fragilité du territoire, elle suit une demande déposée un jour plus tôt.",
            "With equal points and an equally fragile territory, it follows one submitted on an earlier day.",
        ),
        "draw" => (
            "À égalité de points, de fragilité et de jour de dépôt, le tirage public l'a placée après la précédente.",
            "With equal points, fragility and day of submission, the public draw placed it after the one before.",
        ),
        _ => (
            "Elle suit une autre demande de la même association.",
            "It follows another request of the same association.",
        ),
    };
    let rule = Bilingual::new(
        "Les demandes sont appelées dans l'ordre public de leurs points.",
        "Applications are called in the public order of their points.",
    );
    let mut text = rule;
    text.add(Bilingual::new(
        format!(
            "Avec {} points sur 100, celle-ci est au rang {} sur {}.",
            score.fr, request.rank, request.of
        ),
        format!(
            "With {} points out of 100, this one is at rank {} of {}.",
            score.en, request.rank, request.of
        ),
    ));
    text.add(Bilingual::new(fr, en));
    if request.placed_by == "draw" {
        let seed = &explanation.wave.seed;
        text.add(Bilingual::new(
            format!("La graine du tirage est « {seed} »."),
            format!("The seed of the draw is \"{seed}\"."),
        ));
    }
    text
}

fn phase_a(text: &mut Bilingual, request: &RequestExplanation) {
    if request.growth.already > 0 && request.lots.is_empty() {
        text.add(Bilingual::new(
            format!(
                "Elle a déjà reçu {} appareils : elle ne participe qu'au partage du reste.",
                request.growth.already
            ),
            format!(
                "It has received {} devices before: it only takes part in sharing what remains.",
                request.growth.already
            ),
        ));
    }
    for step in &request.lots {
        text.add(wish(step));
    }
}

fn wish(step: &WishStep) -> Bilingual {
    let lot = quantity_of(&step.kind, step.lot);
    if step.granted {
        return Bilingual::new(
            format!(
                "À son tour, un lot de {} était possible : il lui est attribué.",
                lot.fr
            ),
            format!(
                "When its turn came, a lot of {} was possible: it is granted.",
                lot.en
            ),
        );
    }
    let left = step.possible.unwrap_or(0);
    let (fr, en) = match &step.bound {
        Some(bound) if bound.by == "cap" => (
            format!("le plafond « {} » laissait {left}", bound.names.join(", ")),
            format!("the cap \"{}\" left {left}", bound.names.join(", ")),
        ),
        Some(bound) if bound.names.is_empty() => (
            "cette vague n'en a pas".to_owned(),
            "this wave has none".to_owned(),
        ),
        Some(bound) => (
            format!("il en restait {left} ({})", bound.names.join(", ")),
            format!("{left} were left ({})", bound.names.join(", ")),
        ),
        None => (format!("il en restait {left}"), format!("{left} were left")),
    };
    Bilingual::new(
        format!(
            "À son tour, un lot de {} n'était plus possible : {fr}.",
            lot.fr
        ),
        format!(
            "When its turn came, a lot of {} was no longer possible: {en}.",
            lot.en
        ),
    )
}

fn phase_b(text: &mut Bilingual, request: &RequestExplanation) {
    let growth = &request.growth;
    if matches!(
        growth.stopped_by.as_str(),
        "no_lot" | "below_lot" | "nothing_due" | "pinned" | "excluded"
    ) {
        return;
    }
    text.add(Bilingual::new(
        format!(
            "Le reste a été donné un appareil après l'autre à la demande la plus éloignée de sa part par point, jusqu'à \
             ce qu'elle demandait : elle en a ainsi reçu {} de plus.",
            growth.added
        ),
        format!(
            "What remained was given one device at a time to the request furthest below its share per point, up to \
             what it asked: it received {} more this way.",
            growth.added
        ),
    ));
    if let (Some(level), Some(share)) = (&growth.devices_per_point, &growth.exact_share) {
        text.add(Bilingual::new(
            format!(
                "Le partage revenait à {} appareil par point, soit pour elle {} avant arrondi.",
                level.replace('.', ","),
                share.replace('.', ",")
            ),
            format!("The share came to {level} devices per point, for it {share} before rounding."),
        ));
    }
    text.add(Bilingual::new(
        format!("Elle s'arrête là parce que {}.", request.sentence.fr),
        format!("It stops there because {}.", request.sentence.en),
    ));
}

fn interventions(text: &mut Bilingual, explanation: &Explanation) {
    if let Some(own) = &explanation.intervention {
        let day = day(own.at);
        let what = match &own.granted {
            None => Bilingual::new(
                "a écarté cette demande de la vague",
                "took this application out of the wave",
            ),
            Some(granted) => {
                let lot = lot(granted);
                Bilingual::new(
                    format!("a fixé ce résultat ({})", lot.fr),
                    format!("fixed this result ({})", lot.en),
                )
            }
        };
        text.add(Bilingual::new(
            format!(
                "Le {}, {}, pour la Ville, {} : « {} »",
                day.fr, own.by, what.fr, own.reason
            ),
            format!(
                "On {}, {}, for the city, {}: \"{}\"",
                day.en, own.by, what.en, own.reason
            ),
        ));
    }
    if explanation.other_interventions > 0 {
        let count = explanation.other_interventions;
        let (fr, en) = match count {
            1 => (
                "une autre demande".to_owned(),
                "one other application".to_owned(),
            ),
            _ => (
                format!("{count} autres demandes"),
                format!("{count} other applications"),
            ),
        };
        text.add(Bilingual::new(
            format!(
                "Dans cette vague, la Ville a fixé ou écarté {fr}, chaque fois avec sa raison."
            ),
            format!("In this wave the city fixed or took out {en}, each time with its reason."),
        ));
    }
}

fn review(explanation: &Explanation) -> Bilingual {
    let review = &explanation.review;
    let day = |at: Option<kernel::Instant>| at.map(day);
    let mut text = Bilingual::default();
    if let Some(on) = day(review.proposed_at) {
        text.add(Bilingual::new(
            format!(
                "Un calcul a proposé ce résultat le {} ; il ne décide pas.",
                on.fr
            ),
            format!(
                "A computation proposed this result on {}; it does not decide.",
                on.en
            ),
        ));
    }
    if let (Some(who), Some(on)) = (&review.submitted_by, day(review.submitted_at)) {
        text.add(Bilingual::new(
            format!("{who} l'a examiné et soumis le {}.", on.fr),
            format!("{who} examined and submitted it on {}.", on.en),
        ));
    }
    match (&review.approved_by, day(review.approved_at)) {
        (Some(who), Some(on)) => text.add(Bilingual::new(
            format!("{who}, une autre personne, l'a approuvé le {}.", on.fr),
            format!("{who}, another person, approved it on {}.", on.en),
        )),
        _ => text.add(Bilingual::new(
            "Il n'est pas encore approuvé et peut encore changer.",
            "It is not approved yet and may still change.",
        )),
    }
    text
}

/// A day, as people write it.
fn day(at: kernel::Instant) -> Bilingual {
    let written = |pattern: &str| at.in_paris().format(pattern).to_string();
    Bilingual::new(written("%d/%m/%Y"), written("%-d %B %Y"))
}

pub(super) fn next_step(explanation: &Explanation) -> Bilingual {
    let served = explanation
        .requests
        .iter()
        .any(|request| !request.granted.is_empty());
    let (fr, en) = match (explanation.wave.status.is_decided(), served) {
        (false, _) => (
            "La suite : une personne de la Ville doit encore approuver cette vague.",
            "What comes next: a member of the city's staff has yet to approve this wave.",
        ),
        (true, true) => (
            "La suite : un rendez-vous de remise est proposé à l'association.",
            "What comes next: an appointment for the handover is proposed to the association.",
        ),
        (true, false) => (
            "La suite : la demande reste valable et participe à la prochaine vague qui lui est ouverte, sans démarche.",
            "What comes next: the application remains valid and takes part in the next wave open to it, with nothing to do.",
        ),
    };
    Bilingual::new(fr, en)
}

pub(super) fn seed_source() -> Bilingual {
    Bilingual::new(
        "fixée par la Ville dans les réglages de la vague, annoncée avant sa clôture",
        "set by the city in the settings of the wave, announced before it closes",
    )
}

pub(super) fn rights() -> Bilingual {
    Bilingual::new(
        "Vos droits : cette décision a été préparée à l'aide d'un traitement algorithmique. Vous pouvez demander à la \
         Ville les règles qui le définissent et la façon dont il a été appliqué à votre demande (articles L. 311-3-1 \
         et R. 311-3-1-2 du code des relations entre le public et l'administration). Vous pouvez contester la \
         décision dans les deux mois : par un recours gracieux auprès de la Ville, ou devant le tribunal \
         administratif.",
        "Your rights: this decision was prepared with the help of an algorithm. You may ask the city for the rules \
         that define it and for the way they were applied to your application (articles L. 311-3-1 and R. 311-3-1-2 \
         of the code of relations between the public and the administration). You may contest the decision within \
         two months: by asking the city to review it, or before the administrative court.",
    )
}
