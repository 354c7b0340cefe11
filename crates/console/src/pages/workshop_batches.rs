//! `/atelier/lots`: what comes to a workshop, what is counted, what is done.

use ::web::access::CollectBatches;
use ::web::{Paging, Params};
use intake::{Batch, BatchFilter, BatchStatus};
use kernel::{Instant, PageRequest};
use serde::{Deserialize, Serialize};

use crate::{Page, PageResult, Sample, View};

/// Where a batch stands that a workshop awaits or counts, the most urgent first.
pub(super) const AWAITED: [BatchStatus; 3] = [
    BatchStatus::Received,
    BatchStatus::Collected,
    BatchStatus::Scheduled,
];
/// Batches of each of them before one asks for all.
const SHOWN: u32 = 20;

#[derive(Serialize)]
struct BatchesPage {
    /// The one that is asked for; empty for what is to be received.
    status: String,
    q: String,
    rows: Vec<BatchRow>,
    /// Those of which there are more than are shown.
    more: Vec<&'static str>,
    next: Option<String>,
}

impl View for BatchesPage {
    const TEMPLATE: &'static str = "workshop_batches.html";
}

#[derive(Serialize)]
pub(super) struct BatchRow {
    pub(super) id: String,
    pub(super) reference: String,
    title: String,
    donor: String,
    status: &'static str,
    listed: Option<u64>,
    /// When it is fetched, or was.
    day: Option<Instant>,
}

impl From<Batch> for BatchRow {
    fn from(batch: Batch) -> Self {
        let planned = batch.scheduled.map(|window| window.from);
        Self {
            id: batch.id.to_string(),
            reference: batch.reference,
            title: batch.title,
            donor: batch.donor_name,
            status: batch.status.as_str(),
            listed: batch.manifest.map(|list| list.rows),
            day: batch.collected_at.or(planned),
        }
    }
}

/// The parameters of the list's address.
#[derive(Deserialize)]
pub(crate) struct Narrowed {
    status: Option<BatchStatus>,
    q: Option<String>,
}

pub(crate) async fn list(
    page: Page<CollectBatches>,
    Params(narrowed): Params<Narrowed>,
    Paging(request): Paging,
) -> PageResult {
    let few = PageRequest::new(Some(SHOWN), None)?;
    let (status, q) = (narrowed.status, narrowed.q.unwrap_or_default());
    let words = Some(q.clone()).filter(|q| !q.trim().is_empty());
    let (rows, more, next) = page
        .read(move |db, actor| {
            let filter = |status| BatchFilter {
                status,
                q: words.clone(),
                ..BatchFilter::default()
            };
            if status.is_some() || words.is_some() {
                let found = intake::batches(db, actor, &filter(status), &request)?;
                return Ok((found.items, Vec::new(), found.next));
            }
            let (mut rows, mut more) = (Vec::new(), Vec::new());
            for status in AWAITED {
                let found = intake::batches(db, actor, &filter(Some(status)), &few)?;
                more.extend(found.next.map(|_| status.as_str()));
                rows.extend(found.items);
            }
            Ok((rows, more, None))
        })
        .await?;
    let status = status.map(|status| status.to_string()).unwrap_or_default();
    let address = |cursor: String| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let given = [("status", &status), ("q", &q), ("after", &cursor)];
        query.extend_pairs(given.iter().filter(|(_, value)| !value.is_empty()));
        format!("/atelier/lots?{}", query.finish())
    };
    page.show(&BatchesPage {
        rows: rows.into_iter().map(BatchRow::from).collect(),
        more,
        next: next.map(address),
        status,
        q,
    })
}

pub(super) fn sample_row(status: &BatchStatus) -> BatchRow {
    BatchRow {
        id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
        reference: "LOT-2023-0007".to_owned(),
        title: "Marseille".to_owned(),
        donor: "Orange".to_owned(),
        status: status.as_str(),
        listed: Some(1_060),
        day: Instant::from_micros(1_700_000_000_000_000),
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |status: &str, rows: Vec<BatchRow>| BatchesPage {
        status: status.to_owned(),
        q: String::new(),
        more: match status.is_empty() && !rows.is_empty() {
            true => AWAITED.iter().map(|status| status.as_str()).collect(),
            false => Vec::new(),
        },
        next: (!status.is_empty()).then(|| "/atelier/lots?status=closed&after=x".to_owned()),
        rows,
    };
    let rows = || AWAITED.iter().map(sample_row).collect();
    vec![
        Sample::of("batches to receive", &page("", rows())),
        Sample::of("batches, none", &page("", Vec::new())),
        Sample::of(
            "batches, closed",
            &page("closed", vec![sample_row(&BatchStatus::Closed)]),
        ),
    ]
}
