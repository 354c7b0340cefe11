//! `/dons`: a donor's batches, the newest first. The city sees everybody's.

use ::web::access::ReadBatches;
use intake::{Batch, BatchFilter};
use kernel::PageRequest;
use serde::Serialize;

use crate::{Page, PageResult, Sample, View};

#[derive(Serialize)]
struct DonorHome {
    name: String,
    batches: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    reference: String,
    title: String,
    donor: String,
    status: &'static str,
}

impl View for DonorHome {
    const TEMPLATE: &'static str = "donor_home.html";
}

impl From<Batch> for Row {
    fn from(batch: Batch) -> Self {
        Self {
            id: batch.id.to_string(),
            reference: batch.reference,
            title: batch.title,
            donor: batch.donor_name,
            status: batch.status.as_str(),
        }
    }
}

pub(crate) async fn show(page: Page<ReadBatches>) -> PageResult {
    let newest = PageRequest::new(Some(50), None)?;
    let batches = page
        .read(move |db, actor| intake::batches(db, actor, &BatchFilter::default(), &newest))
        .await?;
    page.show(&DonorHome {
        name: page.name(),
        batches: batches.items.into_iter().map(Row::from).collect(),
    })
}

pub(crate) fn samples() -> Vec<Sample> {
    let row = |status| Row {
        id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
        reference: "LOT-2023-0007".to_owned(),
        title: "Marseille".to_owned(),
        donor: "Orange".to_owned(),
        status,
    };
    let rows = intake::BatchStatus::ALL
        .iter()
        .map(|status| row(status.as_str()));
    let page = |batches| DonorHome {
        name: "Dora Don".to_owned(),
        batches,
    };
    vec![
        Sample::of("donor's home", &page(rows.collect())),
        Sample::of("donor's home, empty", &page(Vec::new())),
    ]
}
