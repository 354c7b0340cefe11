//! `/ville/remises`: the handovers of a week, day by day, and what has no appointment; or the list
//! of handovers, when something of it is asked for. `/ville/remises/{id}`: one of them, and what
//! the city does about it.

use ::web::access::{DecideWaves, Permission, RunHandovers};
use ::web::{ApiError, ApiResult, Paging, Params, PathId};
use chrono::{Datelike, Days, NaiveTime};
use handover::{
    DeviceFailure, HandoverFilter, HandoverSchedule, HandoverStatus, HandoverView, Missed,
};
use kernel::{Code, Date, Handover, HandoverId, Instant, PageRequest, Refusal, Text};
use serde::{Deserialize, Serialize};

use crate::pages::handovers::{self, Row, Wanted};
use crate::pages::wave_parts::SAMPLE_ID;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

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

#[derive(Serialize)]
struct LotPage {
    lot: Row,
    wave_id: String,
    application: String,
    open: bool,
    /// As fields have them.
    day: String,
    begins: String,
    ends: String,
}

impl View for LotPage {
    const TEMPLATE: &'static str = "city_lot.html";
}

impl LotPage {
    fn of(view: HandoverView) -> Self {
        let time = |at: Option<Instant>, format: &str| {
            at.map(|at| at.in_paris().format(format).to_string())
                .unwrap_or_default()
        };
        Self {
            open: !matches!(
                view.status,
                HandoverStatus::Completed | HandoverStatus::Cancelled
            ),
            wave_id: view.wave_id.to_string(),
            application: view.application.clone(),
            day: time(view.from, "%Y-%m-%d"),
            begins: time(view.from, "%H:%M"),
            ends: time(view.to, "%H:%M"),
            lot: view.into(),
        }
    }
}

async fn lot_page<P: Permission>(page: &Page<P>, id: HandoverId) -> ApiResult<(LotPage, i32)> {
    let view = page
        .read(move |db, actor| handover::handover(db, actor, id))
        .await?;
    let version = view.version;
    Ok((LotPage::of(view), version))
}

pub(crate) async fn lot(page: Page<RunHandovers>, PathId(id): PathId<Handover>) -> PageResult {
    let (view, version) = lot_page(&page, id).await?;
    page.show_form(&view, &FormView::empty()?.version(version))
}

/// An appointment, as it is typed: a day, two hours by the clock of Paris, a place.
#[derive(Deserialize)]
struct Typed {
    day: Option<Date>,
    begins: Option<String>,
    ends: Option<String>,
    #[serde(default)]
    place: String,
}

impl Typed {
    fn schedule(self) -> Result<HandoverSchedule, Refusal> {
        let wrong = |field: &'static str, fr: &'static str, en: &'static str| {
            Refusal::field(field, Code::Required, Text::new(fr, en))
        };
        let day = self
            .day
            .ok_or_else(|| wrong("/day", "Choisissez un jour.", "Choose a day."))?;
        let at = |field: &'static str, text: Option<String>| {
            let typed = text.unwrap_or_default().replace(['h', 'H'], ":");
            let time = ["%H:%M", "%H:%M:%S"]
                .iter()
                .find_map(|format| NaiveTime::parse_from_str(typed.trim(), format).ok());
            let help = || wrong(field, "Une heure telle que 14:30.", "A time such as 14:30.");
            time.map(|time| Instant::from_paris(day.and_time(time)))
                .ok_or_else(help)
        };
        Ok(HandoverSchedule {
            from: at("/begins", self.begins)?,
            to: at("/ends", self.ends)?,
            place: self.place,
        })
    }
}

/// Names the fields of the page where the rules name those of the body; `reason` is that of the
/// form that was sent.
fn renamed(cause: ApiError, reason: &str) -> ApiError {
    let Some(refusal) = cause.refused() else {
        return cause;
    };
    let mut refusal = refusal.clone();
    for error in &mut refusal.errors {
        if let Some(pointer) = &mut error.pointer {
            match pointer.as_str() {
                "/from" => "/begins".clone_into(pointer),
                "/to" => "/ends".clone_into(pointer),
                "/reason" => *pointer = format!("/{reason}"),
                "/device" => "/failed".clone_into(pointer),
                _ => {}
            }
        }
    }
    refusal.into()
}

async fn done<P: Permission>(
    page: &Page<P>,
    id: HandoverId,
    (form, reason): (&Form, &str),
    saved: ApiResult<Saved>,
) -> PageResult {
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let (view, version) = lot_page(page, id).await?;
            page.retry_against(version, &view, form, renamed(cause, reason))
        }
    }
}

fn at(id: HandoverId) -> Saved {
    Saved::at(format!("/ville/remises/{id}")).about(id)
}

