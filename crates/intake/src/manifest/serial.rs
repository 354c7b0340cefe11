//! Serial numbers: the one cell that a manifest cannot do without.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use kernel::{Code, Text, squash};
use sha2::{Digest, Sha256};

use super::values::{self, DateOrder};
use super::vocabulary::VOCABULARY;

const DATE_ORDERS: [DateOrder; 2] = [DateOrder::DayFirst, DateOrder::MonthFirst];

/// Characters of a serial number at the most.
const SERIAL_MAX: usize = 64;

/// On which line each serial number stood first. A list may have a million: what is kept of
/// each is small, and of one size.
#[derive(Debug, Default)]
pub(super) struct SeenSerials(HashMap<[u8; SHORT], u32>);

/// Bytes of a key that is kept as it is; most are shorter.
const SHORT: usize = 16;

/// A short key itself, or enough of a longer one's hash that no two are alike.
fn kept(key: &str) -> [u8; SHORT] {
    let mut kept = [0; SHORT];
    match kept.get_mut(..key.len()) {
        Some(start) => start.copy_from_slice(key.as_bytes()),
        None => kept
            .iter_mut()
            .zip(Sha256::digest(key.as_bytes()))
            .for_each(|(byte, hashed)| *byte = hashed),
    }
    kept
}

impl SeenSerials {
    /// A serial number stands once in a file.
    ///
    /// # Errors
    /// `duplicate_serial`, with the first line.
    pub(super) fn first(&mut self, serial: &str, key: &str, line: u64) -> Result<(), (Code, Text)> {
        match self.0.entry(kept(key)) {
            Entry::Vacant(free) => {
                free.insert(u32::try_from(line).unwrap_or(u32::MAX));
                Ok(())
            }
            Entry::Occupied(first) => {
                let first = first.get();
                Err((
                    Code::DuplicateSerial,
                    Text::new(
                        format!("Le numéro de série {serial} est déjà à la ligne {first}."),
                        format!("The serial number {serial} stands on line {first} already."),
                    ),
                ))
            }
        }
    }
}

/// A serial number that identifies a machine, and its key.
///
/// # Errors
/// `required`, `mangled_serial` or `too_long`.
pub(super) fn read(cell: &str) -> Result<(String, String), (Code, Text)> {
    if is_mangled(cell) {
        return Err(mangled(cell));
    }
    if VOCABULARY.says_nothing(cell) {
        return Err((
            Code::Required,
            Text::new(
                "Il manque le numéro de série.",
                "The serial number is missing.",
            ),
        ));
    }
    if is_another_value(cell) {
        return Err((
            Code::Required,
            Text::new(
                format!(
                    "« {} » n'est pas un numéro de série. Relevez celui de l'étiquette.",
                    brief(cell)
                ),
                format!(
                    "`{}` is no serial number. Take the one on the label.",
                    brief(cell)
                ),
            ),
        ));
    }
    if VOCABULARY.is_no_serial(cell) {
        return Err((
            Code::Required,
            Text::new(
                format!(
                    "« {} » n'est pas un numéro de série : le constructeur n'en a pas mis. Relevez celui de l'étiquette.",
                    brief(cell)
                ),
                format!(
                    "`{}` is no serial number: the maker left it out. Take the one on the label.",
                    brief(cell)
                ),
            ),
        ));
    }
    if cell.chars().count() > SERIAL_MAX {
        return Err((
            Code::TooLong,
            Text::new(
                format!("Un numéro de série a {SERIAL_MAX} caractères au plus."),
                format!("A serial number has at most {SERIAL_MAX} characters."),
            ),
        ));
    }
    Ok((cell.to_owned(), squash(cell)))
}

/// A number that a spreadsheet shows with an exponent, as a text or by its format.
pub(super) fn mangled(cell: &str) -> (Code, Text) {
    let cell = brief(cell);
    (
        Code::MangledSerial,
        Text::new(
            format!(
                "Un tableur a abîmé le numéro de série « {cell} » ; mettez la colonne au format texte et reprenez le numéro d'origine."
            ),
            format!(
                "A spreadsheet mangled the serial number `{cell}`; format the column as text and enter the original number."
            ),
        ),
    )
}

/// A formula made it, and its value was not stored.
pub(super) fn not_computed() -> Text {
    Text::new(
        "Le numéro de série est une formule dont la valeur n'est pas enregistrée. Ouvrez le classeur dans votre tableur, enregistrez-le, puis déposez-le de nouveau.",
        "The serial number is a formula whose value is not stored. Open the workbook in your spreadsheet program, save it, and upload it again.",
    )
}

