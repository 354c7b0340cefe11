//! The public notice on the algorithm of a wave: its rules, its settings and, once it is
//! decided, its figures. No association and no person is named.

use std::collections::BTreeMap;

use kernel::Instant;
use serde::Serialize;
use utoipa::ToSchema;

use super::build::{ReviewFacts, wave};
use super::model::WaveFacts;
use super::words::per_point;
use super::{Bilingual, text};
use crate::model::{Granted, WaveLine};
use crate::plan::key::Ratio;

/// The public notice of a wave.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Notice {
    /// The wave and everything that was set for all.
    pub wave: WaveFacts,
    /// What the computation is for.
    pub purpose: Bilingual,
    /// On which ground.
    pub legal_basis: Bilingual,
    /// The rule in two sentences.
    pub rule: Bilingual,
    /// In which order applications are called.
    pub order: Bilingual,
    /// How what remains is shared out.
    pub weights: Bilingual,
    /// What always holds.
    pub guarantees: Vec<Bilingual>,
    /// What does not, and is known.
    pub limits: Vec<Bilingual>,
    /// The part of people in the decision.
    pub human_part: Bilingual,
    /// The figures, once the wave is decided.
    pub results: Option<Results>,
    /// How to compute it again.
    pub replay: Bilingual,
    /// The right to the rules, and the ways to appeal.
    pub rights: Bilingual,
}

/// The figures of a decided wave.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Results {
    /// When it was approved.
    pub approved_at: Option<Instant>,
    /// Requests that received something.
    pub served: u64,
    /// Requests that received nothing.
    pub refused: u64,
    /// Devices given, by kind.
    #[schema(value_type = HashMap<String, u64>)]
    pub devices: Granted,
    /// For each kind that was short, devices per point, to four decimals.
    pub devices_per_point: BTreeMap<String, String>,
    /// Applications that staff fixed or took out.
    pub interventions: u64,
    /// Other requests that have something else because of it.
    pub changed_by_interventions: u64,
    /// By postal code of the association.
    pub by_district: Vec<Group>,
    /// By size of the request.
    pub by_size: Vec<Group>,
}

/// Served and refused in a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Group {
    /// Which.
    pub name: String,
    /// Requests that received something.
    pub served: u64,
    /// Requests that received nothing.
    pub refused: u64,
    /// Devices given.
    pub devices: u64,
}

/// What the figures are made of.
#[derive(Debug)]
pub struct NoticeFacts<'a> {
    /// Every line with the postal code of its association.
    pub lines: &'a [(WaveLine, String)],
    /// For each kind the devices per unit of weight.
    pub rates: BTreeMap<String, Ratio>,
    /// Lines that have something else because of what staff fixed.
    pub changed: u64,
}

/// Writes the notice; without figures while the wave is not decided.
#[must_use]
pub fn notice(facts: &ReviewFacts<'_>, figures: Option<&NoticeFacts<'_>>) -> Notice {
    let b = Bilingual::new;
    Notice {
        wave: wave(facts),
        purpose: b(
            "Proposer un partage du matériel réemployé entre les associations dont la demande est éligible. Le calcul \
             propose ; des personnes décident.",
            "To propose how reused equipment is shared among the associations whose application is eligible. The \
             computation proposes; people decide.",
        ),
        legal_basis: b(
            "Mission d'intérêt public de la Ville ; règles publiées selon les articles L. 311-3-1 et L. 312-1-3 du \
             code des relations entre le public et l'administration.",
            "The city's task in the public interest; rules published under articles L. 311-3-1 and L. 312-1-3 of the \
             code of relations between the public and the administration.",
        ),
        rule: b(
            "Les demandes sont appelées dans l'ordre public de leurs points ; chacune reçoit son lot minimum si le \
             stock le permet encore à son tour. Le reste va ensuite, un appareil à la fois, à l'association la plus \
             éloignée de sa part par point, jusqu'à ce qu'elle a demandé.",
            "Applications are called in the public order of their points; each receives its minimum lot if the stock \
             still allows when its turn comes. The remaining devices then go one at a time to the association \
             furthest below its share per point, up to what it asked.",
        ),
        order: b(
            "Points (les plus hauts d'abord), fragilité du territoire (la plus forte d'abord), jour de dépôt (le plus \
             ancien d'abord), puis tirage public : sha256(graine + \"|\" + référence de la demande).",
            "Points (high first), fragility of the territory (high first), day of submission (early first), then the \
             public draw: sha256(seed + \"|\" + reference of the application).",
        ),
        weights: weights(facts),
        guarantees: guarantees(),
        limits: limits(),
        human_part: b(
            "Une personne soumet le plan, une autre l'approuve. La Ville peut fixer le résultat d'une demande ou \
             l'écarter ; elle en donne chaque fois la raison, et le reste est recalculé.",
            "One person submits the plan, another approves it. The city may fix the result of an application or take \
             it out; it gives the reason each time, and the rest is computed again.",
        ),
        results: figures.map(|figures| results(facts, figures)),
        replay: b(
            "Le fichier de la vague (adresse de la vague suivie de /file) contient les entrées et le résultat ; \
             `ressac plan FICHIER` refait le calcul, `ressac plan --check RESULTAT FICHIER` le vérifie.",
            "The file of the wave (the address of the wave followed by /file) has the inputs and the result; \
             `ressac plan FILE` computes it again, `ressac plan --check RESULT FILE` verifies it.",
        ),
        rights: text::rights(),
    }
}

