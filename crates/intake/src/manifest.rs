//! The reader of manifests: a firm's spreadsheet, as any program saves or exports it, to
//! rows. Pure: bytes in; rows, and everything that is wrong with them, out. A text is decoded
//! and cut into lines as it is read, so that memory does not grow with it; of a workbook,
//! one sheet becomes such a text ([`Source`]).
//!
//! [`Manifest::read`] goes through the file and collects every mistake; [`Manifest::rows`] gives
//! the rows that are good. A file has so many devices at the most ([`Reading::most_rows`]): that
//! bounds what is kept of it, and the transaction that stores it.

mod cells;
mod content;
mod encoding;
mod header;
mod lines;
mod mend;
mod mistakes;
mod notices;
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
pub use mend::{Cells, Mend, cells, mended, pasted};
pub(crate) use mistakes::{Mistakes, Part};
use notices::Noticed;
pub use notices::{Notice, NoticeCode};
pub use row::ManifestRow;
use row::RowReader;
use serial::SeenSerials;
pub use source::Source;
pub use values::DateOrder;
use values::OrderTold;
pub use workbook::Sheets;

/// Cells without a day that can be read in two ways, after which none is looked for.
const PLAIN_DATES: u32 = 20_000;

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
    /// The order of days and months, when somebody said it.
    pub dates: Option<DateOrder>,
    /// Devices of a file at the most.
    pub most_rows: u64,
}

/// One of the lists of a file: a text, or a sheet of a workbook.
#[derive(Debug, Clone)]
struct List {
    delimiter: char,
    header: Header,
    order: DateOrder,
}

/// A manifest that was read to its end.
#[derive(Debug, Clone)]
pub struct Manifest {
    lists: Vec<List>,
    reading: Reading,
    rows: u64,
    good: Vec<ManifestRow>,
    mistakes: Mistakes,
    warnings: Vec<Notice>,
    questions: Vec<Notice>,
}

impl Manifest {
    /// Reads the whole file.
    ///
    /// # Errors
    /// `manifest_unreadable`, with what to do, for what is no list of devices at all;
    /// `too_large` for one with too many devices.
    /// Mistakes in lines are no error here: they are collected.
    pub fn read(source: &Source<'_>, reading: Reading) -> Result<Self, Unread> {
        let (warning, question) = notices::of_sheets(source);
        let mut manifest = Self {
            lists: Vec::new(),
            reading,
            rows: 0,
            good: Vec::new(),
            mistakes: Mistakes::default(),
            warnings: warning.into_iter().collect(),
            questions: question.into_iter().collect(),
        };
        let mut seen = SeenSerials::default();
        for at in 0..source.parts() {
            manifest.list(source, at, &mut seen)?;
        }
        if manifest.rows == 0 {
            let refusal = unreadable(
                "Ce fichier n'a aucune ligne sous ses titres de colonnes.".to_owned(),
                "This file has no line below its column names.".to_owned(),
            );
            return Err(refusal.into());
        }
        Ok(manifest)
    }

    fn list(
        &mut self,
        source: &Source<'_>,
        at: usize,
        seen: &mut SeenSerials,
    ) -> Result<(), Unread> {
        let part = Part::of(source, at);
        let (delimiter, header) =
            header::find(source.text(at), source.encoding(), source.delimiters())?;
        let list = List {
            delimiter,
            header,
            order: DateOrder::default(),
        };
        let list = List {
            order: self.order(source, at, &list)?,
            ..list
        };
        if !self.kind_known(&list) {
            self.mistakes.file(&part, list.header.line, no_kind());
        }
        let noticed = self.examine(source, part, &list, seen)?;
        let (warnings, questions) = noticed.tell(&part, &list.header, self.reading.dates);
        self.warnings.extend(warnings);
        self.questions.extend(questions);
        self.lists.push(list);
        Ok(())
    }

    fn kind_known(&self, list: &List) -> bool {
        list.header.has_kind() || self.reading.only_kind.is_some()
    }

