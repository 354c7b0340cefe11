//! The Marseille operation, as `scripts/demo` runs it.

use std::path::Path;

use crate::support::{database, folder, program};
use testkit::{Engine, Value};

fn run(engine: Engine) -> Option<Value> {
    let database = database(engine)?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let var = folder(&format!("demo-{engine:?}"));
    let output = program(&var)
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
    let report = run(Engine::Sqlite).unwrap();
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
    if let Some(other) = run(Engine::Postgres) {
        assert_eq!(lasting(report), lasting(other));
    }
}
