//! Lines to cells (RFC 4180, and what programs make of it): a cell in quotation marks may
//! hold the delimiter, doubled quotation marks, and line ends.
//!
//! A quotation mark that opens a cell may never be closed. To find out takes looking at the lines
//! after it, which come again as lines of their own: of each is kept whether a cell that is open
//! before it is open after it, so that no line is gone through more than twice, whatever the file
//! holds.

use std::collections::VecDeque;

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

/// What a character does to the cell that it stands in.
enum Does {
    Belongs,
    EndsCell,
    Nothing,
}

/// Goes one character on; `quotes` when a quotation mark may open a cell.
fn step(at: At, c: char, delimiter: char, quotes: bool) -> (At, Does) {
    match at {
        At::Quoted if c == '"' => (At::Mark, Does::Nothing),
        At::Quoted => (At::Quoted, Does::Belongs),
        At::Mark if c == '"' => (At::Quoted, Does::Belongs),
        _ if c == delimiter => (At::CellStart, Does::EndsCell),
        At::CellStart if c == '"' && quotes => (At::Quoted, Does::Nothing),
        // in the middle of a cell it is inches, or a quotation
        _ => (At::Plain, Does::Belongs),
    }
}

/// A line that was looked at before its turn.
struct Ahead {
    line: String,
    /// A quoted cell that is open before it is open after it.
    stays_open: bool,
}

/// The records of a file.
pub(super) struct Records<'a> {
    lines: Lines<'a>,
    delimiter: char,
    ahead: VecDeque<Ahead>,
    /// Of the line that came last.
    number: u64,
    /// Characters gone through.
    #[cfg(test)]
    steps: u64,
}

impl<'a> Records<'a> {
    pub(super) fn new(content: &'a Content, encoding: Encoding, delimiter: char) -> Self {
        Self {
            lines: Lines::new(content, encoding),
            delimiter,
            ahead: VecDeque::new(),
            number: 0,
            #[cfg(test)]
            steps: 0,
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
        let Some(first) = self.line()? else {
            return Ok(false);
        };
        let number = self.number;
        record.begin(number);
        if self.feed(record, &first, At::CellStart, true) == At::Quoted {
            match self.lines_to_close()? {
                Some(more) => {
                    for _ in 0..more {
                        let next = self.line()?.unwrap_or_default();
                        record.text.push('\n');
                        self.feed(record, &next, At::Quoted, true);
                    }
                }
                None => {
                    record.begin(number);
                    self.feed(record, &first, At::CellStart, false);
                    record.unclosed = true;
                }
            }
        }
        record.end_cell();
        Ok(true)
    }

    fn line(&mut self) -> Result<Option<String>, Unread> {
        let line = match self.ahead.pop_front() {
            Some(ahead) => Some(ahead.line),
            None => self.lines.next()?,
        };
        self.number += u64::from(line.is_some());
        Ok(line)
    }

    /// How many more lines a quoted cell goes on, if it is closed before it has too many.
    fn lines_to_close(&mut self) -> Result<Option<usize>, Unread> {
        for at in 0..CELL_LINES_MAX {
            if at >= self.ahead.len() {
                let Some(line) = self.lines.next()? else {
                    return Ok(None);
                };
                let stays_open = self.stays_open(&line);
                self.ahead.push_back(Ahead { line, stays_open });
            }
            if self.ahead.get(at).is_some_and(|ahead| !ahead.stays_open) {
                return Ok(Some(at + 1));
            }
        }
        Ok(None)
    }

    fn stays_open(&mut self, line: &str) -> bool {
        #[cfg(test)]
        {
            self.steps += line.len() as u64;
        }
        let delimiter = self.delimiter;
        let end = line
            .chars()
            .fold(At::Quoted, |at, c| step(at, c, delimiter, true).0);
        end == At::Quoted
    }

    /// Adds one line; returns where it ends.
    fn feed(&mut self, record: &mut Record, line: &str, from: At, quotes: bool) -> At {
        #[cfg(test)]
        {
            self.steps += line.len() as u64;
        }
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
            let (next, does) = step(at, c, self.delimiter, quotes);
            match does {
                Does::Belongs => record.text.push(c),
                Does::EndsCell => record.end_cell(),
                Does::Nothing => {}
            }
            at = next;
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
    fn half_quoted_lines_are_gone_through_a_fixed_number_of_times() {
        // each of these opens a cell that it does not close, from the start of a line as from
        // within a cell
        let line = "\"x\";\"b\n";
        let steps = |lines: usize| {
            let text = line.repeat(lines);
            let content = Content::from(text.as_bytes());
            let encoding = Encoding::of(&content).unwrap();
            let mut records = Records::new(&content, encoding, ';');
            let (mut record, mut unclosed) = (Record::default(), 0);
            while records.next(&mut record).unwrap() {
                unclosed += usize::from(record.unclosed);
            }
            assert_eq!(unclosed, lines);
            records.steps
        };
        // once to see that it opens a cell, once without the mark, once looked at ahead
        for lines in [10, 1_000, 4_000] {
            assert!(steps(lines) <= (lines * line.len() * 3) as u64, "{lines}");
        }
    }

    #[test]
    fn a_cell_of_fifty_more_lines_is_one_and_of_more_is_a_mistake() {
        let text = |more: usize| format!("a;\"b{}c\"\nd;e", "\n".repeat(more));
        let rows = read(&text(50));
        assert_eq!((rows.len(), rows[0].2, rows[1].0), (2, false, 52));
        let rows = read(&text(51));
        assert_eq!((rows.len(), rows[0].2), (53, true));
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
