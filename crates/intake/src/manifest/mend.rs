//! Lines of a list that somebody corrects on a page, cell by cell, without the file at hand. The
//! list comes out as a text with the same lines, in which only the corrected ones are different.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::Record;
use super::encoding::Lines;
use super::header;
use super::source::Source;
use super::values::clean;
use super::vocabulary::{Field, VOCABULARY};
use super::{Content, Sheets, Unread};

/// What to do about a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mend {
    /// It is not given: it becomes a blank line.
    LeaveOut,
    /// Cells of it, by their column.
    Cells(BTreeMap<usize, String>),
}

/// Some lines of a list, as they stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cells {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The column of serial numbers.
    pub serial: Option<usize>,
    /// The cells of each line that was asked for.
    pub lines: BTreeMap<u64, Vec<String>>,
}

/// The cells of some lines of a file; none of a workbook of which several sheets are read, for
/// there a line's number names no line.
///
/// # Errors
/// As [`Source::with_sheets`].
pub fn cells(
    file: &Content,
    sheets: &Sheets,
    wanted: &BTreeSet<u64>,
) -> Result<Option<Cells>, Unread> {
    let source = Source::with_sheets(file, sheets)?;
    if source.parts() != 1 {
        return Ok(None);
    }
    let (delimiter, header) = header::find(source.text(0), source.encoding(), source.delimiters())?;
    let mut found = Cells {
        columns: header.columns.iter().map(|it| it.name.clone()).collect(),
        serial: header.column(Field::Serial).map(|(at, _)| at),
        lines: BTreeMap::new(),
    };
    let mut records = source.records(0, delimiter, header.line)?;
    let mut record = Record::default();
    while found.lines.len() < wanted.len() && records.next(&mut record)? {
        if wanted.contains(&record.line) {
            let cells = record.cells().map(|cell| clean(cell).into_owned());
            found.lines.insert(record.line, cells.collect());
        }
    }
    Ok(Some(found))
}

/// The list with these lines corrected, in UTF-8; none where [`cells`] gives none. Every other
/// line stays as it is, under its number.
///
/// # Errors
/// As [`Source::with_sheets`].
pub fn mended(
    file: &Content,
    sheets: &Sheets,
    mends: &BTreeMap<u64, Mend>,
) -> Result<Option<Vec<u8>>, Unread> {
    let source = Source::with_sheets(file, sheets)?;
    if source.parts() != 1 {
        return Ok(None);
    }
    let (delimiter, header) = header::find(source.text(0), source.encoding(), source.delimiters())?;
    let mut records = source.records(0, delimiter, header.line)?;
    let mut record = Record::default();
    // by their first line: the last one, and what takes their place
    let mut replaced: BTreeMap<u64, (u64, String)> = BTreeMap::new();
    while replaced.len() < mends.len() && records.next(&mut record)? {
        let Some(mend) = mends.get(&record.line) else {
            continue;
        };
        let line_ends = record.cells().flat_map(str::chars).filter(|c| *c == '\n');
        let last = record.line + line_ends.count() as u64;
        let text = match mend {
            Mend::LeaveOut => String::new(),
            Mend::Cells(cells) => written(&record, cells, delimiter),
        };
        replaced.insert(record.line, (last, text));
    }
    let mut lines = Lines::new(source.text(0), source.encoding());
    let (mut all, mut number, mut until) = (String::new(), 0, 0);
    while let Some(line) = lines.next()? {
        number += 1;
        if let Some((last, text)) = replaced.get(&number) {
            all.push_str(text);
            until = *last;
        } else if number > until {
            all.push_str(&line);
        }
        all.push('\n');
    }
    Ok(Some(all.into_bytes()))
}

