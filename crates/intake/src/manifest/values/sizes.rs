//! Sizes of memory and storage, with their units or without.

use super::decimal;

/// How a size is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::manifest) enum Unit {
    Byte,
    Mega,
    Giga,
    Tera,
}

impl Unit {
    pub(in crate::manifest) fn of(word: &str) -> Option<Self> {
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
pub(in crate::manifest) struct Measure {
    /// From one unit to the next.
    step: i64,
    /// So many gigabytes are likely without a unit; more are counted in a smaller one.
    likely: i64,
    /// No machine has more gigabytes.
    most: i64,
}

/// Memory, in MiB.
pub(in crate::manifest) const MEMORY: Measure = Measure {
    step: 1024,
    likely: 256,
    most: 2 * 1024,
};

/// Drives, in thousands of kilobytes.
pub(in crate::manifest) const STORAGE: Measure = Measure {
    step: 1000,
    likely: 20_000,
    most: 200_000,
};

/// Why a size is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::manifest) enum NoSize {
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
pub(in crate::manifest) fn size_in_mega(
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

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
}
