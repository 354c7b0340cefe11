//! `/vagues/{id}/preparation`: what to fetch for each lot of a wave, and where it stands. To print.

use ::web::access::ReadPickingLists;
use ::web::{Paging, PathId};
use allocation::{LotDevice, PickingLot};
use kernel::{Language, PageRequest, Wave};
use serde::Serialize;

use crate::pages::wave_parts::SAMPLE_ID;
use crate::{Page, PageResult, Sample, View};

/// Lots of a page: a wave of some thirty associations is printed in one go.
const LOTS: u32 = 40;

#[derive(Serialize)]
struct PickingPage {
    id: String,
    wave: String,
    home: &'static str,
    lots: Vec<Lot>,
    next: Option<String>,
}

impl View for PickingPage {
    const TEMPLATE: &'static str = "picking.html";
}

#[derive(Serialize)]
struct Lot {
    association: String,
    devices: Vec<Device>,
}

#[derive(Serialize)]
struct Device {
    tag: String,
    place: Option<String>,
    kind: &'static str,
    model: String,
    grade: Option<String>,
}

impl Lot {
    fn of(lot: PickingLot, language: Language) -> Self {
        let device = |device: LotDevice| {
            let names = [device.manufacturer, device.model];
            Device {
                tag: device.tag,
                place: device.location,
                kind: match language {
                    Language::French => device.kind.french(1),
                    Language::English => device.kind.english(1),
                },
                model: names.into_iter().flatten().collect::<Vec<_>>().join(" "),
                grade: device.grade.map(|grade| grade.to_string()),
            }
        };
        Self {
            association: lot.association,
            devices: lot.devices.into_iter().map(device).collect(),
        }
    }
}

pub(crate) async fn show(
    page: Page<ReadPickingLists>,
    PathId(id): PathId<Wave>,
    Paging(asked): Paging,
) -> PageResult {
    let request = match asked == PageRequest::new(None, None)? {
        true => PageRequest::new(Some(LOTS), None)?,
        false => asked,
    };
    let (wave, found) = page
        .read(move |db, actor| {
            let found = allocation::picking(db, actor, id, &request)?;
            Ok((allocation::wave_name(db, id)?, found))
        })
        .await?;
    let language = page.language();
    page.show(&PickingPage {
        id: id.to_string(),
        wave,
        home: crate::nav::home_of(page.actor().role),
        lots: (found.items.into_iter())
            .map(|lot| Lot::of(lot, language))
            .collect(),
        next: (found.next)
            .map(|cursor| format!("/vagues/{id}/preparation?limit={LOTS}&after={cursor}")),
    })
}

pub(crate) fn samples() -> Vec<Sample> {
    let device = |known: bool| Device {
        tag: "RS-00042-K".to_owned(),
        place: known.then(|| "B-12".to_owned()),
        kind: "desktop computer",
        model: "HP ProDesk 400".to_owned(),
        grade: known.then(|| "B".to_owned()),
    };
    let page = |lots: Vec<Lot>| PickingPage {
        id: SAMPLE_ID.to_owned(),
        wave: "Marseille 1".to_owned(),
        home: "/atelier",
        next: (!lots.is_empty()).then(|| "?after=x".to_owned()),
        lots,
    };
    let lot = Lot {
        association: "Les Amis".to_owned(),
        devices: vec![device(true), device(false)],
    };
    vec![
        Sample::of("picking list", &page(vec![lot])),
        Sample::of("picking list, nothing", &page(Vec::new())),
    ]
}
