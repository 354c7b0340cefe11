//! Moments in words, by the clock on the wall in Paris.

use chrono::{Datelike, Timelike, Weekday};
use kernel::{Instant, Language};

const NBSP: char = '\u{a0}';

/// « mardi 28 février 2023 », "Tuesday 28 February 2023".
pub fn day(moment: Instant, language: Language) -> String {
    let local = moment.in_paris();
    let weekday = weekday(local.weekday(), language);
    let month = month(local.month(), language);
    let number = match (local.day(), language) {
        (1, Language::French) => "1er".to_owned(),
        (day, _) => day.to_string(),
    };
    format!("{weekday} {number} {month} {}", local.year())
}

/// « 14 h 30 », "14:30".
pub fn hour(moment: Instant, language: Language) -> String {
    let local = moment.in_paris();
    match (language, local.minute()) {
        (Language::French, 0) => format!("{}{NBSP}h", local.hour()),
        (Language::French, minute) => format!("{}{NBSP}h{NBSP}{minute:02}", local.hour()),
        (Language::English, minute) => format!("{:02}:{minute:02}", local.hour()),
    }
}

/// « deux mois », "two months".
pub fn months(count: u32, language: Language) -> String {
    let (words, unit) = match language {
        Language::French => (["un", "deux", "trois", "quatre", "six"], "mois"),
        Language::English => (["one", "two", "three", "four", "six"], "month"),
    };
    let number = match count {
        1..=4 => words[count as usize - 1].to_owned(),
        6 => words[4].to_owned(),
        other => other.to_string(),
    };
    let plural = language == Language::English && count != 1;
    format!("{number} {unit}{}", if plural { "s" } else { "" })
}

/// « mardi 28 février 2023 à 14 h 30 », "Tuesday 28 February 2023 at 14:30".
pub fn moment(moment: Instant, language: Language) -> String {
    let (day, hour) = (day(moment, language), hour(moment, language));
    match language {
        Language::French => format!("{day} à {hour}"),
        Language::English => format!("{day} at {hour}"),
    }
}

/// « mardi 28 février 2023, de 9 h à 11 h 30 »; over several days, both moments in full.
pub fn span(from: Instant, to: Instant, language: Language) -> String {
    let same_day = from.date() == to.date();
    match (language, same_day) {
        (Language::French, true) => {
            let (day, begin, end) = (
                day(from, language),
                hour(from, language),
                hour(to, language),
            );
            format!("{day}, de {begin} à {end}")
        }
        (Language::English, true) => {
            let (day, begin, end) = (
                day(from, language),
                hour(from, language),
                hour(to, language),
            );
            format!("{day}, from {begin} to {end}")
        }
        (Language::French, false) => {
            format!("du {} au {}", moment(from, language), moment(to, language))
        }
        (Language::English, false) => {
            format!(
                "from {} to {}",
                moment(from, language),
                moment(to, language)
            )
        }
    }
}

fn weekday(weekday: Weekday, language: Language) -> &'static str {
    const FRENCH: [&str; 7] = [
        "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
    ];
    const ENGLISH: [&str; 7] = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    let at = weekday.num_days_from_monday() as usize;
    match language {
        Language::French => FRENCH[at],
        Language::English => ENGLISH[at],
    }
}

fn month(month: u32, language: Language) -> &'static str {
    const FRENCH: [&str; 12] = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    const ENGLISH: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let at = (month - 1) as usize;
    match language {
        Language::French => FRENCH[at],
        Language::English => ENGLISH[at],
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn moments_are_written_as_people_write_them() {
        use Language::{English, French};
        let noon = at("2023-02-28T13:30:00Z");
        assert_eq!(
            moment(noon, French),
            "mardi 28 février 2023 à 14\u{a0}h\u{a0}30"
        );
        assert_eq!(moment(noon, English), "Tuesday 28 February 2023 at 14:30");
        assert_eq!(
            day(at("2023-03-01T08:00:00Z"), French),
            "mercredi 1er mars 2023"
        );
        let (from, to) = (at("2023-08-01T07:00:00Z"), at("2023-08-01T09:05:00Z"));
        assert_eq!(
            span(from, to, French),
            "mardi 1er août 2023, de 9\u{a0}h à 11\u{a0}h\u{a0}05"
        );
        assert_eq!(
            span(from, to, English),
            "Tuesday 1 August 2023, from 09:00 to 11:05"
        );
        assert!(span(from, to.plus_days(1), French).starts_with("du mardi 1er août 2023 à 9"));
    }
}
