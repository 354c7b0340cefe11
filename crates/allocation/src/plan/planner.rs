//! The policy of ALLOCATION §1: pins first, then lots in the public order (phase A),
//! then growth by exact keys (phase B).

use std::collections::BTreeMap;

use super::answer::{Answer, Award, Code, Refused};
use super::grounds::{Grounds, Standing};
pub use super::growth::Growth;
use super::growth::{Climber, grow};
use super::instance::{Instance, Residual};
use super::key::Ratio;
use super::room::Room;
use super::trace::{Bound, Course, LineTrace, Refusal, Trace};
use super::validate::validate;

/// The result of a wave and how it came about.
#[derive(Debug, Clone)]
pub struct Plan {
    /// One per line, in the public order.
    pub awards: Vec<Award>,
    /// Devices not given, for each kind in stock.
    pub left_by_kind: BTreeMap<String, u64>,
    /// Why.
    pub trace: Trace,
}

impl Plan {
    /// What one line receives.
    #[must_use]
    pub fn award(&self, line: &str) -> Option<&Award> {
        self.awards.iter().find(|award| award.id == line)
    }

    /// Why one line has what it has; `instance` must be the one that was planned.
    #[must_use]
    pub fn why(&self, instance: &Instance, line: &str) -> Option<LineTrace> {
        let place = self.awards.iter().position(|award| award.id == line)?;
        self.trace.line(instance, place)
    }

    /// The plan as it is printed and published.
    #[must_use]
    pub fn into_answer(self) -> Answer {
        Answer::Ok {
            lines: self.awards,
            left_by_kind: self.left_by_kind,
        }
    }
}

/// Plans a wave.
///
/// # Errors
/// An instance that is malformed or contradictory, and pins that cannot be met.
pub fn plan(instance: &Instance) -> Result<Plan, Refused> {
    plan_by(instance, Growth::default())
}

/// Plans a wave with one of the two ways of growing, which give the same result.
///
/// # Errors
/// As [`plan`].
pub fn plan_by(instance: &Instance, growth: Growth) -> Result<Plan, Refused> {
    validate(instance)?;
    plan_valid(instance, growth)
}

/// Plans an instance known to be valid.
pub(super) fn plan_valid(instance: &Instance, growth: Growth) -> Result<Plan, Refused> {
    let mut grounds = Grounds::of(instance);
    let mut trace = blank_trace(&grounds);
    pins(&mut grounds, &mut trace)?;
    lots(&mut grounds, &mut trace);
    trace.kept = kept_kinds(&grounds, &trace);
    growth_of_all(&mut grounds, &mut trace, growth);
    Ok(conclude(&grounds, trace))
}

fn blank_trace(grounds: &Grounds<'_>) -> Trace {
    let instance = grounds.instance;
    let names = |classes: &Vec<usize>| {
        classes
            .iter()
            .map(|&class| instance.classes[class].id.clone())
            .collect()
    };
    let course = |runner: &super::grounds::Runner| Course {
        index: runner.index,
        standing: runner.standing,
        weight: runner.weight,
        refused: 0..0,
        cell: None,
        lot: 0,
        growth: 0,
    };
    Trace {
        kinds: grounds.kinds.iter().map(|&kind| kind.to_owned()).collect(),
        classes: grounds.classes.iter().map(names).collect(),
        caps: instance.caps.iter().map(|cap| cap.id.clone()).collect(),
        courses: grounds.runners.iter().map(course).collect(),
        ..Trace::default()
    }
}

/// Pins as staff fixed them (§1.4): they ignore lot, cap, request and wishes, never
/// stock, restrictions or caps of the wave.
fn pins(grounds: &mut Grounds<'_>, trace: &mut Trace) -> Result<(), Refused> {
    for place in 0..grounds.runners.len() {
        let runner = &grounds.runners[place];
        let (Standing::Pinned(pin), Some(cell)) = (runner.standing, runner.pin_cell) else {
            continue;
        };
        let qty = grounds.instance.pins[pin].qty;
        let kind = grounds.room.cells[cell].kind;
        if let Err(short) = grounds.room.take(cell, qty) {
            let by = describe(&trace.bound(&short.limit));
            let (line, kind) = (&grounds.line(runner).id, grounds.kinds[kind]);
            let detail = format!(
                "pin of {line}: {qty} {kind} pinned, {} possible ({by})",
                short.possible
            );
            return Err(Refused::new(Code::PinNotPossible, detail));
        }
        let course = &mut trace.courses[place];
        (course.cell, course.lot) = (Some((cell, kind)), qty);
    }
    Ok(())
}

