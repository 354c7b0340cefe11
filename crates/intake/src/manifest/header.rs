//! Where the column names stand, and what the columns are.

use std::collections::HashMap;

use kernel::Refusal;

use super::cells::{Record, Records};
use super::content::Content;
use super::encoding::Encoding;
use super::values::{Unit, clean};
use super::vocabulary::{Field, VOCABULARY};
use super::{Unread, unreadable};
use crate::model::ColumnMapping;

/// What may stand between two cells of a text, the most usual here first.
pub(super) const DELIMITERS: [char; 3] = [';', '\t', ','];
/// Titles and blank lines above the column names, at the most.
const SEARCHED: usize = 100;
/// Columns of a list at the most.
const COLUMNS_MAX: usize = 500;

/// A column of the file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) field: Option<Field>,
    /// How sizes are counted here when the cell does not say.
    pub(super) unit: Unit,
}

impl Column {
    fn named(name: &str) -> Self {
        let last_word = kernel::fold(name).rsplit(' ').next().and_then(Unit::of);
        Self {
            name: name.to_owned(),
            field: None,
            unit: last_word.unwrap_or(Unit::Giga),
        }
    }
}

/// The line of column names, and where each field stands in it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Header {
    pub(super) line: u64,
    pub(super) columns: Vec<Column>,
}

impl Header {
    fn of(record: &Record) -> Self {
        let mut columns: Vec<Column> = record
            .cells()
            .take(COLUMNS_MAX)
            .map(|cell| Column::named(&clean(cell)))
            .collect();
        // of two columns that may be the same field, the one whose name says it best
        let mut best: HashMap<Field, (usize, usize)> = HashMap::new();
        for (at, column) in columns.iter().enumerate() {
            if let Some((field, rank)) = VOCABULARY.column(&column.name) {
                let known = best.entry(field).or_insert((rank, at));
                *known = (*known).min((rank, at));
            }
        }
        for (field, (_, at)) in best {
            if let Some(column) = columns.get_mut(at) {
                column.field = Some(field);
            }
        }
        let named = columns.iter().rposition(|column| !column.name.is_empty());
        columns.truncate(named.map_or(0, |last| last + 1));
        Self {
            line: record.line,
            columns,
        }
    }

    /// The column of a field, and its place.
    pub(super) fn column(&self, field: Field) -> Option<(usize, &Column)> {
        self.columns
            .iter()
            .enumerate()
            .find(|(_, column)| column.field == Some(field))
    }

    /// Columns with a field.
    pub(super) fn known(&self) -> usize {
        self.columns
            .iter()
            .filter(|column| column.field.is_some())
            .count()
    }

    fn has(&self, field: Field) -> bool {
        self.column(field).is_some()
    }

    pub(super) fn has_kind(&self) -> bool {
        self.has(Field::Kind)
    }

    pub(super) fn mapping(&self) -> Vec<ColumnMapping> {
        self.columns
            .iter()
            .filter(|column| !column.name.is_empty())
            .map(|column| ColumnMapping {
                column: column.name.clone(),
                field: column.field.map(|field| field.as_str().to_owned()),
            })
            .collect()
    }
}

/// Finds the column names, and with them what stands between two cells: the line, cut in
/// the way, in which most columns are known and one is the serial number.
///
/// # Errors
/// `manifest_unreadable`, with the column names that were found.
pub(super) fn find(
    content: &Content,
    encoding: Encoding,
    delimiters: &[char],
) -> Result<(char, Header), Unread> {
    let mut best: Option<(char, Header)> = None;
    for &delimiter in delimiters {
        let mut records = Records::new(content, encoding, delimiter);
        let mut record = Record::default();
        for _ in 0..SEARCHED {
            if !records.next(&mut record)? {
                break;
            }
            let header = Header::of(&record);
            let value = |header: &Header| (header.has(Field::Serial), header.known());
            let certain = header.has(Field::Serial) && header.known() > 1;
            if header.known() > 0
                && best
                    .as_ref()
                    .is_none_or(|(_, known)| value(&header) > value(known))
            {
                best = Some((delimiter, header));
            }
            if certain {
                // what follows are devices
                break;
            }
        }
    }
    match best {
        Some((delimiter, header)) if header.has(Field::Serial) => Ok((delimiter, header)),
        Some((_, header)) => Err(no_serial_column(&header).into()),
        None => Err(no_header().into()),
    }
}

fn no_serial_column(header: &Header) -> Refusal {
    let names: Vec<&str> = header
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .filter(|name| !name.is_empty())
        .take(20)
        .collect();
    let (line, names) = (header.line, names.join(", "));
    unreadable(
        format!(
            "Il manque la colonne des numéros de série ; nommez-la « N° de série ». Colonnes lues à la ligne {line} : {names}."
        ),
        format!(
            "The column of serial numbers is missing; name it `Serial number`. Columns read on line {line}: {names}."
        ),
    )
}

fn no_header() -> Refusal {
    unreadable(
        "Aucune ligne de titres de colonnes n'a été trouvée. Il en faut une, avec au moins « N° de série », et une ligne par appareil en dessous.".to_owned(),
        "No line of column names was found. There has to be one, with `Serial number` at least, and a line for each device below.".to_owned(),
    )
}
