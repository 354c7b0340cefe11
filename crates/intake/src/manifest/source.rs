//! What was uploaded, made ready to be read line by line: a text as it is, a workbook by its
//! sheet of devices.

use std::borrow::Cow;

use kernel::Refusal;

use super::cells::Records;
use super::encoding::Encoding;
use super::{header, workbook};

/// A file that may be a list of devices.
#[derive(Debug)]
pub struct Source<'a> {
    text: Cow<'a, [u8]>,
    encoding: Encoding,
    format: &'static str,
    sheet: Option<String>,
    other_sheets: Vec<String>,
}

impl<'a> Source<'a> {
    /// Finds out what the bytes are.
    ///
    /// # Errors
    /// `manifest_unreadable`, with what to do, for what is neither text nor workbook.
    pub fn of(bytes: &'a [u8]) -> Result<Self, Refusal> {
        if workbook::looks_like_one(bytes) {
            let sheet = workbook::read(bytes)?;
            return Ok(Self {
                text: Cow::Owned(sheet.text),
                encoding: workbook::LINES_ENCODING,
                format: sheet.format,
                sheet: Some(sheet.name),
                other_sheets: sheet.others,
            });
        }
        Ok(Self {
            text: Cow::Borrowed(bytes),
            encoding: Encoding::of(bytes)?,
            format: "csv",
            sheet: None,
            other_sheets: Vec::new(),
        })
    }

    /// `csv`, `xlsx` or `ods`.
    pub fn format(&self) -> &'static str {
        self.format
    }

    /// The sheet of a workbook that was read.
    pub fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// Other sheets that name serial numbers; they are not read.
    pub fn other_sheets(&self) -> &[String] {
        &self.other_sheets
    }

    /// Such as `windows-1252`.
    pub fn encoding_name(&self) -> &'static str {
        self.encoding.name()
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.text
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
    pub(super) fn records(&self, delimiter: char, line: u64) -> Records<'_> {
        Records::after(&self.text, self.encoding, delimiter, line)
    }
}
