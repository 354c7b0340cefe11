//! Shares everyone can live with: so many rows of so many columns, each entry within one of
//! its fair share, and not one device too many or too few.
//!
//! The fair share of a row in a column is `row × column ÷ all`, seldom a whole number. Each
//! entry begins as its whole part and a remainder. Where remainders form a cycle of rows and
//! columns, moving the same amount around it, up and down in turns, changes no sum; it is
//! moved until one remainder is gone or full. Sums are whole, so there is a cycle as long as
//! a remainder is left.

use std::collections::BTreeMap;

/// For each row what it has of each column. Rows add up to `rows`, columns to `columns`, and
/// every entry is the fair share rounded up or down. None unless both have the same sum.
#[must_use]
pub fn fair_shares(rows: &[u64], columns: &[u64]) -> Option<Vec<Vec<u64>>> {
    let all = rows.iter().sum::<u64>();
    if all != columns.iter().sum::<u64>() {
        return None;
    }
    let mut rounding = Rounding {
        all: u128::from(all),
        whole: Vec::with_capacity(rows.len()),
        forest: BTreeMap::new(),
    };
    for (row, &sum) in rows.iter().enumerate() {
        rounding.whole.push(vec![0; columns.len()]);
        for (column, &stock) in columns.iter().enumerate() {
            let exact = u128::from(sum) * u128::from(stock);
            let whole = exact.checked_div(rounding.all).unwrap_or(0);
            rounding.whole[row][column] = u64::try_from(whole).ok()?;
            rounding.add((row, column), exact - whole * rounding.all);
        }
    }
    Some(rounding.whole)
}

/// A row and a column.
type Entry = (usize, usize);

struct Rounding {
    /// What a remainder is measured against.
    all: u128,
    whole: Vec<Vec<u64>>,
    /// The remainders that are left. Seen as edges between rows and columns they hold no
    /// cycle, so there are fewer of them than twice the columns.
    forest: BTreeMap<Entry, u128>,
}

impl Rounding {
    /// Adds a remainder, and moves remainders around the cycle that it closes, if it does.
    fn add(&mut self, entry: Entry, remainder: u128) {
        if remainder == 0 {
            return;
        }
        let path = self.path(entry);
        self.forest.insert(entry, remainder);
        if let Some(path) = path {
            self.turn(entry, &path);
        }
    }

    /// The entries from the row of one to its column, in their order.
    fn path(&self, (row, column): Entry) -> Option<Vec<Entry>> {
        let mut open = vec![(row, Vec::new())];
        while let Some((at, way)) = open.pop() {
            for &(_, through) in self.forest.keys().filter(|(known, _)| *known == at) {
                let first = (at, through);
                if way.contains(&first) {
                    continue;
                }
                let mut way = way.clone();
                way.push(first);
                if through == column {
                    return Some(way);
                }
                for &(next, _) in self.forest.keys().filter(|(_, known)| *known == through) {
                    if next != at && !way.contains(&(next, through)) {
                        let mut way = way.clone();
                        way.push((next, through));
                        open.push((next, way));
                    }
                }
            }
        }
        None
    }

    /// Takes from every other entry of a cycle what it gives to those between, as much as
    /// the first of them allows.
    fn turn(&mut self, closing: Entry, path: &[Entry]) {
        let cycle: Vec<Entry> = std::iter::once(closing)
            .chain(path.iter().copied())
            .collect();
        let left = |entry: &Entry| self.forest.get(entry).copied().unwrap_or(0);
        let room = |(place, entry): (usize, &Entry)| match place % 2 {
            0 => self.all - left(entry),
            _ => left(entry),
        };
        let Some(moved) = cycle.iter().enumerate().map(room).min() else {
            return;
        };
        for (place, entry) in cycle.into_iter().enumerate() {
            let remainder = self.forest.remove(&entry).unwrap_or(0);
            let remainder = match place % 2 {
                0 => remainder + moved,
                _ => remainder - moved,
            };
            if remainder == self.all {
                self.whole[entry.0][entry.1] += 1;
            } else if remainder > 0 {
                self.forest.insert(entry, remainder);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_share_of_each_for_everyone() {
        assert_eq!(fair_shares(&[10, 10], &[10, 10]).unwrap(), [[5, 5], [5, 5]]);
        assert_eq!(fair_shares(&[], &[]).unwrap(), Vec::<Vec<u64>>::new());
        assert_eq!(fair_shares(&[1], &[2]), None);
    }

    proptest! {
        #[test]
        fn every_entry_is_within_one_of_fair_and_every_sum_is_kept(
            columns in proptest::collection::vec(0..60u64, 1..6),
            cuts in proptest::collection::vec(0..240u64, 0..40),
        ) {
            let all: u64 = columns.iter().sum();
            let mut cuts: Vec<u64> = cuts.into_iter().filter(|cut| *cut <= all).chain([0, all]).collect();
            cuts.sort_unstable();
            let rows: Vec<u64> = cuts.windows(2).map(|pair| pair[1] - pair[0]).collect();
            let shares = fair_shares(&rows, &columns).unwrap();
            for (row, sum) in shares.iter().zip(&rows) {
                prop_assert_eq!(row.iter().sum::<u64>(), *sum);
                for (share, column) in row.iter().zip(&columns) {
                    let (below, above) = (sum * column / all.max(1), (sum * column).div_ceil(all.max(1)));
                    prop_assert!((below..=above).contains(share), "{} of {} in {}", share, sum, column);
                }
            }
            for (at, column) in columns.iter().enumerate() {
                prop_assert_eq!(shares.iter().map(|row| row[at]).sum::<u64>(), *column);
            }
        }
    }
}
