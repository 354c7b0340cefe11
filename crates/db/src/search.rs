//! Looking for parts of numbers and words. PostgreSQL has an index for it and weighs by itself
//! when to use it. SQLite keeps every three letters that follow one another in a table of its
//! own, and is asked here whether few rows have those that are looked for: then these few are
//! looked at, and no others. What many rows have fills a page soon.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use kernel::{Id, fold, squash};

use crate::sql::Key;
use crate::{Db, Result};

/// As many rows are looked at one by one.
const FEW: usize = 2_000;
/// The letters of one entry.
const LETTERS: usize = 3;
/// Entries of a word that are looked up at the most. What they find is looked at anyway.
const ENTRIES: usize = 4;

/// A table with ids, and the one in which SQLite keeps the letters of its rows.
#[derive(Debug, Clone, Copy)]
pub struct Searched {
    /// The table.
    pub table: &'static str,
    /// That of its letters.
    pub letters: &'static str,
}

/// What a row has to have to be found, as SQLite takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted(String);

#[derive(QueryableByName)]
struct Found<T: 'static> {
    #[diesel(sql_type = Key)]
    id: Id<T>,
}

impl Searched {
    /// The rows that may be meant, and certainly all that are; none when there are many, or the
    /// engine needs no such help.
    pub fn few<T: 'static>(
        self,
        db: &mut Db,
        wanted: Option<Wanted>,
    ) -> Result<Option<Vec<Id<T>>>> {
        let (Db::Sqlite(connection), Some(wanted)) = (db, wanted) else {
            return Ok(None);
        };
        let Self { table, letters } = self;
        let found: Vec<Found<T>> = diesel::sql_query(format!(
            "SELECT {table}.id AS id
             FROM {letters} CROSS JOIN {table} ON {table}.rowid = {letters}.rowid
             WHERE {letters} MATCH ? LIMIT ?"
        ))
        .bind::<Text, _>(wanted.0)
        .bind::<BigInt, _>(FEW as i64 + 1)
        .load(connection)?;
        let few = found.len() <= FEW;
        Ok(few.then(|| found.into_iter().map(|found| found.id).collect()))
    }
}

impl Wanted {
    /// Every word, or all of them together as one number; none when what is asked for is too
    /// short to have entries.
    pub fn words(q: &str) -> Option<Self> {
        let (words, together) = (fold(q), squash(q).to_lowercase());
        let words: Vec<&str> = words.split(' ').collect();
        let (words, together) = (all_of(&words)?, all_of(&[&together])?);
        Some(Self(format!("({words} OR {together})")))
    }
}

/// The entries of all of these texts; none when all are too short to have any.
fn all_of(texts: &[&str]) -> Option<String> {
    let mut entries = BTreeSet::new();
    for text in texts {
        let letters: Vec<char> = text.chars().collect();
        // numbers differ at their end: the series that they begin with has half of all rows
        let windows = letters.windows(LETTERS).rev().take(ENTRIES);
        entries.extend(windows.map(|three| {
            let three: String = three.iter().collect();
            format!("\"{}\"", three.replace('"', "\"\""))
        }));
    }
    let entries: Vec<String> = entries.into_iter().collect();
    (!entries.is_empty()).then(|| format!("({})", entries.join(" AND ")))
}

/// Narrows a query to the rows whose key, without accents and case, has every word of a search,
/// or all of them together as one number: as it was typed, separators and all.
#[macro_export]
macro_rules! with_words {
    ($query:expr, $key:expr, $q:expr) => {{
        use $crate::diesel::{BoolExpressionMethods, QueryDsl, TextExpressionMethods};
        let (mut query, q): (_, &str) = ($query, $q);
        let together = $crate::kernel::squash(q).to_lowercase();
        for word in $crate::kernel::fold(q)
            .split(' ')
            .filter(|_| !together.is_empty())
        {
            query = query.filter(
                $key.like(format!("%{word}%"))
                    .or($key.like(format!("%{together}%"))),
            );
        }
        query
    }};
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn words_become_entries_of_three_letters() {
        let wanted = |q: &str| Wanted::words(q).map(|wanted| wanted.0).unwrap_or_default();
        assert_eq!(
            wanted("czc1"),
            r#"(("czc" AND "zc1") OR ("czc" AND "zc1"))"#
        );
        assert_eq!(
            wanted("HP abc"),
            r#"(("abc") OR ("abc" AND "hpa" AND "pab"))"#
        );
        assert_eq!(
            wanted("77/x"),
            "",
            "two short words, whatever they are together"
        );
        assert_eq!(wanted("%"), "");
        assert_eq!(all_of(&["a\"b"]).unwrap(), r#"("a""b")"#);
    }
}
