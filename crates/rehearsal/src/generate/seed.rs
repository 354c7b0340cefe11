//! Chance and ids that are the same for the same seed.

use kernel::{Id, Instant};

/// A stream of numbers (SplitMix64): fast, and good enough for what is invented.
#[derive(Debug)]
pub struct Seed {
    state: u64,
    /// Ids so far: those of one moment keep their order.
    ids: u16,
}

impl Seed {
    pub const fn new(seed: u64) -> Self {
        Self {
            state: seed,
            ids: 0,
        }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below the limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    /// From the first to the last.
    pub fn between(&mut self, first: i64, last: i64) -> i64 {
        let width = u64::try_from(last - first + 1).unwrap_or(1);
        first + i64::try_from(self.below(width)).unwrap_or(0)
    }

    /// True so many times of a hundred.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub fn one_of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let at = self.below(choices.len() as u64);
        &choices[usize::try_from(at).unwrap_or(0)]
    }

    /// One of these, as often as their weights say.
    pub fn weighted<T: Copy>(&mut self, choices: &[(T, u64)]) -> T {
        let total = choices.iter().map(|(_, weight)| weight).sum();
        let mut at = self.below(total);
        for (choice, weight) in choices {
            if at < *weight {
                return *choice;
            }
            at -= weight;
        }
        choices[0].0
    }

    /// An id of something that came about at a moment.
    pub fn id<T>(&mut self, at: Instant) -> Id<T> {
        self.ids = self.ids.wrapping_add(1);
        let millis = u64::try_from(at.micros() / 1_000).unwrap_or(0);
        let mut bytes = [0; 10];
        bytes[..2].copy_from_slice(&(self.ids & 0x0fff).to_be_bytes());
        bytes[2..].copy_from_slice(&self.next().to_be_bytes());
        Id::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_and_ids_keep_their_order() {
        let at = Instant::from_micros(1_700_000_000_000_000).expect("a moment");
        let ids = |seed| -> Vec<Id<()>> {
            let mut seed = Seed::new(seed);
            (0..100).map(|_| seed.id(at)).collect()
        };
        assert_eq!(ids(7), ids(7));
        assert_ne!(ids(7), ids(8));
        assert!(ids(7).is_sorted());
        assert!(ids(7)[0] < Seed::new(9).id(at.plus_seconds(1)));
    }

    #[test]
    fn weights_decide_how_often() {
        let mut seed = Seed::new(1);
        let often = (0..1_000).filter(|_| seed.weighted(&[(true, 9), (false, 1)]));
        assert!((850..950).contains(&often.count()));
        assert!((0..1_000).all(|_| (3..=5).contains(&seed.between(3, 5))));
    }
}
