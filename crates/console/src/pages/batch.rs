//! `/ville/dons/{id}`: a batch, how far it has come, and what the city decides about it. Its donor's
//! page is `donor_batch.rs`, its workshop's `reception`.

use ::web::access::{CancelBatches, DecideBatches, Permission, ScheduleBatches};
use ::web::{ApiError, ApiResult, PathId};
use db::Tx;
use intake::{Batch, BatchStatus, Schedule, Window};
use kernel::{Actor, BatchId, Code, Date, Instant, Language, OrganisationId, Refusal, Text};
use notifications::Quantity;
use serde::{Deserialize, Serialize};

use super::choices::{self, Choice};
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View, moments};

#[derive(Serialize)]
struct BatchPage {
    id: String,
    reference: String,
    title: String,
    donor: String,
    status: &'static str,
    devices: Vec<String>,
    place: String,
    contact: String,
    listed: Option<i64>,
    workshop: Option<String>,
    scheduled: Option<Window>,
    collected_at: Option<Instant>,
    pallets: Option<i32>,
    weight: Option<String>,
    closed_at: Option<Instant>,
    reason: Option<String>,
    contested: Option<String>,
    /// Devices that the donor contests, by their tags.
    contested_devices: Vec<String>,
    /// Times that suit the donor.
    windows: Vec<Window>,
    /// Why the donor asks for another time.
    asks_to_move: Option<String>,
    workshops: Vec<Choice>,
    /// The pickup as its fields begin: what is planned, or what suits the donor first.
    pickup: Pickup,
}

#[derive(Serialize)]
struct Pickup {
    workshop: String,
    day: String,
    begins: String,
    ends: String,
}

impl View for BatchPage {
    const TEMPLATE: &'static str = "batch.html";
}

impl BatchPage {
    fn of(batch: Batch, workshops: Vec<Choice>, language: Language) -> Self {
        let place = batch.pickup.place();
        let suits = batch.scheduled.or(batch.pickup.windows.first().copied());
        let pickup = Pickup {
            workshop: batch
                .workshop_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
            day: moments::day(suits.map(|window| window.from)),
            begins: moments::hour(suits.map(|window| window.from)),
            ends: moments::hour(suits.map(|window| window.to)),
        };
        let contested = batch
            .reception
            .filter(|answer| answer.answer == intake::DonorAnswer::Contested);
        let devices = batch.declared.iter().map(|line| {
            let count = u64::try_from(line.quantity).unwrap_or_default();
            let words = Quantity::of(line.kind, count);
            match language {
                Language::French => words.fr,
                Language::English => words.en,
            }
        });
        Self {
            id: batch.id.to_string(),
            devices: devices.collect(),
            status: batch.status.as_str(),
            contact: format!(
                "{}, {}",
                batch.pickup.contact_name, batch.pickup.contact_phone
            ),
            place,
            listed: batch
                .manifest
                .and_then(|list| i64::try_from(list.rows).ok()),
            reference: batch.reference,
            title: batch.title,
            donor: batch.donor_name,
            workshop: batch.workshop_name,
            scheduled: batch.scheduled,
            collected_at: batch.collected_at,
            pallets: batch.pallets,
            weight: batch.weight_kg.map(|weight| weight.to_string()),
            closed_at: batch.closed_at,
            reason: batch.reason,
            contested_devices: contested.iter().flat_map(|it| it.devices.clone()).collect(),
            contested: contested.and_then(|answer| answer.comment),
            windows: batch.pickup.windows,
            asks_to_move: batch.pickup.answer.and_then(|answer| answer.reason),
            workshops,
            pickup,
        }
    }
}

async fn load<P: Permission>(page: &Page<P>, id: BatchId) -> ApiResult<(BatchPage, i32)> {
    let (batch, workshops) = page
        .read(move |db, actor| {
            let batch = intake::batch(db, actor, id)?;
            Ok((batch, choices::workshops(db)?))
        })
        .await?;
    let version = batch.version;
    Ok((BatchPage::of(batch, workshops, page.language()), version))
}

pub(crate) async fn of_city(
    page: Page<DecideBatches>,
    PathId(id): PathId<kernel::Batch>,
) -> PageResult {
    let (view, version) = load(&page, id).await?;
    page.show_form(&view, &FormView::empty()?.version(version))
}

