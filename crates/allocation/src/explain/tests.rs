//! Explanations of a small wave, as their readers see them.
#![allow(clippy::unwrap_used)]

use kernel::{ApplicationId, DeviceKind, Instant, WaveId};

use super::{Case, Explanation, Review, ReviewFacts, complete_text, explain, would_change};
use crate::model::{Picking, Residual, Settings, Supply, Wave, WaveStatus, Weight};
use crate::plan::counterfactual::WhatIf;
use crate::plan::instance::Instance;
use crate::plan::plan;
use crate::rules::{self, Applicant, Ask, Facts, History};

fn id<T>(number: u128) -> kernel::Id<T> {
    kernel::Id::from_uuid(format!("{number:032x}").parse().unwrap())
}

fn moment() -> Instant {
    "2023-02-28T09:00:00Z".parse().unwrap()
}

fn settings() -> Settings {
    Settings {
        supply: Supply::default(),
        lot_min: 10,
        lot_max: 30,
        reserve_small: None,
        caps: Vec::new(),
        residual: Residual::Grow,
        picking: Picking::SiteFirst,
        complements: false,
        weight: Weight {
            base: 0,
            score: 1,
            fragility: 0,
        },
        seed: "marseille-2023-1".to_owned(),
    }
}

fn wave(settings: Settings) -> Wave {
    let person = id(9);
    Wave {
        id: id(1),
        programme_id: id(2),
        ordinal: 1,
        name: "Première vague".to_owned(),
        status: WaveStatus::Approved,
        settings,
        digest: Some("d".to_owned()),
        created_by: person,
        proposed_at: Some(moment()),
        submitted_by: Some(person),
        submitted_at: Some(moment()),
        approved_by: Some(id(8)),
        approved_at: Some(moment()),
        comment: None,
        reason: None,
        version: 4,
        created_at: moment(),
    }
}

fn applicant(number: u128, quantity: u64, score: u64) -> Applicant {
    Applicant {
        application: id(number),
        reference: format!("D-2023-{number:04}"),
        association: id(number),
        name: format!("Association {number}"),
        asks: vec![Ask {
            kinds: vec![DeviceKind::Desktop],
            quantity,
        }],
        score,
        fragility: 50,
        day: moment().date(),
        tags: vec!["13015".to_owned()],
    }
}

fn instance(wave: WaveId, settings: &Settings, applicants: &[Applicant], stock: u64) -> Instance {
    let facts = Facts {
        wave,
        settings,
        small_below: 10,
        kinds: &[DeviceKind::Desktop, DeviceKind::Laptop],
        applicants,
        history: &History::new(),
        supply: &[(DeviceKind::Desktop, stock)].into(),
        tied: &Default::default(),
        pins: &[],
    };
    rules::instance(&facts).unwrap()
}

fn explained(stock: u64, which: usize) -> Explanation {
    let wave = wave(settings());
    let applicants = [
        applicant(11, 30, 8_000),
        applicant(12, 20, 7_000),
        applicant(13, 20, 6_000),
    ];
    let instance = instance(wave.id, &wave.settings, &applicants, stock);
    let plan = plan(&instance).unwrap();
    let facts = ReviewFacts {
        wave: &wave,
        programme: "Marseille – Orange 2023",
        instance: &instance,
        digest: "d",
        review: Review {
            proposed_at: wave.proposed_at,
            submitted_by: Some("Sam Service".to_owned()),
            submitted_at: wave.submitted_at,
            approved_by: Some("Olga Service".to_owned()),
            approved_at: wave.approved_at,
            comment: None,
        },
        interventions: 0,
    };
    let application: ApplicationId = applicants[which].application;
    let line = instance
        .lines
        .iter()
        .find(|line| line.id == rules::line_id(application, 1))
        .unwrap();
    let trace = plan.why(&instance, &line.id).unwrap();
    let case = Case {
        application,
        association: &applicants[which].name,
        lines: vec![(line, trace)],
        score: None,
        intervention: None,
    };
    let mut explanation = explain(&facts, case);
    let what_if = WhatIf::of(&instance).unwrap();
    for request in &mut explanation.requests {
        request.would_change = Some(would_change(&what_if, &instance, line, request).unwrap());
    }
    complete_text(&mut explanation);
    explanation
}

#[test]
fn who_is_served_reads_its_rank_its_share_and_what_stopped_it() {
    let own = explained(50, 0);
    let text = &own.text.fr;
    for words in [
        "reçoit 19 ordinateurs fixes",
        "Avec 80,00 points sur 100, celle-ci est au rang 1 sur 3",
        "un lot de 10 ordinateurs fixes était possible",
        "0,2380 appareil par point",
        "Olga Service, une autre personne, l'a approuvé le 28/02/2023",
        "au moins un appareil de plus",
        "deux mois",
    ] {
        assert!(text.contains(words), "« {words} » manque dans :\n{text}");
    }
    assert!(
        own.text.en.contains("receives 19 desktop computers"),
        "{}",
        own.text.en
    );
}

#[test]
fn who_is_not_served_reads_what_was_left_and_what_would_have_helped() {
    let own = explained(25, 2);
    let text = &own.text.fr;
    for words in [
        "ne reçoit aucun appareil",
        "un lot de 10 ordinateurs fixes n'était plus possible : il en restait 5 (desktop/open)",
        "elle aurait reçu un lot",
        "5 ordinateurs fixes de plus en stock",
        "participe à la prochaine vague",
    ] {
        assert!(text.contains(words), "« {words} » manque dans :\n{text}");
    }
}
