//! One line to one device.

use kernel::{Code, Date, DeviceKind, Fields, Text};
use serde::Serialize;
use utoipa::ToSchema;

use super::cells::Record;
use super::header::Header;
use super::serial::{self, SeenSerials, brief};
use super::values::{
    self, BESIDE, DateOrder, MEMORY, Measure, NoSize, SCIENTIFIC, STORAGE, UNCOMPUTED, clean,
};
use super::vocabulary::{Field, VOCABULARY};
use super::{Part, Reading};
use crate::model::Attributes;

/// Characters of a text at the most.
const TEXT_MAX: usize = 200;
/// Of a remark, or of a column that has no field here.
const LONG_TEXT_MAX: usize = 1000;

/// A device, as a line of the manifest announces it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ManifestRow {
    /// The line of the file, the first being 1; of a workbook, the row of its sheet.
    pub line: u64,
    /// The sheet, where several were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The place of its list among those of the file.
    #[serde(skip)]
    pub(crate) part: usize,
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
    order: DateOrder,
    part: Part<'a>,
}

impl<'a> RowReader<'a> {
    pub(super) fn new(
        header: &'a Header,
        reading: Reading,
        order: DateOrder,
        part: Part<'a>,
    ) -> Self {
        Self {
            header,
            reading,
            order,
            part,
        }
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
        let attributes = line.attributes(self.reading.today, self.order);
        match (serial, kind) {
            (Some((serial, serial_key)), Some(kind)) if line.found.is_empty() => Ok(ManifestRow {
                line: record.line,
                sheet: self.part.name.map(str::to_owned),
                part: self.part.at,
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

    /// As [`Self::cell`], without what a merged cell beside it says.
    fn own_cell(&self, field: Field) -> Option<(&'a str, std::borrow::Cow<'a, str>)> {
        let (column, cell) = self.cell(field)?;
        let beside = self.marked(field).starts_with(BESIDE);
        Some((column, if beside { "".into() } else { cell }))
    }

    /// As [`Self::own_cell`], without cells that say nothing.
    fn own_said(&self, field: Field) -> Option<(&'a str, std::borrow::Cow<'a, str>)> {
        self.own_cell(field)
            .filter(|(_, cell)| !VOCABULARY.says_nothing(cell))
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

    /// The cell as the file has it, with the marks of the reader of workbooks.
    fn marked(&self, field: Field) -> &'a str {
        let column = self.header.column(field);
        column.map_or("", |(at, _)| self.record.cell(at))
    }

    fn serial(&mut self, seen: &mut SeenSerials) -> Option<(String, String)> {
        let (column, cell) = self.own_cell(Field::Serial)?;
        let marked = self.marked(Field::Serial);
        let read = if marked.contains(UNCOMPUTED) {
            Err((Code::Required, serial::not_computed()))
        } else if marked.contains(SCIENTIFIC) {
            Err(serial::mangled(&cell))
        } else {
            serial::read(&cell).and_then(|(serial, key)| {
                seen.first(&serial, &key, self.record.line)?;
                Ok((serial, key))
            })
        };
        match read {
            Ok(serial) => Some(serial),
            Err((code, detail)) => {
                self.wrong(Some(column), code, detail);
                None
            }
        }
    }

    /// The kind: from its column, else from another that says kinds, else from how the
    /// device is described, else the only one that was declared.
    fn kind(&mut self, only: Option<DeviceKind>) -> Option<DeviceKind> {
        let (column, cell) = match self.cell(Field::Kind) {
            Some((column, cell)) => (Some(column), cell),
            None => (None, std::borrow::Cow::Borrowed("")),
        };
        let own = VOCABULARY.kind(&cell);
        let is_sure = own.is_some() && !VOCABULARY.is_vague(&cell);
        if is_sure {
            return own;
        }
        if let Some(kind) = self.kind_elsewhere().or(own) {
            return Some(kind);
        }
        if !VOCABULARY.says_nothing(&cell) {
            self.wrong(column, Code::UnknownKind, unknown_kind(&brief(&cell)));
            return None;
        }
        if only.is_none() && self.header.has_kind() {
            let described = self
                .header
                .description
                .and_then(|at| self.header.columns.get(at));
            let column = column.or(described.map(|column| column.name.as_str()));
            self.wrong(column, Code::Required, missing_kind());
        }
        // that no column says it is told of the file, not of each line
        only.or((!self.header.has_kind()).then_some(DeviceKind::Other))
    }

    fn kind_elsewhere(&self) -> Option<DeviceKind> {
        let cell = |at: &usize| clean(self.record.cell(*at));
        let said = |cell: &std::borrow::Cow<'_, str>| !VOCABULARY.is_vague(cell);
        let columns = self.header.other_kinds.iter().map(cell);
        let in_column = columns.filter(said).find_map(|cell| VOCABULARY.kind(&cell));
        in_column.or_else(|| VOCABULARY.kind_in(&cell(&self.header.description?)))
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

    fn attributes(&mut self, today: Date, order: DateOrder) -> Attributes {
        Attributes {
            processor: self.text(Field::Processor, TEXT_MAX),
            memory_mib: self.size(Field::Memory, MEMORY),
            storage_gb: self
                .size(Field::Storage, STORAGE)
                .map(|megabytes| megabytes / 1000),
            purchased_on: self.date(Field::PurchasedOn, today, order),
            residual_value_cents: self.value(Field::ResidualValue),
            inventory_number: self.text(Field::InventoryNumber, TEXT_MAX),
            site: self.text(Field::Site, TEXT_MAX),
            note: self.text(Field::Note, LONG_TEXT_MAX),
            other: self.other(),
        }
    }

    fn size(&mut self, field: Field, measure: Measure) -> Option<i64> {
        let unit = self.header.column(field)?.1.unit;
        let (column, cell) = self.own_said(field)?;
        match values::size_in_mega(&cell, unit, measure) {
            // a machine without any is one of which it is not known
            Ok(size) => (size > 0).then_some(size),
            Err(NoSize::Unreadable) => {
                self.wrong(
                    Some(column),
                    Code::UnreadableNumber,
                    unreadable_number(&brief(&cell)),
                );
                None
            }
            Err(NoSize::Implausible) => {
                self.wrong(Some(column), Code::OutOfRange, implausible(&brief(&cell)));
                None
            }
        }
    }

    fn value(&mut self, field: Field) -> Option<i64> {
        let (column, cell) = self.own_said(field)?;
        let number = values::decimal(&cell, 2);
        if number.is_none() {
            self.wrong(
                Some(column),
                Code::UnreadableNumber,
                unreadable_number(&brief(&cell)),
            );
        }
        number
    }

    fn date(&mut self, field: Field, today: Date, order: DateOrder) -> Option<Date> {
        let (column, cell) = self.own_said(field)?;
        let (code, detail) = match values::date(&cell, order) {
            Some(date) if date <= today => return Some(date),
            Some(date) => (Code::DateInFuture, future_date(date)),
            None => (Code::UnreadableDate, unreadable_date(&brief(&cell))),
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

fn unknown_kind(cell: &str) -> Text {
    Text::new(
        format!(
            "« {cell} » n'est pas un type connu. Écrivez par exemple unité centrale, PC portable, écran, tablette, smartphone, imprimante ou autre."
        ),
        format!(
            "`{cell}` is not a known kind. Write for example desktop, laptop, monitor, tablet, smartphone, printer or other."
        ),
    )
}

fn missing_kind() -> Text {
    Text::new(
        "Il manque le type de l'appareil.",
        "The kind of the device is missing.",
    )
}

fn unreadable_number(cell: &str) -> Text {
    Text::new(
        format!("« {cell} » n'est pas un nombre lisible ici ; écrivez par exemple 1 234,56."),
        format!("`{cell}` is not a number that can be read here; write for example 1234.56."),
    )
}

fn implausible(cell: &str) -> Text {
    Text::new(
        format!(
            "« {cell} » est plus qu'aucun appareil n'en a ; vérifiez l'unité (Go ou Mo), dans la cellule ou dans le titre de la colonne."
        ),
        format!(
            "`{cell}` is more than any device has; check the unit (GB or MB), in the cell or in the column's name."
        ),
    )
}

fn future_date(date: Date) -> Text {
    Text::new(
        format!("Le {} est à venir.", date.format("%d/%m/%Y")),
        format!("{date} is in the future."),
    )
}

fn unreadable_date(cell: &str) -> Text {
    Text::new(
        format!("« {cell} » n'est pas une date lisible ; écrivez 31/12/2019."),
        format!("`{cell}` is not a readable date; write 31/12/2019."),
    )
}
