//! What both passes of the planner stand on: the lines in the public order, reduced
//! to numbers, and the room they compete for. Names are looked up once, here.

use std::collections::{BTreeMap, HashMap};

use super::instance::{Cap, Instance, Line};
use super::order::public_order;
use super::pool::Pool;
use super::room::{Cell, Room};

/// Whether and how a line takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// In the running.
    Running,
    /// Fixed by staff: an index into the instance's pins.
    Pinned(usize),
    /// Taken out by staff: an index into the instance's excludes.
    Excluded(usize),
    /// Nothing left to ask for: `u = 0`.
    NothingDue,
    /// The request is below the lot: directed to the wave for small lots.
    BelowLot,
}

/// A line in the public order.
#[derive(Debug, Clone)]
pub(super) struct Runner {
    /// Its place in the instance.
    pub index: usize,
    pub standing: Standing,
    pub weight: u64,
    /// The cells of its wishes: a range of [`Grounds::wishes`].
    pub wishes: std::ops::Range<usize>,
    /// The cell of its pin, when it is pinned to a kind.
    pub pin_cell: Option<usize>,
}

/// The lines in the public order and the room they compete for.
#[derive(Debug)]
pub(super) struct Grounds<'a> {
    pub instance: &'a Instance,
    pub kinds: Vec<&'a str>,
    /// For each kind, its classes as indices into the instance's.
    pub classes: Vec<Vec<usize>>,
    pub runners: Vec<Runner>,
    pub wishes: Vec<usize>,
    pub room: Room,
}

impl<'a> Grounds<'a> {
    /// Prepares a validated instance.
    pub(super) fn of(instance: &'a Instance) -> Self {
        let mut builder = Builder::of(instance);
        let pins = by_line(instance.pins.iter().map(|pin| pin.line.as_str()));
        let excludes = by_line(
            instance
                .excludes
                .iter()
                .map(|exclude| exclude.line.as_str()),
        );
        let mut wishes = Vec::with_capacity(instance.lines.len());
        let runner = |index: usize| {
            let line = &instance.lines[index];
            let profile = builder.profile(&line.tags);
            let from = wishes.len();
            wishes.extend(line.kinds.iter().map(|kind| builder.cell(kind, profile)));
            let pin = pins.get(line.id.as_str()).copied();
            let pin_kind = pin.and_then(|pin| instance.pins[pin].kind.as_deref());
            let standing = match (pin, excludes.get(line.id.as_str())) {
                (Some(pin), _) => Standing::Pinned(pin),
                (None, Some(&exclude)) => Standing::Excluded(exclude),
                (None, None) => standing(line),
            };
            Runner {
                index,
                standing,
                weight: instance.params.weight.of(line),
                wishes: from..wishes.len(),
                pin_cell: pin_kind.map(|kind| builder.cell(kind, profile)),
            }
        };
        let runners = public_order(instance).into_iter().map(runner).collect();
        let Builder {
            kinds,
            classes,
            mut room,
            ..
        } = builder;
        room.settle();
        Self {
            instance,
            kinds,
            classes,
            runners,
            wishes,
            room,
        }
    }

    /// The line behind a runner.
    pub(super) fn line(&self, runner: &Runner) -> &'a Line {
        &self.instance.lines[runner.index]
    }
}

fn standing(line: &Line) -> Standing {
    if line.most() == 0 {
        Standing::NothingDue
    } else if line.most() < line.lot() {
        Standing::BelowLot
    } else {
        Standing::Running
    }
}

fn by_line<'a>(lines: impl Iterator<Item = &'a str>) -> HashMap<&'a str, usize> {
    lines.enumerate().map(|(at, line)| (line, at)).collect()
}

/// Gives numbers to kinds, to sets of tags, and to cells.
struct Builder<'a> {
    instance: &'a Instance,
    kinds: Vec<&'a str>,
    classes: Vec<Vec<usize>>,
    /// The tags that a class or a cap looks at.
    telling: BTreeMap<&'a str, usize>,
    /// Sets of telling tags, and for each kind the cell they lead to.
    profiles: HashMap<Vec<usize>, usize>,
    tags: Vec<Vec<String>>,
    cells: Vec<Vec<Option<usize>>>,
    groups: HashMap<(usize, Vec<usize>), usize>,
    known: HashMap<Cell, usize>,
    room: Room,
}

