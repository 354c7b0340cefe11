//! Files that nobody would send, for the readers of what people do send: made from a number
//! alone, so that one which fails can be made again. For a second in every test run, and for
//! longer when asked:
//!
//! ```text
//! RESSAC_FUZZ_SECONDS=600 cargo test --release -p intake --lib fuzz -- --nocapture
//! ```
//!
//! A file that fails is named by its number, and tried again with `RESSAC_FUZZ_SEED`; its number
//! then joins [`Fuzz::kept`]. Of one that ends the process, such as by asking for more memory
//! than there is, the number lies in the file that is printed first. Limit the memory
//! (`ulimit -v 4000000`) before a long run.
//!
//! A development dependency only, and of nothing else: the tests of a reader need no server.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods // the time of this machine, for the budget
)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A row of numbers (xorshift): the same for the same beginning.
#[derive(Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// The row of this file.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    /// A number below `end`; 0 when there is none.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).expect("below a usize")
    }

    /// One of these.
    pub fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// Bytes without any sense, fewer than `most`.
    pub fn noise(&mut self, most: usize) -> Vec<u8> {
        (0..self.below(most)).map(|_| self.byte()).collect()
    }

    /// Words in any order, fewer than `most`.
    pub fn words(&mut self, words: &[&str], most: usize) -> String {
        (0..self.below(most)).map(|_| self.one_of(words)).collect()
    }

    /// A file with some of its bytes changed, lost, repeated, or with words put between.
    #[must_use]
    pub fn changed(&mut self, mut bytes: Vec<u8>, words: &[&str]) -> Vec<u8> {
        for _ in 0..=self.below(8) {
            let at = self.below(bytes.len() + 1);
            let end = (at + self.below(200)).min(bytes.len());
            match self.below(8) {
                0 if at < bytes.len() => bytes[at] = self.byte(),
                1 => drop(bytes.drain(at..end)),
                2 => bytes.truncate(at),
                3 => {
                    let again = bytes[at..end].repeat(self.below(60));
                    bytes.splice(at..at, again);
                }
                4 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                _ => {
                    let word = self.one_of(words);
                    bytes.splice(at..at, word.bytes());
                }
            }
        }
        bytes
    }
}

/// A reader that is tried.
#[derive(Debug)]
pub struct Fuzz {
    /// What it reads, for the file with the number under way.
    pub name: &'static str,
    /// Numbers of files that failed once.
    pub kept: &'static [u64],
    /// How long one file may take.
    pub slowest: Duration,
}

impl Fuzz {
    /// Tries files until the time is over. `examine` makes the file of a number, panics when it
    /// is not treated well, and says whether it could be read.
    pub fn run(&self, examine: impl Fn(&mut Numbers) -> bool) {
        let number = |name: &str| {
            let text = std::env::var(name).ok();
            text.and_then(|text| text.parse::<u64>().ok())
        };
        if let Some(seed) = number("RESSAC_FUZZ_SEED") {
            self.examined(seed, &examine);
            return;
        }
        for seed in self.kept {
            self.examined(*seed, &examine);
        }
        eprintln!(
            "the number of the file under way: {}",
            self.note().display()
        );
        let budget = Duration::from_secs(number("RESSAC_FUZZ_SECONDS").unwrap_or(1));
        let first = number("RESSAC_FUZZ_FROM").unwrap_or(1);
        let (start, mut tried, mut read) = (Instant::now(), 0_u64, 0_u64);
        while start.elapsed() < budget {
            read += u64::from(self.examined(first + tried, &examine));
            tried += 1;
        }
        let took = start.elapsed();
        eprintln!(
            "{}: {tried} files in {took:?}, {read} of them read",
            self.name
        );
    }

    /// Where the number of the file under way is written.
    fn note(&self) -> PathBuf {
        std::env::temp_dir().join(format!("ressac-fuzz-{}.seed", self.name))
    }

    fn examined(&self, seed: u64, examine: &impl Fn(&mut Numbers) -> bool) -> bool {
        std::fs::write(self.note(), seed.to_string()).expect("a temporary folder");
        let start = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| examine(&mut Numbers::of(seed))));
        let took = start.elapsed();
        assert!(took < self.slowest, "seed {seed} took {took:?}");
        outcome.unwrap_or_else(|_| panic!("RESSAC_FUZZ_SEED={seed}"))
    }
}