/// A record with other cells, on one line.
fn written(record: &Record, mended: &BTreeMap<usize, String>, delimiter: char) -> String {
    let width = mended.keys().last().map_or(0, |last| last + 1);
    let width = width.max(record.cells().count());
    let cells = (0..width).map(|at| {
        let cell = mended.get(&at).map_or(record.cell(at), String::as_str);
        let cell = cell.replace(['\n', '\r'], " ");
        match cell.contains([delimiter, '"']) {
            true => format!("\"{}\"", cell.replace('"', "\"\"")),
            false => cell,
        }
    });
    cells.collect::<Vec<_>>().join(&delimiter.to_string())
}

/// A list as somebody pastes it: a column of serial numbers alone gets its name.
#[must_use]
pub fn pasted(text: &str) -> String {
    let first = text.lines().find(|line| !line.trim().is_empty());
    // a comma further down may be in a number that a spreadsheet program made of a serial number
    let has_columns = text.contains([';', '\t']) || first.is_some_and(|line| line.contains(','));
    let named = first.is_some_and(|line| VOCABULARY.column(&clean(line)).is_some());
    match has_columns || named {
        true => text.to_owned(),
        false => format!("N° de série\n{text}"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const LIST: &str = "Parc 2023\r\n\r\nN° de série;Type;Modèle\r\nCZC1;UC;\"a;b\"\r\n\
                        ;UC;ProDesk\r\nCZC3;bateau;\"deux\r\nlignes\"\r\nCZC4;UC;\"ouvert\r\n";

    fn content(text: &str) -> Content {
        Content::from(text.as_bytes())
    }

    fn mend(mends: &[(u64, Mend)]) -> String {
        let mends = mends.iter().cloned().collect();
        let bytes = mended(&content(LIST), &Sheets::Unsaid, &mends).unwrap();
        String::from_utf8(bytes.unwrap()).unwrap()
    }

    fn cell(at: usize, text: &str) -> Mend {
        Mend::Cells(BTreeMap::from([(at, text.to_owned())]))
    }

    #[test]
    fn the_cells_of_a_line_are_shown_as_they_stand() {
        let wanted = BTreeSet::from([5, 6]);
        let found = cells(&content(LIST), &Sheets::Unsaid, &wanted)
            .unwrap()
            .unwrap();
        assert_eq!(found.columns, ["N° de série", "Type", "Modèle"]);
        assert_eq!(found.serial, Some(0));
        assert_eq!(found.lines[&5], ["", "UC", "ProDesk"]);
        assert_eq!(found.lines[&6][1], "bateau");
    }

    #[test]
    fn only_corrected_lines_change_and_every_line_keeps_its_number() {
        let list = mend(&[(5, cell(0, "CZC2;\"")), (6, cell(1, "UC"))]);
        let lines: Vec<&str> = list.lines().collect();
        assert_eq!(
            lines[..4],
            [
                "Parc 2023",
                "",
                "N° de série;Type;Modèle",
                "CZC1;UC;\"a;b\""
            ]
        );
        assert_eq!(lines[4], "\"CZC2;\"\"\";UC;ProDesk");
        assert_eq!(lines[5], "CZC3;UC;deux lignes");
        assert_eq!(lines[6..], ["", "CZC4;UC;\"ouvert"]);
    }

    #[test]
    fn a_line_that_is_left_out_is_blank() {
        let list = mend(&[(6, Mend::LeaveOut)]);
        assert!(
            !list.contains("CZC3") && list.contains("CZC1") && list.contains("CZC4"),
            "{list}"
        );
        assert_eq!(mend(&[]).lines().count(), LIST.lines().count());
    }

    #[test]
    fn a_pasted_column_of_serial_numbers_is_a_list() {
        assert_eq!(pasted("CZC1\nCZC2"), "N° de série\nCZC1\nCZC2");
        assert_eq!(pasted("CZC1\n1,23E+15"), "N° de série\nCZC1\n1,23E+15");
        assert_eq!(pasted("\nN° de série\nCZC1"), "\nN° de série\nCZC1");
        assert_eq!(pasted("Serial\tType\nCZC1\tUC"), "Serial\tType\nCZC1\tUC");
    }
}
