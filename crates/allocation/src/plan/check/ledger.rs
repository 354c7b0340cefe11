//! The checker's own answer to "possible?": lines with the same rights to the classes
//! of a kind hold devices together, class by class, and a device may change hands
//! along a chain so that another line can have one.

use std::collections::HashMap;

use super::super::instance::{Instance, Line};

/// What has been handed out so far, and to whom it could still go.
pub(super) struct Ledger<'a> {
    instance: &'a Instance,
    /// By class of the instance: what nobody holds.
    unheld: Vec<u64>,
    /// By cap of the instance: what it still allows.
    allowed: Vec<u64>,
    /// Holders: the classes they may hold, and how many of each they do.
    holders: Vec<Vec<(usize, u64)>>,
    /// By class of the instance: the holders who may hold it, and where they note it.
    rights: Vec<Vec<(usize, usize)>>,
    seats: HashMap<(&'a str, Vec<&'a str>), Seat>,
    by_classes: HashMap<Vec<usize>, usize>,
}

/// Where the holdings of a line in a kind are written.
#[derive(Clone)]
struct Seat {
    holder: usize,
    caps: Vec<usize>,
    /// Nothing more is possible, and never will be.
    full: bool,
}

/// Who takes from a class in a chain of hands, and which class they give up for it;
/// the holder at the start gives up none.
#[derive(Clone, Copy)]
struct Hand {
    who: usize,
    giving: Option<usize>,
}

impl<'a> Ledger<'a> {
    pub(super) fn of(instance: &'a Instance) -> Self {
        Self {
            instance,
            unheld: instance.classes.iter().map(|class| class.qty).collect(),
            allowed: instance.caps.iter().map(|cap| cap.max).collect(),
            holders: Vec::new(),
            rights: vec![Vec::new(); instance.classes.len()],
            seats: HashMap::new(),
            by_classes: HashMap::new(),
        }
    }

    /// Hands out a quantity; false, and nothing handed out, when it is impossible.
    pub(super) fn add(&mut self, line: &'a Line, kind: &'a str, qty: u64) -> bool {
        if qty == 0 {
            return true;
        }
        let seat = self.seat(line, kind);
        let possible = self.fits(&seat, qty);
        if possible {
            seat.caps.iter().for_each(|&cap| self.allowed[cap] -= qty);
        }
        possible
    }

    /// Whether a quantity could be handed out; nothing is.
    pub(super) fn could(&mut self, line: &'a Line, kind: &'a str, qty: u64) -> bool {
        let seat = self.seat(line, kind);
        if seat.full {
            return qty == 0;
        }
        let possible = self.fits(&seat, qty);
        if possible {
            self.hand_back(seat.holder, qty);
        } else if qty == 1 {
            let key = (kind, tags_of(line));
            if let Some(seat) = self.seats.get_mut(&key) {
                seat.full = true;
            }
        }
        possible
    }

    fn fits(&mut self, seat: &Seat, qty: u64) -> bool {
        if seat.caps.iter().any(|&cap| self.allowed[cap] < qty) {
            return false;
        }
        let mut given = 0;
        while given < qty {
            let Some(part) = self.hand_over(seat.holder, qty - given) else {
                self.hand_back(seat.holder, given);
                return false;
            };
            given += part;
        }
        true
    }

    fn hand_back(&mut self, holder: usize, qty: u64) {
        let mut missing = qty;
        for (class, held) in &mut self.holders[holder] {
            let part = missing.min(*held);
            *held -= part;
            self.unheld[*class] += part;
            missing -= part;
        }
    }

    /// Gives a holder up to `wanted` more along one chain of hands.
    fn hand_over(&mut self, holder: usize, wanted: u64) -> Option<u64> {
        let mut came_from: Vec<Option<Hand>> = vec![None; self.unheld.len()];
        let mut asked = vec![false; self.holders.len()];
        let mut open = Vec::new();
        let mut reach = |who: usize, giving: Option<usize>, open: &mut Vec<usize>| {
            for &(class, _) in &self.holders[who] {
                if came_from[class].is_none() {
                    came_from[class] = Some(Hand { who, giving });
                    open.push(class);
                }
            }
        };
        asked[holder] = true;
        reach(holder, None, &mut open);
        while let Some(class) = open.pop() {
            if self.unheld[class] > 0 {
                return Some(self.pass_along(class, wanted, &came_from));
            }
            for &(other, slot) in &self.rights[class] {
                if !asked[other] && self.holders[other][slot].1 > 0 {
                    asked[other] = true;
                    reach(other, Some(class), &mut open);
                }
            }
        }
        None
    }

    /// From the class that has something free, back to the holder who wants it.
    fn pass_along(&mut self, last: usize, wanted: u64, came_from: &[Option<Hand>]) -> u64 {
        let mut part = wanted.min(self.unheld[last]);
        let mut chain = Vec::new();
        let mut class = Some(last);
        while let Some((taken, hand)) = class.and_then(|class| Some((class, came_from[class]?))) {
            if let Some(giving) = hand.giving {
                part = part.min(*self.held(hand.who, giving));
            }
            chain.push((taken, hand));
            class = hand.giving;
        }
        for (taken, hand) in chain {
            *self.held(hand.who, taken) += part;
            if let Some(giving) = hand.giving {
                *self.held(hand.who, giving) -= part;
            }
        }
        self.unheld[last] -= part;
        part
    }

    fn held(&mut self, holder: usize, class: usize) -> &mut u64 {
        let holdings = &mut self.holders[holder];
        let slot = holdings
            .iter()
            .position(|(held, _)| *held == class)
            .unwrap_or_default();
        &mut holdings[slot].1
    }

    fn seat(&mut self, line: &'a Line, kind: &'a str) -> Seat {
        let key = (kind, tags_of(line));
        if let Some(known) = self.seats.get(&key) {
            return known.clone();
        }
        let may = |tag: &String| line.tags.contains(tag);
        let classes = self
            .instance
            .classes
            .iter()
            .enumerate()
            .filter(|(_, class)| {
                class.kind == kind
                    && (class.any_of.is_empty() || class.any_of.iter().any(may))
                    && !class.none_of.iter().any(may)
            });
        let classes: Vec<usize> = classes.map(|(at, _)| at).collect();
        let caps = self.instance.caps.iter().enumerate().filter(|(_, cap)| {
            may(&cap.tag) && (cap.kind.is_none() || cap.kind.as_deref() == Some(kind))
        });
        let caps = caps.map(|(at, _)| at).collect();
        let seat = Seat {
            holder: self.holder(classes),
            caps,
            full: false,
        };
        self.seats.insert(key, seat.clone());
        seat
    }

    fn holder(&mut self, classes: Vec<usize>) -> usize {
        if let Some(&known) = self.by_classes.get(&classes) {
            return known;
        }
        let holder = self.holders.len();
        for (slot, &class) in classes.iter().enumerate() {
            self.rights[class].push((holder, slot));
        }
        self.holders
            .push(classes.iter().map(|&class| (class, 0)).collect());
        self.by_classes.insert(classes, holder);
        holder
    }
}

fn tags_of(line: &Line) -> Vec<&str> {
    let mut tags: Vec<&str> = line.tags.iter().map(String::as_str).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}
