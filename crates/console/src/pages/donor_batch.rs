//! `/dons/{id}`: a donation on its way, and what its donor can do now. Offering it and calling it
//! off are forms here.

use ::web::access::{CancelBatches, Permission, ReadBatches, RegisterBatches};
use ::web::{ApiResult, PathId};
use handover::{Fate, FateCounts};
use intake::{Batch, BatchStatus, DonorAnswer, Reason, Window};
use kernel::{BatchId, Instant, Role};
use serde::{Deserialize, Serialize};

use super::donor_home::next_step;
use super::donor_parts::{Step, announced, steps};
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct BatchPage {
    id: String,
    reference: String,
    title: String,
    donor: String,
    status: &'static str,
    next: &'static str,
    own_turn: bool,
    /// Whoever looks may act for the donor.
    may_act: bool,
    /// Whoever looks is of the donor: answers the count.
    is_donor: bool,
    may_cancel: bool,
    steps: Vec<Step>,
    announced: Vec<String>,
    listed: Option<u64>,
    /// A list waits to be mended.
    to_mend: bool,
    place: String,
    contact: String,
    scheduled: Option<Window>,
    /// The time that was set suits; or the donor asked for another.
    agreed: Option<bool>,
    workshop: Option<String>,
    pallets: Option<i32>,
    weight: Option<String>,
    reason: Option<String>,
    contested: Option<String>,
    counts: Counts,
    places: Vec<(String, i64)>,
    /// The certificate of erasure is there.
    certificate: bool,
    /// There is a link by which others follow.
    shared: Option<Instant>,
}

/// Devices by how far they have come.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct Counts {
    pub(crate) received: i64,
    pub(crate) proven: i64,
    pub(crate) in_workshop: i64,
    pub(crate) ready: i64,
    pub(crate) serving: i64,
    pub(crate) recycled: i64,
    pub(crate) missing: i64,
}

impl From<&FateCounts> for Counts {
    fn from(counts: &FateCounts) -> Self {
        Self {
            received: counts.received,
            proven: counts.proven,
            in_workshop: counts.of(Fate::InWorkshop),
            ready: counts.of(Fate::Ready) + counts.of(Fate::Promised),
            serving: counts.of(Fate::Serving),
            recycled: counts.of(Fate::Recycled) + counts.of(Fate::Parts),
            missing: counts.of(Fate::Missing),
        }
    }
}

/// Places with how many devices serve there.
pub(crate) fn places(counts: &FateCounts) -> Vec<(String, i64)> {
    let places = counts.places.iter();
    places
        .map(|it| (place_name(&it.place), it.devices))
        .collect()
}

/// `13013 Marseille`: a commune or an arrondissement.
pub(crate) fn place_name(place: &handover::Place) -> String {
    format!("{} {}", place.postal_code, place.commune)
}

impl View for BatchPage {
    const TEMPLATE: &'static str = "donor_batch.html";
}

/// Every device that came has its proof.
pub(crate) fn is_certified(batch: &Batch, counts: &FateCounts) -> bool {
    batch.closed_at.is_some() && counts.received > 0 && counts.proven == counts.received
}

async fn load<P: Permission>(page: &Page<P>, id: BatchId) -> ApiResult<BatchPage> {
    let (role, language) = (page.actor().role, page.language());
    page.read(move |db, actor| {
        let batch = intake::batch(db, actor, id)?;
        let counts = handover::fate_counts(db, actor, id)?;
        let may_act = matches!(role, Role::Donor | Role::Staff | Role::Admin);
        let (next, own_turn) = next_step(&batch);
        let reception = batch.reception.as_ref();
        let contested = reception.filter(|it| it.answer == DonorAnswer::Contested);
        Ok(BatchPage {
            id: id.to_string(),
            next,
            own_turn,
            may_act,
            is_donor: role == Role::Donor,
            may_cancel: may_act
                && intake::rules::step(batch.status, intake::rules::Step::Cancel).is_ok()
                && batch.status != BatchStatus::Cancelled,
            steps: steps(&batch, &counts),
            announced: announced(&batch, language),
            listed: batch.manifest.as_ref().map(|list| list.rows),
            to_mend: may_act && intake::pending_list(db, actor, id)?.is_some(),
            place: batch.pickup.place(),
            contact: format!(
                "{}, {}",
                batch.pickup.contact_name, batch.pickup.contact_phone
            ),
            scheduled: batch.scheduled,
            agreed: batch.pickup.answer.as_ref().map(|answer| answer.agrees),
            pallets: batch.pallets,
            weight: batch.weight_kg.map(|weight| weight.to_string()),
            contested: contested.and_then(|it| it.comment.clone()),
            places: places(&counts),
            certificate: is_certified(&batch, &counts),
            shared: match may_act {
                true => intake::follow_link_made_at(db, id)?,
                false => None,
            },
            counts: (&counts).into(),
            status: batch.status.as_str(),
            reference: batch.reference,
            title: batch.title,
            donor: batch.donor_name,
            workshop: batch.workshop_name,
            reason: batch.reason,
        })
    })
    .await
}

