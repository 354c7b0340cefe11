//! How long it takes to score one application by the rubric, to rank a whole programme as it
//! stands now, and to score what was decided again under another rubric, per application: on a
//! file of SQLite. `cargo bench -p eligibility -- ranking` measures some of it.
#![allow(missing_docs, clippy::unwrap_used)]

use std::cell::{Cell, OnceCell};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use criterion::{
    BatchSize, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main,
};
use db::{Database, DatabaseSettings};
use eligibility::rubric::{AreaCheck, Facts, Library, Mark, evaluate};
use eligibility::territory::{Found, Place};
use eligibility::{
    EligibilitySettings, NewApplication, NewProgramme, Purpose, RankingFilter, RubricChoice, Setup,
};
use identity::{NewOrganisation, OrganisationKind};
use kernel::{Actor, ManualClock, ProgrammeId, Role, Text, Theme};
use serde_json::json;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const TABLE: &[u8] = include_bytes!("../../../tests/data/ifn_bouches_du_rhone.csv");
const RUBRICS: [&str; 2] = ["marseille-2023", "marseille-2024"];

/// A programme with its applications, of which each tenth is decided.
struct Programme {
    runtime: Runtime,
    database: Database,
    actor: Actor,
    programme: ProgrammeId,
    size: usize,
    /// Goes with its last user.
    _folder: TempDir,
}

impl Programme {
    fn with(size: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = DatabaseSettings {
            url: format!("sqlite:{}", folder.path().join("bench.db").display()),
            connections: 2,
            statement_limit: None,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let clock = Arc::new(ManualClock::new("2023-02-28T09:00:00Z".parse().unwrap()));
        let database = Database::open(settings, clock).unwrap();
        let (actor, programme) = runtime.block_on(async {
            let (actor, programme) = set_up(&database).await;
            for start in (0..size).step_by(500) {
                let end = size.min(start + 500);
                let all = move |tx: &mut db::Tx<'_>| {
                    (start..end).try_for_each(|number| apply(tx, &actor, programme, number))
                };
                database.write(all).await.unwrap();
            }
            (actor, programme)
        });
        Self {
            runtime,
            database,
            actor,
            programme,
            size,
            _folder: folder,
        }
    }

    /// Scores them all as they stand now.
    fn rank(&self) {
        let (programme, now) = (self.programme, self.database.now());
        let filter = RankingFilter {
            provisional: true,
            ..RankingFilter::default()
        };
        let read = self
            .database
            .read(move |db| eligibility::ranking(db, programme, &filter, 0, None, now));
        let ranking = self.runtime.block_on(read).unwrap();
        assert_eq!(ranking.ranked, self.size);
    }

    /// Scores the decided ones again under this rubric, and keeps it.
    fn change_rubric(&self, rubric: &str) {
        let (actor, programme) = (self.actor, self.programme);
        let choice = RubricChoice {
            rubric: rubric.to_owned(),
        };
        let write = self.database.write(move |tx| {
            eligibility::change_rubric(tx, &actor, &Library::embedded(), programme, &choice)
        });
        let compared = self.runtime.block_on(write).unwrap();
        assert_eq!(compared.applications, self.size.div_ceil(10));
    }
}

/// What one application brings.
fn facts() -> Facts {
    let mark = |points| Mark {
        criterion: "project".to_owned(),
        points,
    };
    Facts {
        verified: true,
        commitments: true,
        area: AreaCheck::Inside,
        quantity: 20,
        themes: BTreeSet::from([Theme::Precarity, Theme::Employment]),
        beneficiaries_per_year: Some(200),
        trained_staff: Some(true),
        purpose: Some(Purpose::NewProject),
        place: Place {
            index_tenths: Some(68),
            name: "Marseille 15e Arrondissement".to_owned(),
            found: Found::CommuneCode,
            source: Text::new("table", "table"),
        },
        marks: vec![mark(5), mark(4)],
        labels: None,
        overdue: 0,
    }
}

fn one(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("score-one");
    group.throughput(Throughput::Elements(1));
    let (library, facts) = (Library::embedded(), facts());
    for name in RUBRICS {
        let (rubric, _) = library.find(name).unwrap();
        group.bench_function(name, |bencher| bencher.iter(|| evaluate(&rubric, &facts)));
    }
    group.finish();
}

/// As a test it only shows that it works.
fn sizes(measured: &[usize]) -> &[usize] {
    match std::env::args().any(|it| it == "--bench") {
        true => measured,
        false => &[50],
    }
}

fn whole(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ranking");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(3));
    for &size in sizes(&[1_000, 4_000, 16_000, 64_000]) {
        let made = OnceCell::new();
        group.throughput(Throughput::Elements(size as u64));
        group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
            let programme = made.get_or_init(|| Programme::with(size));
            bencher.iter(|| programme.rank());
        });
    }
    group.finish();
}

fn again(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("change-rubric");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(3));
    for &size in sizes(&[4_000]) {
        let decided = size / 10;
        let (made, turn) = (OnceCell::new(), Cell::new(0));
        // to the other rubric each time
        let other = || {
            turn.set(1 - turn.get());
            RUBRICS[turn.get()]
        };
        group.throughput(Throughput::Elements(decided as u64));
        group.bench_function(BenchmarkId::from_parameter(decided), |bencher| {
            let programme = made.get_or_init(|| Programme::with(size));
            let change = |rubric: &str| programme.change_rubric(rubric);
            bencher.iter_batched(other, change, BatchSize::PerIteration);
        });
    }
    group.finish();
}

criterion_group!(benches, one, whole, again);
criterion_main!(benches);

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
        key: None,
            };
            eligibility::load_territories(tx, &eligibility::read_territories(TABLE)?, None)?;
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
        eligibility::decide(tx, actor, id, &decision, false)?;
    }
    Ok(())
}
