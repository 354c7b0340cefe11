//! Puts an explanation together from a wave's facts and its plan.

use kernel::ApplicationId;
use serde_json::json;

use super::model::{
    Binding, Datum, Explanation, Fraction, Growth, Intervention, Parameters, RequestExplanation,
    Review, WaveFacts, WishStep,
};
use super::words::{decimal, per_point, sentence};
use super::{Bilingual, text};
use crate::model::{Granted, Wave};
use crate::plan::instance::{Instance, Line};
use crate::plan::key::Key;
use crate::plan::trace::{Bound, LineTrace, Stop};
use crate::rules;

/// The wave as a whole.
#[derive(Debug)]
pub struct ReviewFacts<'a> {
    /// The wave.
    pub wave: &'a Wave,
    /// The name of its programme.
    pub programme: &'a str,
    /// What was planned.
    pub instance: &'a Instance,
    /// Names its inputs.
    pub digest: &'a str,
    /// Who decided.
    pub review: Review,
    /// How many applications staff fixed or took out.
    pub interventions: u64,
}

/// One application of it.
#[derive(Debug)]
pub struct Case<'a> {
    /// Which.
    pub application: ApplicationId,
    /// Whose it is.
    pub association: &'a str,
    /// Its lines with why they have what they have.
    pub lines: Vec<(&'a Line, LineTrace)>,
    /// Its score with everything that explains it.
    pub score: Option<serde_json::Value>,
    /// What staff fixed about it.
    pub intervention: Option<Intervention>,
}

/// Explains what one application has.
#[must_use]
pub fn explain(facts: &ReviewFacts<'_>, case: Case<'_>) -> Explanation {
    let requests = case
        .lines
        .iter()
        .map(|(line, trace)| request(facts, line, trace))
        .collect();
    let own = u64::from(case.intervention.is_some());
    let mut explanation = Explanation {
        wave: wave(facts),
        application_id: case.application,
        reference: case
            .lines
            .first()
            .map(|(line, _)| line.application.clone())
            .unwrap_or_default(),
        association: case.association.to_owned(),
        score: case.score,
        requests,
        intervention: case.intervention,
        other_interventions: facts.interventions - own.min(facts.interventions),
        review: facts.review.clone(),
        next_step: Bilingual::default(),
        rights: text::rights(),
        text: Bilingual::default(),
    };
    explanation.next_step = text::next_step(&explanation);
    explanation.text = text::what_happened(&explanation);
    explanation
}

pub(super) fn wave(facts: &ReviewFacts<'_>) -> WaveFacts {
    let settings = &facts.wave.settings;
    WaveFacts {
        id: facts.wave.id,
        name: facts.wave.name.clone(),
        programme: facts.programme.to_owned(),
        status: facts.wave.status,
        rules: facts.instance.schema.clone(),
        digest: facts.digest.to_owned(),
        seed: settings.seed.clone(),
        seed_source: text::seed_source(),
        parameters: Parameters {
            supply: supply(facts.instance),
            lot_min: settings.lot_min,
            lot_max: settings.lot_max,
            reserve_small: settings.reserve_small.clone(),
            caps: settings.caps.clone(),
            residual: settings.residual,
            complements: settings.complements,
            weight: settings.weight,
        },
        requests: facts.instance.lines.len() as u64,
    }
}

fn supply(instance: &Instance) -> Granted {
    let mut supply = Granted::new();
    for class in &instance.classes {
        if let Ok(kind) = class.kind.parse() {
            *supply.entry(kind).or_default() += class.qty;
        }
    }
    supply
}

fn request(facts: &ReviewFacts<'_>, line: &Line, trace: &LineTrace) -> RequestExplanation {
    let reason = rules::reason(trace);
    let held = trace.lot + trace.growth;
    let kind = trace.kind.as_deref().and_then(|kind| kind.parse().ok());
    RequestExplanation {
        request: rules::line_parts(&line.id).map_or(1, |(_, request)| request),
        rank: trace.rank as u64,
        of: facts.instance.lines.len() as u64,
        placed_by: word(&trace.level),
        data: data(facts, line),
        weight: trace.weight,
        lots: trace.wishes.iter().map(wish).collect(),
        growth: growth(trace),
        granted: kind
            .filter(|_| held > 0)
            .map(|kind| (kind, held))
            .into_iter()
            .collect(),
        reason,
        sentence: sentence(reason),
        would_change: None,
    }
}

