//! What a cell says: texts, numbers and dates as spreadsheets write them in France and
//! elsewhere.

use std::borrow::Cow;

use kernel::{Date, fold};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the reader of workbooks writes before the text of a cell; nobody types these. A
/// number that its format shows with an exponent.
pub(super) const SCIENTIFIC: char = '\u{fdd0}';
/// A cell that a merged one beside it covers.
pub(super) const BESIDE: char = '\u{fdd1}';
/// A formula whose value was not stored.
pub(super) const UNCOMPUTED: char = '\u{fdd2}';

fn is_mark(c: char) -> bool {
    matches!(c, SCIENTIFIC | BESIDE | UNCOMPUTED)
}

/// The cell without what cannot be seen, without spaces at its ends, and out of the
/// `="…"` or behind the apostrophe with which people keep a number a text.
pub(super) fn clean(cell: &str) -> Cow<'_, str> {
    // most cells are plain
    if cell.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return Cow::Borrowed(unwrap(cell));
    }
    let unseen = |c: char| kernel::is_unprintable(c) || matches!(c, '\u{a0}' | '\u{202f}');
    // spreadsheets put marks of direction around what is copied out of them
    let parts = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let cell = if cell.contains(unseen) {
        let seen = cell
            .chars()
            .filter(|c| !is_mark(*c) && (!kernel::is_unprintable(*c) || parts(*c)));
        Cow::Owned(
            seen.map(|c| if unseen(c) { ' ' } else { c })
                .collect::<String>(),
        )
    } else {
        Cow::Borrowed(cell)
    };
    match cell {
        Cow::Borrowed(text) => Cow::Borrowed(unwrap(text)),
        Cow::Owned(text) => Cow::Owned(unwrap(&text).to_owned()),
    }
}

fn unwrap(text: &str) -> &str {
    let trimmed = text.trim();
    trimmed
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .or_else(|| trimmed.strip_prefix('\''))
        .unwrap_or(trimmed)
        .trim()
}

/// A decimal number with so many places, rounded to them: `1 234,56`, `1,234.56`,
/// `1.234,56 €`. With one sign only, it stands before the decimals.
pub(super) fn decimal(cell: &str, places: u32) -> Option<i64> {
    let lower = cell.to_lowercase();
    let number = ["€", "euros", "euro", "eur"]
        .iter()
        .find_map(|unit| lower.trim().strip_suffix(unit))
        .unwrap_or(&lower)
        .trim()
        .trim_start_matches('€');
    let plain: String = number
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’'))
        .collect();
    let (whole, fraction) = split_decimal(&plain)?;
    scaled(&whole, &fraction, places)
}

/// Whole part without its thousands' signs, and decimals.
fn split_decimal(number: &str) -> Option<(String, String)> {
    let sign = match (number.rfind(','), number.rfind('.')) {
        (Some(comma), Some(dot)) => Some(if comma > dot { ',' } else { '.' }),
        (Some(_), None) => (number.matches(',').count() == 1).then_some(','),
        (None, Some(_)) => (number.matches('.').count() == 1).then_some('.'),
        (None, None) => None,
    };
    let (whole, fraction) = match sign {
        Some(sign) => number.rsplit_once(sign)?,
        None => (number, ""),
    };
    let groups: Vec<&str> = whole.split([',', '.']).collect();
    let (first, others) = groups.split_first()?;
    let grouped = others.iter().all(|group| group.len() == 3);
    let apart = others.is_empty() || (1..=3).contains(&first.len());
    (grouped && apart).then(|| (groups.concat(), fraction.to_owned()))
}

fn scaled(whole: &str, fraction: &str, places: u32) -> Option<i64> {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
        return None;
    }
    let places = usize::try_from(places).ok()?;
    let kept: String = fraction
        .chars()
        .chain(std::iter::repeat('0'))
        .take(places)
        .collect();
    let value: i64 = format!("0{whole}{kept}").parse().ok()?;
    let round_up = fraction
        .as_bytes()
        .get(places)
        .is_some_and(|digit| *digit >= b'5');
    value.checked_add(i64::from(round_up))
}

