//! Rows of cells to lines of text. A merged cell says the same in each row that it spans, and
//! in each column, where it is marked as not the first.

use std::collections::VecDeque;

use super::lines::SheetLines;
use super::{Content, damaged, too_large};
use crate::manifest::Unread;
use crate::manifest::values::{BESIDE, SCIENTIFIC, UNCOMPUTED};

/// Merged cells of a sheet.
pub(super) const SPANS_MAX: usize = 50_000;
/// Merged cells side by side.
const ACTIVE_MAX: usize = 500;
/// Cells that merged ones are written to.
const SPREAD_MAX: u64 = 5_000_000;
/// Ranges of hidden rows that are kept apart.
const HIDDEN_MAX: usize = 100_000;

/// A merged cell; rows and columns count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) rows: (u32, u32),
    pub(super) columns: (u32, u32),
}

impl Span {
    fn covers(&self, column: u32) -> bool {
        (self.columns.0..=self.columns.1).contains(&column)
    }

    fn is_one_cell(&self) -> bool {
        self.rows.0 == self.rows.1 && self.columns.0 == self.columns.1
    }
}

/// A cell of a row that says something.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cell {
    pub(super) column: u32,
    pub(super) text: String,
}

/// The rows of a sheet while they are written.
#[derive(Debug, Default)]
pub(super) struct SheetRows {
    lines: SheetLines,
    to_come: VecDeque<Span>,
    active: Vec<(Span, String)>,
    spread: u64,
    hidden: Vec<(u64, u64)>,
}

impl SheetRows {
    /// A sheet whose merged cells are known beforehand.
    pub(super) fn with(mut spans: Vec<Span>) -> Self {
        spans.sort_by_key(|span| span.rows);
        Self {
            to_come: spans.into(),
            ..Self::default()
        }
    }

    /// A merged cell that begins in the row that is written next.
    pub(super) fn begin(&mut self, span: Span) {
        if self.to_come.len() < SPANS_MAX {
            self.to_come.push_back(span);
        }
    }

    /// Writes a row.
    pub(super) fn write(
        &mut self,
        row: u32,
        mut cells: Vec<Cell>,
        hidden: bool,
    ) -> Result<(), Unread> {
        self.active.retain(|(span, _)| span.rows.1 >= row);
        while let Some(span) = self.to_come.pop_front_if(|span| span.rows.0 <= row) {
            let first = cells.iter().find(|cell| cell.column == span.columns.0);
            let text = first.filter(|_| span.rows.0 == row);
            if span.rows.1 >= row && !span.is_one_cell() {
                self.active
                    .push((span, text.map(|cell| cell.text.clone()).unwrap_or_default()));
            }
        }
        if self.active.len() > ACTIVE_MAX {
            return Err(damaged().into());
        }
        if !cells.is_empty() {
            self.spread(row, &mut cells)?;
        }
        cells.sort_by_key(|cell| cell.column);
        if hidden && !cells.is_empty() {
            self.hide(u64::from(row) + 1);
        }
        for cell in &cells {
            self.lines.put(row, cell.column, &cell.text)?;
        }
        Ok(())
    }

    /// What is merged over this row, in place of what it covers.
    fn spread(&mut self, row: u32, cells: &mut Vec<Cell>) -> Result<(), Unread> {
        for (span, text) in &self.active {
            let first = row == span.rows.0;
            cells.retain(|cell| {
                !span.covers(cell.column) || (first && cell.column == span.columns.0)
            });
            if text.is_empty() {
                continue;
            }
            let last = span.columns.1.min(span.columns.0.saturating_add(500));
            for column in span.columns.0..=last {
                let text = match column == span.columns.0 {
                    true if first => continue,
                    true => text.clone(),
                    false => format!("{BESIDE}{text}"),
                };
                self.spread += 1;
                cells.push(Cell { column, text });
            }
            if self.spread > SPREAD_MAX {
                return Err(too_large().into());
            }
        }
        Ok(())
    }

    fn hide(&mut self, line: u64) {
        let full = self.hidden.len() >= HIDDEN_MAX;
        match self.hidden.last_mut() {
            Some(last) if last.1 + 1 == line || full => last.1 = line,
            _ => self.hidden.push((line, line)),
        }
    }

    /// The lines, and which of them are hidden.
    pub(super) fn finish(self) -> std::io::Result<(Content, Vec<(u64, u64)>)> {
        Ok((self.lines.finish()?, self.hidden))
    }
}

/// A number that its format shows with an exponent: as a serial number it is lost.
pub(super) fn scientific(number: &str) -> String {
    format!("{SCIENTIFIC}{number}")
}

/// A formula whose value was not stored.
pub(super) fn uncomputed() -> String {
    UNCOMPUTED.to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn cells(texts: &[(u32, &str)]) -> Vec<Cell> {
        let cell = |(column, text): &(u32, &str)| Cell {
            column: *column,
            text: (*text).to_owned(),
        };
        texts.iter().map(cell).collect()
    }

    #[test]
    fn a_merged_cell_is_said_in_each_of_its_rows_and_columns() {
        let spans = vec![
            Span {
                rows: (0, 0),
                columns: (0, 1),
            },
            Span {
                rows: (1, 3),
                columns: (1, 1),
            },
        ];
        let mut rows = SheetRows::with(spans);
        rows.write(0, cells(&[(0, "Parc")]), false).unwrap();
        rows.write(1, cells(&[(0, "A1"), (1, "Écran")]), false)
            .unwrap();
        rows.write(2, Vec::new(), true).unwrap();
        rows.write(3, cells(&[(0, "A2"), (1, "caché"), (2, "x")]), true)
            .unwrap();
        rows.write(4, cells(&[(0, "A3")]), true).unwrap();
        let (text, hidden) = rows.finish().unwrap();
        let text = String::from_utf8(text.head(1_000).unwrap()).unwrap();
        assert_eq!(
            text,
            format!("Parc\t{BESIDE}Parc\nA1\tÉcran\n\nA2\tÉcran\tx\nA3")
        );
        assert_eq!(hidden, [(4, 5)]);
    }

    #[test]
    fn merged_cells_are_written_so_often_and_no_more() {
        let spans = (0..501).map(|column| Span {
            rows: (0, 1_000_000),
            columns: (column, column),
        });
        let mut rows = SheetRows::with(spans.collect());
        assert!(rows.write(0, cells(&[(0, "a")]), false).is_err());
        let spans = (0..500).map(|column| Span {
            rows: (0, 1_000_000),
            columns: (column, column),
        });
        let mut rows = SheetRows::with(spans.collect());
        let first: Vec<Cell> = (0..500)
            .map(|column| Cell {
                column,
                text: "a".to_owned(),
            })
            .collect();
        rows.write(0, first, false).unwrap();
        rows.spread = SPREAD_MAX - 2_000;
        let written = (1..1_000_000)
            .take_while(|row| rows.write(*row, cells(&[(0, "b")]), false).is_ok())
            .count();
        assert_eq!(written, 4);
    }
}
