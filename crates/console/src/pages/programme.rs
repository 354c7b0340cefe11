//! `/programmes/{id}`: a programme for everybody: what it is, who may apply, how applications are
//! compared, until when.

use ::web::PathId;
use eligibility::Programme;
use eligibility::rubric::{Condition, Criterion, Rubric, Rule};
use impact::WaveFigures;
use kernel::{Instant, Language, Text};
use serde::Serialize;

use crate::{PageResult, Sample, View, Visit};

#[derive(Serialize)]
struct ProgrammePage {
    id: String,
    name: String,
    /// `open`, `later` or `closed`.
    state: &'static str,
    opens_at: Instant,
    closes_at: Option<Instant>,
    kinds: Vec<String>,
    lot_min: i32,
    lot_max: i32,
    territory: String,
    follow_up_months: i32,
    guarantee_months: i32,
    loan_months: Option<i32>,
    conditions: Vec<Asked>,
    criteria: Vec<Counted>,
    rubric: String,
    waves: Vec<Decided>,
}

/// A condition to apply.
#[derive(Serialize)]
struct Asked {
    kind: &'static str,
    min: i64,
    max: i64,
}

/// A criterion, and how its points come about.
#[derive(Serialize)]
struct Counted {
    title: String,
    weight: i32,
    how: &'static str,
}

/// A wave that anyone may look at.
#[derive(Serialize)]
struct Decided {
    id: String,
    name: String,
    approved_at: Option<Instant>,
    associations: u64,
    devices: u64,
}

impl View for ProgrammePage {
    const TEMPLATE: &'static str = "programme.html";
}

fn asked(condition: &Condition) -> Asked {
    let (kind, min, max) = match condition {
        Condition::AssociationVerified => ("verified", 0, 0),
        Condition::CommitmentsSigned => ("commitments", 0, 0),
        Condition::WithinTerritory => ("territory", 0, 0),
        Condition::QuantityBetween { min, max } => ("quantity", *min, *max),
        Condition::AnyTheme(_) => ("themes", 0, 0),
        Condition::NoOverdueObligations => ("obligations", 0, 0),
    };
    Asked { kind, min, max }
}

fn how(rule: &Rule) -> &'static str {
    match rule {
        Rule::YesNo(_) => "yes_no",
        Rule::Table(_) => "table",
        Rule::Steps(_) => "steps",
        Rule::Range(_) => "range",
        Rule::Themes(_) => "themes",
        Rule::Territory(_) => "territory",
        Rule::Assessed(_) => "assessed",
        Rule::PastObligations(_) => "obligations",
    }
}

fn chosen(text: &Text, language: Language) -> String {
    let text = match language {
        Language::French => &text.fr,
        Language::English => &text.en,
    };
    text.to_string()
}

impl ProgrammePage {
    fn of(
        programme: Programme,
        rubric: &Rubric,
        waves: Vec<WaveFigures>,
        now: Instant,
        language: Language,
    ) -> Self {
        let state = if programme.opens_at > now {
            "later"
        } else if programme.closes_at.is_some_and(|end| end <= now) {
            "closed"
        } else {
            "open"
        };
        let kinds = programme.kinds.iter().map(|kind| match language {
            Language::French => kind.french(2).to_owned(),
            Language::English => kind.english(2).to_owned(),
        });
        let criterion = |criterion: &Criterion| Counted {
            title: chosen(&criterion.title, language),
            weight: criterion.weight,
            how: how(&criterion.rule),
        };
        Self {
            kinds: kinds.collect(),
            conditions: rubric
                .knock_outs
                .iter()
                .map(|it| asked(&it.condition))
                .collect(),
            criteria: rubric.criteria.iter().map(criterion).collect(),
            waves: waves.into_iter().map(Decided::from).collect(),
            id: programme.id.to_string(),
            name: programme.name,
            state,
            opens_at: programme.opens_at,
            closes_at: programme.closes_at,
            lot_min: programme.lot_min,
            lot_max: programme.lot_max,
            territory: programme.territory,
            follow_up_months: programme.follow_up_months,
            guarantee_months: programme.guarantee_months,
            loan_months: programme.loan_months,
            rubric: chosen(&rubric.title, language),
        }
    }
}

impl From<WaveFigures> for Decided {
    fn from(wave: WaveFigures) -> Self {
        Self {
            id: wave.id.to_string(),
            name: wave.name,
            approved_at: wave.approved_at,
            associations: wave.associations,
            devices: wave.devices,
        }
    }
}

pub(crate) async fn show(visit: Visit, PathId(id): PathId<kernel::Programme>) -> PageResult {
    let database = &visit.state().database;
    let now = database.now();
    let programme = database
        .read(move |db| eligibility::programme(db, id))
        .await?;
    let waves = visit.state().figures(id).await?.waves;
    let rubric = Rubric::parse(&programme.rubric_text).map_err(db::Error::from)?;
    visit.show(&ProgrammePage::of(
        programme,
        &rubric,
        waves,
        now,
        visit.language(),
    ))
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(moment) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let asked = |kind| Asked {
        kind,
        min: 10,
        max: 30,
    };
    let counted = |how| Counted {
        title: "Marseille".to_owned(),
        weight: 15,
        how,
    };
    let wave = || Decided {
        id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
        name: "Marseille 1".to_owned(),
        approved_at: Some(moment),
        associations: 8,
        devices: 96,
    };
    let page = |state, waves, closes_at| ProgrammePage {
        id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
        name: "Marseille 2023".to_owned(),
        state,
        opens_at: moment,
        closes_at,
        kinds: vec!["desktops".to_owned()],
        lot_min: 10,
        lot_max: 30,
        territory: "13055".to_owned(),
        follow_up_months: 12,
        guarantee_months: 6,
        loan_months: (state != "open").then_some(12),
        conditions: [
            "verified",
            "commitments",
            "territory",
            "quantity",
            "themes",
            "obligations",
        ]
        .map(asked)
        .into(),
        criteria: [
            "yes_no",
            "table",
            "steps",
            "range",
            "themes",
            "territory",
            "assessed",
            "obligations",
        ]
        .map(counted)
        .into(),
        rubric: "Marseille".to_owned(),
        waves,
    };
    vec![
        Sample::of("programme", &page("open", vec![wave()], Some(moment))),
        Sample::of("programme to come", &page("later", Vec::new(), None)),
        Sample::of(
            "programme, closed",
            &page("closed", Vec::new(), Some(moment)),
        ),
    ]
}