fn weights(facts: &ReviewFacts<'_>) -> Bilingual {
    let weight = facts.wave.settings.weight;
    Bilingual::new(
        format!(
            "Poids d'une demande : {} + {} × centièmes de point + {} × dixièmes de l'indice de fragilité, au moins 1.",
            weight.base, weight.score, weight.fragility
        ),
        format!(
            "Weight of a request: {} + {} × hundredths of a point + {} × tenths of the fragility index, at least 1.",
            weight.base, weight.score, weight.fragility
        ),
    )
}

fn guarantees() -> Vec<Bilingual> {
    [
        ("Une demande reçoit zéro, ou un lot entre le minimum et le maximum, d'un type qu'elle accepte.", "A request receives nothing, or a lot between the minimum and the maximum, of a kind that it accepts."),
        ("L'ordre d'arrivée dans le fichier ne compte pas.", "The order in the file does not matter."),
        ("Avoir plus de points ne fait jamais recevoir moins.", "More points never give less."),
        ("Gonfler une demande non satisfaite ne change rien.", "Inflating an unmet request changes nothing."),
        ("Quand une demande est passée, ce que les suivantes ont reçu n'aurait pas formé son lot.", "When a request is skipped, what lower ranks got could not have formed its lot."),
        ("Rien n'est gaspillé : chaque appareil non donné ne pouvait pas l'être.", "No waste: each device not given could not be given."),
    ]
    .map(|(fr, en)| Bilingual::new(fr, en))
    .to_vec()
}

fn limits() -> Vec<Bilingual> {
    [
        ("Avec des lots de tailles différentes, plus de stock peut faire passer un lot d'une demande à une autre, mieux placée.", "With lots of different sizes, more stock can move a lot from one request to another, better placed."),
        ("Là où des réserves croisent des plafonds, l'ordre public l'emporte sur le nombre d'appareils donnés.", "Where reserved shares cross caps, the public order prevails over the number of devices given."),
    ]
    .map(|(fr, en)| Bilingual::new(fr, en))
    .to_vec()
}

fn results(facts: &ReviewFacts<'_>, figures: &NoticeFacts<'_>) -> Results {
    let mut devices = Granted::new();
    let (mut districts, mut sizes) = (BTreeMap::new(), BTreeMap::new());
    let settings = &facts.wave.settings;
    for (line, district) in figures.lines {
        for (kind, count) in line.granted() {
            *devices.entry(kind).or_default() += count;
        }
        count(&mut districts, district.clone(), line);
        count(
            &mut sizes,
            size(line, settings.lot_min, settings.lot_max),
            line,
        );
    }
    let served = figures
        .lines
        .iter()
        .filter(|(line, _)| line.quantity > 0)
        .count() as u64;
    Results {
        approved_at: facts.review.approved_at,
        served,
        refused: figures.lines.len() as u64 - served,
        devices,
        devices_per_point: figures
            .rates
            .iter()
            .map(|(kind, rate)| (kind.clone(), per_point(*rate)))
            .collect(),
        interventions: facts.interventions,
        changed_by_interventions: figures.changed,
        by_district: districts.into_values().collect(),
        by_size: sizes.into_values().collect(),
    }
}

fn size(line: &WaveLine, lot_min: u32, lot_max: u32) -> String {
    let asked = u32::try_from(line.requested).unwrap_or(0);
    if asked < lot_min {
        format!("< {lot_min}")
    } else if asked < lot_max {
        format!("{lot_min}–{}", lot_max - 1)
    } else {
        format!("≥ {lot_max}")
    }
}

fn count(groups: &mut BTreeMap<String, Group>, name: String, line: &WaveLine) {
    let group = groups.entry(name.clone()).or_insert_with(|| Group {
        name,
        ..Group::default()
    });
    if line.quantity > 0 {
        group.served += 1;
        group.devices += u64::try_from(line.quantity).unwrap_or(0);
    } else {
        group.refused += 1;
    }
}
