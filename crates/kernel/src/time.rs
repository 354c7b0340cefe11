//! Time comes from a clock that the caller injects; no rule reads the system's.

use std::{fmt, str::FromStr, sync::Mutex};

use chrono::{
    DateTime, Datelike, Months, NaiveDateTime, NaiveTime, SecondsFormat, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Europe::Paris;
use serde::{Deserialize, Serialize};

/// A calendar day: in a rule or on a page, one of Paris.
pub type Date = chrono::NaiveDate;

/// A moment in UTC, to the microsecond: what both database engines keep.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = crate::Moment)]
#[serde(into = "String", try_from = "String")]
pub struct Instant(DateTime<Utc>);

impl Instant {
    /// The moment `micros` microseconds after 1970, or `None` outside the calendar.
    pub fn from_micros(micros: i64) -> Option<Self> {
        DateTime::from_timestamp_micros(micros).map(Self)
    }

    /// Microseconds since 1970.
    pub fn micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// Drops what is finer than a microsecond.
    pub fn from_utc(time: DateTime<Utc>) -> Self {
        Self::from_micros(time.timestamp_micros()).unwrap_or(Self(time))
    }

    /// For calendars and mails.
    pub fn utc(self) -> DateTime<Utc> {
        self.0
    }

    /// The day, by the clock of Paris: what every rule means that speaks of a day or a year.
    pub fn date(self) -> Date {
        self.in_paris().date()
    }

    /// The civil year of that day.
    pub fn year(self) -> i32 {
        self.date().year()
    }

    /// The first moment of a day: midnight in Paris.
    pub fn start_of(day: Date) -> Self {
        Self::from_paris(day.and_time(NaiveTime::MIN))
    }

    /// What the clock on the wall in Paris shows (IANA time zone `Europe/Paris`). What people
    /// read, and what days are reckoned by.
    pub fn in_paris(self) -> NaiveDateTime {
        self.0.with_timezone(&Paris).naive_local()
    }

    /// The moment at which the clock in Paris shows this. Of an hour that comes twice, the
    /// first; of one that is left out in spring, the hour after.
    pub fn from_paris(local: NaiveDateTime) -> Self {
        let hour = TimeDelta::hours(1);
        let there = |local: NaiveDateTime| Paris.from_local_datetime(&local).earliest();
        let moment = there(local).or_else(|| there(local.checked_add_signed(hour)?));
        Self::from_utc(moment.map_or(local.and_utc(), |moment| moment.to_utc()))
    }

    /// This moment and so many seconds.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        TimeDelta::try_seconds(seconds)
            .and_then(|delta| self.0.checked_add_signed(delta))
            .map_or(self, Self)
    }

    /// This moment and so many days.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        self.plus_seconds(days.saturating_mul(86_400))
    }

    /// The same hour in Paris so many months later, or on the last day of a shorter month.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        self.in_paris()
            .checked_add_months(Months::new(months))
            .map_or(self, Self::from_paris)
    }

    /// Seconds from `earlier` to this moment, negative when it is later.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).num_seconds()
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from(*self))
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Instant {
    type Err = String;
    /// Takes a moment whose year in UTC has four digits, so that it can be written again.
    fn from_str(text: &str) -> Result<Self, String> {
        let time = DateTime::parse_from_rfc3339(text)
            .map_err(|cause| cause.to_string())?
            .to_utc();
        if !(0..=9999).contains(&time.year()) {
            return Err("the year is outside 0000 to 9999".to_owned());
        }
        Ok(Self::from_utc(time))
    }
}

impl From<Instant> for String {
    fn from(instant: Instant) -> Self {
        instant.0.to_rfc3339_opts(SecondsFormat::AutoSi, true)
    }
}

impl TryFrom<String> for Instant {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl utoipa::PartialSchema for Instant {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::schema::SchemaFormat::Custom(
                "date-time".to_owned(),
            )))
            .into()
    }
}
impl utoipa::ToSchema for Instant {
    fn name() -> std::borrow::Cow<'static, str> {
        "Instant".into()
    }
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Instant;
}

