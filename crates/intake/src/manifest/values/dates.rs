//! Days, as cells have them.

use kernel::{Date, fold};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
pub(in crate::manifest) enum OrderTold {
    Only(DateOrder),
    Either,
}

/// What a day tells of the order of its column; nothing when it can be read in one way only.
pub(in crate::manifest) fn order_told(cell: &str) -> Option<OrderTold> {
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
pub(in crate::manifest) fn date(cell: &str, order: DateOrder) -> Option<Date> {
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
}
