//! `/dons/{id}/appareils`: what became of each device, as its donor may know it.

use ::web::access::ReadBatches;
use ::web::{Paging, Params, PathId};
use handover::{DeviceFate, Fate, FateFilter};
use kernel::{Instant, Language};
use serde::{Deserialize, Serialize};

use super::application_parts::kind_name;
use super::donor_batch::place_name;
use crate::{Page, PageResult, Sample, View};

#[derive(Serialize)]
struct DevicesPage {
    id: String,
    reference: String,
    title: String,
    fate: String,
    q: String,
    fates: Vec<&'static str>,
    rows: Vec<Row>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Row {
    tag: String,
    serial: Option<String>,
    name: String,
    fate: &'static str,
    since: Instant,
    proven: bool,
    place: Option<String>,
}

impl View for DevicesPage {
    const TEMPLATE: &'static str = "donor_devices.html";
}

impl Row {
    fn of(device: DeviceFate, language: Language) -> Self {
        let kind = kind_name(device.kind, 1, language);
        let names = [
            Some(kind),
            device.manufacturer.as_deref(),
            device.model.as_deref(),
        ];
        Self {
            name: names.into_iter().flatten().collect::<Vec<_>>().join(" "),
            tag: device.tag,
            serial: device.serial,
            fate: device.fate.as_str(),
            since: device.since,
            proven: device.erasure_proven,
            place: device.place.as_ref().map(place_name),
        }
    }
}

/// The parameters of the list's address.
#[derive(Deserialize)]
pub(crate) struct Narrowed {
    /// Empty for all.
    fate: Option<String>,
    q: Option<String>,
}

pub(crate) async fn show(
    page: Page<ReadBatches>,
    PathId(id): PathId<kernel::Batch>,
    Params(narrowed): Params<Narrowed>,
    Paging(request): Paging,
) -> PageResult {
    let language = page.language();
    let q = narrowed.q.unwrap_or_default();
    let fate: Option<Fate> = narrowed.fate.and_then(|text| text.parse().ok());
    let filter = FateFilter {
        fate,
        q: Some(q.trim().to_owned()).filter(|q| !q.is_empty()),
    };
    let (batch, found) = page
        .read(move |db, actor| {
            let found = handover::fates(db, actor, id, &filter, &request)?;
            Ok((intake::batch(db, actor, id)?, found))
        })
        .await?;
    let fate = fate.map(|fate| fate.to_string()).unwrap_or_default();
    page.show(&DevicesPage {
        id: id.to_string(),
        reference: batch.reference,
        title: batch.title,
        next: found.next.map(|cursor| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            let given = [("fate", &*fate), ("q", &*q), ("after", &*cursor)];
            query.extend_pairs(given.iter().filter(|(_, value)| !value.is_empty()));
            format!("/dons/{id}/appareils?{}", query.finish())
        }),
        fates: fates(),
        rows: found
            .items
            .into_iter()
            .map(|device| Row::of(device, language))
            .collect(),
        fate,
        q,
    })
}

fn fates() -> Vec<&'static str> {
    Fate::ALL.iter().map(|fate| fate.as_str()).collect()
}

pub(crate) fn samples() -> Vec<Sample> {
    let since = kernel::Clock::now(&kernel::SystemClock);
    let row = |fate: &Fate| Row {
        tag: "RS-00042-K".to_owned(),
        serial: Some("CZC1".to_owned()),
        name: "HP ProDesk".to_owned(),
        fate: fate.as_str(),
        since,
        proven: *fate == Fate::Serving,
        place: (*fate == Fate::Serving).then(|| "13013 Marseille".to_owned()),
    };
    let page = |rows: Vec<Row>, fate: &str| DevicesPage {
        id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
        reference: "LOT-2023-0007".to_owned(),
        title: "Marseille".to_owned(),
        fate: fate.to_owned(),
        q: String::new(),
        fates: fates(),
        next: (!rows.is_empty()).then(|| "/dons/x/appareils?after=y".to_owned()),
        rows,
    };
    vec![
        Sample::of(
            "fates",
            &page(Fate::ALL.iter().map(row).collect(), "serving"),
        ),
        Sample::of("fates, none", &page(Vec::new(), "")),
    ]
}
