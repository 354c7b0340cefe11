//! The shape of the house: which crate may know which, and where error codes live.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use kernel::Code;
use testkit::Value;

/// Whom each crate may depend on, besides what is published.
const ALLOWED: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("db", &["kernel"]),
    ("files", &["kernel", "db"]),
    ("documents", &["kernel"]),
    ("notifications", &["kernel", "db"]),
    ("identity", &["kernel", "db", "notifications"]),
    ("intake", &["kernel", "db", "notifications", "identity"]),
    (
        "workshop",
        &[
            "kernel",
            "db",
            "files",
            "notifications",
            "identity",
            "intake",
        ],
    ),
    (
        "eligibility",
        &["kernel", "db", "files", "notifications", "identity"],
    ),
    (
        "allocation",
        &[
            "kernel",
            "db",
            "notifications",
            "identity",
            "intake",
            "workshop",
            "eligibility",
        ],
    ),
    (
        "handover",
        &[
            "kernel",
            "db",
            "notifications",
            "identity",
            "intake",
            "workshop",
            "eligibility",
            "allocation",
        ],
    ),
    ("impact", &["kernel", "db", "eligibility", "allocation"]),
    (
        "web",
        &[
            "kernel",
            "db",
            "files",
            "documents",
            "notifications",
            "identity",
            "intake",
            "workshop",
            "eligibility",
            "allocation",
            "handover",
            "impact",
        ],
    ),
    (
        "api",
        &[
            "kernel",
            "db",
            "files",
            "notifications",
            "identity",
            "intake",
            "workshop",
            "eligibility",
            "allocation",
            "handover",
            "impact",
            "web",
        ],
    ),
    (
        "console",
        &[
            "kernel",
            "db",
            "files",
            "notifications",
            "identity",
            "intake",
            "workshop",
            "eligibility",
            "allocation",
            "handover",
            "impact",
            "web",
        ],
    ),
    (
        "rehearsal",
        &[
            "kernel",
            "db",
            "identity",
            "intake",
            "eligibility",
            "workshop",
            "allocation",
            "handover",
        ],
    ),
    (
        "ressac",
        &[
            "kernel",
            "db",
            "files",
            "documents",
            "notifications",
            "identity",
            "intake",
            "eligibility",
            "workshop",
            "allocation",
            "handover",
            "web",
            "api",
            "console",
            "rehearsal",
        ],
    ),
    // measures the program from outside
    (
        "bench",
        &["kernel", "db", "identity", "eligibility", "workshop"],
    ),
    ("fuzzing", &[]),
    (
        "testkit",
        &[
            "kernel",
            "db",
            "files",
            "notifications",
            "identity",
            "eligibility",
            "web",
            "api",
            "console",
        ],
    ),
];

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

pub(crate) fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(root())
        .output()
        .expect("cargo metadata");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn arrows_point_one_way() {
    let allowed: BTreeMap<_, _> = ALLOWED.iter().copied().collect();
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let names: BTreeSet<_> = packages
        .iter()
        .map(|p| p["name"].as_str().unwrap())
        .collect();
    let mut wrong = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap();
        if name == "stories" {
            continue; // the tests may look at everything
        }
        let known = allowed
            .get(name)
            .unwrap_or_else(|| panic!("{name} has no row in ALLOWED"));
        for dependency in package["dependencies"].as_array().unwrap() {
            let on = dependency["name"].as_str().unwrap();
            let for_tests = dependency["kind"] == "dev" && ["testkit", "fuzzing"].contains(&on);
            if names.contains(on) && !known.contains(&on) && !for_tests {
                wrong.push(format!("{name} → {on}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "edges that the design does not have: {wrong:?}"
    );
}

/// Every file of ours with this ending, below a folder.
pub(crate) fn files(folder: &Path, ending: &str, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.to_string_lossy().ends_with(ending) {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    files(&root().join("crates"), ".rs", &mut found);
    files(&root().join("tests"), ".rs", &mut found);
    found.retain(|(path, _)| !path.ends_with("kernel/src/codes.rs"));
    found
}

/// What stands in tests: files below a `tests` folder or named so, and what follows `#[cfg(test)]`.
fn test_text(path: &Path, text: &str) -> String {
    let is_test = path.components().any(|part| part.as_os_str() == "tests")
        || path
            .file_stem()
            .is_some_and(|stem| stem.to_string_lossy().ends_with("tests"));
    if is_test {
        return text.to_owned();
    }
    text.split_once("#[cfg(test)]")
        .map(|(_, tests)| tests.to_owned())
        .unwrap_or_default()
}

#[test]
fn every_error_code_is_used_explained_and_tested() {
    let sources = sources();
    let mut readmes = Vec::new();
    files(&root().join("crates"), "README.md", &mut readmes);
    let readmes: String = readmes.into_iter().map(|(_, text)| text).collect();
    let tests: String = sources
        .iter()
        .map(|(path, text)| test_text(path, text))
        .collect();
    let all: String = sources.iter().map(|(_, text)| text.as_str()).collect();
    let mut wrong = Vec::new();
    for code in Code::ALL {
        let (name, variant) = (code.as_str(), format!("Code::{code:?}"));
        if !all.contains(&variant) {
            wrong.push(format!("{name} is used nowhere"));
        }
        if !readmes.contains(&format!("`{name}`")) {
            wrong.push(format!("{name} is in no crate's README"));
        }
        if !tests.contains(name) && !tests.contains(&variant) {
            wrong.push(format!("{name} has no test"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The name under which a line defines a type, if it does.
fn defined(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let rest = line
        .strip_prefix("pub struct ")
        .or_else(|| line.strip_prefix("pub enum "))?;
    rest.split([' ', '<', '(', ';']).next()
}

/// Of two types with one name, the document has only one, and says the wrong thing of the other.
#[test]
fn no_two_types_of_the_document_have_one_name() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in sources() {
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let (mut described, mut renamed) = (false, false);
        for line in text.lines() {
            described |= line.contains("ToSchema") && line.contains("derive(");
            described |= line.contains("text_enum! {");
            renamed |= line.contains("schema(as = ");
            let Some(name) = defined(line) else {
                continue;
            };
            if described && !renamed {
                let place = path.display().to_string();
                places.entry(name.to_owned()).or_default().push(place);
            }
            (described, renamed) = (false, false);
        }
    }
    assert!(places.len() > 100, "{} types", places.len());
    places.retain(|_, found| found.len() > 1);
    assert!(places.is_empty(), "say #[schema(as = …)]: {places:#?}");
}

#[test]
fn both_engines_have_the_same_migrations() {
    let versions = |engine: &str| -> BTreeSet<String> {
        std::fs::read_dir(root().join("migrations").join(engine))
            .unwrap()
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect()
    };
    assert_eq!(versions("sqlite"), versions("postgres"));
}
