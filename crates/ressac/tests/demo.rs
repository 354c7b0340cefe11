//! The Marseille operation, as `scripts/demo` runs it.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]

use std::path::Path;
use std::process::Command;

use testkit::{Engine, TestDatabase, Value};

fn run(engine: Engine, name: &str) -> Option<Value> {
    let database = TestDatabase::create(engine)?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let var = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("demo-{name}"));
    let _ = std::fs::remove_dir_all(&var);
    std::fs::create_dir_all(&var).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_ressac"))
        .args(["demo", "--exit", "--listen", "127.0.0.1:0"])
        .args(["--database-url", &database.url])
        .arg("--data")
        .arg(root.join("../../tests/data/marseille"))
        .arg("--var")
        .arg(&var)
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let logged = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}\n{logged}");
    let report = std::fs::read(var.join("demo.json")).unwrap();
    let mails = std::fs::read_dir(var.join("mail")).unwrap().count();
    let report: Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(
        report["mails"].as_u64(),
        Some(mails as u64),
        "each mail is a file"
    );
    Some(report)
}

/// What has to be the same whenever and wherever it is run.
fn lasting(mut report: Value) -> Value {
    report["programme"].take();
    report["seconds"].take();
    report["mails"].take(); // which messages share a mail depends on when they come
    for wave in report["waves"].as_array_mut().unwrap() {
        wave["id"].take();
    }
    report
}

#[test]
fn the_marseille_operation_is_the_same_on_both_engines() {
    let report = run(Engine::Sqlite, "sqlite").unwrap();
    let first = &report["waves"][0];
    assert_eq!(first["associations"], 27);
    assert_eq!(first["devices"], 486);
    assert!(first["smallest"].as_u64() >= Some(10) && first["largest"].as_u64() <= Some(30));
    let devices = &report["devices"];
    let given = devices["handed_over"].as_u64().unwrap() + devices["reserved"].as_u64().unwrap();
    assert_eq!(given, 1000);
    assert!(report["associations_served"].as_u64() > Some(60));
    assert!(report["mails"].as_u64() > Some(0));
    assert_eq!(report["custody"], "intact");
    match run(Engine::Postgres, "postgres") {
        Some(other) => assert_eq!(lasting(report), lasting(other)),
        None => eprintln!("left out: RESSAC_TEST_POSTGRES is not set; run scripts/test"),
    }
}
