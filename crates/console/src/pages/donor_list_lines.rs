//! A donor's list that waits to be mended, as its page shows it: what was understood, each bad line
//! with the cells that are wrong, what is left open.

use std::collections::BTreeSet;

use intake::ManifestReport;
use intake::manifest::{self, Cells, NoticeCode};
use kernel::{FieldError, Instant, Language, Text};
use serde::Serialize;

/// Bad lines that the page shows at a time.
pub(super) const SHOWN: usize = 30;

#[derive(Serialize)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) field: Option<String>,
}

/// A list that waits to be mended.
#[derive(Serialize)]
pub(super) struct Waiting {
    pub(super) name: String,
    pub(super) kept_at: Instant,
    pub(super) rows: u64,
    pub(super) rejected: u64,
    pub(super) columns: Vec<Column>,
    pub(super) warnings: Vec<String>,
    pub(super) questions: Vec<Question>,
    /// Mistakes that are of no line.
    pub(super) general: Vec<String>,
    pub(super) lines: Vec<BadLine>,
    /// Bad lines that are not shown.
    pub(super) more: u64,
    /// Lines can be corrected here.
    pub(super) mendable: bool,
}

#[derive(Serialize)]
pub(super) struct Question {
    /// `sheet` or `dates`.
    pub(super) parameter: &'static str,
    pub(super) text: String,
    pub(super) options: Vec<String>,
}

/// A line, with what is wrong with it.
#[derive(Serialize)]
pub(super) struct BadLine {
    pub(super) line: u64,
    /// The cells that tell what it is.
    pub(super) about: String,
    /// What is wrong with it as a whole.
    pub(super) errors: Vec<String>,
    pub(super) cells: Vec<BadCell>,
}

#[derive(Serialize)]
pub(super) struct BadCell {
    pub(super) at: usize,
    pub(super) column: String,
    pub(super) value: String,
    pub(super) error: String,
}

pub(super) fn columns(columns: Vec<intake::ColumnMapping>) -> Vec<Column> {
    let column = |it: intake::ColumnMapping| Column {
        name: it.column,
        field: it.field,
    };
    columns.into_iter().map(column).collect()
}

/// The lines with a device that is wrong, in their order.
pub(super) fn bad_lines(errors: &[FieldError]) -> BTreeSet<u64> {
    errors.iter().filter_map(|error| error.line).collect()
}

pub(super) fn waiting(
    (name, kept_at): (String, Instant),
    report: ManifestReport,
    cells: Option<Cells>,
    (wanted, more): (&BTreeSet<u64>, u64),
    language: Language,
) -> Waiting {
    let say = |text: &Text| crate::language::say(text, language);
    let notice = |notice: &manifest::Notice| match language {
        Language::French => notifications::french_spaces(&notice.fr),
        Language::English => notice.en.clone(),
    };
    let mendable = cells.is_some();
    let cells = cells.unwrap_or_default();
    let is_of_lines =
        |error: &&FieldError| error.line.is_some_and(|at| cells.lines.contains_key(&at));
    let lines = wanted.iter().filter_map(|line| {
        let errors = report.errors.iter().filter(|it| it.line == Some(*line));
        cells
            .lines
            .get(line)
            .map(|own| bad_line(*line, own, &cells, errors, say))
    });
    Waiting {
        name,
        kept_at,
        rows: report.rows,
        rejected: report.rejected,
        lines: lines.collect(),
        general: report
            .errors
            .iter()
            .filter(|error| match mendable {
                true => error.line.is_none_or(|at| wanted.contains(&at)) && !is_of_lines(error),
                false => true,
            })
            .take(SHOWN)
            .map(|error| in_its_line(error, say(&error.detail), language))
            .collect(),
        warnings: report.warnings.iter().map(notice).collect(),
        questions: report
            .questions
            .iter()
            .map(|question| Question {
                parameter: match question.code {
                    NoticeCode::SeveralSheets => "sheet",
                    _ => "dates",
                },
                text: notice(question),
                options: question.options.clone(),
            })
            .collect(),
        columns: columns(report.columns),
        more,
        mendable,
    }
}

fn in_its_line(error: &FieldError, detail: String, language: Language) -> String {
    match (error.line, language) {
        (None, _) => detail,
        (Some(line), Language::French) => {
            notifications::french_spaces(&format!("Ligne {line} : {detail}"))
        }
        (Some(line), Language::English) => format!("Line {line}: {detail}"),
    }
}

fn bad_line<'a>(
    line: u64,
    own: &[String],
    cells: &Cells,
    errors: impl Iterator<Item = &'a FieldError>,
    say: impl Fn(&Text) -> String,
) -> BadLine {
    let mut bad = BadLine {
        line,
        about: String::new(),
        errors: Vec::new(),
        cells: Vec::new(),
    };
    for error in errors {
        let at = error.column.as_deref().and_then(|column| {
            let mut columns = cells.columns.iter();
            columns.position(|name| name == column)
        });
        let text = say(&error.detail);
        match at {
            Some(at) => bad.cells.push(BadCell {
                at,
                column: cells.columns.get(at).cloned().unwrap_or_default(),
                value: own.get(at).cloned().unwrap_or_default(),
                error: text,
            }),
            None => bad.errors.push(text),
        }
    }
    bad.cells.dedup_by_key(|cell| cell.at);
    let shown: BTreeSet<usize> = bad.cells.iter().map(|cell| cell.at).collect();
    let others = own.iter().enumerate().filter(|(at, _)| !shown.contains(at));
    let others: Vec<&str> = others
        .map(|(_, cell)| cell.as_str())
        .filter(|cell| !cell.is_empty())
        .take(4)
        .collect();
    bad.about = others.join(" · ");
    bad
}
