//! When a message leaves: alone and at once, with its like after a short while, or in the
//! next digest. Pure; the worker asks and puts off what is not ready.

use chrono::{Datelike, Days, NaiveTime, Weekday};
use kernel::Instant;

use crate::events::{Choice, Event, Pace};

/// What the operator sets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Windows {
    /// Seconds without a further message of the kind after which those that came leave.
    pub(crate) gather: i64,
    /// Seconds after which they leave in any case.
    pub(crate) gather_most: i64,
    /// The hour of digests, by the clock of Paris.
    pub(crate) digest_hour: u32,
}

/// With which others a message of this kind shares a mail: those of the same name. `None`
/// travels alone; nothing at all for who turned it off.
pub(crate) fn bundle(event: &Event, choice: Choice) -> Delivery {
    match (event.always, choice) {
        (false, Choice::Off) => Delivery::Nothing,
        (false, Choice::Daily | Choice::Weekly) => Delivery::With(choice.as_str()),
        _ => match event.pace {
            Pace::Alone => Delivery::Alone,
            Pace::Gathered | Pace::Daily => Delivery::With(event.kind),
        },
    }
}

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Alone,
    With(&'static str),
    Nothing,
}

/// When messages of one bundle that came between `first` and `last` may leave.
pub(crate) fn ready_at(bundle: &str, first: Instant, last: Instant, windows: Windows) -> Instant {
    match bundle.parse() {
        Ok(Choice::Daily) => next_digest(first, windows.digest_hour, false),
        Ok(Choice::Weekly) => next_digest(first, windows.digest_hour, true),
        _ => {
            let quiet = last.plus_seconds(windows.gather);
            quiet.min(first.plus_seconds(windows.gather_most))
        }
    }
}

/// The next digest after a moment: at this hour in Paris; a weekly one on Mondays.
pub(crate) fn next_digest(after: Instant, hour: u32, weekly: bool) -> Instant {
    let today = after.date();
    let time = NaiveTime::from_hms_opt(hour.min(23), 0, 0).unwrap_or_default();
    (0..=8)
        .filter_map(|days| today.checked_add_days(Days::new(days)))
        .filter(|day| !weekly || day.weekday() == Weekday::Mon)
        .map(|day| Instant::from_paris(day.and_time(time)))
        .find(|moment| *moment > after)
        .unwrap_or(after)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::events;

    const WINDOWS: Windows = Windows {
        gather: 5,
        gather_most: 60,
        digest_hour: 8,
    };

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn a_digest_leaves_at_its_hour_in_paris_summer_and_winter() {
        let daily = |after: &str| next_digest(at(after), 8, false).to_string();
        assert_eq!(daily("2023-02-28T06:59:59Z"), "2023-02-28T07:00:00Z");
        assert_eq!(daily("2023-02-28T07:00:00Z"), "2023-03-01T07:00:00Z");
        assert_eq!(daily("2023-03-25T12:00:00Z"), "2023-03-26T06:00:00Z");
        assert_eq!(daily("2023-10-28T12:00:00Z"), "2023-10-29T07:00:00Z");
        // late in the evening in UTC it is tomorrow in Paris
        assert_eq!(daily("2023-07-01T22:30:00Z"), "2023-07-02T06:00:00Z");
    }

    #[test]
    fn a_weekly_digest_leaves_on_mondays() {
        let weekly = |after: &str| next_digest(at(after), 8, true).to_string();
        assert_eq!(weekly("2023-02-28T13:30:00Z"), "2023-03-06T07:00:00Z");
        assert_eq!(weekly("2023-03-06T06:00:00Z"), "2023-03-06T07:00:00Z");
        assert_eq!(weekly("2023-03-06T07:00:00Z"), "2023-03-13T07:00:00Z");
    }

    #[test]
    fn the_like_are_waited_for_but_not_for_ever() {
        let first = at("2023-02-28T13:30:00Z");
        let ready = |last: i64| {
            let last = first.plus_seconds(last);
            ready_at("batch_accepted", first, last, WINDOWS).seconds_since(first)
        };
        assert_eq!(
            [ready(0), ready(20), ready(58), ready(300)],
            [5, 25, 60, 60]
        );
    }

    #[test]
    fn always_told() {
        let law = events::of_kind("lot_granted").unwrap();
        let refusal = events::of_kind("batch_refused").unwrap();
        for choice in [Choice::AtOnce, Choice::Daily, Choice::Weekly, Choice::Off] {
            assert_eq!(bundle(law, choice), Delivery::Alone);
            assert_eq!(bundle(refusal, choice), Delivery::With("batch_refused"));
        }
        let optional = events::of_kind("handover_scheduled").unwrap();
        assert_eq!(bundle(optional, Choice::AtOnce), Delivery::Alone);
        assert_eq!(bundle(optional, Choice::Daily), Delivery::With("daily"));
        assert_eq!(bundle(optional, Choice::Off), Delivery::Nothing);
        let planned = events::of_kind("handover_booked").unwrap();
        assert_eq!(planned.default_choice(), Choice::Daily);
        assert_eq!(
            bundle(planned, Choice::AtOnce),
            Delivery::With("handover_booked")
        );
        assert_eq!(bundle(planned, Choice::Weekly), Delivery::With("weekly"));
    }
}
