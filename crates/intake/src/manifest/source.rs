//! What was uploaded, made ready to be read line by line: a text as it is, a workbook by its
//! sheet of devices.

use super::cells::Records;
use super::content::Content;
use super::encoding::Encoding;
use super::workbook::Sheet;
use super::{Unread, header, workbook};

/// A file that may be a list of devices.
#[derive(Debug)]
pub struct Source<'a> {
    file: &'a Content,
    encoding: Encoding,
    sheet: Option<Sheet>,
}

impl<'a> Source<'a> {
    /// Finds out what the file is.
    ///
    /// # Errors
    /// `manifest_unreadable`, with what to do, for what is neither text nor workbook.
    pub fn of(file: &'a Content) -> Result<Self, Unread> {
        let sheet = match workbook::looks_like_one(&file.head(4)?) {
            true => Some(workbook::read(file)?),
            false => None,
        };
        let encoding = match sheet {
            Some(_) => workbook::LINES_ENCODING,
            None => Encoding::of(file)?,
        };
        Ok(Self {
            file,
            encoding,
            sheet,
        })
    }

    /// `csv`, `xlsx` or `ods`.
    pub fn format(&self) -> &'static str {
        self.sheet.as_ref().map_or("csv", |sheet| sheet.format)
    }

    /// The sheet of a workbook that was read.
    pub fn sheet(&self) -> Option<&str> {
        self.sheet.as_ref().map(|sheet| sheet.name.as_str())
    }

    /// Other sheets that name serial numbers; they are not read.
    pub fn other_sheets(&self) -> &[String] {
        self.sheet.as_ref().map_or(&[], |sheet| &sheet.others)
    }

    /// Such as `windows-1252`.
    pub fn encoding_name(&self) -> &'static str {
        self.encoding.name()
    }

    pub(super) fn text(&self) -> &Content {
        self.sheet.as_ref().map_or(self.file, |sheet| &sheet.text)
    }

    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// What may stand between two cells.
    pub(super) fn delimiters(&self) -> &'static [char] {
        match self.sheet {
            Some(_) => &[workbook::DELIMITER],
            None => &header::DELIMITERS,
        }
    }

    /// The records below the one that begins on `line`.
    pub(super) fn records(&self, delimiter: char, line: u64) -> Result<Records<'_>, Unread> {
        Records::after(self.text(), self.encoding, delimiter, line)
    }
}
