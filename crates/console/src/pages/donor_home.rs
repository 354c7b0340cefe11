//! `/dons`: a donor's batches with their next step, the newest first. The city sees everybody's.

use ::web::access::ReadBatches;
use ::web::{Paging, Params};
use intake::{Batch, BatchFilter, BatchStatus, DonorAnswer, Window};
use kernel::Role;
use serde::{Deserialize, Serialize};

use crate::{Page, PageResult, Sample, View};

#[derive(Serialize)]
struct DonorHome {
    name: String,
    /// May offer equipment.
    may_offer: bool,
    /// Sees batches of several donors.
    several_donors: bool,
    /// The list is of this status alone.
    only: Option<&'static str>,
    batches: Vec<Row>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    reference: String,
    title: String,
    donor: String,
    status: &'static str,
    /// What is awaited, of the donor or of others: the template has its words.
    next: &'static str,
    /// It is the donor's turn.
    own_turn: bool,
    scheduled: Option<Window>,
}

impl View for DonorHome {
    const TEMPLATE: &'static str = "donor_home.html";
}

/// What comes next for a batch, and whether it is the donor's turn.
pub(crate) fn next_step(batch: &Batch) -> (&'static str, bool) {
    let answer = batch.pickup.answer.as_ref();
    match batch.status {
        BatchStatus::Draft => ("offer", true),
        BatchStatus::Submitted => ("decision", false),
        BatchStatus::Accepted => ("appointment", false),
        BatchStatus::Scheduled => match answer {
            None => ("answer_pickup", true),
            Some(answer) if answer.agrees => ("truck", false),
            Some(_) => ("new_appointment", false),
        },
        BatchStatus::Collected | BatchStatus::Received => ("count", false),
        BatchStatus::Closed => match batch.reception.as_ref().map(|it| it.answer) {
            None => ("answer_count", true),
            Some(DonorAnswer::Contested) => ("contested", false),
            Some(DonorAnswer::Confirmed) => ("refurbishing", false),
        },
        BatchStatus::Refused | BatchStatus::Cancelled => ("nothing", false),
    }
}

impl From<Batch> for Row {
    fn from(batch: Batch) -> Self {
        let (next, own_turn) = next_step(&batch);
        Self {
            next,
            own_turn,
            id: batch.id.to_string(),
            reference: batch.reference,
            title: batch.title,
            donor: batch.donor_name,
            status: batch.status.as_str(),
            scheduled: batch.scheduled,
        }
    }
}

/// Which batches the list shows.
#[derive(Deserialize)]
pub(crate) struct Narrowed {
    status: Option<BatchStatus>,
}

pub(crate) async fn show(
    page: Page<ReadBatches>,
    Params(narrowed): Params<Narrowed>,
    Paging(request): Paging,
) -> PageResult {
    let role = page.actor().role;
    let status = narrowed.status;
    let filter = BatchFilter {
        status,
        ..BatchFilter::default()
    };
    let batches = page
        .read(move |db, actor| intake::batches(db, actor, &filter, &request))
        .await?;
    let only = status.map(|status| format!("status={status}&"));
    let only = only.unwrap_or_default();
    page.show(&DonorHome {
        name: page.name(),
        may_offer: role == Role::Donor,
        several_donors: role != Role::Donor,
        only: status.map(BatchStatus::as_str),
        next: (batches.next).map(|cursor| format!("/dons?{only}after={cursor}")),
        batches: batches.items.into_iter().map(Row::from).collect(),
    })
}

pub(crate) fn samples() -> Vec<Sample> {
    let row = |status: &str, next, own_turn| Row {
        id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
        reference: "LOT-2023-0007".to_owned(),
        title: "Marseille".to_owned(),
        donor: "Orange".to_owned(),
        status: BatchStatus::ALL
            .iter()
            .map(|it| it.as_str())
            .find(|it| *it == status)
            .unwrap_or("draft"),
        next,
        own_turn,
        scheduled: None,
    };
    let steps = [
        ("draft", "offer", true),
        ("submitted", "decision", false),
        ("accepted", "appointment", false),
        ("scheduled", "answer_pickup", true),
        ("scheduled", "truck", false),
        ("scheduled", "new_appointment", false),
        ("collected", "count", false),
        ("received", "count", false),
        ("closed", "answer_count", true),
        ("closed", "contested", false),
        ("closed", "refurbishing", false),
        ("refused", "nothing", false),
        ("cancelled", "nothing", false),
    ];
    let rows = || {
        let rows = steps.iter();
        rows.map(|(status, next, own)| row(status, next, *own))
            .collect()
    };
    let page = |batches: Vec<Row>, donor: bool| DonorHome {
        name: "Dora Don".to_owned(),
        may_offer: donor,
        several_donors: !donor,
        only: (!donor && !batches.is_empty()).then_some("submitted"),
        next: (!donor).then(|| "/dons?after=x".to_owned()),
        batches,
    };
    vec![
        Sample::of("donor's home", &page(rows(), true)),
        Sample::of("donations, as the city sees them", &page(rows(), false)),
        Sample::of("donor's home, empty", &page(Vec::new(), true)),
    ]
}