/// How a size is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Byte,
    Mega,
    Giga,
    Tera,
}

impl Unit {
    pub(super) fn of(word: &str) -> Option<Self> {
        match word {
            "octet" | "octets" | "byte" | "bytes" => Some(Self::Byte),
            "mo" | "mb" | "mio" | "mib" => Some(Self::Mega),
            "go" | "gb" | "gio" | "gib" | "g" => Some(Self::Giga),
            "to" | "tb" | "tio" | "tib" => Some(Self::Tera),
            _ => None,
        }
    }
}

/// What is measured, and what it may come to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measure {
    /// From one unit to the next.
    step: i64,
    /// So many gigabytes are likely without a unit; more are counted in a smaller one.
    likely: i64,
    /// No machine has more gigabytes.
    most: i64,
}

/// Memory, in MiB.
pub(super) const MEMORY: Measure = Measure {
    step: 1024,
    likely: 256,
    most: 2 * 1024,
};
/// Drives, in thousands of kilobytes.
pub(super) const STORAGE: Measure = Measure {
    step: 1000,
    likely: 20_000,
    most: 200_000,
};

/// Why a size is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoSize {
    Unreadable,
    /// No machine has as much.
    Implausible,
}

/// A size in thousandths of a gigabyte, or of the unit below by the measure's step: `8`,
/// `8 Go`, `2x8 Go`, `4+4`, `256 Go SSD`, `1 To`. The unit is the cell's, else the column's,
/// else the one in which a machine may have so much.
///
/// # Errors
/// Says whether there is no number, or one that no machine has.
pub(super) fn size_in_mega(
    cell: &str,
    column: Option<Unit>,
    measure: Measure,
) -> Result<i64, NoSize> {
    let read = |term: &str| {
        let numbers = numbers_with_units(term);
        let with_unit = numbers.iter().find(|(_, unit, _)| unit.is_some());
        let first = numbers
            .first()
            .filter(|_| term.trim_start().starts_with(|c: char| c.is_ascii_digit()));
        with_unit.or(first).cloned()
    };
    let terms: Vec<_> = cell.split('+').filter_map(read).collect();
    let unit = terms.iter().rev().find_map(|(_, unit, _)| *unit).or(column);
    let mut total = 0_i64;
    for (number, own, times) in &terms {
        let thousandths = decimal(number, 3).ok_or(NoSize::Unreadable)?;
        let thousandths = thousandths.checked_mul(*times).ok_or(NoSize::Implausible)?;
        let unit = own
            .or(unit)
            .unwrap_or_else(|| measure.likely_unit(thousandths));
        let mega = measure
            .in_mega(thousandths, unit)
            .ok_or(NoSize::Implausible)?;
        total = total.checked_add(mega).ok_or(NoSize::Implausible)?;
    }
    match terms.len() {
        0 => Err(NoSize::Unreadable),
        _ if total > measure.most * measure.step => Err(NoSize::Implausible),
        _ => Ok(total),
    }
}

impl Measure {
    fn likely_unit(self, thousandths: i64) -> Unit {
        let whole = thousandths / 1000;
        if whole <= self.likely {
            Unit::Giga
        } else if whole <= self.most * self.step {
            Unit::Mega
        } else {
            Unit::Byte
        }
    }

    fn in_mega(self, thousandths: i64, unit: Unit) -> Option<i64> {
        Some(match unit {
            Unit::Byte => thousandths / 1000 / self.step / self.step,
            Unit::Mega => thousandths / 1000,
            Unit::Giga => thousandths.checked_mul(self.step)? / 1000,
            Unit::Tera => thousandths.checked_mul(self.step * self.step)? / 1000,
        })
    }
}

