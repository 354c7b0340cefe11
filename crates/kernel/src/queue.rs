//! How much waits for somebody, and since when.

use serde::Serialize;

use crate::Instant;

/// What waits: counted up to a bound, so that the count costs the same however much there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Queue {
    /// How many, [`Queue::MOST`] at the most.
    pub count: usize,
    /// There are more than that.
    pub more: bool,
    /// Since when the oldest waits.
    pub oldest: Option<Instant>,
}

impl Queue {
    /// Counted at the most.
    pub const MOST: usize = 1_000;
    /// Rows to load: one more, which tells whether there are more.
    pub const FETCH: i64 = 1_001;

    /// Of the moments since when each waits, in any order.
    pub fn of(since: &[Instant]) -> Self {
        Self {
            count: since.len().min(Self::MOST),
            more: since.len() > Self::MOST,
            oldest: since.iter().min().copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_counted_up_to_its_bound() {
        let at = |micros| Instant::from_micros(micros);
        let moments: Vec<Instant> = (0..1_001).rev().filter_map(at).collect();
        let queue = Queue::of(&moments);
        assert_eq!((queue.count, queue.more), (Queue::MOST, true));
        assert_eq!(queue.oldest, at(0));
        let none = Queue::of(&[]);
        assert_eq!((none.count, none.more, none.oldest), (0, false, None));
    }
}