/// Does something about a batch as it was read, and says so on its page.
async fn act<P: Permission>(
    page: &Page<P>,
    id: BatchId,
    (form, names): (&Form, &[(&str, &str)]),
    deed: &str,
    work: impl Fn(&mut Tx<'_>, &Actor) -> db::Result<Text> + Send + 'static,
) -> PageResult {
    let seen = form.if_match();
    let saved = page.write(form, deed, move |tx, actor| {
        seen.of::<Batch>(tx, actor, id)?;
        let told = work(tx, actor)?;
        let saved = Saved::at(format!("/ville/dons/{id}")).about(id);
        Ok(saved.telling(told, "success"))
    });
    let saved = saved.await;
    page.settled(saved, form, names, load(page, id)).await
}

pub(crate) async fn accept(
    page: Page<DecideBatches>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    let deed = "post_batches_id_accept";
    act(&page, id, (&form, &[]), deed, move |tx, actor| {
        intake::accept(tx, actor, id)?;
        Ok(Text::new(
            "Le don est accepté. Le donateur est prévenu ; fixez maintenant l’enlèvement.",
            "The donation is accepted. The donor is told; now set the pickup.",
        ))
    })
    .await
}

pub(crate) async fn refuse(
    page: Page<DecideBatches>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    let (reason, names) = (form.get("refused").to_owned(), [("/reason", "/refused")]);
    let deed = "post_batches_id_refuse";
    act(&page, id, (&form, &names), deed, move |tx, actor| {
        intake::refuse(tx, actor, id, &reason)?;
        Ok(Text::new(
            "Le don est refusé. Le donateur lit la raison.",
            "The donation is refused. The donor reads the reason.",
        ))
    })
    .await
}

pub(crate) async fn cancel(
    page: Page<CancelBatches>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    let (reason, names) = (
        form.get("cancelled").to_owned(),
        [("/reason", "/cancelled")],
    );
    let deed = "post_batches_id_cancel";
    act(&page, id, (&form, &names), deed, move |tx, actor| {
        intake::cancel(tx, actor, id, &reason)?;
        Ok(Text::new(
            "Le don est annulé. Le donateur et l’atelier sont prévenus.",
            "The donation is called off. The donor and the workshop are told.",
        ))
    })
    .await
}

/// The pickup as it is typed: a workshop, a day, two hours by the clock of Paris.
#[derive(Deserialize)]
struct Typed {
    workshop_id: Option<OrganisationId>,
    day: Option<Date>,
    begins: Option<String>,
    ends: Option<String>,
}

impl Typed {
    fn schedule(self) -> Result<Schedule, Refusal> {
        let none = || {
            let detail = Text::new("Choisissez un atelier.", "Choose a workshop.");
            Refusal::field("/workshop_id", Code::Required, detail)
        };
        let workshop_id = self.workshop_id.ok_or_else(none)?;
        let (from, to) = moments::span(self.day, self.begins.as_deref(), self.ends.as_deref())?;
        Ok(Schedule {
            workshop_id,
            from,
            to,
        })
    }
}

pub(crate) async fn schedule(
    page: Page<ScheduleBatches>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    let names = [("/from", "/begins"), ("/to", "/ends")];
    let typed = form.read::<Typed>();
    let body = match typed.and_then(|typed| typed.schedule().map_err(ApiError::from)) {
        Ok(body) => body,
        Err(cause) => {
            let again = load(&page, id);
            return page.settled(Err(cause), &form, &names, again).await;
        }
    };
    let deed = "post_batches_id_schedule";
    act(&page, id, (&form, &names), deed, move |tx, actor| {
        intake::schedule(tx, actor, id, &body)?;
        Ok(Text::new(
            "L’enlèvement est fixé. Le donateur et l’atelier reçoivent le rendez-vous.",
            "The pickup is set. The donor and the workshop get the appointment.",
        ))
    })
    .await
}

pub(crate) fn samples() -> Vec<Sample> {
    let moment = Instant::from_micros(1_700_000_000_000_000);
    let view = |status: &BatchStatus, far: bool| BatchPage {
        id: "01900000-0000-7000-8000-000000000000".to_owned(),
        reference: "LOT-2023-0007".to_owned(),
        title: "Marseille".to_owned(),
        donor: "Orange".to_owned(),
        status: status.as_str(),
        devices: vec!["1 000 desktops".to_owned()],
        place: "12 rue Sainte, 13001 Marseille".to_owned(),
        contact: "Nadia Benali, +33491000000".to_owned(),
        listed: far.then_some(1_000),
        workshop: far.then(|| "Atelier".to_owned()),
        scheduled: moment.filter(|_| far).map(|from| Window {
            from,
            to: from.plus_seconds(7_200),
        }),
        collected_at: moment.filter(|_| far),
        pallets: far.then_some(24),
        weight: far.then(|| "8120.5".to_owned()),
        closed_at: moment.filter(|_| far),
        reason: far.then(|| "-".to_owned()),
        contested: far.then(|| "-".to_owned()),
        contested_devices: match far {
            true => vec!["RS-00042-K".to_owned()],
            false => Vec::new(),
        },
        windows: Vec::new(),
        asks_to_move: far.then(|| "-".to_owned()),
        workshops: vec![Choice {
            value: "01900000-0000-7000-8000-000000000000".to_owned(),
            text: "Atelier".to_owned(),
        }],
        pickup: Pickup {
            workshop: String::new(),
            day: "2023-03-06".to_owned(),
            begins: "09:00".to_owned(),
            ends: "11:00".to_owned(),
        },
    };
    BatchStatus::ALL
        .iter()
        .map(|status| {
            let far = *status == BatchStatus::Closed;
            let sample = Sample::of(&format!("batch, {status}"), &view(status, far));
            sample.with_form(|form| form.with_mistake("refused", "123"))
        })
        .collect()
}
