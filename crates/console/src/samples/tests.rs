#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;

use super::*;
use crate::assets::{Assets, TEMPLATES};
use crate::shared::ConsoleSettings;
use crate::templates::Templates;

fn console() -> Console {
    let settings = ConsoleSettings {
        city: "Ville d'exemple".to_owned(),
        ..ConsoleSettings::default()
    };
    Console {
        templates: Templates::load(&settings.templates).unwrap(),
        assets: Assets::load(Vec::new()).unwrap(),
        settings,
    }
}

/// The text that people read of a page, without what is marked as being in another language.
fn words(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<').skip(1) {
        let (tag, rest) = piece.split_once('>').unwrap_or((piece, ""));
        let foreign = tag.contains(" lang=\"fr\"") && !tag.starts_with("html");
        if !foreign && !tag.starts_with("style") && !tag.starts_with("script") {
            text.push_str(rest);
            text.push('\n');
        }
    }
    text
}

#[test]
fn every_page_is_written_in_both_languages() {
    let console = console();
    for sample in all() {
        let name = &sample.name;
        let [french, english] = [Language::French, Language::English].map(|language| {
            sample
                .render(&console, language)
                .unwrap_or_else(|e| panic!("{name}: {e}"))
        });
        assert!(french.contains("<html lang=\"fr\""), "{name}");
        assert!(english.contains("<html lang=\"en\""), "{name}");
        assert_ne!(words(&french), words(&english), "{name} is in one language");
        let left: Vec<_> = words(&english)
            .lines()
            .filter(|line| line.contains(['é', 'è', 'ê', 'à', 'ù', 'ç', 'œ', 'É', 'À', '«']))
            .map(str::to_owned)
            .collect();
        // names of people and places are the same in both
        let names = sample.template == "styles.html";
        assert!(left.is_empty() || names, "{name} in English: {left:?}");
        for forbidden in [" style=", "<style", " onclick", "javascript:", "src=\"http"] {
            assert!(!french.contains(forbidden), "{name}: {forbidden}");
        }
        assert!(french.contains("<h1"), "{name} has no heading");
    }
}

#[test]
fn every_template_has_an_example() {
    let shown: BTreeSet<_> = all().iter().map(|sample| sample.template).collect();
    let (mut pages, mut texts) = (Vec::new(), String::new());
    for (name, text) in TEMPLATES {
        texts.push_str(text);
        if !name.contains('/') && *name != "layout.html" {
            pages.push(*name);
        }
    }
    // what another template takes in is shown by it
    pages.retain(|name| !texts.contains(&format!("\"{name}\"")));
    let without: Vec<_> = pages
        .iter()
        .filter(|name| !shown.contains(**name))
        .collect();
    assert!(
        without.is_empty(),
        "templates without an example: {without:?}"
    );
}