pub(crate) async fn schedule(
    page: Page<RunHandovers>,
    PathId(id): PathId<Handover>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let typed = form
        .read::<Typed>()
        .and_then(|typed| typed.schedule().map_err(ApiError::from));
    let saved = match typed {
        Ok(body) => {
            page.write(&form, "post_handovers_id_schedule", move |tx, actor| {
                seen.of::<HandoverView>(tx, actor, id)?;
                handover::schedule(tx, actor, id, &body)?;
                Ok(at(id).saying(
                    "Le rendez-vous est fixé. L’association et l’atelier sont prévenus.",
                    "The appointment is set. The association and the workshop are told.",
                ))
            })
            .await
        }
        Err(cause) => Err(cause),
    };
    done(&page, id, (&form, "place"), saved).await
}

/// A reason, which the rules ask for when there is none, and the device that it is about.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Reasons {
    missed: String,
    failed: String,
    failure: String,
    released: String,
}

pub(crate) async fn miss(
    page: Page<RunHandovers>,
    PathId(id): PathId<Handover>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let saved = match form.read::<Reasons>() {
        Ok(typed) => {
            let body = Missed {
                reason: typed.missed,
            };
            page.write(&form, "post_handovers_id_missed", move |tx, actor| {
                seen.of::<HandoverView>(tx, actor, id)?;
                handover::missed(tx, actor, id, &body)?;
                Ok(at(id).saying(
                    "Le rendez-vous manqué est noté.",
                    "The missed appointment is noted.",
                ))
            })
            .await
        }
        Err(cause) => Err(cause),
    };
    done(&page, id, (&form, "missed"), saved).await
}

pub(crate) async fn replace(
    page: Page<RunHandovers>,
    PathId(id): PathId<Handover>,
    form: Form,
) -> PageResult {
    let saved = match form.read::<Reasons>() {
        Ok(typed) => {
            let body = DeviceFailure {
                device: typed.failed,
                reason: typed.failure,
            };
            page.write(&form, "post_handovers_id_replace", move |tx, actor| {
                let done = handover::replace(tx, actor, id, &body)?;
                let (failed, tag) = (done.failed, done.replacement.tag);
                let text = Text::new(
                    format!("{tag} remplace {failed} dans ce lot."),
                    format!("{tag} takes the place of {failed} in this lot."),
                );
                Ok(at(id).telling(text, "success"))
            })
            .await
        }
        Err(cause) => Err(cause),
    };
    done(&page, id, (&form, "failure"), saved).await
}

pub(crate) async fn release(
    page: Page<DecideWaves>,
    PathId(id): PathId<Handover>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let saved = match form.read::<Reasons>() {
        Ok(typed) => {
            let body = Missed {
                reason: typed.released,
            };
            page.write_long(&form, "post_handovers_id_release", move |tx, actor| {
                seen.of::<HandoverView>(tx, actor, id)?;
                handover::release(tx, actor, id, &body)?;
                Ok(at(id).saying(
                    "Le lot est repris : ses appareils sont de nouveau disponibles.",
                    "The lot is taken back: its devices are available again.",
                ))
            })
            .await
        }
        Err(cause) => Err(cause),
    };
    done(&page, id, (&form, "released"), saved).await
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
    let lot = |status: HandoverStatus| LotPage {
        lot: Row::sample(status),
        wave_id: SAMPLE_ID.to_owned(),
        application: "D-2023-0042".to_owned(),
        open: !matches!(
            status,
            HandoverStatus::Completed | HandoverStatus::Cancelled
        ),
        day: "2023-03-09".to_owned(),
        begins: "10:00".to_owned(),
        ends: "11:00".to_owned(),
    };
    let mut all = vec![
        Sample::of("calendar of handovers", &calendar(&some)),
        Sample::of("calendar of handovers, empty", &calendar(&Vec::new)),
    ];
    for status in HandoverStatus::ALL {
        let sample = Sample::of(&format!("lot for the city, {status}"), &lot(*status));
        all.push(sample.with_form(|form| form.with_mistake("begins", "123")));
    }
    all
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn typed(begins: &str) -> Typed {
        Typed {
            day: Date::from_ymd_opt(2023, 3, 9),
            begins: Some(begins.to_owned()),
            ends: Some("11h30".to_owned()),
            place: "Quai 3".to_owned(),
        }
    }

    #[test]
    fn hours_are_read_by_the_clock_of_paris() {
        let body = typed("9:00").schedule().unwrap();
        assert_eq!(body.from.to_string(), "2023-03-09T08:00:00Z");
        assert_eq!(body.to.to_string(), "2023-03-09T10:30:00Z");
        let refused = typed("midi").schedule().unwrap_err();
        assert_eq!(refused.errors[0].pointer.as_deref(), Some("/begins"));
    }

    #[test]
    fn a_week_begins_on_monday() {
        let day = |day| Date::from_ymd_opt(2023, 3, day).unwrap();
        for number in 6..=12 {
            assert_eq!(monday_of(day(number)), day(6));
        }
    }
}
