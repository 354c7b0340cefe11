//! What the tests of the planner share: random instances and a brute force.

mod definition;
mod instances;

use std::collections::BTreeMap;

use allocation::plan::Plan;

pub use definition::{brute_force, feasible};
pub use instances::{ALL, PLAIN, Range, instances};

/// The kinds of device that occur.
pub const KINDS: [&str; 3] = ["desktop", "laptop", "tablet"];

/// How many random cases to try; more with `PLAN_CASES` in the environment.
pub fn number_of_cases(default: u32) -> u32 {
    let wanted = std::env::var("PLAN_CASES").ok();
    wanted
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(default)
}

/// What each line gets, whatever the order.
pub fn by_line(plan: &Plan) -> BTreeMap<String, (Option<String>, u64)> {
    plan.awards
        .iter()
        .map(|award| (award.id.clone(), (award.kind.clone(), award.qty)))
        .collect()
}
