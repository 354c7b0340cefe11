//! How writing goes: how long each use case held its transaction, and how many of the last
//! writes failed for want of a working database.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::Result;

tokio::task_local! {
    /// Which use case the present task is about.
    static USE_CASE: Arc<str>;
}

/// Runs a future whose writes are counted under this name.
pub async fn named<F: Future>(use_case: Arc<str>, future: F) -> F::Output {
    USE_CASE.scope(use_case, future).await
}

/// The name of the present use case.
pub(crate) fn use_case() -> Arc<str> {
    USE_CASE
        .try_with(Arc::clone)
        .unwrap_or_else(|_| Arc::from("other"))
}

/// What became of a use case, in the span of its request.
pub(crate) fn note<T>(outcome: &Result<T>) {
    match outcome {
        Ok(_) => tracing::debug!("use case done"),
        Err(cause) => tracing::debug!(%cause, "use case refused"),
    }
}

/// Names at the most.
const NAMES: usize = 1_000;

/// How long transactions were held by one use case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hold {
    /// How often.
    pub times: u64,
    /// All together.
    pub total: Duration,
    /// The longest.
    pub longest: Duration,
}

/// Seconds of one count of outcomes.
const SPAN: u64 = 2;
/// Counts that are looked at together.
const SPANS: usize = 5;
/// So many failures at the least say that something is wrong.
const FEW: u32 = 3;

/// How many writes of a span came to what.
#[derive(Debug, Clone, Copy, Default)]
struct Outcomes {
    span: u64,
    all: u32,
    failed: u32,
}

/// What was noted since the start.
#[derive(Debug)]
pub(crate) struct Pulse {
    holds: Mutex<BTreeMap<Arc<str>, Hold>>,
    outcomes: Mutex<[Outcomes; SPANS]>,
    started: Instant,
}

impl Pulse {
    pub(crate) fn new() -> Self {
        Self {
            holds: Mutex::default(),
            outcomes: Mutex::default(),
            started: Instant::now(),
        }
    }

    /// A use case held its transaction for so long.
    pub(crate) fn held(&self, use_case: &Arc<str>, took: Duration) {
        let mut holds = self.holds.lock().unwrap_or_else(PoisonError::into_inner);
        if holds.len() >= NAMES && !holds.contains_key(use_case) {
            return;
        }
        let hold = holds.entry(Arc::clone(use_case)).or_default();
        hold.times += 1;
        hold.total += took;
        hold.longest = hold.longest.max(took);
    }

    pub(crate) fn holds(&self) -> Vec<(Arc<str>, Hold)> {
        let holds = self.holds.lock().unwrap_or_else(PoisonError::into_inner);
        let holds = holds.iter();
        holds
            .map(|(name, hold)| (Arc::clone(name), *hold))
            .collect()
    }

    /// A write was kept or refused by a rule, or the database failed it.
    pub(crate) fn wrote(&self, failed: bool) {
        self.wrote_at(self.started.elapsed(), failed);
    }

    fn wrote_at(&self, at: Duration, failed: bool) {
        let span = at.as_secs() / SPAN;
        let mut outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
        let place = usize::try_from(span).unwrap_or_default() % SPANS;
        if let Some(now) = outcomes.get_mut(place) {
            if now.span != span {
                *now = Outcomes {
                    span,
                    ..Outcomes::default()
                };
            }
            now.all += 1;
            now.failed += u32::from(failed);
        }
    }

    /// Of the last writes, how many failed and how many there were, when that is a fifth or more.
    pub(crate) fn failing(&self) -> Option<(u32, u32)> {
        self.failing_at(self.started.elapsed())
    }

    fn failing_at(&self, at: Duration) -> Option<(u32, u32)> {
        let span = at.as_secs() / SPAN;
        let outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
        let of_late = outcomes.iter().filter(|of| of.span + SPANS as u64 > span);
        let (failed, all) = of_late.fold((0, 0), |(failed, all), of| {
            (failed + of.failed, all + of.all)
        });
        (failed >= FEW && failed * 5 >= all).then_some((failed, all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_hold_of_each_use_case_is_kept() {
        let pulse = Pulse::new();
        let name: Arc<str> = Arc::from("PUT /manifest");
        for took in [2, 7, 3] {
            pulse.held(&name, Duration::from_millis(took));
        }
        let [(named, hold)] = &pulse.holds()[..] else {
            panic!("one use case");
        };
        assert_eq!(&**named, "PUT /manifest");
        let (times, total, longest) = (3, Duration::from_millis(12), Duration::from_millis(7));
        assert_eq!(
            *hold,
            Hold {
                times,
                total,
                longest
            }
        );
    }

    #[test]
    fn a_fifth_of_failed_writes_is_too_much_until_they_are_past() {
        let pulse = Pulse::new();
        let at = Duration::from_secs;
        for second in 0..6 {
            pulse.wrote_at(at(second), second % 3 == 0);
            pulse.wrote_at(at(second), false);
        }
        assert_eq!(pulse.failing_at(at(6)), None, "two may be chance");
        pulse.wrote_at(at(6), true);
        assert_eq!(pulse.failing_at(at(6)), Some((3, 13)));
        for _ in 0..3 {
            pulse.wrote_at(at(7), false);
        }
        assert_eq!(pulse.failing_at(at(7)), None, "3 of 16");
        pulse.wrote_at(at(8), true);
        assert!(pulse.failing_at(at(8)).is_some());
        assert_eq!(pulse.failing_at(at(60)), None, "long past");
    }
}
