//! What a plan comes to, for people who compare several: sums by place, theme and size, what the
//! reserved share does, what is left to nobody, and who has more or less.

use std::collections::{BTreeMap, HashMap};

use kernel::{ApplicationId, DeviceKind, Theme};

use super::instance::SMALL;
use super::line_ids::line_id;
use super::lots::{Outcome, PlannedLine};
use crate::model::{
    Granted, GroupSum, Left, LineReason, Moved, Moves, Reserve, Settings, TrialPlan,
};
use crate::plan::instance::{Instance, Line};

/// Groups that are named one by one.
const GROUPS: usize = 30;
/// Requests that are named one by one.
const MOVED: usize = 25;

/// Where an application's devices will stand, and what its association works on.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The postal code.
    pub district: &'a str,
    /// The themes.
    pub themes: &'a [Theme],
}

/// Sums up a plan. `sizes` are the smallest and largest lot that the groups by size go by, the
/// same for all plans that are compared.
#[must_use]
pub fn trial_plan(
    settings: Settings,
    supply: Granted,
    instance: &Instance,
    outcome: &Outcome,
    about: &HashMap<ApplicationId, About<'_>>,
    sizes: (u32, u32),
) -> TrialPlan {
    let lines: HashMap<&str, &Line> = instance
        .lines
        .iter()
        .map(|line| (line.id.as_str(), line))
        .collect();
    let mut sums = Sums::default();
    for line in &outcome.lines {
        let id = line_id(line.application, line.request);
        sums.add(
            line,
            lines.get(id.as_str()).copied(),
            about.get(&line.application),
            sizes,
        );
    }
    let reserve = sums.reserve(instance);
    let (by_district, districts_more) = largest(sums.by_district);
    TrialPlan {
        settings,
        supply,
        served: sums.served,
        unserved: outcome.lines.len() as u64 - sums.served,
        devices: sums.devices,
        smallest: sums.smallest,
        largest: sums.largest,
        left: left(outcome, &reserve, &sums.wanting),
        reserve,
        small: sums.small,
        by_district,
        districts_more,
        by_theme: largest(sums.by_theme).0,
        by_size: sums.by_size.into_values().collect(),
        gain: 0,
        lose: 0,
    }
}

#[derive(Default)]
struct Sums {
    served: u64,
    devices: u64,
    smallest: Option<u64>,
    largest: Option<u64>,
    small: u64,
    /// What small requests receive, by kind.
    to_small: BTreeMap<String, u64>,
    /// Requests that would have taken more, by kind.
    wanting: BTreeMap<String, u64>,
    by_district: BTreeMap<String, GroupSum>,
    by_theme: BTreeMap<String, GroupSum>,
    by_size: BTreeMap<u8, GroupSum>,
}

impl Sums {
    fn add(
        &mut self,
        line: &PlannedLine,
        asked: Option<&Line>,
        about: Option<&About<'_>>,
        sizes: (u32, u32),
    ) {
        let quantity = u64::try_from(line.quantity).unwrap_or(0);
        if quantity > 0 {
            self.served += 1;
            self.devices += quantity;
            self.smallest = Some(self.smallest.map_or(quantity, |least| least.min(quantity)));
            self.largest = Some(self.largest.map_or(quantity, |most| most.max(quantity)));
        }
        if let Some(asked) = asked {
            if asked.tags.iter().any(|tag| tag == SMALL) {
                self.small += 1;
                if let Some(kind) = line.kind.filter(|_| quantity > 0) {
                    *self.to_small.entry(kind.to_string()).or_default() += quantity;
                }
            }
            if wants_more(line.reason) {
                let kinds = asked.kinds.iter();
                let own = line.kind.map(|kind| kind.to_string());
                for kind in kinds.filter(|kind| own.as_ref().is_none_or(|own| own == *kind)) {
                    *self.wanting.entry(kind.clone()).or_default() += 1;
                }
            }
        }
        let (at, size) = size(line.requested, sizes);
        add(self.by_size.entry(at).or_default(), &size, quantity);
        if let Some(about) = about {
            let district = self.by_district.entry(about.district.to_owned());
            add(district.or_default(), about.district, quantity);
            for theme in about.themes {
                let theme = theme.to_string();
                add(
                    self.by_theme.entry(theme.clone()).or_default(),
                    &theme,
                    quantity,
                );
            }
        }
    }

    fn reserve(&self, instance: &Instance) -> Vec<Reserve> {
        let shares = instance
            .classes
            .iter()
            .filter(|class| class.any_of == [SMALL]);
        shares
            .map(|class| Reserve {
                kind: class.kind.clone(),
                devices: class.qty,
                used: class
                    .qty
                    .min(self.to_small.get(&class.kind).copied().unwrap_or(0)),
            })
            .collect()
    }
}

