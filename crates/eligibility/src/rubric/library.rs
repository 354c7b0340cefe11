//! The rubrics that programmes may name: those built in, and those of a folder.

use std::collections::BTreeMap;
use std::path::Path;

use kernel::{Code, Refusal, Text};

use super::Rubric;

/// What is built in: `config/rubrics/`.
const EMBEDDED: &[(&str, &str)] = &[
    (
        "marseille-2023",
        include_str!("../../../../config/rubrics/marseille-2023.toml"),
    ),
    (
        "marseille-2024",
        include_str!("../../../../config/rubrics/marseille-2024.toml"),
    ),
];

/// Rubrics by name.
#[derive(Debug, Clone, Default)]
pub struct Library {
    texts: BTreeMap<String, String>,
}

impl Library {
    /// The rubrics that are built in.
    pub fn embedded() -> Self {
        Self {
            texts: EMBEDDED
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                .collect(),
        }
    }

    /// Adds the `*.toml` of a folder; one of the same name takes the place of the built-in.
    ///
    /// # Errors
    /// A sentence for whoever starts the program: the file and the lines at fault.
    pub fn with_folder(mut self, folder: &Path) -> Result<Self, String> {
        let entries =
            std::fs::read_dir(folder).map_err(|cause| format!("{}: {cause}", folder.display()))?;
        for entry in entries {
            let path = entry
                .map_err(|cause| format!("{}: {cause}", folder.display()))?
                .path();
            let name = path.file_stem().and_then(|stem| stem.to_str());
            let (true, Some(name)) = (path.extension().is_some_and(|e| e == "toml"), name) else {
                continue;
            };
            let text = std::fs::read_to_string(&path)
                .map_err(|cause| format!("{}: {cause}", path.display()))?;
            check(name, &text).map_err(|refusal| describe(&path, &refusal))?;
            self.texts.insert(name.to_owned(), text);
        }
        Ok(self)
    }

    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }

    /// The text of a rubric.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    /// A rubric with its text, to be pinned by a programme.
    ///
    /// # Errors
    /// `unknown_rubric` at `/rubric`, `rubric_invalid`.
    pub fn find(&self, name: &str) -> Result<(Rubric, &str), Refusal> {
        let Some(text) = self.text(name) else {
            let names: Vec<_> = self.names().collect();
            return Err(Refusal::field(
                "/rubric",
                Code::UnknownRubric,
                Text::new(
                    format!("Barèmes disponibles : {}.", names.join(", ")),
                    format!("Available rubrics: {}.", names.join(", ")),
                ),
            ));
        };
        Ok((check(name, text)?, text))
    }
}

fn check(name: &str, text: &str) -> Result<Rubric, Refusal> {
    let rubric = Rubric::parse(text)?;
    if rubric.name == name {
        return Ok(rubric);
    }
    Err(Refusal::new(
        Code::RubricInvalid,
        Text::new(
            format!(
                "Le barème « {} » est dans un fichier nommé « {name} ».",
                rubric.name
            ),
            format!("The rubric `{}` is in a file named `{name}`.", rubric.name),
        ),
    ))
}

fn describe(path: &Path, refusal: &Refusal) -> String {
    let mut lines = vec![format!("{}: {}", path.display(), refusal.detail.en)];
    for error in &refusal.errors {
        lines.push(format!(
            "  line {}: {}",
            error.line.unwrap_or(0),
            error.detail.en
        ));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_embedded_rubric_is_well_written() {
        let library = Library::embedded();
        for name in library.names() {
            let (rubric, _) = library.find(name).unwrap();
            assert_eq!(rubric.criteria.iter().map(|c| c.weight).sum::<i32>(), 100);
        }
    }

    #[test]
    fn the_examples_of_the_documentation_are_a_rubric_with_every_kind() {
        let page = include_str!("../../../../config/rubrics/README.md");
        let parts = page.split("```toml\n").skip(1);
        let text: String = parts.filter_map(|part| part.split("```").next()).collect();
        let rubric = Rubric::parse(&text).unwrap();
        assert_eq!(rubric.name, "arles-2025");
        let kinds = |rules: Vec<String>| -> std::collections::BTreeSet<String> {
            let words = rules.into_iter();
            words
                .filter_map(|it| it.split(['(', ' ']).next().map(str::to_owned))
                .collect()
        };
        let rules = rubric.criteria.iter().map(|it| format!("{:?}", it.rule));
        assert_eq!(kinds(rules.collect()).len(), 8);
        let conditions = rubric
            .knock_outs
            .iter()
            .map(|it| format!("{:?}", it.condition));
        assert_eq!(kinds(conditions.collect()).len(), 6);
        assert_eq!(rubric.fragility.fallbacks.len(), 2);
        assert!(!rubric.devices.clear_counts);
    }

    #[test]
    fn unknown_rubric_names_those_there_are() {
        let refusal = Library::embedded().find("lyon").unwrap_err();
        assert_eq!(refusal.errors[0].code, Code::UnknownRubric);
        assert!(refusal.errors[0].detail.fr.contains("marseille-2023"));
    }
}
