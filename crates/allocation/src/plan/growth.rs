//! Phase B (ALLOCATION §1.6): every further unit has the key `(2t − 1) / w`; units
//! are granted by that key, ties in the public order, each if still possible.
//!
//! [`by_unit`] is that sentence, with a heap. [`by_level`] gives the same result in
//! a time that hardly depends on the number of devices: possible is closed downwards,
//! so when *all* units up to a level can be had together, each was possible at its
//! turn. It searches the highest such level by bisection, grants all up to it, then
//! plays the few units above it one by one until one is refused. What is refused
//! closes every cell under the same limit; the search goes on with the others.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::key::Key;
use super::room::Room;

/// A line that may grow. Climbers stand in the public order.
#[derive(Debug, Clone)]
pub(super) struct Climber {
    /// Its rank in the public order.
    pub rank: usize,
    pub cell: usize,
    pub weight: u64,
    /// All it holds: history, lot, growth.
    pub held: u64,
    /// The most it may hold.
    pub top: u64,
}

impl Climber {
    fn next(&self) -> Key {
        Key::after(self.held, self.weight)
    }
}

/// Which of the two ways of growing to take; they give the same result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Growth {
    /// By search for the common level.
    #[default]
    ByLevel,
    /// Device by device.
    ByUnit,
}

/// Grows the climbers as far as the room allows.
pub(super) fn grow(how: Growth, climbers: &mut [Climber], room: &mut Room) {
    match how {
        Growth::ByLevel => by_level(climbers, room),
        Growth::ByUnit => by_unit(climbers, room),
    }
}

fn by_unit(climbers: &mut [Climber], room: &mut Room) {
    let growing = climbers
        .iter()
        .enumerate()
        .filter(|(_, climber)| climber.held < climber.top);
    let mut heap: BinaryHeap<Reverse<(Key, usize)>> = growing
        .map(|(at, climber)| Reverse((climber.next(), at)))
        .collect();
    while let Some(Reverse((key, at))) = heap.pop() {
        let climber = &mut climbers[at];
        if grant(climber, key, room) && climber.held < climber.top {
            heap.push(Reverse((climber.next(), at)));
        }
    }
}

/// One unit for one climber, if still possible.
fn grant(climber: &mut Climber, key: Key, room: &mut Room) -> bool {
    if room.closed(climber.cell).is_some() {
        return false;
    }
    match room.take(climber.cell, 1) {
        Ok(()) => {
            climber.held += 1;
            true
        }
        Err(short) => {
            room.close(&short.limit, key);
            false
        }
    }
}

/// A level is a key as a binary fraction: `level / 2^64`. Weights are below 2^61, so
/// one step of level is less than one unit of any line.
const FRACTION: u32 = 64;

fn by_level(climbers: &mut [Climber], room: &mut Room) {
    let mut ascent = Ascent {
        wanted: vec![0; room.cells.len()],
        active: climbers.to_vec(),
        units: 0,
    };
    let mut level = 0;
    loop {
        ascent.retire(climbers, room);
        let Some(summit) = ascent.active.iter().map(summit).max() else {
            return;
        };
        match ascent.rise(level, summit, room) {
            None => level = summit,
            Some(ceiling) => {
                ascent.play(ceiling, room);
                level = ceiling;
            }
        }
    }
}

/// The climbers that can still grow.
struct Ascent {
    active: Vec<Climber>,
    /// For each cell, the units up to the level last tried.
    wanted: Vec<u64>,
    /// Their sum.
    units: u64,
}

impl Ascent {
    /// Puts aside the climbers that have all they may have, or can have nothing more.
    fn retire(&mut self, climbers: &mut [Climber], room: &Room) {
        let mut place = 0;
        self.active.retain(|climber| {
            let stays = climber.held < climber.top && room.closed(climber.cell).is_none();
            if !stays {
                while climbers[place].rank != climber.rank {
                    place += 1;
                }
                climbers[place].held = climber.held;
            }
            stays
        });
    }

    /// Rises as high as all can together. Returns a level at which not all can, few
    /// units above; none when all reached the summit.
    fn rise(&mut self, level: u128, summit: u128, room: &mut Room) -> Option<u128> {
        if self.try_level(summit, room) {
            return None;
        }
        let few = (self.active.len() as u64 / 8).max(32);
        let (mut low, mut high, mut between) = (level, summit, self.units);
        while high - low > 1 && between > few {
            let middle = between_levels(low, high);
            if self.try_level(middle, room) {
                low = middle;
                between -= self.units;
            } else {
                high = middle;
                between = self.units;
            }
        }
        Some(high)
    }

    /// Grants all units up to a level, or none.
    fn try_level(&mut self, level: u128, room: &mut Room) -> bool {
        self.wanted.fill(0);
        self.units = 0;
        for climber in &self.active {
            let more = reach(climber, level) - climber.held;
            self.wanted[climber.cell] += more;
            self.units += more;
        }
        if !room.take_all(&self.wanted) {
            return false;
        }
        for climber in &mut self.active {
            climber.held = reach(climber, level);
        }
        true
    }

    /// Plays the units up to a level one by one.
    fn play(&mut self, level: u128, room: &mut Room) {
        let mut units = Vec::new();
        for (at, climber) in self.active.iter().enumerate() {
            let upto = reach(climber, level);
            units.extend((climber.held..upto).map(|held| (Key::after(held, climber.weight), at)));
        }
        units.sort_unstable();
        for (key, at) in units {
            grant(&mut self.active[at], key, room);
        }
    }
}

/// What a climber holds when all units up to a level are granted: the largest `t`
/// with `(2t − 1) / w ≤ level`, between what it holds and its top.
fn reach(climber: &Climber, level: u128) -> u64 {
    let odd = match u64::try_from(level) {
        Ok(level) => Some(u128::from(level) * u128::from(climber.weight)),
        Err(_) => level.checked_mul(u128::from(climber.weight)),
    };
    // A product beyond 128 bits is beyond every top.
    let held = odd.map_or(u64::MAX, |odd| {
        u64::try_from((odd >> FRACTION).div_ceil(2)).unwrap_or(u64::MAX)
    });
    held.clamp(climber.held, climber.top)
}

/// The lowest level at which a climber holds its top.
fn summit(climber: &Climber) -> u128 {
    (u128::from(2 * climber.top - 1) << FRACTION).div_ceil(u128::from(climber.weight))
}

/// A level in the middle; in the middle of the digits while they are far apart.
fn between_levels(low: u128, high: u128) -> u128 {
    let (short, long) = (
        u128::BITS - low.leading_zeros(),
        u128::BITS - high.leading_zeros(),
    );
    if long > short + 2 {
        1 << ((short + long) / 2)
    } else {
        low + (high - low) / 2
    }
}