/// The numbers in a cell, each with the unit that follows and how often it counts.
fn numbers_with_units(cell: &str) -> Vec<(String, Option<Unit>, i64)> {
    let lower = cell.to_lowercase();
    let chars: Vec<char> = lower.chars().collect();
    let (mut found, mut at, mut times) = (Vec::new(), 0, 1);
    while at < chars.len() {
        if !chars[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        while at < chars.len() && in_number(&chars, at) {
            at += 1;
        }
        let number: String = chars[start..at].iter().collect();
        let rest: String = chars[at..].iter().collect();
        let word: String = rest
            .trim_start()
            .chars()
            .take_while(|c| c.is_alphabetic() || *c == '×')
            .collect();
        if word == "x" || word == "×" {
            times = number
                .trim()
                .parse()
                .ok()
                .filter(|times| (1..=64).contains(times))
                .unwrap_or(1);
        } else {
            found.push((number, Unit::of(&word), times));
            times = 1;
        }
    }
    found
}

/// A digit, a sign between two digits, or the space before a group of three.
fn in_number(chars: &[char], at: usize) -> bool {
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    let inside = at > 0 && digit(at - 1) && digit(at + 1);
    let group = digit(at + 2) && digit(at + 3) && !digit(at + 4);
    digit(at)
        || (inside && matches!(chars[at], ',' | '.'))
        || (inside && group && chars[at].is_whitespace())
}

/// In which order a column writes days and months, where the numbers do not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub enum DateOrder {
    /// `31/12/2019`, as in France.
    #[default]
    #[serde(rename = "dmy")]
    DayFirst,
    /// `12/31/2019`, as in the United States.
    #[serde(rename = "mdy")]
    MonthFirst,
}

impl DateOrder {
    /// As it is asked for: `dmy` or `mdy`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DayFirst => "dmy",
            Self::MonthFirst => "mdy",
        }
    }

    /// What was asked for, if it is one of them.
    pub fn said(text: &str) -> Option<Self> {
        [Self::DayFirst, Self::MonthFirst]
            .into_iter()
            .find(|order| order.as_str() == text)
    }
}

/// What a cell tells of the order of its column: one, or nothing but that it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OrderTold {
    Only(DateOrder),
    Either,
}

/// What a day tells of the order of its column; nothing when it can be read in one way only.
pub(super) fn order_told(cell: &str) -> Option<OrderTold> {
    let day = cell.split([' ', 'T']).next()?;
    let mut parts = day.split(['/', '-', '.']);
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || !matches!(year.len(), 2 | 4) {
        return None;
    }
    let number = |text: &str| text.parse::<u32>().ok().filter(|_| text.len() <= 2);
    match (number(first)?, number(second)?) {
        (13..=31, 1..=12) => Some(OrderTold::Only(DateOrder::DayFirst)),
        (1..=12, 13..=31) => Some(OrderTold::Only(DateOrder::MonthFirst)),
        (first @ 1..=12, second @ 1..=12) if first != second => Some(OrderTold::Either),
        _ => None,
    }
}

/// A day: `31/12/2019`, `2019-12-31`, `31 décembre 2019`, with or without the time, or the
/// number that a spreadsheet counts days by.
pub(super) fn date(cell: &str, order: DateOrder) -> Option<Date> {
    let day = cell.split([' ', 'T']).next()?;
    let parts: Vec<&str> = day.split(['/', '-', '.']).collect();
    let found = match parts.as_slice() {
        [number] if day == cell || !cell.contains(char::is_alphabetic) => from_number(number),
        [year, month, day] if year.len() == 4 => from_parts(year, month, day),
        [first, second, year] => match order {
            DateOrder::DayFirst => from_parts(year, second, first),
            DateOrder::MonthFirst => from_parts(year, first, second),
        },
        _ => None,
    };
    found
        .or_else(|| in_words(cell))
        .filter(|date| *date >= Date::from_ymd_opt(1970, 1, 1).unwrap_or_default())
}

