//! `/ville/remises`: the handovers of a week, day by day, and what has no appointment; or the list
//! of handovers, when something of it is asked for.

use ::web::access::RunHandovers;
use ::web::{Paging, Params};
use chrono::{Datelike, Days};
use handover::{HandoverFilter, HandoverStatus, HandoverView};
use kernel::{Date, Instant, PageRequest};
use serde::Serialize;

use crate::pages::handovers::{self, Row, Wanted};
use crate::{Page, PageResult, Sample, Saved, View};

/// Appointments of a week that are shown.
const APPOINTMENTS: i64 = 400;
/// Lots without an appointment that are shown.
const OPEN: u32 = 20;

#[derive(Serialize)]
struct Calendar {
    monday: Instant,
    before: String,
    after: String,
    this: String,
    days: Vec<Day>,
    count: usize,
    cut: bool,
    missed: Vec<Row>,
    planned: Vec<Row>,
    planned_more: bool,
}

impl View for Calendar {
    const TEMPLATE: &'static str = "city_calendar.html";
}

#[derive(Serialize)]
struct Day {
    day: Instant,
    rows: Vec<Row>,
}

pub(crate) async fn show(
    page: Page<RunHandovers>,
    Params(wanted): Params<Wanted>,
    Paging(request): Paging,
) -> PageResult {
    if let Some(lot) = wanted.lot {
        return Ok(page.see(&Saved::at(format!("/ville/remises/{lot}"))));
    }
    if wanted.is_list() {
        return handovers::show(page, Params(wanted), Paging(request)).await;
    }
    let today = page.state().database.now().date();
    let monday = monday_of(wanted.week.unwrap_or(today));
    let next = monday.checked_add_days(Days::new(7)).unwrap_or(monday);
    let week = (Instant::start_of(monday), Instant::start_of(next));
    let found = page
        .read(move |db, actor| {
            let of = |status| HandoverFilter {
                status: Some(status),
                ..HandoverFilter::default()
            };
            let some = PageRequest::new(Some(OPEN), None)?;
            let days = handover::appointments(db, actor, week, APPOINTMENTS + 1)?;
            let missed = handover::handovers(db, actor, &of(HandoverStatus::Missed), &some)?;
            let planned = handover::handovers(db, actor, &of(HandoverStatus::Planned), &some)?;
            Ok((days, missed, planned))
        })
        .await?;
    let (mut appointments, missed, planned) = found;
    let most = usize::try_from(APPOINTMENTS).unwrap_or(usize::MAX);
    let cut = appointments.len() > most;
    appointments.truncate(most);
    let rows = |found: Vec<HandoverView>| found.into_iter().map(Row::from).collect();
    let before = monday.checked_sub_days(Days::new(7)).unwrap_or(monday);
    let address = |day: Date| format!("/ville/remises?week={day}");
    page.show(&Calendar {
        monday: week.0,
        before: address(before),
        after: address(next),
        this: address(today),
        count: appointments.len(),
        cut,
        days: by_day(appointments),
        missed: rows(missed.items),
        planned_more: planned.next.is_some(),
        planned: rows(planned.items),
    })
}

fn monday_of(day: Date) -> Date {
    let since = u64::from(day.weekday().num_days_from_monday());
    day.checked_sub_days(Days::new(since)).unwrap_or(day)
}

fn by_day(appointments: Vec<HandoverView>) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for view in appointments {
        let Some(from) = view.from else { continue };
        let row = Row::from(view);
        match days.last_mut().filter(|day| day.day.date() == from.date()) {
            Some(day) => day.rows.push(row),
            None => days.push(Day {
                day: from,
                rows: vec![row],
            }),
        }
    }
    days
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(monday) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let calendar = |rows: &dyn Fn() -> Vec<Row>| Calendar {
        monday,
        before: "/ville/remises?week=2023-01-02".to_owned(),
        after: "/ville/remises?week=2023-01-16".to_owned(),
        this: "/ville/remises?week=2023-01-09".to_owned(),
        count: rows().len(),
        cut: !rows().is_empty(),
        days: match rows().is_empty() {
            true => Vec::new(),
            false => vec![Day {
                day: monday,
                rows: rows(),
            }],
        },
        missed: rows(),
        planned_more: !rows().is_empty(),
        planned: rows(),
    };
    let some = || {
        let rows = HandoverStatus::ALL.iter();
        rows.map(|status| Row::sample(*status)).collect()
    };
    vec![
        Sample::of("calendar of handovers", &calendar(&some)),
        Sample::of("calendar of handovers, empty", &calendar(&Vec::new)),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_week_begins_on_monday() {
        let day = |day| Date::from_ymd_opt(2023, 3, day).unwrap();
        for number in 6..=12 {
            assert_eq!(monday_of(day(number)), day(6));
        }
    }
}
