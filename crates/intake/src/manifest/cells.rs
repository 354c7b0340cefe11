//! Lines to cells (RFC 4180, and what programs make of it): a cell in quotation marks may
//! hold the delimiter, doubled quotation marks, and line ends.

use super::Unread;
use super::content::Content;
use super::encoding::{Encoding, Lines};

/// Lines that one cell may hold. A quotation mark that is not closed until then is a
/// mistake in one line, and must not swallow the others.
const CELL_LINES_MAX: usize = 50;

/// The cells of one line, or of several when a cell holds line ends.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// The line on which it begins, the first of the file being 1.
    pub(super) line: u64,
    /// A cell was opened by a quotation mark and never closed; the line is cut as if the
    /// mark were not there.
    pub(super) unclosed: bool,
    text: String,
    ends: Vec<usize>,
}

impl Record {
    /// The cells, as they stand.
    pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, end)| self.text.get(start..*end).unwrap_or_default())
    }

    /// One cell; what is not there is empty.
    pub(super) fn cell(&self, at: usize) -> &str {
        let start = match at.checked_sub(1) {
            Some(before) => self.ends.get(before).copied(),
            None => Some(0),
        };
        let end = self.ends.get(at).copied();
        start
            .zip(end)
            .and_then(|(start, end)| self.text.get(start..end))
            .unwrap_or_default()
    }

    /// Nothing but delimiters and spaces.
    pub(super) fn is_blank(&self) -> bool {
        !self.unclosed
            && self
                .text
                .chars()
                .all(|c| c.is_whitespace() || c.is_control())
    }

    fn begin(&mut self, line: u64) {
        self.line = line;
        self.unclosed = false;
        self.text.clear();
        self.ends.clear();
    }

    fn end_cell(&mut self) {
        self.ends.push(self.text.len());
    }
}

#[derive(Clone, Copy, PartialEq)]
enum At {
    CellStart,
    Plain,
    Quoted,
    /// A quotation mark inside a quoted cell: its end, or the first of two.
    Mark,
}

/// The records of a file.
pub(super) struct Records<'a> {
    lines: Lines<'a>,
    delimiter: char,
}

impl<'a> Records<'a> {
    pub(super) fn new(content: &'a Content, encoding: Encoding, delimiter: char) -> Self {
        Self {
            lines: Lines::new(content, encoding),
            delimiter,
        }
    }

    /// The records below the one that begins on `line`.
    pub(super) fn after(
        content: &'a Content,
        encoding: Encoding,
        delimiter: char,
        line: u64,
    ) -> Result<Self, Unread> {
        let mut records = Self::new(content, encoding, delimiter);
        let mut skipped = Record::default();
        while skipped.line < line && records.next(&mut skipped)? {}
        Ok(records)
    }

    /// Reads the next record into `record`; false after the last.
    pub(super) fn next(&mut self, record: &mut Record) -> Result<bool, Unread> {
        let Some(first) = self.lines.next()? else {
            return Ok(false);
        };
        let line = self.lines.number();
        record.begin(line);
        let mut at = self.feed(record, &first, At::CellStart, true);
        let mut more = Vec::new();
        while at == At::Quoted {
            let next = match more.len() < CELL_LINES_MAX {
                true => self.lines.next()?,
                false => None,
            };
            let Some(next) = next else {
                self.lines.give_back(more);
                record.begin(line);
                self.feed(record, &first, At::CellStart, false);
                record.unclosed = true;
                break;
            };
            record.text.push('\n');
            at = self.feed(record, &next, At::Quoted, true);
            more.push(next);
        }
        record.end_cell();
        Ok(true)
    }

    /// Adds one line; returns where it ends.
    fn feed(&self, record: &mut Record, line: &str, from: At, quotes: bool) -> At {
        // most lines have no quotation marks
        if from == At::CellStart && !(quotes && line.contains('"')) {
            let mut cells = line.split(self.delimiter);
            record.text.push_str(cells.next().unwrap_or_default());
            for cell in cells {
                record.end_cell();
                record.text.push_str(cell);
            }
            return At::Plain;
        }
        let mut at = from;
        for c in line.chars() {
            at = match at {
                At::Quoted if c == '"' => At::Mark,
                At::Quoted => {
                    record.text.push(c);
                    At::Quoted
                }
                At::Mark if c == '"' => {
                    record.text.push(c);
                    At::Quoted
                }
                _ if c == self.delimiter => {
                    record.end_cell();
                    At::CellStart
                }
                At::CellStart if c == '"' && quotes => At::Quoted,
                // in the middle of a cell it is inches, or a quotation
                _ => {
                    record.text.push(c);
                    At::Plain
                }
            };
        }
        at
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn read(text: &str) -> Vec<(u64, Vec<String>, bool)> {
        let content = Content::from(text.as_bytes());
        let encoding = Encoding::of(&content).unwrap();
        let mut records = Records::new(&content, encoding, ';');
        let mut record = Record::default();
        let mut read = Vec::new();
        while records.next(&mut record).unwrap() {
            let cells = record.cells().map(str::to_owned).collect();
            read.push((record.line, cells, record.unclosed));
        }
        read
    }

    fn cells(line: &str) -> Vec<String> {
        read(line).remove(0).1
    }

    #[test]
    fn quoted_cells_hold_delimiters_marks_and_line_ends() {
        assert_eq!(cells("a;\"b;c\";d"), ["a", "b;c", "d"]);
        assert_eq!(cells("\"say \"\"oui\"\"\";x"), ["say \"oui\"", "x"]);
        assert_eq!(
            cells("24\" wide;\"24\"\" wide\""),
            ["24\" wide", "24\" wide"]
        );
        assert_eq!(cells(";;"), ["", "", ""]);
        let rows = read("a;\"x\r\ny\";b\r\nnext");
        assert_eq!(
            rows[0],
            (1, vec!["a".into(), "x\ny".into(), "b".into()], false)
        );
        assert_eq!(rows[1].0, 3);
    }

    #[test]
    fn lines_are_numbered_as_an_editor_does() {
        for end in ["\n", "\r\n", "\r"] {
            let numbers: Vec<u64> = read(&["a", "", "b", "c", ""].join(end))
                .into_iter()
                .filter(|row| row.1 != [""])
                .map(|row| row.0)
                .collect();
            assert_eq!(numbers, [1, 3, 4], "{end:?}");
        }
    }

    #[test]
    fn quote_not_closed_spoils_its_own_line_only() {
        let rows = read("a;\"b\nc;d\ne;f");
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[0], (1, vec!["a".into(), "\"b".into()], true));
        assert_eq!(rows[2], (3, vec!["e".into(), "f".into()], false));
    }

    #[test]
    fn a_cell_by_its_place() {
        let content = Content::from(&b"a;bc;"[..]);
        let mut records = Records::new(&content, Encoding::of(&content).unwrap(), ';');
        let mut record = Record::default();
        assert!(records.next(&mut record).unwrap());
        let found: Vec<&str> = (0..5).map(|at| record.cell(at)).collect();
        assert_eq!(found, ["a", "bc", "", "", ""]);
    }
}