/// `true`, `0.5`, `-5`, `12 %`, `3 €`: a value of another column, or of a formula.
fn is_another_value(cell: &str) -> bool {
    const TRUTHS: [&str; 10] = [
        "true", "false", "vrai", "faux", "oui", "non", "yes", "no", "wahr", "falsch",
    ];
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let positive = cell.trim_start_matches('-');
    let is_number = |text: &str| match text.split_once([',', '.']) {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(text),
    };
    // a serial number may well hold a point, but not so early or so late
    let is_fraction = positive
        .split_once([',', '.'])
        .is_some_and(|(whole, fraction)| {
            digits(whole)
                && digits(fraction)
                && (whole == "0" || (whole.len() <= 3 && fraction.len() <= 2))
        });
    let with_unit = cell.strip_suffix(['%', '€']).map(str::trim_end);
    TRUTHS.contains(&cell.to_lowercase().as_str())
        || is_fraction
        || (cell.starts_with('-') && is_number(positive))
        || with_unit.is_some_and(is_number)
}

/// `1,23E+15`, `12345,00`, `2019-03-01` (of `MAR19`), `#######`, `#REF!`, or characters that
/// were lost.
fn is_mangled(cell: &str) -> bool {
    let all = |text: &str, test: fn(u8) -> bool| !text.is_empty() && text.bytes().all(test);
    let digits = |text: &str| all(text, |b| b.is_ascii_digit());
    let scientific = cell
        .split_once(['E', 'e'])
        .is_some_and(|(mantissa, exponent)| {
            let plain = mantissa.replacen([',', '.'], "", 1);
            exponent.strip_prefix('+').is_some_and(digits) && digits(&plain)
        });
    let with_decimals = cell
        .split_once([',', '.'])
        .is_some_and(|(whole, zeros)| digits(whole) && all(zeros, |b| b == b'0'));
    let failed_formula = cell.starts_with('#') && cell.ends_with(['!', '?']);
    let too_narrow = cell.len() > 2 && cell.bytes().all(|b| b == b'#');
    let became_a_day = cell.len() >= 8
        && cell
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'/' | b'-' | b':' | b' '))
        && cell.contains(['/', '-'])
        && DATE_ORDERS
            .iter()
            .any(|order| values::date(cell, *order).is_some());
    scientific
        || with_decimals
        || failed_formula
        || too_narrow
        || became_a_day
        || cell.contains('\u{fffd}')
}

/// A cell as an error shows it.
pub(super) fn brief(cell: &str) -> String {
    match cell.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &cell[..end]),
        None => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mangled_serial() {
        for cell in [
            "1,23E+15",
            "1.23457E+11",
            "9E+10",
            "1,23e+15",
            "########",
            "#REF!",
            "#NOM?",
            "12345,00",
            "12345.0",
            "AB\u{fffd}12",
            "2019-03-01",
            "01/03/2019",
            "2019-03-01 00:00:00",
        ] {
            assert_eq!(
                read(cell).map_err(|(code, _)| code),
                Err(Code::MangledSerial),
                "{cell}"
            );
        }
        for cell in [
            "CZC40WXGHV",
            "5E12",
            "00123",
            "1E5",
            "12E+",
            "E+12",
            "PF-12.345",
            "123.450",
            "5-30-12345",
            "20190301",
            "123-45-6789",
        ] {
            assert!(read(cell).is_ok(), "{cell}");
        }
    }

    #[test]
    fn required_serial() {
        for cell in [
            "",
            "-",
            "N/A",
            "To Be Filled By O.E.M.",
            "System Serial Number",
            "0",
            "123456789",
            "true",
            "FAUX",
            "0.5",
            "0,25",
            "-5",
            "-12,5",
            "12.5",
            "15 %",
            "180 €",
        ] {
            assert_eq!(
                read(cell).map_err(|(code, _)| code),
                Err(Code::Required),
                "{cell}"
            );
        }
    }

    #[test]
    fn too_long_serial() {
        let cell = "A".repeat(65);
        assert_eq!(read(&cell).map_err(|(code, _)| code), Err(Code::TooLong));
    }

    #[test]
    fn duplicate_serial_names_the_first_line() {
        let mut seen = SeenSerials::default();
        assert!(seen.first("CZC-1", "CZC1", 4).is_ok());
        let again = seen
            .first("czc1", "CZC1", 9)
            .map_err(|(code, text)| (code, text.fr.contains("ligne 4")));
        assert_eq!(again, Err((Code::DuplicateSerial, true)));
        // long ones are told apart beyond what is kept of them
        let (long, other) = (
            format!("{}1", "A".repeat(40)),
            format!("{}2", "A".repeat(40)),
        );
        assert!(seen.first(&long, &long, 5).is_ok() && seen.first(&other, &other, 6).is_ok());
        assert!(seen.first(&long, &long, 7).is_err());
    }
}
