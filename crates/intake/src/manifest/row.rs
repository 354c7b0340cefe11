//! One line to one device.

use kernel::{Code, Date, DeviceKind, Fields, Text};
use serde::Serialize;
use utoipa::ToSchema;

use super::Reading;
use super::cells::Record;
use super::header::Header;
use super::serial::{self, SeenSerials, brief};
use super::values::{self, clean};
use super::vocabulary::{Field, VOCABULARY};
use crate::model::Attributes;

/// Characters of a text at the most.
const TEXT_MAX: usize = 200;
/// Of a remark, or of a column that has no field here.
const LONG_TEXT_MAX: usize = 1000;

/// A device, as a line of the manifest announces it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ManifestRow {
    /// The line of the file, the first being 1.
    pub line: u64,
    /// The serial number, as written.
    pub serial: String,
    /// Its letters and digits.
    #[serde(skip)]
    pub serial_key: String,
    /// What kind of machine.
    pub kind: DeviceKind,
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Which model.
    pub model: Option<String>,
    /// Everything else that the line says.
    pub attributes: Attributes,
}

/// Reads lines below one header.
pub(super) struct RowReader<'a> {
    header: &'a Header,
    reading: Reading,
}

impl<'a> RowReader<'a> {
    pub(super) fn new(header: &'a Header, reading: Reading) -> Self {
        Self { header, reading }
    }

    /// The device, or everything that is wrong with its line.
    pub(super) fn read(
        &self,
        record: &Record,
        seen: &mut SeenSerials,
    ) -> Result<ManifestRow, Fields> {
        let mut line = Line {
            record,
            header: self.header,
            found: Fields::default(),
        };
        let in_shape = line.check_shape();
        let serial = line.serial(seen);
        if !in_shape {
            // its cells may be one column off: what else is wrong would mislead
            return Err(line.found);
        }
        let kind = line.kind(self.reading.only_kind);
        let manufacturer = line.text(Field::Manufacturer, TEXT_MAX);
        let model = line.text(Field::Model, TEXT_MAX);
        let attributes = line.attributes(self.reading.today);
        match (serial, kind) {
            (Some((serial, serial_key)), Some(kind)) if line.found.is_empty() => Ok(ManifestRow {
                line: record.line,
                serial,
                serial_key,
                kind,
                manufacturer,
                model,
                attributes,
            }),
            _ => Err(line.found),
        }
    }
}

/// A line while it is read.
struct Line<'a> {
    record: &'a Record,
    header: &'a Header,
    found: Fields,
}

impl<'a> Line<'a> {
    /// The column and the cell of a field, when the file has it and it says something.
    fn cell(&self, field: Field) -> Option<(&'a str, std::borrow::Cow<'a, str>)> {
        let (at, column) = self.header.column(field)?;
        Some((column.name.as_str(), clean(self.record.cell(at))))
    }

    /// As [`Self::cell`], without cells that say nothing.
    fn said(&self, field: Field) -> Option<(&'a str, std::borrow::Cow<'a, str>)> {
        self.cell(field)
            .filter(|(_, cell)| !VOCABULARY.says_nothing(cell))
    }

    fn wrong(&mut self, column: Option<&str>, code: Code, detail: Text) {
        self.found.push_line(self.record.line, column, code, detail);
    }

    /// A line has no more cells than the header, and closes its quotation marks.
    fn check_shape(&mut self) -> bool {
        if self.record.unclosed {
            self.wrong(None, Code::QuoteNotClosed, Code::QuoteNotClosed.help());
            return false;
        }
        let width = self.header.columns.len();
        let beyond = self
            .record
            .cells()
            .enumerate()
            .skip(width)
            .filter(|(_, cell)| !clean(cell).is_empty())
            .last();
        let Some((at, cell)) = beyond else {
            return true;
        };
        let (count, cell) = (at + 1, brief(&clean(cell)));
        self.wrong(
            None,
            Code::LineTooLong,
            Text::new(
                format!("Cette ligne a {count} cellules et l'en-tête {width} ; « {cell} » est de trop. Une cellule qui contient le séparateur se met entre guillemets."),
                format!("This line has {count} cells and the header {width}; `{cell}` is beyond it. A cell that holds the delimiter goes in quotation marks."),
            ),
        );
        false
    }

    fn serial(&mut self, seen: &mut SeenSerials) -> Option<(String, String)> {
        let (column, cell) = self.cell(Field::Serial)?;
        let read = serial::read(&cell).and_then(|(serial, key)| {
            seen.first(&serial, &key, self.record.line)?;
            Ok((serial, key))
        });
        match read {
            Ok(serial) => Some(serial),
            Err((code, detail)) => {
                self.wrong(Some(column), code, detail);
                None
            }
        }
    }

