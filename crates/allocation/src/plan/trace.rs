//! Why each line has what it has, for the explanation of ALLOCATION §5. The planner
//! keeps numbers; [`Trace::line`] gives them their names when somebody asks.

use serde::{Deserialize, Serialize};

use super::grounds::Standing;
use super::instance::{Instance, Line};
use super::key::{Key, Ratio};
use super::order::{Level, level};
use super::room::{Closed, Limit};

/// Everything the planner decided, compactly.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    pub(super) kinds: Vec<String>,
    /// For each kind, the ids of its classes.
    pub(super) classes: Vec<Vec<String>>,
    pub(super) caps: Vec<String>,
    /// One per line, in the public order.
    pub(super) courses: Vec<Course>,
    pub(super) refusals: Vec<Refusal>,
    /// For each cell, since when and why it can take nothing more.
    pub(super) closed: Vec<Option<Closed>>,
    /// For each refusal that closed cells, devices per unit of weight of the lines that
    /// stopped there between their lot and their most.
    pub(super) rates: Vec<Option<Ratio>>,
    /// For each kind, whether what remains of it is kept for the next wave.
    pub(super) kept: Vec<bool>,
}

/// The way of one line through the wave.
#[derive(Debug, Clone)]
pub(super) struct Course {
    /// Its place in the instance.
    pub index: usize,
    pub standing: Standing,
    pub weight: u64,
    /// The wishes refused in phase A: a range of [`Trace::refusals`].
    pub refused: std::ops::Range<usize>,
    /// The cell it was admitted to, and that cell's kind.
    pub cell: Option<(usize, usize)>,
    pub lot: u64,
    pub growth: u64,
}

/// A wish that was not possible when its line was called.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub possible: u64,
    pub limit: Limit,
}

/// Why one line has what it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineTrace {
    /// The line.
    pub line: String,
    /// Its rank in the public order, from 1.
    pub rank: usize,
    /// What placed it after the line called just before.
    pub level: Level,
    /// Its weight.
    pub weight: u64,
    /// What earlier waves gave.
    pub already: u64,
    /// The wishes tried in phase A, in order, up to the one granted.
    pub wishes: Vec<WishTrace>,
    /// The kind it receives.
    pub kind: Option<String>,
    /// What it received in phase A, or by its pin.
    pub lot: u64,
    /// What it received in phase B.
    pub growth: u64,
    /// The key of its last unit in phase B.
    pub last_key: Option<Key>,
    /// The key its next unit would have.
    pub next_key: Option<Key>,
    /// Devices per unit of weight, over all lines stopped by the same shortage between
    /// their lot and their most.
    pub rate: Option<Ratio>,
    /// Its share before rounding: rate × weight, all it holds included.
    pub exact_share: Option<Ratio>,
    /// What stopped it.
    pub stop: Stop,
    /// The key at which what stopped it was first in the way.
    pub stopped_at: Option<Key>,
}

/// One wish in phase A.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WishTrace {
    /// The kind wished.
    pub kind: String,
    /// The lot it needed.
    pub lot: u64,
    /// Whether it was granted.
    pub granted: bool,
    /// How many were still possible, when that was less than the lot.
    pub possible: Option<u64>,
    /// What bound it then.
    pub bound: Option<Bound>,
}

/// What binds a quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Bound {
    /// The stock of these classes, the fewest that explain it.
    Stock {
        /// The kind.
        kind: String,
        /// The ids of the classes.
        classes: Vec<String>,
    },
    /// A cap of the wave.
    Cap {
        /// The id of the cap.
        id: String,
    },
}

/// What stopped a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// It has all it asked.
    Request,
    /// It has all that one applicant may have.
    LineCap,
    /// Its next unit was not possible.
    Bound(Bound),
    /// What remains of the kind is kept for the next wave.
    Kept {
        /// The kind.
        kind: String,
    },
    /// No wish was possible in phase A.
    NoLot,
    /// Its request is below the lot: the wave for small lots.
    BelowLot,
    /// Nothing was left to ask for.
    NothingDue,
    /// Staff fixed its result.
    Pinned,
    /// Staff took it out.
    Excluded,
}

