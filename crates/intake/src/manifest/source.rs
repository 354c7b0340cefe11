//! What was uploaded, made ready to be read line by line: a text as it is, a workbook by its
//! sheets of devices.

use super::cells::Records;
use super::content::Content;
use super::encoding::Encoding;
use super::workbook::{Sheet, Sheets, Workbook};
use super::{Unread, header, workbook};

/// A file that may be a list of devices.
#[derive(Debug)]
pub struct Source<'a> {
    file: &'a Content,
    encoding: Encoding,
    workbook: Option<Workbook>,
}

impl<'a> Source<'a> {
    /// Finds out what the file is. Which sheets of a workbook are read, it finds out as well.
    ///
    /// # Errors
    /// `manifest_unreadable`, with what to do, for what is neither text nor workbook.
    pub fn of(file: &'a Content) -> Result<Self, Unread> {
        Self::with_sheets(file, &Sheets::Unsaid)
    }

    /// As [`Self::of`], with these sheets of a workbook.
    ///
    /// # Errors
    /// As there; `unknown_reference` for a sheet that is not there, `unavailable` when other
    /// workbooks are read for too long.
    pub fn with_sheets(file: &'a Content, sheets: &Sheets) -> Result<Self, Unread> {
        let workbook = match workbook::looks_like_one(&file.head(4)?) {
            true => Some(workbook::read(file, sheets)?),
            false => None,
        };
        let encoding = match workbook {
            Some(_) => workbook::LINES_ENCODING,
            None => Encoding::of(file)?,
        };
        Ok(Self {
            file,
            encoding,
            workbook,
        })
    }

    /// `csv`, `xlsx` or `ods`.
    pub fn format(&self) -> &'static str {
        self.workbook.as_ref().map_or("csv", |book| book.format)
    }

    /// The sheets of a workbook that were read.
    pub fn sheets(&self) -> Vec<String> {
        self.each_sheet().map(|sheet| sheet.name.clone()).collect()
    }

    /// The sheet of a workbook that was read; of several, their names.
    pub fn sheet(&self) -> Option<String> {
        self.is_workbook().then(|| self.sheets().join(", "))
    }

    /// Other sheets that name serial numbers; they are not read.
    pub fn other_sheets(&self) -> &[String] {
        self.workbook.as_ref().map_or(&[], |book| &book.others)
    }

    /// The lists among which nobody chose; the first that says most was read.
    pub fn undecided(&self) -> &[String] {
        self.workbook.as_ref().map_or(&[], |book| &book.undecided)
    }

    /// Such as `windows-1252`.
    pub fn encoding_name(&self) -> &'static str {
        self.encoding.name()
    }

    /// It is no text.
    pub fn is_workbook(&self) -> bool {
        self.workbook.is_some()
    }

    fn each_sheet(&self) -> impl Iterator<Item = &Sheet> {
        self.workbook.iter().flat_map(|book| &book.sheets)
    }

    /// How many lists it holds.
    pub(crate) fn parts(&self) -> usize {
        self.workbook.as_ref().map_or(1, |book| book.sheets.len())
    }

    /// The name of a list, where there are several.
    pub(crate) fn part_name(&self, part: usize) -> Option<&str> {
        let several = self.parts() > 1;
        let sheet = self.each_sheet().nth(part).filter(|_| several)?;
        Some(&sheet.name)
    }

    pub(super) fn text(&self, part: usize) -> &Content {
        self.each_sheet()
            .nth(part)
            .map_or(self.file, |sheet| &sheet.text)
    }

    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The spreadsheet program does not show this line.
    pub(super) fn is_hidden(&self, part: usize, line: u64) -> bool {
        self.each_sheet().nth(part).is_some_and(|sheet| {
            let after = sheet.hidden.partition_point(|range| range.1 < line);
            sheet.hidden.get(after).is_some_and(|range| range.0 <= line)
        })
    }

    /// What may stand between two cells.
    pub(super) fn delimiters(&self) -> &'static [char] {
        match self.workbook {
            Some(_) => &[workbook::DELIMITER],
            None => &header::DELIMITERS,
        }
    }

    /// The records below the one that begins on `line`.
    pub(super) fn records(
        &self,
        part: usize,
        delimiter: char,
        line: u64,
    ) -> Result<Records<'_>, Unread> {
        Records::after(self.text(part), self.encoding, delimiter, line)
    }
}
