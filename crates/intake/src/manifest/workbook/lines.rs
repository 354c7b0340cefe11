//! Cells to lines of text, a row a line, so that a row keeps its number.

use std::io::{self, Write};

use super::{Content, DELIMITER, damaged, too_large};
use crate::manifest::Unread;
use crate::manifest::content::Spool;

/// Rows of a sheet at the most, as spreadsheet programs have them.
const ROWS_MAX: u32 = 1_048_576;
/// Columns that are told apart; a cell beyond stands in the next one, and is beyond the
/// header all the same.
const COLUMNS_MAX: u32 = 500;
/// Characters of a cell that are kept: any list here takes less.
const CELL_MAX: usize = 2_000;
/// Bytes of all lines.
const TEXT_MAX: u64 = 256 << 20;

/// The lines of a sheet while they are written.
#[derive(Debug, Default)]
pub(super) struct SheetLines {
    text: Spool,
    row: u32,
    column: u32,
}

impl SheetLines {
    /// Writes a cell; rows and columns count from 0 and only grow.
    pub(super) fn put(&mut self, row: u32, column: u32, cell: &str) -> Result<(), Unread> {
        if cell.is_empty() {
            return Ok(());
        }
        if row < self.row || row >= ROWS_MAX {
            return Err(damaged().into());
        }
        while self.row < row {
            self.text.write_all(b"\n")?;
            self.row += 1;
            self.column = 0;
        }
        let column = column.min(COLUMNS_MAX);
        while self.column < column {
            self.text.write_all(&[DELIMITER as u8])?;
            self.column += 1;
        }
        self.text.write_all(written(cell).as_bytes())?;
        // the delimiter before the next cell is written with it
        if self.text.length() > TEXT_MAX {
            return Err(too_large().into());
        }
        Ok(())
    }

    /// The lines.
    pub(super) fn finish(self) -> io::Result<Content> {
        self.text.finish()
    }
}

/// A cell within a line.
fn written(cell: &str) -> String {
    let plain = cell
        .chars()
        .take(CELL_MAX)
        .map(|c| if c.is_control() { ' ' } else { c });
    if !cell.starts_with('"') {
        return plain.collect();
    }
    // what begins with a quotation mark goes into some
    let mut text = String::from('"');
    for c in plain {
        if c == '"' {
            text.push('"');
        }
        text.push(c);
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_row_is_a_line_and_a_cell_keeps_its_column() {
        let mut lines = SheetLines::default();
        for (row, column, cell) in [
            (0, 0, "a"),
            (0, 2, "c\nd"),
            (0, 3, ""),
            (3, 1, "\"24\" wide"),
        ] {
            lines.put(row, column, cell).unwrap();
        }
        let text = lines.finish().unwrap().head(1_000).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text, "a\t\tc d\n\n\n\t\"\"\"24\"\" wide\"");
    }

    #[test]
    fn rows_only_grow_and_end_somewhere() {
        let mut lines = SheetLines::default();
        lines.put(2, 0, "a").unwrap();
        assert!(lines.put(1, 0, "b").is_err());
        assert!(lines.put(u32::MAX, 0, "b").is_err());
        lines.put(2, u32::MAX, "far").unwrap();
        assert!(lines.finish().unwrap().length() < 1_000);
    }
}
