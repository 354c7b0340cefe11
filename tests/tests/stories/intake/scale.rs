//! How long a list takes, and how much memory. Left out unless asked for:
//! `RESSAC_ROWS=1000000 scripts/with-postgres cargo test -p stories intake::scale -- --ignored --nocapture --test-threads 1`
#![allow(
    clippy::print_stderr,
    clippy::disallowed_methods // the time of this machine
)]

use std::fmt::Write as _;
use std::time::Instant;

use intake::manifest::Content;
use kernel::{Actor, BatchId, Role};
use testkit::{Engine, TestApp, json};

const ORANGE: &[u8] = include_bytes!("../../../data/marseille/orange_manifest.csv");

fn draft(app: &TestApp) -> String {
    let batch = app.donor.post(
        "/batches",
        json!({
            "title": "Grand parc",
            "declared": [{"kind": "desktop", "quantity": 1}],
            "pickup": {"address": "x", "postal_code": "13002", "commune": "Marseille", "contact_name": "Dora",
                "contact_phone": "04 91 00 00 00", "from": "2023-03-01T08:00:00Z", "to": "2023-03-31T17:00:00Z"},
        }),
    );
    batch.expect(201)["id"].as_str().unwrap().to_owned()
}

/// What this process needed most of, in megabytes, since it was last forgotten.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        / 1024
}

fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// What this process computed, in milliseconds: says more than a clock on a busy machine.
fn computed() -> u64 {
    let threads = std::fs::read_dir("/proc/self/task").unwrap();
    let of_thread = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(path.join("schedstat")).unwrap_or_default();
        text.split(' ')
            .next()
            .and_then(|first| first.parse::<u64>().ok())
            .unwrap_or(0)
    };
    threads
        .map(|thread| of_thread(thread.unwrap().path()))
        .sum::<u64>()
        / 1_000_000
}

fn engines() -> impl Iterator<Item = TestApp> {
    [Engine::Sqlite, Engine::Postgres]
        .into_iter()
        .filter_map(TestApp::start)
}

#[test]
#[ignore = "a measurement; see the top of this file"]
fn the_list_of_1060() {
    for app in engines() {
        let path = format!("/batches/{}/manifest", draft(&app));
        for turn in 0..5_u8 {
            // another file each time, for the same is not read again
            let file = [ORANGE, &vec![b'\n'; usize::from(turn)]].concat();
            let start = Instant::now();
            app.donor
                .put_csv(&format!("{path}?dry_run=true"), &file)
                .expect(200);
            let (dry, before) = (start.elapsed(), computed());
            app.donor.put_csv(&path, &file).expect(200);
            let (stored, computed) = (start.elapsed() - dry, computed() - before);
            eprintln!(
                "{:?}: dry run {dry:?}, stored in {stored:?}, {computed} ms of them computing here",
                app.database.engine()
            );
        }
    }
}

#[test]
#[ignore = "takes minutes; see the top of this file"]
fn a_very_long_list() {
    let rows: usize = std::env::var("RESSAC_ROWS")
        .ok()
        .and_then(|rows| rows.parse().ok())
        .unwrap_or(20_000);
    for app in engines() {
        let id: BatchId = draft(&app).parse().unwrap();
        let actor = Actor {
            person: app.donor.person.parse().unwrap(),
            role: Role::Donor,
            organisation: app.donor.organisation.parse().unwrap(),
            session: None,
            key: None,
        };
        let mut text = String::from("Serial;Type;Marque;Date d'achat\n");
        text.reserve(rows * 40);
        for row in 0..rows {
            writeln!(text, "SN{row:09}X;UC;HP;31/12/2019").unwrap();
        }
        let text = Content::from(text.as_bytes());
        let size = text.length() >> 20;
        forget_peak();
        let (before, start) = (peak(), Instant::now());
        let answers = intake::Answers::default();
        let asked = answers.clone();
        let reading = app.read(move |db| {
            let now = "2023-02-28T09:00:00Z".parse().unwrap();
            intake::manifest_reading(db, &actor, id, (now, u64::MAX), &asked)
        });
        let read = intake::read_manifest(&text, reading, answers).unwrap();
        let report = app.write(move |tx| intake::put_manifest(tx, &actor, id, &read));
        assert_eq!(report.accepted, rows as u64);
        eprintln!(
            "{:?}: {rows} rows, file {size} MB, {:?}, memory {before} MB before, {} MB at most",
            app.database.engine(),
            start.elapsed(),
            peak()
        );
    }
}
