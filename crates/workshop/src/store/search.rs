//! Looking for parts of numbers and words. PostgreSQL has an index for it and weighs by itself
//! when to use it. SQLite keeps every three letters that follow one another in a table,
//! `device_search`, and is asked here whether few devices have those that are looked for: then
//! these few are looked at, and no others. What many devices have fills a page soon.

use std::collections::BTreeSet;

use db::sql::Key;
use db::{Db, Result};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use kernel::{DeviceId, fold, squash};

use crate::model::DeviceFilter;
use crate::rules::location_key;

/// As many devices are looked at one by one.
const FEW: usize = 2_000;
/// The letters of one entry.
const LETTERS: usize = 3;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Key)]
    id: DeviceId,
}

/// The devices that may be meant by a search for words or a place, and certainly all that are;
/// none when there are many, or the engine needs no such help.
pub(crate) fn few(db: &mut Db, filter: &DeviceFilter) -> Result<Option<Vec<DeviceId>>> {
    let Db::Sqlite(connection) = db else {
        return Ok(None);
    };
    let Some(entries) = wanted(filter) else {
        return Ok(None);
    };
    let found: Vec<Found> = diesel::sql_query(
        "SELECT devices.id AS id
         FROM device_search CROSS JOIN devices ON devices.rowid = device_search.rowid
         WHERE device_search MATCH ? LIMIT ?",
    )
    .bind::<Text, _>(entries)
    .bind::<BigInt, _>(FEW as i64 + 1)
    .load(connection)?;
    let few = found.len() <= FEW;
    Ok(few.then(|| found.into_iter().map(|found| found.id).collect()))
}

/// The entries that a device has to have, as SQLite takes them; none when nothing that is
/// asked for is long enough.
fn wanted(filter: &DeviceFilter) -> Option<String> {
    let words = filter.q.as_deref().and_then(wanted_by_words);
    let place = filter
        .location
        .as_deref()
        .and_then(|place| all_of(&[&location_key(place)]));
    let wanted: Vec<String> = [words, place].into_iter().flatten().collect();
    (!wanted.is_empty()).then(|| wanted.join(" AND "))
}

/// Every word, or all of them together as one number.
fn wanted_by_words(q: &str) -> Option<String> {
    let (words, together) = (fold(q), squash(q).to_lowercase());
    let words: Vec<&str> = words.split(' ').collect();
    let (words, together) = (all_of(&words)?, all_of(&[&together])?);
    Some(format!("({words} OR {together})"))
}

/// The entries of all of these texts; none when all are too short to have any.
fn all_of(texts: &[&str]) -> Option<String> {
    let mut entries = BTreeSet::new();
    for text in texts {
        let letters: Vec<char> = text.chars().collect();
        entries.extend(letters.windows(LETTERS).map(|three| {
            let three: String = three.iter().collect();
            format!("\"{}\"", three.replace('"', "\"\""))
        }));
    }
    let entries: Vec<String> = entries.into_iter().collect();
    (!entries.is_empty()).then(|| format!("({})", entries.join(" AND ")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn words_become_entries_of_three_letters() {
        let wanted = |q: &str| wanted_by_words(q).unwrap_or_default();
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