/// Months as they are written out or cut short, without accents, in French, English and German.
const MONTHS: [&[&str]; 12] = [
    &["janvier", "january", "januar", "janv", "jan"],
    &["fevrier", "february", "februar", "fevr", "fev", "feb"],
    &["mars", "march", "maerz", "marz", "mar"],
    &["avril", "april", "avr", "apr"],
    &["mai", "may"],
    &["juin", "june", "juni", "jun"],
    &["juillet", "july", "juli", "juil", "jul"],
    &["aout", "august", "aou", "aug"],
    &["septembre", "september", "sept", "sep"],
    &["octobre", "october", "oktober", "oct", "okt"],
    &["novembre", "november", "nov"],
    &["decembre", "december", "dezember", "dec", "dez"],
];
const WEEKDAYS: [&str; 14] = [
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// `31 décembre 2019`, `mardi 1er janv. 2019`, `December 31, 2019`, `31-déc-19`.
fn in_words(cell: &str) -> Option<Date> {
    if cell.len() > 60 || !cell.contains(char::is_alphabetic) {
        return None;
    }
    let folded = fold(cell);
    let (mut month, mut numbers) = (None, Vec::new());
    for word in folded.split(' ') {
        let named = MONTHS.iter().position(|names| names.contains(&word));
        let number = ["er", "st", "nd", "rd", "th"]
            .iter()
            .find_map(|end| word.strip_suffix(end))
            .unwrap_or(word);
        match named {
            Some(at) if month.is_none() => month = Some(at + 1),
            _ if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => {
                numbers.push(number);
            }
            _ if WEEKDAYS.contains(&word) => {}
            _ => return None,
        }
    }
    let month = month?.to_string();
    match numbers.as_slice() {
        [year, day] if year.len() == 4 => from_parts(year, &month, day),
        [day, year] if day.len() <= 2 => from_parts(year, &month, day),
        _ => None,
    }
}

fn from_parts(year: &str, month: &str, day: &str) -> Option<Date> {
    let number = |text: &str| {
        text.bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| text.parse().ok())?
    };
    let written: u32 = number(year)?;
    let year = match (year.len(), written) {
        (4, year) => year,
        (2, year @ 0..70) => 2000 + year,
        (2, year) => 1900 + year,
        _ => return None,
    };
    Date::from_ymd_opt(i32::try_from(year).ok()?, number(month)?, number(day)?)
}