impl<'a> Builder<'a> {
    fn of(instance: &'a Instance) -> Self {
        let mut kinds: Vec<&str> = instance
            .classes
            .iter()
            .map(|class| class.kind.as_str())
            .collect();
        kinds.sort_unstable();
        kinds.dedup();
        let mut room = Room::default();
        room.caps.extend(instance.caps.iter().map(|cap| cap.max));
        let classes: Vec<Vec<usize>> = kinds
            .iter()
            .map(|kind| classes_of(instance, kind))
            .collect();
        for of_kind in &classes {
            let mut pool = Pool::default();
            of_kind
                .iter()
                .for_each(|&class| pool.add_class(instance.classes[class].qty));
            room.pools.push(pool);
        }
        let rules = instance
            .classes
            .iter()
            .flat_map(|class| class.any_of.iter().chain(&class.none_of));
        let mut telling: BTreeMap<&str, usize> = rules
            .chain(instance.caps.iter().map(|cap| &cap.tag))
            .map(|tag| (tag.as_str(), 0))
            .collect();
        telling
            .values_mut()
            .enumerate()
            .for_each(|(number, tag)| *tag = number);
        Self {
            instance,
            kinds,
            classes,
            telling,
            profiles: HashMap::new(),
            tags: Vec::new(),
            cells: Vec::new(),
            groups: HashMap::new(),
            known: HashMap::new(),
            room,
        }
    }

    /// The number of the set of telling tags among these.
    fn profile(&mut self, tags: &[String]) -> usize {
        let mut set: Vec<usize> = tags
            .iter()
            .filter_map(|tag| self.telling.get(tag.as_str()).copied())
            .collect();
        set.sort_unstable();
        set.dedup();
        if let Some(&known) = self.profiles.get(&set) {
            return known;
        }
        self.profiles.insert(set, self.tags.len());
        self.tags.push(tags.to_vec());
        self.cells.push(vec![None; self.kinds.len()]);
        self.tags.len() - 1
    }

    /// The cell of a kind for lines with a set of telling tags.
    fn cell(&mut self, kind: &'a str, profile: usize) -> usize {
        let number = self.kind(kind);
        if let Some(Some(known)) = self.cells[profile].get(number) {
            return *known;
        }
        let tags = &self.tags[profile];
        let serving = self.classes[number].iter().enumerate();
        let uses: Vec<usize> = serving
            .filter(|(_, class)| self.instance.classes[**class].serves(tags))
            .map(|(at, _)| at)
            .collect();
        let caps = caps_on(self.instance, kind, tags);
        let pool = &mut self.room.pools[number];
        let group = *self
            .groups
            .entry((number, uses))
            .or_insert_with_key(|(_, uses)| pool.add_group(uses));
        let cell = Cell {
            kind: number,
            group,
            caps,
        };
        let fresh = self.room.cells.len();
        let known = *self.known.entry(cell).or_insert_with_key(|cell| {
            self.room.cells.push(cell.clone());
            fresh
        });
        let row = &mut self.cells[profile];
        row.resize(row.len().max(number + 1), None);
        row[number] = Some(known);
        known
    }

    /// The number of a kind; one that is not in stock gets an empty pool.
    fn kind(&mut self, kind: &'a str) -> usize {
        let found = self.kinds.iter().position(|known| *known == kind);
        found.unwrap_or_else(|| {
            self.kinds.push(kind);
            self.classes.push(Vec::new());
            self.room.pools.push(Pool::default());
            self.kinds.len() - 1
        })
    }
}

/// The caps that count this kind for lines with these tags, by id.
fn caps_on(instance: &Instance, kind: &str, tags: &[String]) -> Vec<usize> {
    let counts =
        |cap: &Cap| tags.contains(&cap.tag) && cap.kind.as_deref().is_none_or(|of| of == kind);
    let mut caps: Vec<usize> = (0..instance.caps.len())
        .filter(|&cap| counts(&instance.caps[cap]))
        .collect();
    caps.sort_unstable_by_key(|&cap| instance.caps[cap].id.as_str());
    caps
}

/// The classes of a kind, by id.
fn classes_of(instance: &Instance, kind: &str) -> Vec<usize> {
    let mut classes: Vec<usize> = (0..instance.classes.len())
        .filter(|&class| instance.classes[class].kind == kind)
        .collect();
    classes.sort_unstable_by_key(|&class| instance.classes[class].id.as_str());
    classes
}
