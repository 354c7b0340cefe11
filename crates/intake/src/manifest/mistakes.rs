//! Everything that is wrong with a file, collected before it is refused.

use std::collections::BTreeSet;

use kernel::{Code, FieldError, Fields, Refusal, Text};

use super::source::Source;

/// Mistakes that are listed; of more, only the number is told.
const LISTED_MAX: usize = 10_000;

/// One of the lists in a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'a> {
    /// Its place among them.
    pub(crate) at: usize,
    /// Its name, where there are several.
    pub(crate) name: Option<&'a str>,
}

impl<'a> Part<'a> {
    /// The list at a place among those of the file.
    pub(crate) fn of(source: &'a Source<'_>, at: usize) -> Self {
        Self {
            at,
            name: source.part_name(at),
        }
    }

    /// The mistake, with the sheet where there are several.
    fn naming(&self, mut mistake: FieldError) -> FieldError {
        if let Some(name) = self.name {
            let detail = mistake.detail;
            mistake.detail = Text::new(
                format!("Feuille « {name} » : {}", detail.fr),
                format!("Sheet `{name}`: {}", detail.en),
            );
        }
        mistake
    }
}

/// The mistakes of a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mistakes {
    /// Each with the place of its list among those of the file.
    listed: Vec<(usize, FieldError)>,
    omitted: u64,
    lines: BTreeSet<(usize, u64)>,
}

impl Mistakes {
    /// Notes the mistakes of a line.
    pub(super) fn add(&mut self, part: &Part<'_>, found: Fields) {
        for mistake in found.into_vec() {
            self.push(part, mistake);
        }
    }

    /// Notes a mistake of the list as a whole, at its column names.
    pub(super) fn file(&mut self, part: &Part<'_>, line: u64, detail: Text) {
        let mistake = FieldError {
            pointer: None,
            line: Some(line),
            column: None,
            code: Code::Required,
            detail,
        };
        self.listed.push((part.at, part.naming(mistake)));
    }

    /// Counts a line out, for a reason that is told of the file as a whole.
    pub(super) fn reject(&mut self, part: &Part<'_>, line: u64) {
        self.lines.insert((part.at, line));
    }

    /// Notes one mistake.
    pub(crate) fn push(&mut self, part: &Part<'_>, mistake: FieldError) {
        let line = mistake.line.map(|line| (part.at, line));
        self.lines.extend(line);
        if self.listed.len() < LISTED_MAX {
            self.listed.push((part.at, part.naming(mistake)));
        } else {
            self.omitted += 1;
        }
    }

    /// Nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// Lines with a mistake.
    pub(crate) fn line_count(&self) -> u64 {
        self.lines.len() as u64
    }

    /// Mistakes that are not listed.
    pub(crate) fn omitted(&self) -> u64 {
        self.omitted
    }

    /// The mistakes in the order of the file.
    pub(crate) fn into_sorted(self) -> Vec<FieldError> {
        let mut listed = self.listed;
        listed.sort_by_key(|(part, mistake)| (*part, mistake.line));
        listed.into_iter().map(|(_, mistake)| mistake).collect()
    }

    /// The refusal of a whole file: by the rule that its lines break when it is one and the
    /// same, else as `manifest_invalid`.
    pub(crate) fn refusal(self, rows: u64) -> Refusal {
        let lines = self.line_count();
        let total = self.listed.len() as u64 + self.omitted;
        let omitted = self.omitted;
        let errors = self.into_sorted();
        let same = errors.first().map(|first| first.code).filter(|code| {
            *code == Code::DuplicateSerial && errors.iter().all(|error| error.code == *code)
        });
        let (more_fr, more_en) = match omitted {
            0 => (String::new(), String::new()),
            n => (
                format!(" ; {n} ne sont pas listées"),
                format!("; {n} of them are not listed"),
            ),
        };
        let mut refusal = Refusal::new(
            same.unwrap_or(Code::ManifestInvalid),
            Text::new(
                format!(
                    "{lines} ligne(s) à corriger sur {rows} ; rien n'a été enregistré. Erreurs : {total}{more_fr}."
                ),
                format!(
                    "{lines} of {rows} line(s) need correcting; nothing was stored. Mistakes: {total}{more_en}."
                ),
            ),
        );
        refusal.errors = errors;
        refusal
    }
}
