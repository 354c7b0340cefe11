//! `/ville/dons/{id}`: a batch, how far it has come, and what happens next, for the city. Its donor's
//! page is `donor_batch.rs`, its workshop's `reception`.

use ::web::PathId;
use ::web::access::DecideBatches;
use intake::{Batch, BatchStatus, Window};
use kernel::{Instant, Language};
use notifications::Quantity;
use serde::Serialize;

use crate::{Page, PageResult, Sample, View};

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
}

impl View for BatchPage {
    const TEMPLATE: &'static str = "batch.html";
}

impl BatchPage {
    fn of(batch: Batch, language: Language) -> Self {
        let place = batch.pickup.place();
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
        }
    }
}

pub(crate) async fn of_city(
    page: Page<DecideBatches>,
    PathId(id): PathId<kernel::Batch>,
) -> PageResult {
    let batch = page
        .read(move |db, actor| intake::batch(db, actor, id))
        .await?;
    page.show(&BatchPage::of(batch, page.language()))
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
    };
    BatchStatus::ALL
        .iter()
        .map(|status| {
            let far = *status == BatchStatus::Closed;
            Sample::of(&format!("batch, {status}"), &view(status, far))
        })
        .collect()
}
