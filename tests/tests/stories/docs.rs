//! What the documentation names is there: files, functions, crates.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::architecture::{files, metadata, root};

/// Folders of the repository; text in backticks that begins with one of them is a path.
const FOLDERS: &[&str] = &[
    ".ci/",
    "config/",
    "crates/",
    "deploy/",
    "docs/",
    "migrations/",
    "scripts/",
    "tests/",
];

fn pages() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    files(&root().join("docs"), ".md", &mut found);
    files(&root().join("crates"), "README.md", &mut found);
    for name in ["README", "CONTRIBUTING", "SECURITY", "CHANGELOG"] {
        let path = root().join(format!("{name}.md"));
        let text = std::fs::read_to_string(&path).unwrap();
        found.push((path, text));
    }
    found
}

/// The targets of a page's links.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target)
        .filter(|target| !target.contains("://") && !target.starts_with('#'))
}

/// What stands in single backticks.
fn quoted(text: &str) -> Vec<&str> {
    let mut prose = text.split("```").step_by(2);
    prose.by_ref().fold(Vec::new(), |mut all, part| {
        all.extend(part.split('`').skip(1).step_by(2));
        all
    })
}

fn is_a_pattern(text: &str) -> bool {
    text.contains(['<', '*', '…', ' ', '{'])
}

fn defines(text: &str, name: &str) -> bool {
    let name = name.rsplit("::").next().unwrap_or(name);
    ["fn ", "struct ", "enum ", "const ", "trait "]
        .iter()
        .any(|word| {
            let wanted = format!("{word}{name}");
            text.match_indices(&wanted).any(|(at, _)| {
                let next = text[at + wanted.len()..].chars().next();
                next.is_none_or(|c| !c.is_alphanumeric() && c != '_')
            })
        })
}

/// The file that a page means by a path: from the root, or in the crate whose README it is.
fn file_of(page: &Path, path: &str) -> Option<PathBuf> {
    let home = page.parent().unwrap();
    let candidates = [
        root().join(path),
        home.join("src").join(path),
        home.join(path),
    ];
    candidates
        .into_iter()
        .find(|path| path.exists())
        .or_else(|| in_another_crate(path))
}

/// `files/src/store.rs` and `notifications/service/x.rs` name their crate first.
fn in_another_crate(path: &str) -> Option<PathBuf> {
    let (name, rest) = path.split_once('/')?;
    let home = root().join("crates").join(name);
    [home.join(rest), home.join("src").join(rest)]
        .into_iter()
        .find(|path| path.exists())
}

#[test]
fn every_link_leads_somewhere() {
    let mut dead = Vec::new();
    for (page, text) in pages() {
        for target in links(&text) {
            let path = target.split('#').next().unwrap_or_default();
            if !page.parent().unwrap().join(path).exists() {
                dead.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
}

#[test]
fn every_path_and_function_that_is_named_exists() {
    let mut missing = Vec::new();
    let mut seen = 0;
    for (page, text) in pages() {
        for name in quoted(&text) {
            let (path, function) = match name.split_once(".rs::") {
                Some((file, function)) => (format!("{file}.rs"), Some(function)),
                None => (name.to_owned(), None),
            };
            let rooted = FOLDERS.iter().any(|folder| path.starts_with(folder));
            if is_a_pattern(name) || (function.is_none() && !rooted) {
                continue;
            }
            seen += 1;
            let found = file_of(&page, &path);
            let there = found.as_deref().is_some_and(|file| {
                function.is_none_or(|function| {
                    defines(&std::fs::read_to_string(file).unwrap_or_default(), function)
                })
            });
            if !there {
                missing.push(format!("{}: {name}", page.display()));
            }
        }
    }
    assert!(seen > 200, "only {seen} names were found");
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn the_table_of_crates_is_complete() {
    let metadata = metadata();
    let packages: BTreeSet<_> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| package["name"].as_str().unwrap().to_owned())
        .collect();
    let text = std::fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let named: BTreeSet<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| [`")?.split('`').next())
        .map(str::to_owned)
        .collect();
    assert_eq!(named, packages);
}

#[test]
fn the_readme_is_short() {
    let text = std::fs::read_to_string(root().join("README.md")).unwrap();
    assert!(text.lines().count() < 130);
}
