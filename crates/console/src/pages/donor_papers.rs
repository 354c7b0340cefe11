//! `/dons/{id}/attestation`: the certificate of erasure, to keep; `/dons/{id}/recapitulatif`: what
//! was given, to print.

use ::web::PathId;
use ::web::access::ReadBatches;
use ::web::security::PAPER;
use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use handover::Verifying;
use kernel::{Instant, Language};
use serde::Serialize;

use super::application_parts::kind_name;
use super::donor_batch::{Counts, is_certified, places};
use super::donor_parts::announced;
use crate::{Page, PageResult, Sample, View};

pub(crate) async fn certificate(
    page: Page<ReadBatches>,
    PathId(id): PathId<kernel::Batch>,
) -> PageResult {
    let keys = page.state().database.chain_keys();
    let base_url = page.base_url().to_owned();
    let (reference, html) = page
        .read(move |db, actor| {
            let verifying = Verifying {
                keys: &keys,
                base_url: &base_url,
            };
            let html = handover::certificate(db, actor, id, verifying)?;
            Ok((intake::batch(db, actor, id)?.reference, html))
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"attestation-{reference}.html\""),
        ))
        .insert_header((CONTENT_SECURITY_POLICY, PAPER))
        .body(html))
}

#[derive(Serialize)]
struct SummaryPage {
    id: String,
    reference: String,
    title: String,
    donor: String,
    workshop: Option<String>,
    place: String,
    announced: Vec<String>,
    /// What came, by kind.
    received: Vec<(String, i64)>,
    submitted_at: Option<Instant>,
    collected_at: Option<Instant>,
    closed_at: Option<Instant>,
    pallets: Option<i32>,
    weight: Option<String>,
    counts: Counts,
    places: Vec<(String, i64)>,
    certificate: bool,
}

impl View for SummaryPage {
    const TEMPLATE: &'static str = "donor_summary.html";
}

pub(crate) async fn summary(
    page: Page<ReadBatches>,
    PathId(id): PathId<kernel::Batch>,
) -> PageResult {
    let language = page.language();
    let view = page
        .read(move |db, actor| {
            let batch = intake::batch(db, actor, id)?;
            let count = workshop::reconciliation(db, actor, id)?;
            let counts = handover::fate_counts(db, actor, id)?;
            let came = count.per_kind.iter().map(|it| {
                let count = it.received + it.unexpected;
                let words = kind_name(it.kind, count.unsigned_abs(), language);
                (words.to_owned(), count)
            });
            Ok(SummaryPage {
                id: id.to_string(),
                announced: announced(&batch, language),
                received: came.filter(|(_, count)| *count > 0).collect(),
                place: batch.pickup.place(),
                certificate: is_certified(&batch, &counts),
                places: places(&counts),
                counts: (&counts).into(),
                weight: batch.weight_kg.map(|weight| weight.to_string()),
                reference: batch.reference,
                title: batch.title,
                donor: batch.donor_name,
                workshop: batch.workshop_name,
                submitted_at: batch.submitted_at,
                collected_at: batch.collected_at,
                closed_at: batch.closed_at,
                pallets: batch.pallets,
            })
        })
        .await?;
    page.show(&view)
}

pub(crate) fn samples() -> Vec<Sample> {
    let moment = Instant::from_micros(1_700_000_000_000_000);
    let view = |far: bool| SummaryPage {
        id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
        reference: "LOT-2023-0007".to_owned(),
        title: "Marseille".to_owned(),
        donor: "Orange".to_owned(),
        workshop: far.then(|| "Atelier".to_owned()),
        place: "12 rue Sainte, 13001 Marseille".to_owned(),
        announced: vec!["1 000 desktops".to_owned()],
        received: match far {
            true => vec![(
                kind_name(kernel::DeviceKind::Desktop, 2, Language::English).to_owned(),
                998,
            )],
            false => Vec::new(),
        },
        submitted_at: moment,
        collected_at: moment.filter(|_| far),
        closed_at: moment.filter(|_| far),
        pallets: far.then_some(24),
        weight: far.then(|| "8120.5".to_owned()),
        counts: Counts::default(),
        places: match far {
            true => vec![("13013 Marseille".to_owned(), 12)],
            false => Vec::new(),
        },
        certificate: far,
    };
    vec![
        Sample::of("summary of a donation", &view(true)),
        Sample::of("summary of a donation, at its beginning", &view(false)),
    ]
}
