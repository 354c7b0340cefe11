//! Which slots may be offered, chosen and withdrawn.

use chrono::Datelike;
use kernel::{Code, Date, Fields, Instant, Refusal, Text, Verdict};

use super::model::{SlotRow, SlotSeries};
use crate::model::{Handover, HandoverStatus};
use crate::rules::not_now;

/// Slots that are offered at once, at the most.
const MOST_SLOTS: usize = 200;
/// Lots that may be collected at the same time, at the most.
const MOST_LOTS: i32 = 100;
/// Hours of a day that are offered at the most.
const MOST_HOURS: i64 = 12;
/// Minutes of an appointment, at the least.
const LEAST_MINUTES: i32 = 5;
/// Days ahead at the most.
const MOST_DAYS: i64 = 366;

/// The slots of a series: to come, within a year, with an end on the same day.
///
/// # Errors
/// `invalid_fields`.
pub fn slots_of(series: &SlotSeries, now: Instant) -> Result<Vec<(Instant, Instant)>, Refusal> {
    let mut fields = Fields::default();
    fields.text("/place", &series.place, 500);
    if series.from <= now {
        fields.push("/from", Code::DateInPast, Code::DateInPast.help());
    }
    if series.from > now.plus_days(MOST_DAYS) {
        fields.push("/from", Code::OutOfRange, within_a_year());
    }
    if series.to <= series.from || series.to > series.from.plus_seconds(MOST_HOURS * 3_600) {
        let detail = Text::new(
            "La fin vient après le début, dans les douze heures.",
            "The end comes after the beginning, within twelve hours.",
        );
        fields.push("/to", Code::OutOfRange, detail);
    }
    if !(1..=MOST_LOTS).contains(&series.lots) {
        let detail = Text::new(
            format!("De 1 à {MOST_LOTS} lots à la fois."),
            format!("1 to {MOST_LOTS} lots at a time."),
        );
        fields.push("/lots", Code::OutOfRange, detail);
    }
    let minutes = series.to.seconds_since(series.from) / 60;
    let wanted = i64::from(series.minutes.unwrap_or(LEAST_MINUTES));
    if series.to > series.from && !(i64::from(LEAST_MINUTES)..=minutes).contains(&wanted) {
        let detail = Text::new(
            format!(
                "Un rendez-vous dure au moins {LEAST_MINUTES} minutes, et tient entre le début et la fin."
            ),
            format!(
                "An appointment takes {LEAST_MINUTES} minutes at the least, and fits between beginning and end."
            ),
        );
        fields.push("/minutes", Code::OutOfRange, detail);
    }
    let first = series.from.date();
    let last = series.until.unwrap_or(first);
    if last < first {
        let detail = Text::new(
            "Le dernier jour vient après le premier.",
            "The last day comes after the first.",
        );
        fields.push("/until", Code::OutOfRange, detail);
    } else if last > now.plus_days(MOST_DAYS).date() {
        fields.push("/until", Code::OutOfRange, within_a_year());
    }
    fields.check()?;
    let slots = cut(series, first, last);
    if slots.len() > MOST_SLOTS {
        let count = slots.len();
        let detail = Text::new(
            format!("Cela fait {count} créneaux : proposez-en {MOST_SLOTS} au plus à la fois."),
            format!("That makes {count} slots: offer {MOST_SLOTS} at a time at the most."),
        );
        return Err(Refusal::field("/until", Code::OutOfRange, detail));
    }
    Ok(slots)
}

fn within_a_year() -> Text {
    Text::new("Dans l'année qui vient.", "Within the year to come.")
}

/// The appointments of each day: the first day as it is, then from Monday to Friday.
fn cut(series: &SlotSeries, first: Date, last: Date) -> Vec<(Instant, Instant)> {
    let begins = series.from.in_paris().time();
    let span = series.to.seconds_since(series.from);
    let step = series
        .minutes
        .map_or(span, |minutes| i64::from(minutes) * 60);
    let is_open = |day: &Date| *day == first || day.weekday().num_days_from_monday() < 5;
    let days = first.iter_days().take_while(|day| *day <= last);
    let mut slots = Vec::new();
    for day in days.filter(is_open) {
        let opens = Instant::from_paris(day.and_time(begins));
        for at in 0..span / step {
            let from = opens.plus_seconds(at * step);
            slots.push((from, from.plus_seconds(step)));
        }
    }
    slots
}

/// A slot of the lot's own workshop is chosen while it is to come and has room; the lot of a missed
/// appointment gets another one the same way.
///
/// # Errors
/// `not_found` for a slot of another workshop, or one that was withdrawn; `slot_full`;
/// `invalid_fields` (`date_in_past`) once it has begun; `handover_step_not_allowed`.
pub fn may_choose(
    handover: &Handover,
    slot: &SlotRow,
    taken: i64,
    now: Instant,
) -> Result<Verdict, Refusal> {
    let of_workshop = handover.workshop_id == Some(slot.workshop_id);
    if !of_workshop || slot.withdrawn_at.is_some() {
        return Err(Refusal::not_found());
    }
    match handover.status {
        HandoverStatus::Scheduled if handover.slot_id == Some(slot.id) => {
            return Ok(Verdict::AlreadyDone);
        }
        HandoverStatus::Planned | HandoverStatus::Scheduled | HandoverStatus::Missed => {}
        other => return Err(not_now(other)),
    }
    if slot.starts_at <= now {
        let help = Code::DateInPast.help();
        return Err(Refusal::field("/slot_id", Code::DateInPast, help));
    }
    if taken >= i64::from(slot.lots) {
        return Err(Refusal::new(Code::SlotFull, Code::SlotFull.help()));
    }
    Ok(Verdict::Go)
}