/// Days since 30 December 1899, as Excel and LibreOffice count them; or `20191231`.
fn from_number(text: &str) -> Option<Date> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    match text.len() {
        5 => {
            let days = chrono::Days::new(text.parse().ok()?);
            Date::from_ymd_opt(1899, 12, 30)?.checked_add_days(days)
        }
        8 => from_parts(&text[..4], &text[4..6], &text[6..]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn decimals_as_they_are_written() {
        for (text, cents) in [
            ("106,43", 10_643),
            ("1 234,56", 123_456),
            ("1\u{a0}234,56 €", 123_456),
            ("1\u{202f}234,56", 123_456),
            ("1234.56", 123_456),
            ("1,234.56", 123_456),
            ("1.234.567,89", 123_456_789),
            ("€ 47,50", 4_750),
            ("12", 1_200),
            ("0,005", 1),
            (",5", 50),
            ("12 EUR", 1_200),
        ] {
            assert_eq!(decimal(text, 2), Some(cents), "{text}");
        }
        for text in [
            "",
            "abc",
            "-5",
            "1,2,3",
            "12,34,56",
            "1e5",
            "99999999999999999999",
            "12 kg",
        ] {
            assert_eq!(decimal(text, 2), None, "{text}");
        }
    }

    #[test]
    fn sizes_with_and_without_units() {
        for (text, mib) in [
            ("8", 8192),
            ("8 Go", 8192),
            ("8Go DDR4", 8192),
            ("DDR4 8 GB", 8192),
            ("2x8 Go", 16_384),
            ("2 × 4", 8192),
            ("4+4", 8192),
            ("4 + 4 Go", 8192),
            ("8 Go + 8 Go", 16_384),
            ("2x4+8", 16_384),
            ("4096 Mo", 4096),
            ("0,5 Go", 512),
            ("1 To", 1_048_576),
            ("8 192 Mo", 8192),
            ("8192", 8192),
            ("16384", 16_384),
            ("8589934592", 8192),
        ] {
            assert_eq!(size_in_mega(text, None, MEMORY), Ok(mib), "{text}");
        }
        for (text, megabytes) in [
            ("256 SSD", 256_000),
            ("256 Go SSD + 1 To HDD", 1_256_000),
            ("238475", 238_475),
            ("512110190592", 512_110),
        ] {
            assert_eq!(size_in_mega(text, None, STORAGE), Ok(megabytes), "{text}");
        }
        assert_eq!(size_in_mega("8192", Some(Unit::Mega), MEMORY), Ok(8192));
        for text in ["", "beaucoup", "SSD"] {
            let unreadable = Err(NoSize::Unreadable);
            assert_eq!(size_in_mega(text, None, MEMORY), unreadable, "{text}");
        }
    }

    #[test]
    fn memory_of_8_tib_is_refused() {
        for (text, unit) in [
            ("8192", Some(Unit::Giga)),
            ("8192 Go", None),
            ("8 To", None),
            ("8", Some(Unit::Tera)),
            ("4096+4096 Go", None),
            ("9999999999999", None),
        ] {
            let implausible = Err(NoSize::Implausible);
            assert_eq!(size_in_mega(text, unit, MEMORY), implausible, "{text}");
        }
    }

    #[test]
    fn dates_as_they_are_written() {
        let last = Date::from_ymd_opt(2019, 12, 31);
        for text in [
            "31/12/2019",
            "2019-12-31",
            "31-12-2019",
            "31.12.2019",
            "31/12/19",
            "31/12/2019 00:00",
            "2019-12-31T10:00:00",
            "43830",
            "20191231",
            "31 décembre 2019",
            "31 DÉC. 2019",
            "mardi 31 décembre 2019",
            "31-déc-19",
            "31-Dec-2019",
            "December 31, 2019",
            "Dec 31st 2019",
            "31. Dezember 2019",
        ] {
            assert_eq!(date(text, DateOrder::DayFirst), last, "{text}");
        }
        assert_eq!(
            date("1er janvier 2020", DateOrder::DayFirst),
            Date::from_ymd_opt(2020, 1, 1)
        );
        assert_eq!(date("12/31/2019", DateOrder::MonthFirst), last);
        assert_eq!(date("2019-12-31", DateOrder::MonthFirst), last);
        for text in [
            "",
            "hier",
            "12/31/2019",
            "31/02/2019",
            "31/12",
            "00/01/1900",
            "1",
            "é1/12/2019",
            "décembre 2019",
            "31 brumaire 2019",
            "31 31 décembre 2019",
            "43830 pièces",
        ] {
            assert_eq!(date(text, DateOrder::DayFirst), None, "{text}");
        }
    }

    #[test]
    fn an_ambiguous_day_says_so() {
        for (text, told) in [
            ("04/05/2019", Some(OrderTold::Either)),
            ("4.5.19", Some(OrderTold::Either)),
            ("04/04/2019", None),
            ("31/12/2019", Some(OrderTold::Only(DateOrder::DayFirst))),
            (
                "12/31/2019 10:00",
                Some(OrderTold::Only(DateOrder::MonthFirst)),
            ),
            ("2019-05-04", None),
            ("4 mai 2019", None),
            ("43830", None),
            ("45/45/2019", None),
        ] {
            assert_eq!(order_told(text), told, "{text}");
        }
    }

    #[test]
    fn cells_lose_what_cannot_be_seen() {
        assert_eq!(clean("  a\u{a0}b \u{feff}"), "a b");
        assert_eq!(clean("=\"00123\""), "00123");
        assert_eq!(clean("'00123"), "00123");
        assert_eq!(clean("a\0b"), "a b");
        assert_eq!(clean(""), "");
    }
}
