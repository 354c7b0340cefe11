//! "Possible" (ALLOCATION §1): the quantities of each kind can be drawn from classes
//! that the lines may use, and every cap holds. Lines that classes and caps do not
//! tell apart share a *cell*; room is asked and taken cell by cell.

use super::key::Key;
use super::pool::Pool;

/// What binds: an index into the instance's caps, or classes of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Limit {
    Cap(usize),
    /// Indices among the classes of the kind.
    Stock {
        kind: usize,
        classes: Vec<usize>,
    },
}

/// Lines of one kind that draw from the same classes and count for the same caps.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Cell {
    pub kind: usize,
    pub group: usize,
    /// Indices into [`Room::caps`], by id.
    pub caps: Vec<usize>,
}

/// A cell that can take nothing more: since when and why.
#[derive(Debug, Clone)]
pub(super) struct Closed {
    /// Cells closed by the same refusal have the same number.
    pub number: usize,
    pub limit: Limit,
    pub key: Key,
}

/// A quantity that is not possible: how much would be, and what binds.
#[derive(Debug, Clone)]
pub(super) struct Short {
    pub possible: u64,
    pub limit: Limit,
}

/// What is still possible, and for whom it no longer is.
#[derive(Debug, Clone, Default)]
pub(super) struct Room {
    pub pools: Vec<Pool>,
    /// What each cap still allows.
    pub caps: Vec<u64>,
    pub cells: Vec<Cell>,
    closed: Vec<Option<Closed>>,
    /// How many refusals closed cells so far.
    pub closures: usize,
}

impl Room {
    /// To be called once when all cells are known.
    pub(super) fn settle(&mut self) {
        self.pools.iter_mut().for_each(Pool::settle);
        self.closed = vec![None; self.cells.len()];
    }

    /// Takes a quantity for a cell, all or nothing.
    pub(super) fn take(&mut self, cell: usize, qty: u64) -> Result<(), Short> {
        let Cell {
            kind,
            group,
            ref caps,
        } = self.cells[cell];
        let tightest = caps.iter().copied().min_by_key(|&cap| self.caps[cap]);
        let tightest = tightest.filter(|&cap| self.caps[cap] < qty);
        let wanted = tightest.map_or(qty, |cap| self.caps[cap]);
        let drawn = self.pools[kind].draw(group, wanted);
        if drawn == qty {
            caps.iter().for_each(|&cap| self.caps[cap] -= qty);
            return Ok(());
        }
        let limit = match tightest {
            Some(cap) if drawn == wanted => Limit::Cap(cap),
            _ => Limit::Stock {
                kind,
                classes: self.pools[kind].bound(),
            },
        };
        self.pools[kind].give_back(group, drawn);
        Err(Short {
            possible: drawn,
            limit,
        })
    }

    /// Takes a quantity for every cell, all or nothing.
    pub(super) fn take_all(&mut self, wanted: &[u64]) -> bool {
        for (cell, &qty) in wanted.iter().enumerate() {
            if qty > 0 && self.take(cell, qty).is_err() {
                for (before, &taken) in wanted.iter().enumerate().take(cell) {
                    self.give_back(before, taken);
                }
                return false;
            }
        }
        true
    }

    fn give_back(&mut self, cell: usize, qty: u64) {
        let Cell {
            kind,
            group,
            ref caps,
        } = self.cells[cell];
        caps.iter().for_each(|&cap| self.caps[cap] += qty);
        self.pools[kind].give_back(group, qty);
    }

    /// Records that a unit was refused: nothing under the same limit can grow any more.
    pub(super) fn close(&mut self, limit: &Limit, key: Key) {
        for (cell, closed) in self.cells.iter().zip(&mut self.closed) {
            let concerned = match limit {
                Limit::Cap(cap) => cell.caps.contains(cap),
                Limit::Stock { kind, classes } => {
                    cell.kind == *kind && self.pools[*kind].is_within(cell.group, classes)
                }
            };
            if concerned && closed.is_none() {
                *closed = Some(Closed {
                    number: self.closures,
                    limit: limit.clone(),
                    key,
                });
            }
        }
        self.closures += 1;
    }

    /// Since when and why a cell can take nothing more.
    pub(super) fn closed(&self, cell: usize) -> Option<&Closed> {
        self.closed[cell].as_ref()
    }
}
