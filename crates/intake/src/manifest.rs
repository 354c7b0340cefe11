//! The reader of manifests: a firm's spreadsheet, as any program saves or exports it, to
//! rows. Pure: bytes in; rows, and everything that is wrong with them, out. A text is decoded
//! and cut into lines as it is read, so that memory does not grow with it; of a workbook,
//! one sheet becomes such a text ([`Source`]).
//!
//! [`Manifest::read`] goes through the whole file and collects every mistake;
//! [`Manifest::rows`] gives the rows that are good. Those of an ordinary file are kept from
//! the first time; a very large one is gone through again.

mod cells;
mod content;
mod encoding;
mod header;
mod mistakes;
mod row;
mod serial;
mod source;
mod values;
mod vocabulary;
mod workbook;

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;

use std::io;

use kernel::{Code, Date, DeviceKind, Refusal, Text};

use crate::model::ColumnMapping;
use cells::Record;
pub use content::{Content, Reader, Spool};
use header::Header;
pub(crate) use mistakes::Mistakes;
pub use row::ManifestRow;
use row::RowReader;
use serial::SeenSerials;
pub use source::Source;

/// Good rows that are kept in memory.
const KEPT_MAX: usize = 10_000;

/// Why a file was not read to its end.
#[derive(Debug)]
pub enum Unread {
    /// It is no list of devices: for the person who sent it.
    Refused(Box<Refusal>),
    /// The disk failed.
    Disk(io::Error),
}

impl From<Refusal> for Unread {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<io::Error> for Unread {
    fn from(cause: io::Error) -> Self {
        Self::Disk(cause)
    }
}

impl From<Unread> for db::Error {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Refused(refusal) => Self::Refused(refusal),
            Unread::Disk(cause) => Self::internal(cause),
        }
    }
}

/// What the rows are read against.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// The day at the donor's: nothing is bought later.
    pub today: Date,
    /// The kind of every device, when the donor declared only one.
    pub only_kind: Option<DeviceKind>,
}

/// A manifest that was read to its end.
#[derive(Debug, Clone)]
pub struct Manifest {
    delimiter: char,
    header: Header,
    reading: Reading,
    rows: u64,
    /// The good rows, as long as there are not too many.
    kept: Option<Vec<ManifestRow>>,
    mistakes: Mistakes,
}

impl Manifest {
    /// Reads the whole file.
    ///
    /// # Errors
    /// `manifest_unreadable`, with what to do, for what is no list of devices at all.
    /// Mistakes in lines are no error here: they are collected.
    pub fn read(source: &Source<'_>, reading: Reading) -> Result<Self, Unread> {
        let (delimiter, header) =
            header::find(source.text(), source.encoding(), source.delimiters())?;
        let mut manifest = Self {
            delimiter,
            header,
            reading,
            rows: 0,
            kept: Some(Vec::new()),
            mistakes: Mistakes::default(),
        };
        manifest.examine(source)?;
        if manifest.rows == 0 {
            let refusal = unreadable(
                "Ce fichier n'a aucune ligne sous ses titres de colonnes.".to_owned(),
                "This file has no line below its column names.".to_owned(),
            );
            return Err(refusal.into());
        }
        Ok(manifest)
    }

    fn examine(&mut self, source: &Source<'_>) -> Result<(), Unread> {
        let Self {
            header,
            reading,
            mistakes,
            rows,
            kept,
            ..
        } = self;
        let kind_known = header.has_kind() || reading.only_kind.is_some();
        if !kind_known {
            mistakes.file(header.line, no_kind());
        }
        let reader = RowReader::new(header, *reading);
        let mut seen = SeenSerials::default();
        let mut records = source.records(self.delimiter, header.line)?;
        let mut record = Record::default();
        while records.next(&mut record)? {
            if record.is_blank() {
                continue;
            }
            *rows += 1;
            match reader.read(&record, &mut seen) {
                Ok(row) if kind_known => keep(kept, row),
                Ok(_) => mistakes.reject(record.line),
                Err(found) => mistakes.add(found),
            }
        }
        Ok(())
    }

    /// The good rows, in the order of the file, from the source that was read. Of a very
    /// long file also those that stood on an earlier line: look at its mistakes first.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn rows<'a>(
        &'a self,
        source: &'a Source<'_>,
    ) -> Result<Box<dyn Iterator<Item = Result<ManifestRow, Unread>> + 'a>, Unread> {
        Ok(match &self.kept {
            Some(kept) => Box::new(kept.iter().cloned().map(Ok)),
            None => Box::new(self.read_again(source)?),
        })
    }

    fn read_again<'a>(
        &'a self,
        source: &'a Source<'_>,
    ) -> Result<impl Iterator<Item = Result<ManifestRow, Unread>> + 'a, Unread> {
        let reader = RowReader::new(&self.header, self.reading);
        let mut records = source.records(self.delimiter, self.header.line)?;
        let mut record = Record::default();
        Ok(std::iter::from_fn(move || {
            loop {
                match records.next(&mut record) {
                    Ok(true) if record.is_blank() => {}
                    Ok(true) => {
                        // each is compared with nothing: the first time told which are good
                        let read = reader.read(&record, &mut SeenSerials::default());
                        if let Ok(row) = read {
                            return Some(Ok(row));
                        }
                    }
                    Ok(false) => return None,
                    Err(unread) => return Some(Err(unread)),
                }
            }
        }))
    }

    /// Lines with a device, good or not.
    pub fn row_count(&self) -> u64 {
        self.rows
    }

    /// Everything that is wrong, to be added to.
    pub(crate) fn take_mistakes(&mut self) -> Mistakes {
        std::mem::take(&mut self.mistakes)
    }

    /// What stands between two cells.
    pub fn delimiter(&self) -> char {
        self.delimiter
    }

    /// The line of the column names, the first line being 1.
    pub fn header_line(&self) -> u64 {
        self.header.line
    }

    /// The name of the column of serial numbers.
    pub fn serial_column(&self) -> Option<String> {
        self.header
            .column(vocabulary::Field::Serial)
            .map(|(_, column)| column.name.clone())
    }

    /// Which column became what.
    pub fn columns(&self) -> Vec<ColumnMapping> {
        self.header.mapping()
    }
}

fn keep(kept: &mut Option<Vec<ManifestRow>>, row: ManifestRow) {
    match kept {
        Some(rows) if rows.len() < KEPT_MAX => rows.push(row),
        // so many that the second time costs less than the memory
        _ => *kept = None,
    }
}

/// The refusal of a file that is no list of devices.
fn unreadable(fr: String, en: String) -> Refusal {
    Refusal::new(Code::ManifestUnreadable, Text::new(fr, en))
}

fn no_kind() -> Text {
    Text::new(
        "Aucune colonne ne dit le type des appareils : ajoutez une colonne « Type » (unité centrale, PC portable, écran…), ou n'annoncez qu'un seul type dans le lot.",
        "No column says the kind of the devices: add a column `Type` (desktop, laptop, monitor…), or declare one kind only in the batch.",
    )
}
