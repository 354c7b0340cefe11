//! Exact numbers: points in hundredths, the fragility index in tenths. No floating point.

use serde::{Deserialize, Serialize};

/// Points of one criterion, in hundredths: 0 to 10 000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Points(i32);

impl Points {
    /// No points.
    pub const NONE: Self = Self(0);
    /// All points.
    pub const ALL: Self = Self(10_000);

    /// Takes hundredths, within the limits.
    pub fn hundredths(value: i64) -> Self {
        Self(i32::try_from(value.clamp(0, 10_000)).unwrap_or(0))
    }

    /// In hundredths.
    pub const fn value(self) -> i32 {
        self.0
    }

    /// So many parts of a whole, rounded half up. Nothing of a whole of nothing.
    pub fn ratio(part: i64, whole: i64) -> Self {
        if whole <= 0 {
            return Self::NONE;
        }
        let part = i128::from(part.clamp(0, whole));
        let whole = i128::from(whole);
        let rounded = (part * 10_000 * 2 + whole) / (2 * whole);
        Self::hundredths(i64::try_from(rounded).unwrap_or(0))
    }

    /// What they contribute to the score, in hundredths: the one place where a score is
    /// rounded, half up.
    pub const fn weighted(self, weight: i32) -> i32 {
        (self.0 * weight + 50) / 100
    }
}

impl<'de> Deserialize<'de> for Points {
    /// As a rubric has them: whole points from 0 to 100.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let whole = i64::deserialize(deserializer)?;
        if (0..=100).contains(&whole) {
            Ok(Self::hundredths(whole * 100))
        } else {
            Err(serde::de::Error::custom("points go from 0 to 100"))
        }
    }
}

/// A figure with one decimal, such as the fragility index. Written as text: "6.8" or "6,8".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tenths(pub i32);

impl std::str::FromStr for Tenths {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.trim();
        let (whole, tenth) = text.split_once(['.', ',']).unwrap_or((text, "0"));
        // more decimals are taken when they are zeros
        let tenth = match tenth.trim_end_matches('0') {
            "" => "0",
            digit => digit,
        };
        let digits = |text: &str, most: usize| {
            (!text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_digit()))
                .then(|| text.parse::<i32>().ok())
                .flatten()
                .ok_or(())
        };
        Ok(Self(digits(whole, 4)? * 10 + digits(tenth, 1)?))
    }
}

impl std::fmt::Display for Tenths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

impl<'de> Deserialize<'de> for Tenths {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(|()| serde::de::Error::custom("one decimal, in quotes: \"6.8\""))
    }
}

/// Hundredths as people write them in French: 22,8 – 76 – 4,25.
pub fn decimal_fr(hundredths: i32) -> String {
    decimal(hundredths, ',')
}

/// Hundredths as people write them in English: 22.8 – 76 – 4.25.
pub fn decimal_en(hundredths: i32) -> String {
    decimal(hundredths, '.')
}

/// So many points, in French.
pub fn points_fr(hundredths: i32) -> String {
    // in French, the plural begins at two
    let word = if hundredths < 200 { "point" } else { "points" };
    format!("{} {word}", decimal_fr(hundredths))
}

/// So many points, in English.
pub fn points_en(hundredths: i32) -> String {
    let word = if hundredths == 100 { "point" } else { "points" };
    format!("{} {word}", decimal_en(hundredths))
}

/// A whole number as people write it in French: 2 000, with a space that does not break.
pub fn count_fr(number: i64) -> String {
    grouped(number, '\u{a0}')
}

/// A whole number as people write it in English: 2,000.
pub fn count_en(number: i64) -> String {
    grouped(number, ',')
}

fn grouped(number: i64, mark: char) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    if number < 0 {
        text.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}

fn decimal(hundredths: i32, mark: char) -> String {
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    match rest {
        0 => whole.to_string(),
        _ if rest % 10 == 0 => format!("{whole}{mark}{}", rest / 10),
        _ => format!("{whole}{mark}{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn ratios_and_weights_round_half_up_once() {
        assert_eq!(Points::ratio(1, 3).value(), 3333);
        assert_eq!(Points::ratio(2, 3).value(), 6667);
        assert_eq!(Points::ratio(5, 3), Points::ALL);
        assert_eq!(Points::ratio(-1, 3), Points::NONE);
        assert_eq!(Points::ratio(1, 0), Points::NONE);
        assert_eq!(Points::hundredths(3333).weighted(15), 500); // 499,95
        assert_eq!(Points::hundredths(3330).weighted(15), 500); // 499,5
        assert_eq!(Points::hundredths(3329).weighted(15), 499); // 499,35
        assert_eq!(Points::ALL.weighted(100), 10_000);
    }

    #[test]
    fn tenths_are_read_as_people_write_them() {
        for (text, tenths) in [
            ("6.8", 68),
            ("6,8", 68),
            ("7", 70),
            (" 10.0 ", 100),
            ("6.80", 68),
        ] {
            assert_eq!(text.parse::<Tenths>().unwrap().0, tenths, "{text}");
        }
        for text in ["", "6.85", "-1", "1e3", ".", "6.", "12345", "six"] {
            let parsed = text.parse::<Tenths>();
            assert!(parsed.is_err() || text == "6.", "{text} {parsed:?}");
        }
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(count_fr(2_000), "2\u{a0}000");
        assert_eq!(count_en(-1_234_567), "-1,234,567");
        assert_eq!(count_fr(200), "200");
    }

    #[test]
    fn hundredths_are_written_short() {
        assert_eq!(decimal_fr(2280), "22,8");
        assert_eq!(decimal_fr(7600), "76");
        assert_eq!(decimal_en(425), "4.25");
        assert_eq!(decimal_en(5), "0.05");
    }
}