fn describe(bound: &Bound) -> String {
    match bound {
        Bound::Cap { id } => format!("cap {id}"),
        Bound::Stock { kind, classes } if classes.is_empty() => {
            format!("no class of {kind} serves this line")
        }
        Bound::Stock { classes, .. } => format!("classes {}", classes.join(", ")),
    }
}

/// Phase A (§1.5): each line without history gets its lot of the first kind on its
/// list for which it is still possible.
fn lots(grounds: &mut Grounds<'_>, trace: &mut Trace) {
    for (runner, course) in grounds.runners.iter().zip(&mut trace.courses) {
        if runner.standing != Standing::Running {
            continue;
        }
        let line = &grounds.instance.lines[runner.index];
        let wishes = &grounds.wishes[runner.wishes.clone()];
        let first = trace.refusals.len();
        let admitted = if line.already > 0 {
            wishes.first().copied()
        } else {
            wishes
                .iter()
                .copied()
                .find(|&cell| try_lot(&mut grounds.room, cell, line.lot(), &mut trace.refusals))
        };
        course.refused = first..trace.refusals.len();
        course.cell = admitted.map(|cell| (cell, grounds.room.cells[cell].kind));
        course.lot = if admitted.is_some() { line.lot() } else { 0 };
    }
}

fn try_lot(room: &mut Room, cell: usize, lot: u64, refusals: &mut Vec<Refusal>) -> bool {
    let taken = room.take(cell, lot);
    if let Err(short) = &taken {
        refusals.push(Refusal {
            possible: short.possible,
            limit: short.limit.clone(),
        });
    }
    taken.is_ok()
}

/// With `hold`, the kinds wished by a line in the running that got no lot (§1.6).
fn kept_kinds(grounds: &Grounds<'_>, trace: &Trace) -> Vec<bool> {
    let mut kept = vec![false; grounds.kinds.len()];
    if grounds.instance.params.residual == Residual::Hold {
        let skipped = grounds
            .runners
            .iter()
            .zip(&trace.courses)
            .filter(|(_, course)| course.standing == Standing::Running && course.cell.is_none());
        for cell in skipped.flat_map(|(runner, _)| &grounds.wishes[runner.wishes.clone()]) {
            kept[grounds.room.cells[*cell].kind] = true;
        }
    }
    kept
}

/// Phase B (§1.6) for every admitted line and every line with history.
fn growth_of_all(grounds: &mut Grounds<'_>, trace: &mut Trace, growth: Growth) {
    let mut climbers = Vec::with_capacity(trace.courses.len());
    for (rank, course) in trace.courses.iter().enumerate() {
        let Some((cell, kind)) = course.cell else {
            continue;
        };
        if course.standing == Standing::Running && !trace.kept[kind] {
            let line = &grounds.instance.lines[course.index];
            let top = line.already + line.most();
            climbers.push(Climber {
                rank,
                cell,
                weight: course.weight,
                held: line.already + course.lot,
                top,
            });
        }
    }
    grow(growth, &mut climbers, &mut grounds.room);
    let mut sums = vec![(0u128, 0u128); grounds.room.closures];
    for climber in climbers {
        let course = &mut trace.courses[climber.rank];
        let before = grounds.instance.lines[course.index].already + course.lot;
        course.growth = climber.held - before;
        let closed = grounds.room.closed(climber.cell);
        if let Some(closed) = closed.filter(|_| course.growth > 0 && climber.held < climber.top) {
            let (held, weight) = &mut sums[closed.number];
            *held += u128::from(climber.held);
            *weight += u128::from(climber.weight);
        }
    }
    let rate = |(held, weight)| (weight > 0).then(|| Ratio::new(held, weight));
    trace.rates = sums.into_iter().map(rate).collect();
}

fn conclude(grounds: &Grounds<'_>, mut trace: Trace) -> Plan {
    let award = |course: &Course| {
        let qty = course.lot + course.growth;
        let kind = course
            .cell
            .filter(|_| qty > 0)
            .map(|(_, kind)| grounds.kinds[kind].to_owned());
        Award {
            id: grounds.instance.lines[course.index].id.clone(),
            kind,
            qty,
        }
    };
    let awards = trace.courses.iter().map(award).collect();
    let stocked = grounds
        .kinds
        .iter()
        .zip(&grounds.classes)
        .zip(&grounds.room.pools);
    let left_by_kind = stocked
        .filter(|((_, classes), _)| !classes.is_empty())
        .map(|((kind, _), pool)| ((*kind).to_owned(), pool.left()))
        .collect();
    trace.closed = (0..grounds.room.cells.len())
        .map(|cell| grounds.room.closed(cell).cloned())
        .collect();
    Plan {
        awards,
        left_by_kind,
        trace,
    }
}
