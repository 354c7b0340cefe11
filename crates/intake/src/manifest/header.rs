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
    pub(super) unit: Option<Unit>,
}

impl Column {
    fn named(name: String) -> Self {
        let last_word = kernel::fold(&name).rsplit(' ').next().and_then(Unit::of);
        Self {
            name,
            field: None,
            unit: last_word,
        }
    }
}

/// The line of column names, and where each field stands in it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Header {
    pub(super) line: u64,
    pub(super) columns: Vec<Column>,
    /// It stands on two lines, of which `line` is the second.
    pub(super) two_lines: bool,
    /// Other columns that may say the kind, the surest first.
    pub(super) other_kinds: Vec<usize>,
    /// The column that describes the device in words.
    pub(super) description: Option<usize>,
}

/// The cells of a line as column names.
fn names(record: &Record) -> Vec<String> {
    let cells = record.cells().take(COLUMNS_MAX);
    cells.map(|cell| clean(cell).into_owned()).collect()
}

/// Two lines of names as one: groups above, columns below; or names that go on below.
fn joined(above: &[String], below: &[String]) -> Vec<String> {
    let at = |names: &[String], at: usize| names.get(at).cloned().unwrap_or_default();
    let mut group = String::new();
    let width = above.len().max(below.len());
    (0..width)
        .map(|column| {
            let (above, below) = (at(above, column), at(below, column));
            if !above.is_empty() {
                group.clone_from(&above);
            }
            one_name(above, &group, below)
        })
        .collect()
}

fn one_name(above: String, group: &str, below: String) -> String {
    let known = |name: &str| VOCABULARY.column(name).is_some();
    if below.is_empty() || below == above {
        return above;
    }
    if known(&below) {
        return below;
    }
    let (down, up) = (format!("{group} {below}"), format!("{below} {group}"));
    if known(&down) {
        down.trim().to_owned()
    } else if known(&up) {
        up.trim().to_owned()
    } else if known(&above) {
        above
    } else {
        down.trim().to_owned()
    }
}

impl Header {
    fn of(line: u64, names: Vec<String>) -> Self {
        let mut columns: Vec<Column> = names.into_iter().map(Column::named).collect();
        // of two columns that may be the same field, the one whose name says it best
        let mut best: HashMap<Field, (usize, usize)> = HashMap::new();
        let mut kinds = Vec::new();
        for (at, column) in columns.iter().enumerate() {
            if let Some((field, rank)) = VOCABULARY.column(&column.name) {
                let known = best.entry(field).or_insert((rank, at));
                *known = (*known).min((rank, at));
                if field == Field::Kind {
                    kinds.push((rank, at));
                }
            }
        }
        kinds.sort_unstable();
        let description = columns
            .iter()
            .position(|column| VOCABULARY.describes(&column.name));
        for (field, (_, at)) in best {
            if let Some(column) = columns.get_mut(at) {
                column.field = Some(field);
            }
        }
        let named = columns.iter().rposition(|column| !column.name.is_empty());
        columns.truncate(named.map_or(0, |last| last + 1));
        Self {
            line,
            columns,
            two_lines: false,
            other_kinds: kinds.into_iter().skip(1).map(|(_, at)| at).collect(),
            description,
        }
    }

    /// With the line above as names of groups, or as their beginning.
    fn below(names: Option<&Vec<String>>, line: u64, below: &[String]) -> Option<Self> {
        Some(Self {
            two_lines: true,
            ..Self::of(line, joined(names?, below))
        })
    }

    /// With the line below, when it goes on with names and is no device.
    fn with_second(&self, names: &[String], record: &Record) -> Option<Self> {
        let below = self::names(record);
        let (serial, _) = self.column(Field::Serial)?;
        let cell = below.get(serial).map(String::as_str).unwrap_or_default();
        let serial_named = matches!(VOCABULARY.column(cell), Some((Field::Serial, _)));
        if !cell.is_empty() && !serial_named {
            return None;
        }
        let said: Vec<&String> = below.iter().filter(|cell| !cell.is_empty()).collect();
        let units = !said.is_empty()
            && said
                .iter()
                .all(|cell| Unit::of(&kernel::fold(cell)).is_some());
        let known = said
            .iter()
            .filter(|cell| VOCABULARY.column(cell).is_some())
            .count();
        let names_go_on = known * 2 >= said.len() && (known > 1 || (serial_named && known == 1));
        let both = Self::below(Some(&names.to_vec()), record.line, &below)?;
        ((units || names_go_on) && both.value() >= self.value()).then_some(both)
    }

    /// Which of two is the better header.
    fn value(&self) -> (bool, usize) {
        (self.has(Field::Serial), self.known())
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
        self.has(Field::Kind) || self.description.is_some()
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
        let mut above: Option<Vec<String>> = None;
        for _ in 0..SEARCHED {
            if !records.next(&mut record)? {
                break;
            }
            let cells = names(&record);
            let mut header = Header::of(record.line, cells.clone());
            let both = Header::below(above.as_ref(), record.line, &cells);
            if let Some(both) = both.filter(|both| both.value() > header.value()) {
                header = both;
            }
            let certain = header.value() > (true, 1);
            if certain && records.next(&mut record)? && !header.two_lines {
                // the names may go on; what follows are devices
                header = header.with_second(&cells, &record).unwrap_or(header);
            }
            let value = header.value();
            if header.known() > 0 && best.as_ref().is_none_or(|(_, known)| value > known.value()) {
                best = Some((delimiter, header));
            }
            if certain {
                break;
            }
            above = Some(cells);
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
