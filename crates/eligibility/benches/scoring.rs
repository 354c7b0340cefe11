//! How long it takes to score a whole programme in one go, per application, and how that
//! grows: `cargo bench -p eligibility`, or with other sizes `-- 32000`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods
)]

use std::sync::Arc;
use std::time::Instant as Stopwatch;

use db::{Database, DatabaseSettings};
use eligibility::rubric::Library;
use eligibility::{
    EligibilitySettings, NewApplication, NewProgramme, RankingFilter, RubricChoice, Setup,
};
use identity::{NewOrganisation, OrganisationKind};
use kernel::{Actor, ManualClock, ProgrammeId, Role};
use serde_json::json;

const TABLE: &[u8] = include_bytes!("../../../tests/data/ifn_bouches_du_rhone.csv");

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut sizes: Vec<usize> = arguments.iter().filter_map(|it| it.parse().ok()).collect();
    if sizes.is_empty() {
        // as a test it only shows that it works
        let whole = arguments.iter().any(|it| it == "--bench");
        sizes = if whole {
            vec![1000, 4000, 16_000, 64_000]
        } else {
            vec![50]
        };
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mut before: Option<(usize, f64)> = None;
    for size in sizes {
        let folder =
            std::env::temp_dir().join(format!("ressac-bench-{}-{size}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let micros = runtime.block_on(measure(&folder, size));
        let growth = before.map_or(String::new(), |(n, m)| {
            let (times, more) = (micros / m, size as f64 / n as f64);
            format!(", {times:.2} times the time for {more:.0} times as many")
        });
        println!(
            "{size}: {:.3} s, {:.1} µs an application{growth}",
            micros / 1e6,
            micros / size as f64
        );
        before = Some((size, micros));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

async fn measure(folder: &std::path::Path, size: usize) -> f64 {
    let settings = DatabaseSettings {
        url: format!("sqlite:{}", folder.join("bench.db").display()),
        connections: 2,
        statement_limit: None,
    };
    let clock = Arc::new(ManualClock::new("2023-02-28T09:00:00Z".parse().unwrap()));
    let database = Database::open(settings, clock).unwrap();
    let (actor, programme) = set_up(&database).await;
    for start in (0..size).step_by(500) {
        let end = size.min(start + 500);
        database
            .write(move |tx| {
                (start..end).try_for_each(|number| apply(tx, &actor, programme, number))
            })
            .await
            .unwrap();
    }
    let now = database.now();
    let watch = Stopwatch::now();
    let filter = RankingFilter {
        provisional: true,
        ..RankingFilter::default()
    };
    let ranking = database
        .read(move |db| eligibility::ranking(db, programme, &filter, 0, None, now))
        .await
        .unwrap();
    let micros = watch.elapsed().as_secs_f64() * 1e6;
    assert_eq!(ranking.ranked, size);
    let watch = Stopwatch::now();
    let choice = RubricChoice {
        rubric: "marseille-2024".to_owned(),
    };
    let compared = database
        .write(move |tx| {
            eligibility::change_rubric(tx, &actor, &Library::embedded(), programme, &choice)
        })
        .await
        .unwrap();
    let seconds = watch.elapsed().as_secs_f64();
    println!(
        "  ({} decided applications scored again and kept in {seconds:.3} s)",
        compared.applications
    );
    micros
}

fn setup() -> db::Result<Setup> {
    Setup::load(&EligibilitySettings::default()).map_err(db::Error::internal)
}

async fn set_up(database: &Database) -> (Actor, ProgrammeId) {
    database
        .write(|tx| {
            let admin = identity::found_city(tx, "Ville", "Alix", "alix@ville.example", None)?;
            let actor = Actor {
                person: admin.id,
                role: Role::Admin,
                organisation: admin.organisation_id,
                session: None,
            };
            eligibility::load_territories(tx, TABLE, None)?;
            let new: NewProgramme = serde_json::from_value(json!({
                "name": "P", "rubric": "marseille-2023", "kinds": ["desktop"], "lot_min": 10, "lot_max": 30,
                "opens_at": "2023-02-01T00:00:00Z", "closes_at": null, "territory": "13055"}))?;
            let programme = eligibility::create_programme(tx, &actor, &setup()?, &new)?;
            Ok((actor, programme.id))
        })
        .await
        .unwrap()
}

/// An application with its two marks; each tenth is decided.
fn apply(
    tx: &mut db::Tx<'_>,
    actor: &Actor,
    programme: ProgrammeId,
    number: usize,
) -> db::Result<()> {
    let district = number % 16 + 1;
    let new = NewOrganisation {
        kind: Some(OrganisationKind::Association),
        name: format!("Association {number}"),
        siret: None,
        rna: None,
        address: "1 rue de la Paix".to_owned(),
        postal_code: format!("130{district:02}"),
        commune: "Marseille".to_owned(),
        commune_code: None,
    };
    let association = identity::create_organisation(tx, &new)?.id;
    let mut body: NewApplication = serde_json::from_value(json!({
        "requests": [{"kind": "desktop", "quantity": 10 + number % 20, "accepts": []}],
        "purpose": "lending", "themes": ["precarity", "employment"], "beneficiaries_per_year": 20 + number % 3000,
        "site": {"address": "1 rue de la Paix", "postal_code": format!("130{district:02}")},
        "trained_staff": number.is_multiple_of(2), "own_use": 1, "statement": "Un atelier d'initiation.",
        "commitments": {"republican_contract": true, "no_resale": true, "follow_up": true}}))?;
    body.association_id = Some(association);
    let setup = setup()?;
    let id = eligibility::create_application(tx, actor, &setup.lists, programme, &body)?.id;
    eligibility::submit(tx, actor, &setup, id)?;
    let mark = serde_json::from_value(json!({"points": number % 6, "justification": "Lu."}))?;
    eligibility::assess(tx, actor, id, "project", &mark)?;
    if number.is_multiple_of(10) {
        let decision = serde_json::from_value(json!({"outcome": "eligible"}))?;
        eligibility::decide(tx, actor, id, &decision)?;
    }
    Ok(())
}