    /// The order in which days are written: as somebody said, as some of them show, else as
    /// in France.
    fn order(&self, source: &Source<'_>, at: usize, list: &List) -> Result<DateOrder, Unread> {
        if let Some(said) = self.reading.dates {
            return Ok(said);
        }
        let Some((column, _)) = list.header.column(vocabulary::Field::PurchasedOn) else {
            return Ok(DateOrder::default());
        };
        let mut records = source.records(at, list.delimiter, list.header.line)?;
        let mut record = Record::default();
        let (mut month_first, mut plain) = (false, 0_u32);
        while plain < PLAIN_DATES && records.next(&mut record)? {
            match values::order_told(&values::clean(record.cell(column))) {
                Some(OrderTold::Only(DateOrder::DayFirst)) => return Ok(DateOrder::DayFirst),
                Some(OrderTold::Only(DateOrder::MonthFirst)) => month_first = true,
                Some(OrderTold::Either) => {}
                None => plain += 1,
            }
        }
        Ok(match month_first {
            true => DateOrder::MonthFirst,
            false => DateOrder::default(),
        })
    }

    fn examine(
        &mut self,
        source: &Source<'_>,
        part: Part<'_>,
        list: &List,
        seen: &mut SeenSerials,
    ) -> Result<Noticed, Unread> {
        let kind_known = self.kind_known(list);
        let mut noticed = Noticed::default();
        let reader = RowReader::new(&list.header, self.reading, list.order, part);
        let mut records = source.records(part.at, list.delimiter, list.header.line)?;
        let mut record = Record::default();
        let mut devices = 0;
        while records.next(&mut record)? {
            if record.is_blank() {
                continue;
            }
            if !lines::is_device(&record, &list.header, devices) {
                noticed.leave_out(&record);
                continue;
            }
            devices += 1;
            if self.rows + devices > self.reading.most_rows {
                return Err(too_many_rows(self.reading.most_rows).into());
            }
            let hidden = source.is_hidden(part.at, record.line);
            noticed.device(&record, &list.header, hidden);
            match reader.read(&record, seen) {
                Ok(row) if kind_known => self.good.push(row),
                Ok(_) => self.mistakes.reject(&part, record.line),
                Err(found) => self.mistakes.add(&part, found),
            }
        }
        self.rows += devices;
        Ok(noticed)
    }

    /// The good rows, in the order of the file.
    pub fn rows(&self) -> &[ManifestRow] {
        &self.good
    }

    /// Lines with a device, good or not.
    pub fn row_count(&self) -> u64 {
        self.rows
    }

    /// Everything that is wrong.
    pub(crate) fn mistakes(&self) -> &Mistakes {
        &self.mistakes
    }

    /// What to know about the list.
    pub fn warnings(&self) -> &[Notice] {
        &self.warnings
    }

    /// What the next upload may answer.
    pub fn questions(&self) -> &[Notice] {
        &self.questions
    }

    /// What stands between two cells.
    pub fn delimiter(&self) -> char {
        self.lists.first().map_or(';', |list| list.delimiter)
    }

    /// The line of the column names, the first line being 1.
    pub fn header_line(&self) -> u64 {
        self.lists.first().map_or(0, |list| list.header.line)
    }

    /// The name of the column of serial numbers, in the list of a row.
    pub(crate) fn serial_column(&self, row: &ManifestRow) -> Option<String> {
        let list = self.lists.get(row.part)?;
        list.header
            .column(vocabulary::Field::Serial)
            .map(|(_, column)| column.name.clone())
    }

    /// Which column became what; of several sheets, each once.
    pub fn columns(&self) -> Vec<ColumnMapping> {
        let mut columns: Vec<ColumnMapping> = Vec::new();
        for column in self.lists.iter().flat_map(|list| list.header.mapping()) {
            if self.lists.len() < 2 || !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns
    }
}

fn too_many_rows(most: u64) -> Refusal {
    Refusal::new(
        Code::TooLarge,
        Text::new(
            format!("Un inventaire a {most} lignes au plus ; déposez celui-ci en plusieurs lots."),
            format!("A manifest has at most {most} rows; upload this one as several batches."),
        ),
    )
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