pub(crate) async fn show(page: Page<ReadBatches>, PathId(id): PathId<kernel::Batch>) -> PageResult {
    let view = load(&page, id).await?;
    page.show_form(&view, &FormView::empty()?)
}

/// A form of one button.
#[derive(Deserialize)]
struct Nothing {}

pub(crate) async fn offer(
    page: Page<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    let view = load(&page, id).await?;
    page.submit(
        &form,
        "post_batches_id_submit",
        move |tx, actor, _: &Nothing| {
            let batch = intake::submit(tx, actor, id)?;
            Ok(Saved::at(format!("/dons/{id}"))
                .about(id)
                .with_status(batch.status)
                .saying(
                    "Votre don est proposé. La ville vous répond par message.",
                    "Your donation is offered. The city answers you by message.",
                ))
        },
        || view,
    )
    .await
}

pub(crate) async fn cancel(
    page: Page<CancelBatches>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    let view = load(&page, id).await?;
    page.submit(
        &form,
        "post_batches_id_cancel",
        move |tx, actor, why: &Reason| {
            let batch = intake::cancel(tx, actor, id, &why.reason)?;
            Ok(Saved::at(format!("/dons/{id}"))
                .about(id)
                .with_status(batch.status)
                .saying("Le don est annulé.", "The donation is cancelled."))
        },
        || view,
    )
    .await
}

/// A step of each state, for samples.
pub(crate) fn sample_steps() -> Vec<Step> {
    let moment = Instant::from_micros(1_700_000_000_000_000);
    let step = |name, state| Step {
        name,
        state,
        at: moment.filter(|_| state == "done"),
        planned: None,
        of: None,
    };
    let planned = moment.map(|from| Window {
        from,
        to: from.plus_seconds(7_200),
    });
    vec![
        step("offered", "done"),
        step("accepted", "done"),
        Step {
            planned,
            ..step("collected", "now")
        },
        step("counted", "todo"),
        Step {
            of: Some((900, 1_000)),
            ..step("erased", "todo")
        },
        Step {
            of: Some((486, 1_000)),
            ..step("serving", "todo")
        },
        step("refused", "stopped"),
        step("cancelled", "stopped"),
    ]
}

pub(crate) fn samples() -> Vec<Sample> {
    let moment = Instant::from_micros(1_700_000_000_000_000);
    let window = moment.map(|from| Window {
        from,
        to: from.plus_seconds(7_200),
    });
    let view = |status: BatchStatus, next, own_turn, far: bool| BatchPage {
        id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
        reference: "LOT-2023-0007".to_owned(),
        title: "Marseille".to_owned(),
        donor: "Orange".to_owned(),
        status: status.as_str(),
        next,
        own_turn,
        may_act: true,
        is_donor: true,
        may_cancel: !far,
        steps: sample_steps(),
        announced: vec!["1 000 desktops (HP)".to_owned()],
        listed: far.then_some(1_000),
        to_mend: !far,
        place: "12 rue Sainte, 13001 Marseille".to_owned(),
        contact: "Nadia Benali, +33491000000".to_owned(),
        scheduled: window.filter(|_| far),
        agreed: far.then_some(true),
        workshop: far.then(|| "Atelier".to_owned()),
        pallets: far.then_some(24),
        weight: far.then(|| "8120.5".to_owned()),
        reason: far.then(|| "-".to_owned()),
        contested: far.then(|| "-".to_owned()),
        counts: Counts {
            received: 1_000,
            proven: 1_000,
            serving: 486,
            missing: 3,
            ..Counts::default()
        },
        places: vec![("13013 Marseille".to_owned(), 12)],
        certificate: far,
        shared: moment.filter(|_| far),
    };
    let mut all: Vec<Sample> = [
        (BatchStatus::Draft, "offer", true),
        (BatchStatus::Submitted, "decision", false),
        (BatchStatus::Accepted, "appointment", false),
        (BatchStatus::Scheduled, "answer_pickup", true),
        (BatchStatus::Scheduled, "truck", false),
        (BatchStatus::Scheduled, "new_appointment", false),
        (BatchStatus::Collected, "count", false),
        (BatchStatus::Received, "count", false),
        (BatchStatus::Closed, "answer_count", true),
        (BatchStatus::Closed, "contested", false),
        (BatchStatus::Closed, "refurbishing", false),
        (BatchStatus::Refused, "nothing", false),
    ]
    .into_iter()
    .map(|(status, next, own)| {
        let far = status == BatchStatus::Closed;
        Sample::of(&format!("donation, {next}"), &view(status, next, own, far))
    })
    .collect();
    let wrong = |form: FormView| form.with_mistake("reason", "123");
    let draft = view(BatchStatus::Draft, "offer", true, false);
    all.push(Sample::of("donation, cancelled without a reason", &draft).with_form(wrong));
    let read_only = BatchPage {
        may_act: false,
        is_donor: false,
        may_cancel: false,
        ..view(BatchStatus::Closed, "refurbishing", false, true)
    };
    all.push(Sample::of("donation, as a workshop sees it", &read_only));
    all
}
