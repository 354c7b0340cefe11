//! What stands on the labels of devices.

use std::collections::HashMap;

use db::{Db, Result};
use kernel::{Actor, BatchId, Code, DeviceId, DeviceKind, Fields, PageRequest, Refusal, Text};

use super::names::resolve;
use super::reading;
use crate::model::{Device, DeviceFilter, DeviceView};

/// Labels of one print at the most.
pub const MOST_LABELS: usize = 2_000;

/// Which devices get a label: those that are named, or all of a batch.
#[derive(Debug, Clone, Default)]
pub struct LabelChoice {
    /// Ids, tags or serial numbers, in the order in which they are printed.
    pub devices: Vec<String>,
    /// Every device of this batch, the missing ones left out.
    pub batch: Option<BatchId>,
}

/// What a label says of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelFacts {
    /// Its tag.
    pub tag: String,
    /// What it is.
    pub kind: DeviceKind,
    /// Maker and model, as far as they are known.
    pub model: String,
    /// Drives that it was seen with in this cycle.
    pub drives: usize,
    /// Of these, proven erased, destroyed or absent.
    pub proven: usize,
}

impl LabelFacts {
    fn of(device: DeviceView) -> Self {
        let names = [device.manufacturer, device.model];
        Self {
            tag: device.tag,
            kind: device.kind,
            model: names.into_iter().flatten().collect::<Vec<_>>().join(" "),
            proven: device.drives.iter().filter(|drive| drive.proven).count(),
            drives: device.drives.len(),
        }
    }
}

/// What stands on the labels of these devices, for those who see them.
///
/// # Errors
/// `unknown_device` at each name that nobody has, or another workshop; `out_of_range` for more
/// than one print takes; `required` when nothing is named.
pub fn labels(db: &mut Db, actor: &Actor, choice: &LabelChoice) -> Result<Vec<LabelFacts>> {
    let devices = match choice.batch {
        Some(batch) => of_batch(db, actor, batch)?,
        None => named(db, actor, &choice.devices)?,
    };
    if devices.is_empty() {
        let detail = Text::new(
            "Dites pour quels appareils : par leurs numéros, ou par leur lot.",
            "Say for which devices: by their numbers, or by their batch.",
        );
        return Err(Refusal::field("/devices", Code::Required, detail).into());
    }
    Ok(devices.into_iter().map(LabelFacts::of).collect())
}

fn named(db: &mut Db, actor: &Actor, names: &[String]) -> Result<Vec<DeviceView>> {
    if names.len() > MOST_LABELS {
        return Err(too_many().into());
    }
    let found = resolve(db, names, None)?.within_reach(db, actor)?;
    let mut fields = Fields::default();
    let mut ids: Vec<DeviceId> = Vec::new();
    for (at, name) in names.iter().enumerate() {
        match found.by_name.get(name) {
            Some(id) => ids.push(*id),
            None => fields.push(
                format!("/devices/{at}"),
                Code::UnknownDevice,
                Text::new(
                    format!("Aucun appareil ne porte le numéro {name}."),
                    format!("No device has the number {name}."),
                ),
            ),
        }
    }
    fields.check()?;
    let by_id: HashMap<DeviceId, &Device> = found
        .devices
        .iter()
        .map(|device| (device.id, device))
        .collect();
    let devices = ids.iter().filter_map(|id| by_id.get(id).copied().cloned());
    let devices: Vec<Device> = devices.collect();
    reading::with_drives(db, devices)
}

fn of_batch(db: &mut Db, actor: &Actor, batch: BatchId) -> Result<Vec<DeviceView>> {
    let batch = intake::batch(db, actor, batch)?;
    let filter = DeviceFilter {
        batch_id: Some(batch.id),
        ..DeviceFilter::default()
    };
    let (mut all, mut after) = (Vec::new(), None::<String>);
    loop {
        db::watch::go_on()?;
        let request = PageRequest::new(Some(PageRequest::MAX_LIMIT), after.as_deref())?;
        let page = reading::devices_in_full(db, actor, &filter, &request)?;
        let there = page.items.into_iter();
        all.extend(there.filter(|device| device.stage != crate::model::Stage::Missing));
        if all.len() > MOST_LABELS {
            return Err(too_many().into());
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(all),
        }
    }
}

fn too_many() -> Refusal {
    Refusal::field(
        "/devices",
        Code::OutOfRange,
        Text::new(
            format!("{MOST_LABELS} étiquettes au plus à la fois."),
            format!("At most {MOST_LABELS} labels at a time."),
        ),
    )
}
