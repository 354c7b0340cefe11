//! The reader of manifests: a firm's spreadsheet, as any program saves or exports it, to
//! rows. Pure: bytes in; rows, and everything that is wrong with them, out. A text is decoded
//! and cut into lines as it is read, so that memory does not grow with it; of a workbook,
//! one sheet becomes such a text ([`Source`]).
//!
//! [`Manifest::read`] goes through the whole file and collects every mistake;
//! [`Manifest::rows`] gives the rows that are good. Those of an ordinary file are kept from
//! the first time; a very large one is gone through again.

mod cells;
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

use kernel::{Code, Date, DeviceKind, Refusal, Text};

use crate::model::ColumnMapping;
use cells::Record;
use header::Header;
pub(crate) use mistakes::Mistakes;
pub use row::ManifestRow;
use row::RowReader;
use serial::SeenSerials;
pub use source::Source;

/// Bytes of a manifest at the most; the API refuses what is larger.
pub const SIZE_MAX: usize = 64 * 1024 * 1024;

/// Good rows that are kept in memory.
const KEPT_MAX: usize = 10_000;

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
    /// Mistakes in lines are no error here: see [`Manifest::mistakes`].
    pub fn read(source: &Source<'_>, reading: Reading) -> Result<Self, Refusal> {
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
            return Err(unreadable(
                "Ce fichier n'a aucune ligne sous ses titres de colonnes.".to_owned(),
                "This file has no line below its column names.".to_owned(),
            ));
        }
        Ok(manifest)
    }

    fn examine(&mut self, source: &Source<'_>) -> Result<(), Refusal> {
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
        let mut records = source.records(self.delimiter, header.line);
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

    /// The good rows, in the order of the file, from the source that was read. Of a file
    /// with mistakes, see [`Manifest::mistakes`] first.
    pub fn rows<'a>(
        &'a self,
        source: &'a Source<'_>,
    ) -> Box<dyn Iterator<Item = ManifestRow> + 'a> {
        match &self.kept {
            Some(kept) => Box::new(kept.iter().cloned()),
            None => Box::new(self.read_again(source)),
        }
    }

    fn read_again<'a>(&'a self, source: &'a Source<'_>) -> impl Iterator<Item = ManifestRow> + 'a {
        let reader = RowReader::new(&self.header, self.reading);
        let mut records = source.records(self.delimiter, self.header.line);
        let mut record = Record::default();
        std::iter::from_fn(move || {
            // `read` went through these bytes to the end, so there is no failure to report
            while records.next(&mut record).unwrap_or(false) {
                if record.is_blank() {
                    continue;
                }
                if let Ok(row) = reader.read(&record, &mut SeenSerials::default()) {
                    return Some(row);
                }
            }
            None
        })
    }

    /// Lines with a device, good or not.
    pub fn row_count(&self) -> u64 {
        self.rows
    }

    /// Everything that is wrong.
    pub(crate) fn mistakes(&self) -> &Mistakes {
        &self.mistakes
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
