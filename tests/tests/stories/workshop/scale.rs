//! How long a scanner waits for the answer to a full list. Left out unless asked for:
//! `scripts/with-postgres cargo test --release -p stories workshop::scale -- --ignored --nocapture --test-threads 1`
//! (`RESSAC_LINES` for fewer lines, `RESSAC_ROUNDS` for more devices.)
#![allow(
    clippy::print_stderr,
    clippy::disallowed_methods // the time of this machine
)]

use std::time::{Duration, Instant};

use crate::support::workshop::{dock, intact};
use testkit::{Engine, TestApp, Value, json};

/// How often each kind of list is timed: every round has devices of its own.
const ROUNDS: usize = 5;

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(usual)
}

/// Sends a list; returns how long the answer took. Each line has this verdict.
fn timed(app: &TestApp, lines: &[Value], verdict: &str) -> Duration {
    let body = json!({"events": lines});
    let start = Instant::now();
    let answer = app.refurbisher.post("/device-events", body).expect(200);
    let took = start.elapsed();
    let results = answer["results"].as_array().unwrap();
    assert_eq!(results.len(), lines.len());
    assert!(
        results.iter().all(|line| line["status"] == verdict),
        "{verdict}: {}",
        results
            .iter()
            .find(|line| line["status"] != verdict)
            .unwrap()
    );
    took
}

/// The lists of a round, and what each line is answered.
fn lists(serials: &[String], round: usize) -> Vec<(&'static str, Vec<Value>, &'static str)> {
    let line = |n: usize, serial: &String, step: &str| {
        let mut line = match step {
            "erased" => {
                json!({"drives": [{"serial": format!("D-{serial}"), "media": "nvme",
                "method": "purge", "tool": "nvme-cli", "result": "success"}]})
            }
            _ => json!({"outcome": "keep"}),
        };
        line["device"] = json!(serial);
        line["type"] = json!(step);
        line["client_id"] = json!(format!("{round}-{step}-{n}"));
        line
    };
    let all = |step: &str| -> Vec<Value> {
        let numbered = serials.iter().enumerate();
        numbered.map(|(n, serial)| line(n, serial, step)).collect()
    };
    let unknown = |n: usize| json!({"device": format!("INCONNU{n:04}"), "type": "ready"});
    vec![
        ("triaged", all("triaged"), "applied"),
        ("erased, a drive each", all("erased"), "applied"),
        ("the same again", all("erased"), "already_applied"),
        (
            "of nobody's devices",
            (0..serials.len()).map(unknown).collect(),
            "refused",
        ),
    ]
}

#[test]
#[ignore = "a measurement; see the top of this file"]
fn a_full_list_of_a_scanner() {
    let (size, rounds) = (
        number("RESSAC_LINES", 1_000),
        number("RESSAC_ROUNDS", ROUNDS),
    );
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(app) = TestApp::start(engine) else {
            continue;
        };
        let mut times: Vec<(&str, Vec<Duration>)> = Vec::new();
        for round in 0..rounds {
            let serials: Vec<String> = (0..size).map(|n| format!("CZC{round:02}{n:05}X")).collect();
            let names: Vec<&str> = serials.iter().map(String::as_str).collect();
            dock(&app, &names, 0);
            for (at, (what, lines, verdict)) in lists(&serials, round).into_iter().enumerate() {
                if times.len() == at {
                    times.push((what, Vec::new()));
                }
                times[at].1.push(timed(&app, &lines, verdict));
            }
        }
        for (what, mut taken) in times {
            taken.sort_unstable();
            let (median, most) = (taken[taken.len() / 2], taken[taken.len() - 1]);
            eprintln!("{engine:?}: {size} lines, {what}: {median:?}, {most:?} at most");
        }
        intact(&app);
    }
}
