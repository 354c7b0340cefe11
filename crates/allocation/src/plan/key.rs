//! The exact key of a unit of growth, `(2t − 1) / w` (ALLOCATION §1.6): the share
//! per point a line would have halfway through its `t`-th device. Small keys first.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// `odd / weight`, compared by cross-multiplication in 128 bits.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Key {
    /// `2t − 1`.
    pub odd: u64,
    /// `w`, at least 1.
    pub weight: u64,
}

impl Key {
    /// The key of the unit that follows `held` devices.
    #[must_use]
    pub fn after(held: u64, weight: u64) -> Self {
        Self {
            odd: 2 * held + 1,
            weight,
        }
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let left = u128::from(self.odd) * u128::from(other.weight);
        let right = u128::from(other.odd) * u128::from(self.weight);
        left.cmp(&right)
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Key {}

/// An exact fraction, for display: shares of devices before they are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratio {
    /// Above the line.
    pub numerator: u128,
    /// Below the line, at least 1.
    pub denominator: u128,
}

impl Ratio {
    /// `self × factor`, in lowest terms.
    #[must_use]
    pub fn times(self, factor: u64) -> Self {
        Self::new(
            self.numerator.saturating_mul(u128::from(factor)),
            self.denominator,
        )
    }

    /// `numerator / denominator`, in lowest terms.
    #[must_use]
    pub fn new(numerator: u128, denominator: u128) -> Self {
        let denominator = denominator.max(1);
        let (mut common, mut rest) = (numerator, denominator);
        while rest > 0 {
            (common, rest) = (rest, common % rest);
        }
        Self {
            numerator: numerator / common,
            denominator: denominator / common,
        }
    }
}