/// The machine's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)] // the one place that reads the machine's clock
    fn now(&self) -> Instant {
        Instant::from_utc(Utc::now())
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(Mutex<Instant>);

impl ManualClock {
    /// Stands at `start`.
    pub fn new(start: Instant) -> Self {
        Self(Mutex::new(start))
    }

    /// Moves forward, or back.
    pub fn advance_seconds(&self, seconds: i64) {
        let mut now = self.0.lock().unwrap_or_else(|poison| poison.into_inner());
        *now = now.plus_seconds(seconds);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        *self.0.lock().unwrap_or_else(|poison| poison.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summer_begins_and_ends_at_one_in_the_morning_utc() {
        for (utc, paris) in [
            ("2023-03-26T00:59:59Z", "2023-03-26 01:59:59"),
            ("2023-03-26T01:00:00Z", "2023-03-26 03:00:00"),
            ("2023-10-29T00:59:59Z", "2023-10-29 02:59:59"),
            ("2023-10-29T01:00:00Z", "2023-10-29 02:00:00"),
            // years in which the 31st is itself a Sunday, or a Saturday
            ("2024-03-31T01:00:00Z", "2024-03-31 03:00:00"),
            ("2024-03-30T23:30:00Z", "2024-03-31 00:30:00"),
            ("2021-10-31T00:30:00Z", "2021-10-31 02:30:00"),
            ("2021-10-31T01:30:00Z", "2021-10-31 02:30:00"),
            ("2026-12-31T23:30:00Z", "2027-01-01 00:30:00"),
        ] {
            let moment: Instant = utc.parse().expect(utc);
            assert_eq!(moment.in_paris().to_string(), paris, "{utc}");
        }
    }

    #[test]
    fn a_day_and_its_year_are_those_of_paris() {
        for (utc, day) in [
            ("2023-09-10T21:59:59Z", "2023-09-10"),
            ("2023-09-10T22:30:00Z", "2023-09-11"),
            ("2023-12-31T22:59:59Z", "2023-12-31"),
            ("2023-12-31T23:30:00Z", "2024-01-01"),
        ] {
            let moment: Instant = utc.parse().expect(utc);
            assert_eq!(moment.date().to_string(), day, "{utc}");
            assert_eq!(moment.year().to_string(), day[..4], "{utc}");
        }
        for (day, utc) in [
            ("2023-09-11", "2023-09-10T22:00:00Z"),
            ("2024-01-01", "2023-12-31T23:00:00Z"),
            // the days on which summer begins and ends
            ("2023-03-26", "2023-03-25T23:00:00Z"),
            ("2023-10-29", "2023-10-28T22:00:00Z"),
        ] {
            let start = Instant::start_of(day.parse().expect(day));
            assert_eq!(start.to_string(), utc, "{day}");
            assert_eq!(start.date().to_string(), day);
            assert_ne!(start.plus_seconds(-1).date().to_string(), day);
        }
        for far in [Date::MIN, Date::MAX] {
            let _ = Instant::start_of(far).date(); // comes back at all
        }
    }

    #[test]
    fn months_later_the_clock_of_paris_shows_the_same_hour() {
        for (utc, months, later) in [
            ("2023-12-31T10:00:00Z", 2, "2024-02-29T10:00:00Z"),
            // half past midnight on 1 October, and on 1 December
            ("2023-09-30T22:30:00Z", 2, "2023-11-30T23:30:00Z"),
            // half past midnight on 1 January, and on 1 July
            ("2023-12-31T23:30:00Z", 6, "2024-06-30T22:30:00Z"),
            // half past two, which 31 March 2024 leaves out
            ("2024-01-31T01:30:00Z", 2, "2024-03-31T01:30:00Z"),
        ] {
            let moment: Instant = utc.parse().expect(utc);
            assert_eq!(moment.plus_months(months).to_string(), later, "{utc}");
        }
    }

    #[test]
    fn a_moment_that_is_taken_can_be_written_and_read_again() {
        for good in [
            "2023-02-28T09:00:00Z",
            "9999-12-31T23:59:59.999999Z",
            "0000-01-01T00:00:00Z",
        ] {
            let moment: Instant = good.parse().expect(good);
            assert_eq!(moment.to_string().parse(), Ok(moment));
        }
        for bad in [
            "9999-12-31T23:59:59-12:00",
            "0000-01-01T00:00:00+14:00",
            "demain",
            "",
        ] {
            assert!(bad.parse::<Instant>().is_err(), "{bad}");
        }
    }
}