fn add(group: &mut GroupSum, name: &str, quantity: u64) {
    if group.name.is_empty() {
        name.clone_into(&mut group.name);
    }
    group.devices += quantity;
    match quantity {
        0 => group.unserved += 1,
        _ => group.served += 1,
    }
}

/// Whether a request would have taken more than it has.
fn wants_more(reason: LineReason) -> bool {
    matches!(
        reason,
        LineReason::StockShared
            | LineReason::StockExhausted
            | LineReason::CapReached
            | LineReason::KeptForNextWave
            | LineReason::BelowLot
    )
}

/// The place of a group by size, and its name.
fn size(requested: i32, (lot_min, lot_max): (u32, u32)) -> (u8, String) {
    let asked = u32::try_from(requested).unwrap_or(0);
    match asked {
        asked if asked < lot_min => (0, format!("< {lot_min}")),
        asked if asked < lot_max => (1, format!("{lot_min}–{}", lot_max.saturating_sub(1))),
        _ => (2, format!("≥ {lot_max}")),
    }
}

/// The groups with the most devices, and how many there are besides.
fn largest(groups: BTreeMap<String, GroupSum>) -> (Vec<GroupSum>, u64) {
    let mut groups: Vec<GroupSum> = groups.into_values().collect();
    groups.sort_by(|a, b| b.devices.cmp(&a.devices).then_with(|| a.name.cmp(&b.name)));
    let more = groups.len().saturating_sub(GROUPS) as u64;
    groups.truncate(GROUPS);
    (groups, more)
}

fn left(outcome: &Outcome, reserve: &[Reserve], wanting: &BTreeMap<String, u64>) -> Vec<Left> {
    let some = outcome.left.iter().filter(|(_, devices)| **devices > 0);
    some.map(|(kind, &devices)| {
        let share = reserve.iter().find(|share| share.kind == *kind);
        let idle = share.map_or(0, |share| share.devices - share.used);
        Left {
            kind: kind.clone(),
            devices,
            reserved: idle.min(devices),
            wanting: wanting.get(kind).copied().unwrap_or(0),
        }
    })
    .collect()
}

/// Who has more by a plan than by another, and who has less.
#[must_use]
pub fn moves(before: &Outcome, after: &Outcome) -> (Moves, Moves) {
    let mut was: HashMap<(ApplicationId, i32), &PlannedLine> = before
        .lines
        .iter()
        .map(|line| ((line.application, line.request), line))
        .collect();
    let mut moved = Vec::new();
    for line in &after.lines {
        let old = was.remove(&(line.application, line.request));
        if old.is_none_or(|old| (old.kind, old.quantity) != (line.kind, line.quantity)) {
            moved.push(of_lines(old, Some(line)));
        }
    }
    moved.extend(was.into_values().map(|gone| of_lines(Some(gone), None)));
    split(moved.into_iter().flatten().collect())
}

fn of_lines(before: Option<&PlannedLine>, after: Option<&PlannedLine>) -> Option<Moved> {
    let line = after.or(before)?;
    let granted = |line: Option<&PlannedLine>| line.map(given).unwrap_or_default();
    Some(Moved {
        application_id: line.application,
        request: line.request,
        association: line.association_name.clone(),
        score: line.score,
        before: granted(before),
        before_reason: before.map(|line| line.reason),
        after: granted(after),
        after_reason: after.map(|line| line.reason),
    })
}

fn given(line: &PlannedLine) -> Granted {
    kinds(line.kind, u64::try_from(line.quantity).unwrap_or(0))
}

/// So many devices of a kind; nothing when there are none.
#[must_use]
pub fn kinds(kind: Option<DeviceKind>, quantity: u64) -> Granted {
    let kind = kind.filter(|_| quantity > 0);
    kind.map(|kind| (kind, quantity)).into_iter().collect()
}

/// Those who have more, and those who have less or another kind; the largest differences first.
#[must_use]
pub fn split(moved: Vec<Moved>) -> (Moves, Moves) {
    let (gains, losses): (Vec<Moved>, Vec<Moved>) =
        moved.into_iter().partition(|it| it.difference() > 0);
    (first(gains), first(losses))
}

/// How many there are, and those with the largest differences.
#[must_use]
pub fn first(mut moved: Vec<Moved>) -> Moves {
    let count = moved.len() as u64;
    moved.sort_by(|a, b| {
        let key = |it: &Moved| (it.difference().unsigned_abs(), it.score);
        key(b)
            .cmp(&key(a))
            .then_with(|| a.association.cmp(&b.association))
            .then_with(|| a.application_id.cmp(&b.application_id))
    });
    moved.truncate(MOVED);
    Moves {
        count,
        first: moved,
    }
}
