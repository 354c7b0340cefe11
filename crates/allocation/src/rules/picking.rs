//! Which devices make up which lot (ALLOCATION §1, "Then devices"): from the most
//! restricted classes first, the devices ready for longest; a lot from one workshop
//! where possible, of few models; the same devices on every machine.

use std::collections::{BTreeMap, HashMap, VecDeque};

use kernel::{BatchId, DeviceId, OrganisationId, WaveLineId};

/// A device of the supply, where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf {
    /// The device.
    pub device: DeviceId,
    /// The class it was counted in.
    pub class: String,
    /// The workshop that keeps it.
    pub workshop: Option<OrganisationId>,
    /// Its model; empty when unknown.
    pub model: String,
}

/// What a line needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    /// The line.
    pub line: WaveLineId,
    /// How many devices.
    pub quantity: usize,
    /// The classes it may draw from, the most restricted first.
    pub classes: Vec<String>,
}

type Models = BTreeMap<String, VecDeque<(usize, DeviceId)>>;

/// Gives each line its devices. `shelves` are the supply, ready for longest first;
/// `picks` the lines that receive something, in the public order. `None` when the supply
/// does not hold what the plan gives, which a checked plan excludes.
#[must_use]
pub fn pick(shelves: &[Shelf], picks: &[Pick]) -> Option<Vec<(WaveLineId, DeviceId)>> {
    let shares = shares(shelves, picks)?;
    let mut stock = oldest(shelves, &shares);
    let mut picked = Vec::new();
    for (pick, shares) in picks.iter().zip(&shares) {
        for (class, quantity) in shares {
            let places = stock.get_mut(class.as_str())?;
            let devices = one_lot(places, *quantity)?;
            picked.extend(devices.into_iter().map(|device| (pick.line, device)));
        }
    }
    Some(picked)
}

/// How many each line draws from each class.
fn shares(shelves: &[Shelf], picks: &[Pick]) -> Option<Vec<Vec<(String, usize)>>> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for shelf in shelves {
        *left.entry(shelf.class.as_str()).or_default() += 1;
    }
    let one = |pick: &Pick| {
        let mut open = pick.quantity;
        let mut shares = Vec::new();
        for class in &pick.classes {
            let Some(stock) = left.get_mut(class.as_str()) else {
                continue;
            };
            let taken = open.min(*stock);
            if taken > 0 {
                *stock -= taken;
                open -= taken;
                shares.push((class.clone(), taken));
            }
        }
        (open == 0).then_some(shares)
    };
    picks.iter().map(one).collect()
}

/// Of each class the devices ready for longest, as many as are given, by workshop and model.
fn oldest<'a>(
    shelves: &'a [Shelf],
    shares: &[Vec<(String, usize)>],
) -> HashMap<&'a str, BTreeMap<Option<OrganisationId>, Models>> {
    let mut given: HashMap<&str, usize> = HashMap::new();
    for (class, quantity) in shares.iter().flatten() {
        *given.entry(class.as_str()).or_default() += quantity;
    }
    let mut stock: HashMap<&str, BTreeMap<Option<OrganisationId>, Models>> = HashMap::new();
    for (age, shelf) in shelves.iter().enumerate() {
        let Some(open) = given
            .get_mut(shelf.class.as_str())
            .filter(|open| **open > 0)
        else {
            continue;
        };
        *open -= 1;
        let models = stock
            .entry(shelf.class.as_str())
            .or_default()
            .entry(shelf.workshop)
            .or_default();
        models
            .entry(shelf.model.clone())
            .or_default()
            .push_back((age, shelf.device));
    }
    stock
}

fn size(models: &Models) -> usize {
    models.values().map(VecDeque::len).sum()
}

fn age(models: &Models) -> usize {
    models
        .values()
        .filter_map(|queue| queue.front())
        .map(|(age, _)| *age)
        .min()
        .unwrap_or(usize::MAX)
}

/// Takes one lot: from one workshop that has enough, else from the fullest ones.
fn one_lot(
    places: &mut BTreeMap<Option<OrganisationId>, Models>,
    quantity: usize,
) -> Option<Vec<DeviceId>> {
    let mut lot = Vec::with_capacity(quantity);
    while lot.len() < quantity {
        let open = quantity - lot.len();
        let enough = places.iter().filter(|(_, models)| size(models) >= open);
        let enough = enough
            .min_by_key(|(_, models)| age(models))
            .map(|(place, _)| *place);
        let fullest = || {
            places
                .iter()
                .max_by_key(|(_, models)| size(models))
                .map(|(place, _)| *place)
        };
        let place = enough.or_else(fullest)?;
        let models = places.get_mut(&place)?;
        let before = lot.len();
        few_models(models, open, &mut lot);
        if models.is_empty() {
            places.remove(&place);
        }
        if lot.len() == before {
            return None;
        }
    }
    Some(lot)
}

/// Takes up to `quantity` devices of as few models as possible: a model that has enough,
/// else the most numerous ones whole.
fn few_models(models: &mut Models, quantity: usize, lot: &mut Vec<DeviceId>) {
    let mut open = quantity;
    while open > 0 {
        let enough = models.iter().filter(|(_, queue)| queue.len() >= open);
        let enough = enough
            .min_by_key(|(_, queue)| queue.front().map(|(age, _)| *age))
            .map(|(model, _)| model.clone());
        let fullest = || {
            models
                .iter()
                .max_by_key(|(_, queue)| queue.len())
                .map(|(model, _)| model.clone())
        };
        let Some(model) = enough.or_else(fullest) else {
            return;
        };
        let Some(queue) = models.get_mut(&model) else {
            return;
        };
        let taken = open.min(queue.len());
        lot.extend(queue.drain(..taken).map(|(_, device)| device));
        open -= taken;
        if queue.is_empty() {
            models.remove(&model);
        }
    }
}

/// A device that is ready in the place of one that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spare {
    /// The device.
    pub device: DeviceId,
    /// Of which batch.
    pub batch: BatchId,
    /// Of which an applicant needs one to receive it; none when it is for everyone.
    pub tags: Vec<String>,
    /// It looks as good as the one that failed, and no better.
    pub same_grade: bool,
    /// It is of the same model.
    pub same_model: bool,
}

/// The device that takes the place of one whose gift has these tags: one of an equal gift
/// first, then of the same model, then of the same grade, then the one ready for longest.
/// What a donor tied otherwise is not equivalent.
#[must_use]
pub fn replacement(tags: &[String], spares: &[Spare]) -> Option<DeviceId> {
    spares
        .iter()
        .filter(|spare| spare.tags.is_empty() || spare.tags == tags)
        .min_by_key(|spare| (spare.tags != tags, !spare.same_model, !spare.same_grade))
        .map(|spare| spare.device)
}
