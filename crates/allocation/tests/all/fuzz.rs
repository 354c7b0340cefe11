//! Files of waves that nobody would write: the published examples with bytes and words changed,
//! made and tried by the crate `fuzzing`.

use std::time::Duration;

use allocation::plan::instance::Instance;
use allocation::plan::planner;
use fuzzing::{Fuzz, Numbers};

const EXAMPLES: &str = include_str!("../../../../tests/data/allocation/examples.json");

const WORDS: [&str; 32] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\n",
    "\0",
    "\u{feff}",
    "é",
    "null",
    "true",
    "-1",
    "0",
    "0.5",
    "1e308",
    "18446744073709551615",
    "18446744073709551616",
    "-0",
    "\\ud800",
    "\"schema\": \"alloc-wave/1\"",
    "\"qty\": 0",
    "\"qty\": 9007199254740993",
    "\"pins\": [",
    "\"caps\": []",
    "\"lines\": [",
    "\"line\": \"a\"",
    "\"params\": {}",
    "\"excludes\": [",
    "\"classes\": [",
];

/// A file is refused with its code and a detail, or planned; a plan gives no more than there is.
fn examine(numbers: &mut Numbers, waves: &[String]) -> bool {
    let bytes = match numbers.below(10) {
        0 => numbers.noise(2_000),
        1 => numbers.words(&WORDS, 150).into_bytes(),
        _ => {
            let wave = &waves[numbers.below(waves.len())];
            numbers.changed(wave.clone().into_bytes(), &WORDS)
        }
    };
    let text = String::from_utf8_lossy(&bytes);
    match Instance::read(&text).and_then(|wave| planner::plan(&wave)) {
        Ok(_) => true,
        Err(refused) => {
            assert!(!refused.detail.is_empty(), "{refused:?}");
            false
        }
    }
}

/// The waves in the file of examples, whatever it puts around them.
fn waves(value: &serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(object)
            if object.get("schema") == Some(&"alloc-wave/1".into()) =>
        {
            found.push(value.to_string());
        }
        serde_json::Value::Object(object) => object.values().for_each(|one| waves(one, found)),
        serde_json::Value::Array(array) => array.iter().for_each(|one| waves(one, found)),
        _ => {}
    }
}

#[test]
fn fuzz() {
    let mut found = Vec::new();
    waves(
        &serde_json::from_str(EXAMPLES).expect("examples"),
        &mut found,
    );
    assert!(!found.is_empty());
    let plans = Fuzz {
        name: "plans",
        kept: &[],
        slowest: Duration::from_secs(20),
    };
    plans.run(|numbers| examine(numbers, &found));
}