    fn kind(&mut self, only: Option<DeviceKind>) -> Option<DeviceKind> {
        let Some((column, cell)) = self.cell(Field::Kind) else {
            // that no column says it is told of the file, not of each line
            return Some(only.unwrap_or(DeviceKind::Other));
        };
        if VOCABULARY.says_nothing(&cell) {
            if only.is_none() {
                self.wrong(
                    Some(column),
                    Code::Required,
                    Text::new(
                        "Il manque le type de l'appareil.",
                        "The kind of the device is missing.",
                    ),
                );
            }
            return only;
        }
        let kind = VOCABULARY.kind(&cell);
        if kind.is_none() {
            let cell = brief(&cell);
            self.wrong(
                Some(column),
                Code::UnknownKind,
                Text::new(
                    format!("« {cell} » n'est pas un type connu. Écrivez par exemple unité centrale, PC portable, écran, tablette, smartphone, imprimante ou autre."),
                    format!("`{cell}` is not a known kind. Write for example desktop, laptop, monitor, tablet, smartphone, printer or other."),
                ),
            );
        }
        kind
    }

    fn text(&mut self, field: Field, max: usize) -> Option<String> {
        let (column, cell) = self.said(field)?;
        self.bounded(column, &cell, max)
    }

    fn bounded(&mut self, column: &str, cell: &str, max: usize) -> Option<String> {
        if cell.chars().count() <= max {
            return Some(cell.to_owned());
        }
        self.wrong(
            Some(column),
            Code::TooLong,
            Text::new(
                format!("{max} caractères au plus."),
                format!("At most {max} characters."),
            ),
        );
        None
    }

    fn attributes(&mut self, today: Date) -> Attributes {
        Attributes {
            processor: self.text(Field::Processor, TEXT_MAX),
            memory_mib: self.size(Field::Memory, 1024),
            storage_gb: self
                .size(Field::Storage, 1000)
                .map(|megabytes| megabytes / 1000),
            purchased_on: self.date(Field::PurchasedOn, today),
            residual_value_cents: self
                .number(Field::ResidualValue, |cell| values::decimal(cell, 2)),
            inventory_number: self.text(Field::InventoryNumber, TEXT_MAX),
            site: self.text(Field::Site, TEXT_MAX),
            note: self.text(Field::Note, LONG_TEXT_MAX),
            other: self.other(),
        }
    }

    fn size(&mut self, field: Field, step: i64) -> Option<i64> {
        let unit = self.header.column(field)?.1.unit;
        self.number(field, |cell| values::size_in_mega(cell, unit, step))
    }

    fn number(&mut self, field: Field, read: impl Fn(&str) -> Option<i64>) -> Option<i64> {
        let (column, cell) = self.said(field)?;
        let number = read(&cell);
        if number.is_none() {
            let cell = brief(&cell);
            self.wrong(
                Some(column),
                Code::UnreadableNumber,
                Text::new(
                    format!(
                        "« {cell} » n'est pas un nombre lisible ici ; écrivez par exemple 1 234,56."
                    ),
                    format!(
                        "`{cell}` is not a number that can be read here; write for example 1234.56."
                    ),
                ),
            );
        }
        number
    }

    fn date(&mut self, field: Field, today: Date) -> Option<Date> {
        let (column, cell) = self.said(field)?;
        let (code, detail) = match values::date(&cell) {
            Some(date) if date <= today => return Some(date),
            Some(date) => (
                Code::DateInFuture,
                Text::new(
                    format!("Le {} est à venir.", date.format("%d/%m/%Y")),
                    format!("{date} is in the future."),
                ),
            ),
            None => (
                Code::UnreadableDate,
                Text::new(
                    format!(
                        "« {} » n'est pas une date lisible ; écrivez 31/12/2019.",
                        brief(&cell)
                    ),
                    format!(
                        "`{}` is not a readable date; write 31/12/2019.",
                        brief(&cell)
                    ),
                ),
            ),
        };
        self.wrong(Some(column), code, detail);
        None
    }

    /// Columns without a field are kept by their names; nothing of the list is lost.
    fn other(&mut self) -> std::collections::BTreeMap<String, String> {
        let mut kept = std::collections::BTreeMap::new();
        for (at, column) in self.header.columns.iter().enumerate() {
            if column.field.is_some() {
                continue;
            }
            let cell = clean(self.record.cell(at));
            if cell.is_empty() {
                continue;
            }
            let name = match column.name.as_str() {
                "" => format!("#{}", at + 1),
                name => name.to_owned(),
            };
            if let Some(text) = self.bounded(&name, &cell, LONG_TEXT_MAX) {
                kept.insert(name, text);
            }
        }
        kept
    }
}
