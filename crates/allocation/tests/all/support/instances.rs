//! Random small instances.

use std::collections::BTreeSet;

use allocation::plan::instance::{
    Cap, Class, Exclude, Instance, Line, Params, Pin, Residual, SCHEMA, Wave, Weight,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::KINDS;

const TAGS: [&str; 4] = ["a", "b", "c", "d"];

/// What an instance may contain.
#[derive(Debug, Clone, Copy)]
pub struct Range {
    pub kinds: usize,
    pub classes: usize,
    pub lines: usize,
    pub caps: usize,
    pub history: bool,
    pub overrides: bool,
    pub hold: bool,
}

/// Everything on.
pub const ALL: Range = Range {
    kinds: 3,
    classes: 6,
    lines: 7,
    caps: 3,
    history: true,
    overrides: true,
    hold: true,
};

/// One kind, open stock, no cap, nobody served before.
pub const PLAIN: Range = Range {
    kinds: 1,
    classes: 1,
    lines: 7,
    caps: 0,
    history: false,
    overrides: false,
    hold: false,
};

fn tags() -> impl Strategy<Value = Vec<String>> {
    subsequence(TAGS.to_vec(), 0..=3).prop_map(|tags| tags.into_iter().map(str::to_owned).collect())
}

fn class(range: Range) -> impl Strategy<Value = Class> {
    let rule = prop_oneof![
        3 => Just((Vec::new(), Vec::new())),
        3 => (tags(), Just(Vec::new())),
        1 => (tags(), tags()),
    ];
    let rule = if range.classes > 1 {
        rule.boxed()
    } else {
        Just((Vec::new(), Vec::new())).boxed()
    };
    (0..range.kinds, 0..25u64, rule).prop_map(|(kind, qty, (any_of, none_of))| Class {
        id: String::new(),
        kind: KINDS[kind].to_owned(),
        qty,
        any_of,
        none_of,
    })
}

fn line(range: Range) -> impl Strategy<Value = Line> {
    let kinds = subsequence(KINDS[..range.kinds].to_vec(), 1..=range.kinds).prop_shuffle();
    let history = if range.history {
        prop_oneof![3 => Just(0u64), 1 => 1..6u64].boxed()
    } else {
        Just(0).boxed()
    };
    let facts = (prop_oneof![0..4u64, 1..60u64], 0..2u64, 1..3u32);
    (kinds, 0..12u64, 0..6u64, 1..12u64, history, facts, tags()).prop_map(
        |(mut kinds, requested, min_lot, cap, already, (score, fragility, day), tags)| {
            if already > 0 {
                kinds.truncate(1);
            }
            Line {
                id: String::new(),
                application: String::new(),
                kinds: kinds.into_iter().map(str::to_owned).collect(),
                requested,
                min_lot,
                cap,
                already,
                score,
                fragility,
                date: format!("2025-09-{day:02}"),
                tags,
            }
        },
    )
}

fn cap(range: Range) -> impl Strategy<Value = Cap> {
    (
        select(TAGS.to_vec()),
        proptest::option::of(0..range.kinds),
        0..15u64,
    )
        .prop_map(|(tag, kind, max)| Cap {
            id: String::new(),
            tag: tag.to_owned(),
            kind: kind.map(|kind| KINDS[kind].to_owned()),
            max,
        })
}

/// Staff's intentions: a line, a kind, a quantity; a line.
type Overrides = (Vec<(usize, usize, u64)>, Vec<usize>);

fn overrides(range: Range) -> BoxedStrategy<Overrides> {
    if range.overrides {
        (
            vec((0..range.lines, 0..range.kinds, 0..7u64), 0..3),
            vec(0..range.lines, 0..2),
        )
            .boxed()
    } else {
        Just((Vec::new(), Vec::new())).boxed()
    }
}

/// Random instances; pins may be impossible.
pub fn instances(range: Range) -> impl Strategy<Value = Instance> {
    let weight = prop_oneof![
        3 => Just(Weight::default()),
        1 => Just(Weight { base: 1, score: 0, fragility: 0 }),
        1 => (0..4u64, 0..4u64, 0..4u64).prop_map(|(base, score, fragility)| Weight { base, score, fragility }),
    ];
    let residual = if range.hold {
        select(vec![Residual::Grow, Residual::Hold]).boxed()
    } else {
        Just(Residual::Grow).boxed()
    };
    let classes = vec(
        class(range),
        if range.classes > 1 {
            0..=range.classes
        } else {
            1..=1
        },
    );
    let lines = vec(line(range), 0..=range.lines);
    (
        classes,
        lines,
        vec(cap(range), 0..=range.caps),
        weight,
        residual,
        "[a-z]{2}",
        overrides(range),
    )
        .prop_map(
            |(classes, lines, caps, weight, residual, seed, overrides)| {
                let mut instance = Instance {
                    schema: SCHEMA.to_owned(),
                    wave: Wave {
                        id: "w".to_owned(),
                        seed,
                    },
                    params: Params { weight, residual },
                    classes,
                    caps,
                    lines,
                    pins: Vec::new(),
                    excludes: Vec::new(),
                };
                name(&mut instance);
                decide(&mut instance, &overrides);
                instance
            },
        )
}

fn name(instance: &mut Instance) {
    for (at, class) in instance.classes.iter_mut().enumerate() {
        class.id = format!("{}/{at}", class.kind);
    }
    for (at, cap) in instance.caps.iter_mut().enumerate() {
        cap.id = format!("cap-{at}");
    }
    for (at, line) in instance.lines.iter_mut().enumerate() {
        // Now and then two lines of one application, told apart by their ids alone.
        line.application = format!("A{}", at / 2 * 2 + usize::from(at % 4 != 1 && at % 2 == 1));
        line.id = format!("{}/{at}", line.application);
    }
}

fn decide(instance: &mut Instance, (pins, excludes): &Overrides) {
    let mut taken = BTreeSet::new();
    let ids: Vec<String> = instance.lines.iter().map(|line| line.id.clone()).collect();
    for &(at, kind, qty) in pins {
        if let Some(line) = ids.get(at).filter(|_| taken.insert(at)) {
            let kind = Some(KINDS[kind].to_owned());
            instance.pins.push(Pin {
                line: line.clone(),
                kind,
                qty,
                reason: String::new(),
            });
        }
    }
    for &at in excludes {
        if let Some(line) = ids.get(at).filter(|_| taken.insert(at)) {
            instance.excludes.push(Exclude {
                line: line.clone(),
                reason: String::new(),
            });
        }
    }
}