/// The name of a unit variant, as it is serialized.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn wish(step: &crate::plan::trace::WishTrace) -> WishStep {
    WishStep {
        kind: step.kind.clone(),
        lot: step.lot,
        granted: step.granted,
        possible: step.possible,
        bound: step.bound.as_ref().map(binding),
    }
}

fn binding(bound: &Bound) -> Binding {
    match bound {
        Bound::Stock { classes, .. } => Binding {
            by: "stock".to_owned(),
            names: classes.clone(),
        },
        Bound::Cap { id } => Binding {
            by: "cap".to_owned(),
            names: vec![id.clone()],
        },
    }
}

fn fraction(key: Key) -> Fraction {
    Fraction {
        numerator: key.odd,
        denominator: key.weight,
    }
}

fn growth(trace: &LineTrace) -> Growth {
    let (stopped_by, bound) = match &trace.stop {
        Stop::Request => ("request", None),
        Stop::LineCap => ("line_cap", None),
        Stop::Bound(bound) => (
            if matches!(bound, Bound::Cap { .. }) {
                "cap"
            } else {
                "stock"
            },
            Some(binding(bound)),
        ),
        Stop::Kept { .. } => ("kept", None),
        Stop::NoLot => ("no_lot", None),
        Stop::BelowLot => ("below_lot", None),
        Stop::NothingDue => ("nothing_due", None),
        Stop::Pinned => ("pinned", None),
        Stop::Excluded => ("excluded", None),
    };
    Growth {
        already: trace.already,
        lot: trace.lot,
        added: trace.growth,
        last_key: trace.last_key.map(fraction),
        next_key: trace.next_key.map(fraction),
        devices_per_point: trace.rate.map(per_point),
        exact_share: trace
            .exact_share
            .map(|share| decimal(share.numerator, share.denominator)),
        stopped_at: trace.stopped_at.map(fraction),
        stopped_by: stopped_by.to_owned(),
        bound,
    }
}

/// Every fact about a request that the plan used, with its source.
fn data(facts: &ReviewFacts<'_>, line: &Line) -> Vec<Datum> {
    let datum = |code: &str, value: serde_json::Value, fr: &str, en: &str| Datum {
        code: code.to_owned(),
        value,
        source: Bilingual::new(fr, en),
    };
    let settings = (
        "les réglages de la vague, fixés par la Ville",
        "the settings of the wave, made by the city",
    );
    let form = ("le formulaire de la demande", "the form of the application");
    vec![
        datum(
            "score",
            json!(line.score),
            "le barème du programme, en centièmes de point",
            "the programme's rubric, in hundredths of a point",
        ),
        datum(
            "fragility",
            json!(line.fragility),
            "l'indice de fragilité numérique du territoire, en dixièmes",
            "the digital fragility index of the territory, in tenths",
        ),
        datum(
            "date",
            json!(line.date),
            "le jour du dépôt de la demande",
            "the day on which the application was submitted",
        ),
        datum("kinds", json!(line.kinds), form.0, form.1),
        datum("requested", json!(line.requested), form.0, form.1),
        datum("lot", json!(line.min_lot), settings.0, settings.1),
        datum("cap", json!(line.cap), settings.0, settings.1),
        datum(
            "already",
            json!(line.already),
            "les vagues précédentes du programme",
            "the earlier waves of the programme",
        ),
        datum(
            "tags",
            json!(line.tags),
            "l'adresse du site, les thèmes et la taille de la demande",
            "the address of the site, the themes and the size of the request",
        ),
        datum(
            "draw",
            json!(crate::plan::order::draw(
                &facts.instance.wave.seed,
                &line.application
            )),
            "sha256(graine + \"|\" + référence de la demande), pour départager les égalités",
            "sha256(seed + \"|\" + reference of the application), to tell equals apart",
        ),
    ]
}