impl Trace {
    /// How many lines the wave has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.courses.len()
    }

    /// Whether the wave has no line.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.courses.is_empty()
    }

    /// Why the line at a place of the public order (from 0) has what it has. The
    /// instance must be the one that was planned.
    #[must_use]
    pub fn line(&self, instance: &Instance, place: usize) -> Option<LineTrace> {
        let course = self.courses.get(place)?;
        let line = instance.lines.get(course.index)?;
        let before = place
            .checked_sub(1)
            .and_then(|place| self.courses.get(place));
        let before = before.and_then(|course| instance.lines.get(course.index));
        let held = line.already + course.lot + course.growth;
        let grew = course.growth > 0;
        let closed = course.cell.and_then(|(cell, _)| self.closed[cell].as_ref());
        let stop = self.stop(course, line);
        let rate = closed.and_then(|closed| self.rates[closed.number]);
        Some(LineTrace {
            line: line.id.clone(),
            rank: place + 1,
            level: level(before, line),
            weight: course.weight,
            already: line.already,
            wishes: self.wishes(course, line),
            kind: course
                .cell
                .filter(|_| course.lot + course.growth > 0)
                .map(|(_, kind)| self.kinds[kind].clone()),
            lot: course.lot,
            growth: course.growth,
            last_key: grew.then(|| Key::after(held - 1, course.weight)),
            next_key: matches!(stop, Stop::Bound(_)).then(|| Key::after(held, course.weight)),
            rate,
            exact_share: rate.map(|rate| rate.times(course.weight)),
            stopped_at: closed
                .filter(|_| matches!(stop, Stop::Bound(_)))
                .map(|closed| closed.key),
            stop,
        })
    }

    fn wishes(&self, course: &Course, line: &Line) -> Vec<WishTrace> {
        if course.standing != Standing::Running || line.already > 0 {
            return Vec::new();
        }
        let refused = &self.refusals[course.refused.clone()];
        let tried = refused.len() + usize::from(course.cell.is_some());
        let wish = |(at, kind): (usize, &String)| {
            let refusal = refused.get(at);
            WishTrace {
                kind: kind.clone(),
                lot: line.lot(),
                granted: refusal.is_none(),
                possible: refusal.map(|refusal| refusal.possible),
                bound: refusal.map(|refusal| self.bound(&refusal.limit)),
            }
        };
        line.kinds
            .iter()
            .take(tried)
            .enumerate()
            .map(wish)
            .collect()
    }

    fn stop(&self, course: &Course, line: &Line) -> Stop {
        match course.standing {
            Standing::Pinned(_) => return Stop::Pinned,
            Standing::Excluded(_) => return Stop::Excluded,
            Standing::NothingDue => return Stop::NothingDue,
            Standing::BelowLot => return Stop::BelowLot,
            Standing::Running => {}
        }
        let Some((cell, kind)) = course.cell else {
            return Stop::NoLot;
        };
        if course.lot + course.growth == line.most() {
            return if line.requested <= line.cap {
                Stop::Request
            } else {
                Stop::LineCap
            };
        }
        match &self.closed[cell] {
            Some(closed) if !self.kept[kind] => Stop::Bound(self.bound(&closed.limit)),
            _ => Stop::Kept {
                kind: self.kinds[kind].clone(),
            },
        }
    }

    pub(super) fn bound(&self, limit: &Limit) -> Bound {
        match limit {
            Limit::Cap(cap) => Bound::Cap {
                id: self.caps[*cap].clone(),
            },
            Limit::Stock { kind, classes } => Bound::Stock {
                kind: self.kinds[*kind].clone(),
                classes: classes
                    .iter()
                    .map(|&class| self.classes[*kind][class].clone())
                    .collect(),
            },
        }
    }
}
