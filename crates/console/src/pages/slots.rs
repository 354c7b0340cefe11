//! `/atelier/creneaux`: times at which a workshop hands lots over, for associations to choose from.

use ::web::access::RunHandovers;
use ::web::{ApiError, ApiResult};
use handover::{HandoverSlot, SlotFilter, SlotSeries};
use kernel::{Date, HandoverSlotId, Instant, OrganisationId, Refusal};
use serde::{Deserialize, Serialize};

use super::application_parts::SAMPLE_ID;
use super::choices::{self, Choice};
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View, moments};

const ADDRESS: &str = "/atelier/creneaux";

#[derive(Serialize)]
struct SlotsPage {
    /// Where one comes from.
    home: &'static str,
    days: Vec<Day>,
    /// For the city, which offers for any workshop.
    workshops: Vec<Choice>,
    /// There is a slot that may be withdrawn.
    withdraws: bool,
}

impl View for SlotsPage {
    const TEMPLATE: &'static str = "slots.html";
}

#[derive(Serialize)]
struct Day {
    day: Instant,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    from: Instant,
    to: Instant,
    place: String,
    workshop: String,
    lots: i32,
    taken: i64,
}

impl From<HandoverSlot> for Row {
    fn from(slot: HandoverSlot) -> Self {
        Self {
            id: slot.id.to_string(),
            from: slot.from,
            to: slot.to,
            place: slot.place,
            workshop: slot.workshop,
            lots: slot.lots,
            taken: slot.taken,
        }
    }
}

async fn load(page: &Page<RunHandovers>) -> ApiResult<SlotsPage> {
    let now = page.state().database.now();
    let (slots, workshops) = page
        .read(move |db, actor| {
            let slots = handover::slots::slots(db, actor, &SlotFilter::default(), now)?;
            let workshops = match actor.is_city() {
                true => choices::workshops(db)?,
                false => Vec::new(),
            };
            Ok((slots, workshops))
        })
        .await?;
    let city = page.actor().is_city();
    Ok(SlotsPage {
        home: if city { "/ville/remises" } else { "/atelier" },
        withdraws: slots.iter().any(|slot| slot.taken == 0),
        days: by_day(slots),
        workshops,
    })
}

fn by_day(slots: Vec<HandoverSlot>) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for slot in slots {
        let row = Row::from(slot);
        match (days.last_mut()).filter(|day| day.day.date() == row.from.date()) {
            Some(day) => day.rows.push(row),
            None => days.push(Day {
                day: row.from,
                rows: vec![row],
            }),
        }
    }
    days
}

pub(crate) async fn show(page: Page<RunHandovers>) -> PageResult {
    let view = load(&page).await?;
    page.show_form(&view, &FormView::empty()?)
}

/// Shows what was saved, or the form with what is wrong with it.
async fn settled(page: &Page<RunHandovers>, form: &Form, saved: ApiResult<Saved>) -> PageResult {
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let names = [
                ("/from", "/day"),
                ("/to", "/ends"),
                ("/workshop_id", "/workshop"),
            ];
            let view = load(page).await?;
            page.retry(&view, form, cause.renamed(&names))
        }
    }
}

/// A series, as it is typed.
#[derive(Deserialize)]
struct Typed {
    workshop: Option<OrganisationId>,
    #[serde(default)]
    place: String,
    day: Option<Date>,
    until: Option<Date>,
    begins: Option<String>,
    ends: Option<String>,
    minutes: Option<i32>,
    lots: Option<i32>,
}

impl Typed {
    fn series(self) -> Result<SlotSeries, Refusal> {
        let (from, to) = moments::span(self.day, self.begins.as_deref(), self.ends.as_deref())?;
        Ok(SlotSeries {
            workshop_id: self.workshop,
            place: self.place,
            from,
            to,
            until: self.until,
            minutes: self.minutes,
            lots: self.lots.unwrap_or(1),
        })
    }
}

pub(crate) async fn offer(page: Page<RunHandovers>, form: Form) -> PageResult {
    let typed = form.read::<Typed>();
    let saved = match typed.and_then(|typed| typed.series().map_err(ApiError::from)) {
        Err(cause) => Err(cause),
        Ok(series) => {
            let saved = page.write(&form, "offer_slots", move |tx, actor| {
                handover::offer(tx, actor, &series)?;
                Ok(Saved::at(ADDRESS).saying(
                    "Les créneaux sont proposés aux associations dont le lot attend ici.",
                    "The slots are offered to the associations whose lots wait here.",
                ))
            });
            saved.await
        }
    };
    settled(&page, &form, saved).await
}

pub(crate) async fn withdraw(page: Page<RunHandovers>, form: Form) -> PageResult {
    let chosen = form.all("slots").into_iter();
    let chosen: Result<Vec<HandoverSlotId>, ApiError> = chosen
        .map(|id| id.parse().map_err(|_| Refusal::not_found().into()))
        .collect();
    let saved = match chosen {
        Err(cause) => Err(cause),
        Ok(chosen) => {
            let saved = page.write(&form, "withdraw_slot", move |tx, actor| {
                for id in &chosen {
                    handover::withdraw_slot(tx, actor, *id)?;
                }
                Ok(Saved::at(ADDRESS).saying(
                    "C’est noté : ces créneaux ne sont plus proposés.",
                    "It is noted: these slots are not offered any more.",
                ))
            });
            saved.await
        }
    };
    settled(&page, &form, saved).await
}

pub(crate) fn samples() -> Vec<Sample> {
    let days = |taken: i64| {
        let at = Instant::from_micros(1_700_000_000_000_000);
        at.into_iter().map(move |at| Day {
            day: at,
            rows: [0, taken]
                .map(|taken| Row {
                    id: SAMPLE_ID.to_owned(),
                    from: at,
                    to: at.plus_seconds(1_800),
                    place: "Quai 3".to_owned(),
                    workshop: "Atelier Nord".to_owned(),
                    lots: 2,
                    taken,
                })
                .into(),
        })
    };
    let workshop = || Choice {
        value: SAMPLE_ID.to_owned(),
        text: "Atelier Nord".to_owned(),
    };
    vec![
        Sample::of(
            "slots of a workshop",
            &SlotsPage {
                home: "/atelier",
                days: days(2).collect(),
                workshops: Vec::new(),
                withdraws: true,
            },
        ),
        Sample::of(
            "slots of the city",
            &SlotsPage {
                home: "/ville/remises",
                days: Vec::new(),
                workshops: vec![workshop()],
                withdraws: false,
            },
        ),
    ]
}
