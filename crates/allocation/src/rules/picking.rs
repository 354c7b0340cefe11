//! Which devices make up which lot: from the most restricted classes first, the devices
//! ready for longest; a lot from one workshop where possible, of few models; the same
//! devices on every machine. With `grades_first` every line has its fair share of each grade
//! before that.

use std::collections::{BTreeMap, HashMap, VecDeque};

use kernel::{BatchId, DeviceId, Grade, OrganisationId, WaveLineId};

use super::fair::fair_shares;
use crate::model::Picking;

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
    /// How it looks; none when nobody said.
    pub grade: Option<Grade>,
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
/// The devices of one heap, by workshop and model.
type Places = BTreeMap<Option<OrganisationId>, Models>;

/// What is drawn from apart from the rest: a class, or one grade of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Heap<'a> {
    class: &'a str,
    grade: Option<Grade>,
}

/// How many each line draws from each heap.
type Shares<'a> = Vec<Vec<(Heap<'a>, usize)>>;

/// Gives each line its devices. `shelves` are the supply, ready for longest first;
/// `picks` the lines that receive something, in the public order. `None` when the supply
/// does not hold what the plan gives, which a checked plan excludes.
#[must_use]
pub fn pick(
    shelves: &[Shelf],
    picks: &[Pick],
    picking: Picking,
) -> Option<Vec<(WaveLineId, DeviceId)>> {
    let shares = shares(shelves, picks)?;
    let given = oldest(shelves, &shares);
    let shares = match picking {
        Picking::SiteFirst => shares,
        Picking::GradesFirst => by_grade(&given, &shares)?,
    };
    let mut stock = heaps(&given, picking);
    let mut picked = Vec::with_capacity(given.len());
    for (pick, shares) in picks.iter().zip(&shares) {
        for (heap, quantity) in shares {
            let devices = one_lot(stock.get_mut(heap)?, *quantity)?;
            picked.extend(devices.into_iter().map(|device| (pick.line, device)));
        }
    }
    Some(picked)
}

/// How many each line draws from each class.
fn shares<'a>(shelves: &[Shelf], picks: &'a [Pick]) -> Option<Shares<'a>> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for shelf in shelves {
        *left.entry(shelf.class.as_str()).or_default() += 1;
    }
    let one = |pick: &'a Pick| {
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
                let heap = Heap { class, grade: None };
                shares.push((heap, taken));
            }
        }
        (open == 0).then_some(shares)
    };
    picks.iter().map(one).collect()
}

/// Of each class the devices ready for longest, as many as are given; each with its place in
/// the order of age.
fn oldest<'a>(shelves: &'a [Shelf], shares: &Shares<'_>) -> Vec<(usize, &'a Shelf)> {
    let mut given: HashMap<&str, usize> = HashMap::new();
    for (heap, quantity) in shares.iter().flatten() {
        *given.entry(heap.class).or_default() += quantity;
    }
    let taken = |(_, shelf): &(usize, &Shelf)| {
        let open = given.get_mut(shelf.class.as_str());
        open.is_some_and(|open| {
            let some = *open > 0;
            *open = open.saturating_sub(1);
            some
        })
    };
    shelves.iter().enumerate().filter(taken).collect()
}

/// Divides what each line draws from a class among the grades that are given of it: each
/// line's share of each grade is within one of fair.
fn by_grade<'a>(given: &[(usize, &'a Shelf)], shares: &Shares<'a>) -> Option<Shares<'a>> {
    let mut grades: BTreeMap<&str, BTreeMap<Option<Grade>, u64>> = BTreeMap::new();
    for (_, shelf) in given {
        let of_class = grades.entry(shelf.class.as_str()).or_default();
        *of_class.entry(shelf.grade).or_default() += 1;
    }
    let mut divided = vec![Vec::new(); shares.len()];
    for (class, grades) in grades {
        let draws = shares.iter().enumerate().filter_map(|(line, shares)| {
            let share = shares.iter().find(|(heap, _)| heap.class == class)?;
            Some((line, share.1 as u64))
        });
        let (lines, draws): (Vec<usize>, Vec<u64>) = draws.unzip();
        let columns: Vec<u64> = grades.values().copied().collect();
        for (line, row) in lines.into_iter().zip(fair_shares(&draws, &columns)?) {
            let heaps = grades.keys().map(|&grade| Heap { class, grade });
            let some = heaps.zip(row).filter(|(_, quantity)| *quantity > 0);
            let some = some.map(|(heap, quantity)| Some((heap, usize::try_from(quantity).ok()?)));
            divided[line].extend(some.collect::<Option<Vec<_>>>()?);
        }
    }
    Some(divided)
}

fn heaps<'a>(given: &[(usize, &'a Shelf)], picking: Picking) -> BTreeMap<Heap<'a>, Places> {
    let mut heaps: BTreeMap<Heap<'a>, Places> = BTreeMap::new();
    for (age, shelf) in given {
        let heap = Heap {
            class: &shelf.class,
            grade: shelf.grade.filter(|_| picking == Picking::GradesFirst),
        };
        let models = heaps.entry(heap).or_default().entry(shelf.workshop);
        let queue = models.or_default().entry(shelf.model.clone());
        queue.or_default().push_back((*age, shelf.device));
    }
    heaps
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
fn one_lot(places: &mut Places, quantity: usize) -> Option<Vec<DeviceId>> {
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
