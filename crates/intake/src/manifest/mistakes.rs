//! Everything that is wrong with a file, collected before it is refused.

use std::collections::BTreeSet;

use kernel::{Code, FieldError, Fields, Refusal, Text};

/// Mistakes that are listed; of more, only the number is told.
const LISTED_MAX: usize = 10_000;

/// The mistakes of a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mistakes {
    listed: Vec<FieldError>,
    omitted: u64,
    lines: BTreeSet<u64>,
}

impl Mistakes {
    /// Notes the mistakes of a line.
    pub(super) fn add(&mut self, found: Fields) {
        for mistake in found.into_vec() {
            self.push(mistake);
        }
    }

    /// Notes a mistake of the file as a whole, at its column names.
    pub(super) fn file(&mut self, line: u64, detail: Text) {
        self.listed.push(FieldError {
            pointer: None,
            line: Some(line),
            column: None,
            code: Code::Required,
            detail,
        });
    }

    /// Counts a line out, for a reason that is told of the file as a whole.
    pub(super) fn reject(&mut self, line: u64) {
        self.lines.insert(line);
    }

    /// Notes one mistake.
    pub(crate) fn push(&mut self, mistake: FieldError) {
        self.lines.extend(mistake.line);
        if self.listed.len() < LISTED_MAX {
            self.listed.push(mistake);
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
        listed.sort_by_key(|mistake| mistake.line);
        listed
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
