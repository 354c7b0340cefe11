//! The instances that the planner is measured on, from one quarter's associations to a whole
//! continent's: the same for everyone who makes them.
#![allow(clippy::unwrap_used)]

use allocation::plan::Instance;
use allocation::plan::instance::{Cap, Class, Exclude, Line, Params, Pin, SCHEMA, Wave};

/// Associations and devices.
pub const SIZES: [(usize, u64); 5] = [
    (27, 486),
    (300, 5_000),
    (2_000, 30_000),
    (16_000, 200_000),
    (100_000, 2_000_000),
];

const KINDS: [&str; 3] = ["desktop", "laptop", "tablet"];

/// A small generator of numbers, so that everyone measures the same instances.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// The stock of one kind: most of it open, shares for small requests, for the young and
/// for two districts.
fn classes(kind: &str, stock: u64) -> Vec<Class> {
    let class = |name: &str, qty: u64, any_of: &[&str], none_of: &[&str]| Class {
        id: format!("{kind}/{name}"),
        kind: kind.to_owned(),
        qty,
        any_of: words(any_of),
        none_of: words(none_of),
    };
    vec![
        class("open", stock - stock / 10 * 3, &[], &[]),
        class("small", stock / 10, &["small"], &[]),
        class("youth", stock / 10, &["youth"], &["rich"]),
        class("districts", stock / 10, &["d1", "d2"], &[]),
    ]
}

/// Five districts may only have so much, of one kind or of all.
fn caps(devices: u64) -> Vec<Cap> {
    let cap = |district: u64| Cap {
        id: format!("cap-d{district}"),
        tag: format!("d{district}"),
        kind: (district % 2 == 1).then(|| "desktop".to_owned()),
        max: devices / 16 * (district % 3 + 1) / 2,
    };
    (1..6).map(cap).collect()
}

/// One request; with everything on it has tags, other wishes and sometimes a history.
fn line(number: usize, everything: bool, numbers: &mut Numbers) -> Line {
    let (mut tags, mut kinds, mut already) = (Vec::new(), vec!["desktop"], 0);
    if everything {
        for (tag, share) in [("small", 4), ("youth", 3), ("rich", 5)] {
            if numbers.one_in(share) {
                tags.push(tag.to_owned());
            }
        }
        tags.push(format!("d{}", numbers.below(16)));
        kinds = KINDS.to_vec();
        kinds.swap(0, usize::try_from(numbers.below(3)).unwrap());
        kinds.truncate(1 + usize::try_from(numbers.below(3)).unwrap());
        if numbers.one_in(10) {
            kinds.truncate(1);
            already = numbers.below(10);
        }
    }
    Line {
        id: format!("APP{number}/1"),
        application: format!("APP{number}"),
        kinds: words(&kinds),
        requested: 10 + numbers.below(31),
        min_lot: 10,
        cap: 30,
        already,
        score: numbers.below(10_001),
        fragility: numbers.below(101),
        date: format!("2025-09-{:02}", 1 + numbers.below(28)),
        tags,
    }
}

/// One kind with all of it open, or three with shares, caps, pins and a history.
pub fn instance(associations: usize, devices: u64, everything: bool) -> Instance {
    let mut numbers = Numbers(88_172_645_463_325_252 + associations as u64);
    let open = Class {
        id: "desktop/open".to_owned(),
        kind: "desktop".to_owned(),
        qty: devices,
        any_of: Vec::new(),
        none_of: Vec::new(),
    };
    let lines: Vec<Line> = (0..associations)
        .map(|number| line(number, everything, &mut numbers))
        .collect();
    // every hundredth line is fixed, the one after it is taken out
    let some = |from: usize| lines.iter().skip(from).step_by(100).filter(|_| everything);
    let pin = |line: &Line| Pin {
        line: line.id.clone(),
        kind: Some(line.kinds[0].clone()),
        qty: 3,
        reason: "fixed".to_owned(),
    };
    let exclude = |line: &Line| Exclude {
        line: line.id.clone(),
        reason: "taken out".to_owned(),
    };
    Instance {
        schema: SCHEMA.to_owned(),
        wave: Wave {
            id: "bench".to_owned(),
            seed: "bench".to_owned(),
        },
        params: Params::default(),
        classes: match everything {
            true => KINDS
                .iter()
                .flat_map(|kind| classes(kind, devices / 3))
                .collect(),
            false => vec![open],
        },
        caps: caps(devices).into_iter().filter(|_| everything).collect(),
        pins: some(7).map(pin).collect(),
        excludes: some(8).map(exclude).collect(),
        lines,
    }
}

/// What the two settings are called.
pub fn settings(everything: bool) -> &'static str {
    match everything {
        true => "everything",
        false => "one-kind",
    }
}
