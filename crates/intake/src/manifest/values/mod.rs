//! What a cell says: texts, numbers and dates as spreadsheets write them in France and
//! elsewhere.

mod dates;
mod sizes;

use std::borrow::Cow;

pub use dates::DateOrder;
pub(super) use dates::{OrderTold, date, order_told};
pub(super) use sizes::{MEMORY, Measure, NoSize, STORAGE, Unit, size_in_mega};

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
    fn cells_lose_what_cannot_be_seen() {
        assert_eq!(clean("  a\u{a0}b \u{feff}"), "a b");
        assert_eq!(clean("=\"00123\""), "00123");
        assert_eq!(clean("'00123"), "00123");
        assert_eq!(clean("a\0b"), "a b");
        assert_eq!(clean(""), "");
    }
}