/// A slot that nobody chose may be withdrawn.
///
/// # Errors
/// `slot_taken`.
pub fn may_withdraw(slot: &SlotRow, taken: i64) -> Result<Verdict, Refusal> {
    match (slot.withdrawn_at, taken) {
        (Some(_), _) => Ok(Verdict::AlreadyDone),
        (None, 0) => Ok(Verdict::Go),
        (None, _) => Err(Refusal::new(Code::SlotTaken, Code::SlotTaken.help())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use kernel::Id;

    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    /// Thursday 9 March 2023, from nine to noon in Paris, half an hour each.
    fn series() -> SlotSeries {
        SlotSeries {
            workshop_id: None,
            place: "Quai 3".to_owned(),
            from: at("2023-03-09T08:00:00Z"),
            to: at("2023-03-09T11:00:00Z"),
            until: None,
            minutes: Some(30),
            lots: 2,
        }
    }

    fn offered(series: &SlotSeries) -> Vec<(Instant, Instant)> {
        slots_of(series, at("2023-03-01T10:00:00Z")).unwrap()
    }

    fn pointers(series: &SlotSeries) -> Vec<String> {
        let refusal = slots_of(series, at("2023-03-09T08:00:00Z")).unwrap_err();
        let pointers = refusal.errors.into_iter();
        pointers.filter_map(|one| one.pointer).collect()
    }

    #[test]
    fn the_hours_of_a_day_are_cut_into_appointments() {
        let slots = offered(&series());
        assert_eq!(slots.len(), 6);
        assert_eq!(slots[5].1, at("2023-03-09T11:00:00Z"));
        let whole = SlotSeries {
            minutes: None,
            ..series()
        };
        assert_eq!(offered(&whole), [(whole.from, whole.to)]);
        let odd = SlotSeries {
            minutes: Some(50),
            ..series()
        };
        assert_eq!(offered(&odd).len(), 3, "what does not fit is not offered");
    }

    #[test]
    fn working_days_follow_by_the_clock_of_paris() {
        let weeks = SlotSeries {
            until: Date::from_ymd_opt(2023, 3, 27),
            minutes: None,
            ..series()
        };
        let days: Vec<String> = offered(&weeks).iter().map(|it| it.0.to_string()).collect();
        assert_eq!(days.len(), 13, "no Saturday, no Sunday: {days:?}");
        assert_eq!(days[2], "2023-03-13T08:00:00Z");
        assert_eq!(days[12], "2023-03-27T07:00:00Z", "summer time has begun");
    }

    #[test]
    fn each_fault_names_its_field() {
        let wrong = SlotSeries {
            place: " ".to_owned(),
            to: series().from,
            until: Date::from_ymd_opt(2023, 3, 8),
            lots: 0,
            ..series()
        };
        assert_eq!(
            pointers(&wrong),
            ["/place", "/from", "/to", "/lots", "/until"]
        );
        let later = at("2024-06-03T08:00:00Z");
        let far = SlotSeries {
            from: later,
            to: later.plus_seconds(13 * 3_600),
            minutes: Some(4),
            ..series()
        };
        assert_eq!(pointers(&far), ["/from", "/to", "/minutes", "/until"]);
        let many = SlotSeries {
            from: at("2023-03-10T08:00:00Z"),
            to: at("2023-03-10T11:00:00Z"),
            until: Date::from_ymd_opt(2023, 6, 30),
            minutes: Some(5),
            ..series()
        };
        assert_eq!(pointers(&many), ["/until"]);
    }

    #[test]
    fn slot_taken_is_not_withdrawn() {
        fn id<T>() -> Id<T> {
            Id::from_uuid("0198c0de00007000800000000000000a".parse().unwrap())
        }
        let row = SlotRow {
            id: id(),
            workshop_id: id(),
            starts_at: series().from,
            ends_at: series().to,
            place: "Quai 3".to_owned(),
            lots: 2,
            offered_by: id(),
            offered_at: at("2023-03-01T10:00:00Z"),
            withdrawn_at: None,
        };
        assert_eq!(may_withdraw(&row, 0), Ok(Verdict::Go));
        assert_eq!(may_withdraw(&row, 1).unwrap_err().code, Code::SlotTaken);
        let gone = SlotRow {
            withdrawn_at: Some(row.starts_at),
            ..row
        };
        assert_eq!(may_withdraw(&gone, 0), Ok(Verdict::AlreadyDone));
    }
}
