//! Moments as forms ask for them: a day in three fields, NAME_day, NAME_month and NAME_year, and the
//! time of day in NAME_time, by the clock of Paris.

use kernel::{Code, Date, Instant, Refusal, Text};
use serde::Serialize;

use crate::Form;

/// A moment as it stands in the fields of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Parts {
    day: String,
    month: String,
    year: String,
    time: String,
}

impl Parts {
    /// Of a moment; empty for none.
    pub(crate) fn of(moment: Option<Instant>) -> Self {
        let Some(moment) = moment else {
            return Self::default();
        };
        let local = moment.in_paris();
        Self {
            day: local.format("%-d").to_string(),
            month: local.format("%-m").to_string(),
            year: local.format("%Y").to_string(),
            time: local.format("%H:%M").to_string(),
        }
    }
}

/// Reads a moment; none when the day was left empty. Without a time it is the one given here.
///
/// # Errors
/// `invalid` at the field.
pub(crate) fn read(form: &Form, name: &str, time: (u32, u32)) -> Result<Option<Instant>, Refusal> {
    let part = |part: &str| form.get(&format!("{name}_{part}")).to_owned();
    let (day, month, year) = (part("day"), part("month"), part("year"));
    if day.is_empty() && month.is_empty() && year.is_empty() {
        return Ok(None);
    }
    let date = date(&day, &month, &year);
    let (hour, minute) = match part("time").as_str() {
        "" => time,
        text => clock(text).ok_or_else(|| {
            let detail = Text::new("Écrivez l’heure comme 12:00.", "Write the time as 12:00.");
            Refusal::field(format!("/{name}_time"), Code::Invalid, detail)
        })?,
    };
    let moment = date.and_then(|date| date.and_hms_opt(hour, minute, 0));
    match moment {
        Some(local) => Ok(Some(Instant::from_paris(local))),
        None => {
            let detail = Text::new(
                "Écrivez un jour qui existe, comme 31 3 2023.",
                "Write a day that exists, such as 31 3 2023.",
            );
            Err(Refusal::field(format!("/{name}"), Code::Invalid, detail))
        }
    }
}

/// Two hours of one day, as the fields `day`, `begins` and `ends` have them.
///
/// # Errors
/// `required` at the field.
pub(crate) fn span(
    day: Option<Date>,
    begins: Option<&str>,
    ends: Option<&str>,
) -> Result<(Instant, Instant), Refusal> {
    let wrong = |field: &'static str, french: &'static str, english: &'static str| {
        Refusal::field(field, Code::Required, Text::new(french, english))
    };
    let day = day.ok_or_else(|| wrong("/day", "Choisissez un jour.", "Choose a day."))?;
    let at = |field: &'static str, typed: Option<&str>| {
        let time = typed
            .and_then(clock)
            .and_then(|(hour, minute)| day.and_hms_opt(hour, minute, 0));
        time.map(Instant::from_paris)
            .ok_or_else(|| wrong(field, "Une heure telle que 14:30.", "A time such as 14:30."))
    };
    Ok((at("/begins", begins)?, at("/ends", ends)?))
}

/// The day of a moment, as a date field has it; empty for none.
pub(crate) fn day(moment: Option<Instant>) -> String {
    written(moment, "%Y-%m-%d")
}

/// Its time of day, by the clock of Paris.
pub(crate) fn hour(moment: Option<Instant>) -> String {
    written(moment, "%H:%M")
}

fn written(moment: Option<Instant>, format: &str) -> String {
    moment.map_or_else(String::new, |at| at.in_paris().format(format).to_string())
}

fn date(day: &str, month: &str, year: &str) -> Option<Date> {
    let number = |text: &str| text.trim().parse::<u32>().ok();
    let year = i32::try_from(number(year)?).ok()?;
    let year = Some(year).filter(|year| (2000..=2200).contains(year))?;
    Date::from_ymd_opt(year, number(month)?, number(day)?)
}

/// « 12:00 », « 12h », « 12 h 30 ».
fn clock(text: &str) -> Option<(u32, u32)> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (hour, minute) = plain
        .split_once([':', 'h', 'H'])
        .unwrap_or((plain.as_str(), ""));
    let minute = if minute.is_empty() { "0" } else { minute };
    let (hour, minute) = (hour.parse::<u32>().ok()?, minute.parse::<u32>().ok()?);
    (hour < 24 && minute < 60).then_some((hour, minute))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn sent(body: &str) -> Form {
        let kind = "application/x-www-form-urlencoded";
        Form::parse(kind, &body.to_owned().into()).unwrap()
    }

    #[test]
    fn a_moment_is_read_by_the_clock_of_paris() {
        let form = sent("closes_day=31&closes_month=3&closes_year=2023&closes_time=12%20h%2030");
        let moment = read(&form, "closes", (23, 59)).unwrap().unwrap();
        assert_eq!(moment.to_string(), "2023-03-31T10:30:00Z");
        let parts = Parts::of(Some(moment));
        assert_eq!((parts.day.as_str(), parts.time.as_str()), ("31", "12:30"));
        assert_eq!(read(&sent("closes_day="), "closes", (0, 0)).unwrap(), None);
        let form = sent("closes_day=1&closes_month=4&closes_year=2023");
        let moment = read(&form, "closes", (23, 59)).unwrap().unwrap();
        assert_eq!(moment.to_string(), "2023-04-01T21:59:00Z");
    }

    #[test]
    fn a_day_that_does_not_exist_is_said_at_its_field() {
        for body in [
            "at_day=31&at_month=2&at_year=2023",
            "at_day=1&at_month=&at_year=2023",
            "at_day=1&at_month=2&at_year=23",
        ] {
            let refusal = read(&sent(body), "at", (0, 0)).unwrap_err();
            assert_eq!(refusal.errors[0].pointer.as_deref(), Some("/at"), "{body}");
        }
        let late = sent("at_day=1&at_month=2&at_year=2023&at_time=25:00");
        let refusal = read(&late, "at", (0, 0)).unwrap_err();
        assert_eq!(refusal.errors[0].pointer.as_deref(), Some("/at_time"));
    }
}
