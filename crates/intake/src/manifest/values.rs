//! What a cell says: texts, numbers and dates as spreadsheets write them in France and
//! elsewhere.

use std::borrow::Cow;

use kernel::Date;

/// The cell without what cannot be seen, without spaces at its ends, and out of the
/// `="…"` or behind the apostrophe with which people keep a number a text.
pub(super) fn clean(cell: &str) -> Cow<'_, str> {
    // most cells are plain
    if cell.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return Cow::Borrowed(unwrap(cell));
    }
    let unseen =
        |c: char| c.is_control() || matches!(c, '\u{a0}' | '\u{202f}' | '\u{200b}' | '\u{feff}');
    let cell = if cell.contains(unseen) {
        let seen = cell
            .chars()
            .filter(|c| !matches!(c, '\u{200b}' | '\u{feff}'));
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
    Mega,
    Giga,
    Tera,
}

impl Unit {
    pub(super) fn of(word: &str) -> Option<Self> {
        match word {
            "mo" | "mb" | "mio" | "mib" => Some(Self::Mega),
            "go" | "gb" | "gio" | "gib" | "g" => Some(Self::Giga),
            "to" | "tb" | "tio" | "tib" => Some(Self::Tera),
            _ => None,
        }
    }
}

/// A size in thousandths of a gigabyte, or of the unit below by `step`: `8`, `8 Go`,
/// `2x8 Go`, `256 Go SSD`, `1 To`. Without a unit, it is the column's.
pub(super) fn size_in_mega(cell: &str, column: Unit, step: i64) -> Option<i64> {
    let numbers = numbers_with_units(cell);
    let (number, unit, times) =
        numbers
            .iter()
            .find(|(_, unit, _)| unit.is_some())
            .or_else(|| {
                numbers
                    .first()
                    .filter(|_| cell.starts_with(|c: char| c.is_ascii_digit()))
            })?;
    let thousandths = decimal(number, 3)?;
    let factor = match unit.unwrap_or(column) {
        Unit::Mega => 1,
        Unit::Giga => step,
        Unit::Tera => step.checked_mul(step)?,
    };
    Some(thousandths.checked_mul(factor)?.checked_mul(*times)? / 1000)
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

/// A day: `31/12/2019`, `2019-12-31`, with or without the time, or the number that a
/// spreadsheet counts days by.
pub(super) fn date(cell: &str) -> Option<Date> {
    let day = cell.split([' ', 'T']).next()?;
    let parts: Vec<&str> = day.split(['/', '-', '.']).collect();
    let found = match parts.as_slice() {
        [number] => from_number(number),
        [year, month, day] if year.len() == 4 => from_parts(year, month, day),
        [day, month, year] => from_parts(year, month, day),
        _ => None,
    };
    found.filter(|date| *date >= Date::from_ymd_opt(1970, 1, 1).unwrap_or_default())
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
            ("4096 Mo", 4096),
            ("0,5 Go", 512),
            ("1 To", 1_048_576),
            ("8 192 Mo", 8192),
        ] {
            assert_eq!(size_in_mega(text, Unit::Giga, 1024), Some(mib), "{text}");
        }
        assert_eq!(size_in_mega("256 SSD", Unit::Giga, 1000), Some(256_000));
        assert_eq!(size_in_mega("8192", Unit::Mega, 1024), Some(8192));
        for text in ["", "beaucoup", "SSD"] {
            assert_eq!(size_in_mega(text, Unit::Giga, 1024), None, "{text}");
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
        ] {
            assert_eq!(date(text), last, "{text}");
        }
        for text in [
            "",
            "hier",
            "12/31/2019",
            "31/02/2019",
            "31/12",
            "00/01/1900",
            "1",
            "é1/12/2019",
        ] {
            assert_eq!(date(text), None, "{text}");
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
