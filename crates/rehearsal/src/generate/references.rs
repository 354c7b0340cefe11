//! The numbers that batches and handovers bear: taken here, and noted with what bears them.

use std::collections::BTreeMap;

use db::{Result, Tx};
use kernel::{Date, Instant};

/// Series of numbers, one a year.
const SERIES: [&str; 2] = ["batch", "handovers"];

/// The next number of each series.
#[derive(Debug, Default)]
pub struct References {
    next: BTreeMap<String, i64>,
    used: BTreeMap<String, i64>,
}

impl References {
    /// Where the series of the years from a moment on stand.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn load(tx: &mut Tx<'_>, from: Instant, to: Instant) -> Result<Self> {
        let year = |date: Date| date.format("%Y").to_string().parse::<i32>().unwrap_or(0);
        let mut references = Self::default();
        for year in year(from.date())..=year(to.date()) {
            for name in SERIES {
                let series = format!("{name}-{year}");
                let next = tx.next_numbers(&series, 0)?;
                references.next.insert(series, next);
            }
        }
        Ok(references)
    }

    /// The next number of a series.
    pub fn take(&mut self, series: &str) -> i64 {
        let next = self.next.entry(series.to_owned()).or_insert(1);
        let number = *next;
        *next += 1;
        *self.used.entry(series.to_owned()).or_default() += 1;
        number
    }

    /// How many were taken since this was asked last.
    pub fn used(&mut self) -> BTreeMap<String, i64> {
        std::mem::take(&mut self.used)
    }
}
