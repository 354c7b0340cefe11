//! Lines of a list that are no devices: totals, counts, titles between devices, column names
//! that are repeated.

use kernel::fold;

use super::cells::Record;
use super::header::Header;
use super::values::{BESIDE, UNCOMPUTED, clean};
use super::vocabulary::{Field, VOCABULARY};

/// What lists count, beside kinds.
const COUNTED: [&str; 8] = [
    "appareil",
    "appareils",
    "machines",
    "unites",
    "lignes",
    "pieces",
    "devices",
    "items",
];
/// Digits of a number that counts; a serial number has more.
const COUNT_DIGITS: usize = 4;

/// Whether a line with something on it is a device, `before` being the devices above it.
pub(super) fn is_device(record: &Record, header: &Header, before: u64) -> bool {
    if record.unclosed {
        return true;
    }
    let serial = header.column(Field::Serial).map(|(at, _)| at);
    let own: Vec<(usize, &str)> = record
        .cells()
        .enumerate()
        .filter(|(_, cell)| !cell.starts_with(BESIDE))
        .filter(|(_, cell)| cell.contains(UNCOMPUTED) || !clean(cell).is_empty())
        .collect();
    let Some((first, text)) = own.first().copied() else {
        return false;
    };
    let merged = record.cells().any(|cell| cell.starts_with(BESIDE));
    let alone = own.len() == 1;
    let in_serial = Some(first) == serial;
    // formulas that wait for devices
    if own.iter().all(|(_, cell)| cell.contains(UNCOMPUTED)) {
        return own.iter().any(|(at, _)| Some(*at) == serial);
    }
    // a title between devices
    if alone && merged {
        return false;
    }
    let text = clean(text);
    // where a column says the kinds, a serial number does not stand alone
    let few = if in_serial && header.column(Field::Kind).is_none() {
        0
    } else {
        COUNT_DIGITS
    };
    if alone && header.known() > 1 && is_count(&text, in_serial, few, before) {
        return false;
    }
    let number = serial.map(|at| clean(record.cell(at))).unwrap_or_default();
    if matches!(VOCABULARY.column(&number), Some((Field::Serial, _))) && is_names(record, header) {
        return false;
    }
    !(VOCABULARY.is_total(&text) && is_total(record, header, &own, (first, &number)))
}

/// `10`, `10 PC`, or the number of devices above.
fn is_count(text: &str, in_serial: bool, few: usize, before: u64) -> bool {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let rest = text.get(digits.len()..).unwrap_or_default().trim();
    let few = digits.len() <= few || digits.parse() == Ok(before);
    let named = VOCABULARY.kind(rest).is_some() || COUNTED.contains(&fold(rest).as_str());
    let counted = rest.is_empty() || (text.contains(' ') && named);
    !digits.is_empty() && counted && (few || !in_serial)
}

/// The column names once more, as at the head of each printed page.
fn is_names(record: &Record, header: &Header) -> bool {
    let known = record
        .cells()
        .filter(|cell| VOCABULARY.column(&clean(cell)).is_some())
        .count();
    known > 1 || header.known() == 1
}

/// A line that begins with a word for totals, and has no serial number but the sum.
fn is_total(
    record: &Record,
    header: &Header,
    own: &[(usize, &str)],
    (first, serial): (usize, &str),
) -> bool {
    let serial_at = header.column(Field::Serial).map(|(at, _)| at);
    let counts = |cell: &str| {
        let digits = cell.chars().take_while(char::is_ascii_digit).count();
        (1..=6).contains(&digits)
    };
    let no_serial = serial.is_empty() || Some(first) == serial_at || counts(serial);
    let kind = header
        .column(Field::Kind)
        .map(|(at, _)| clean(record.cell(at)));
    let says_kind = kind.is_some_and(|kind| VOCABULARY.kind(&kind).is_some());
    let is_machine = says_kind && !serial.is_empty() && Some(first) != serial_at;
    let sums = own
        .iter()
        .filter(|(at, _)| *at != first)
        .all(|(_, cell)| counts(&clean(cell)) || cell.contains(UNCOMPUTED));
    no_serial && !is_machine && (own.len() <= 3 || sums)
}
