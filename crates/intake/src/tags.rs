//! The tag on a device: short, readable aloud, and wrong when one character is misread.
//!
//! `RS-0004K-7` is a number in base 29, written with digits and consonants that do not
//! look alike (so no words come about either), and a check character. 29 is prime and each
//! place has a weight of its own, so that any one wrong character and any swap of two
//! neighbors changes the check.

use db::{Result, Tx};

const ALPHABET: &[u8; 29] = b"0123456789BCDFGHJKMNPQRSTVWXY";
const BASE: u64 = 29;
const PREFIX: &str = "RS";
const PLACES: usize = 5;

/// Takes `count` new tags.
///
/// # Errors
/// When the database fails.
pub fn tags(tx: &mut Tx<'_>, count: usize) -> Result<Vec<String>> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let wanted = i64::try_from(count).map_err(db::Error::internal)?;
    let first = tx.next_numbers("device_tag", wanted)?;
    Ok((first..first + wanted)
        .map(|n| write(n.unsigned_abs()))
        .collect())
}

/// Whether the text is a tag, with or without its hyphens, in any case.
pub fn tag_is_valid(text: &str) -> bool {
    read_tag(text).is_some()
}

/// The tag as it is stored, from what a person typed: case, spaces and hyphens do not
/// matter, and the letters that look like digits are taken for these.
pub fn read_tag(text: &str) -> Option<String> {
    let plain = kernel::squash(text);
    let body = plain.strip_prefix(PREFIX)?;
    if body.len() < PLACES + 1 || body.len() > 12 {
        return None;
    }
    let values: Vec<u64> = body.chars().map(value).collect::<Option<_>>()?;
    let (check, digits) = values.split_last()?;
    (check_of(digits) == *check).then(|| format(digits, *check))
}

/// The tags that a mistyped one may have been: with one other character, or two neighbors
/// swapped back. Of each place, the check leaves one character at the most.
pub fn near_tags(text: &str) -> Vec<String> {
    let plain: Vec<char> = kernel::squash(text).chars().collect();
    if !plain.iter().collect::<String>().starts_with(PREFIX) || !(8..=14).contains(&plain.len()) {
        return Vec::new();
    }
    let mut near = std::collections::BTreeSet::new();
    for at in PREFIX.len()..plain.len() {
        for letter in ALPHABET.iter().map(|b| char::from(*b)) {
            let mut other = plain.clone();
            other[at] = letter;
            near.extend(read_tag(&other.iter().collect::<String>()));
        }
        if at + 1 < plain.len() {
            let mut other = plain.clone();
            other.swap(at, at + 1);
            near.extend(read_tag(&other.iter().collect::<String>()));
        }
    }
    near.into_iter().collect()
}

/// How a device is found by its words: tag and serial without separators, maker and model
/// without accents and case. A search looks for the folded words and for the squashed text.
pub fn search_key(
    tag: &str,
    serial: Option<&str>,
    manufacturer: Option<&str>,
    model: Option<&str>,
) -> String {
    let squashed = |text: &str| kernel::squash(text).to_lowercase();
    let mut words = vec![squashed(tag)];
    words.extend(serial.map(squashed));
    words.extend(manufacturer.map(kernel::fold));
    words.extend(model.map(kernel::fold));
    words.join(" ")
}

fn write(number: u64) -> String {
    let mut digits = Vec::with_capacity(PLACES);
    let mut rest = number;
    while rest > 0 || digits.len() < PLACES {
        digits.push(rest % BASE);
        rest /= BASE;
    }
    digits.reverse();
    format(&digits, check_of(&digits))
}

/// Weights run from 2 at the last place; they differ from one another, and from the
/// check's own weight of 1.
fn check_of(digits: &[u64]) -> u64 {
    let sum: u64 = digits
        .iter()
        .rev()
        .zip(2..)
        .map(|(digit, weight)| digit * weight)
        .sum();
    (BASE - sum % BASE) % BASE
}

fn format(digits: &[u64], check: u64) -> String {
    let letter = |value: &u64| {
        usize::try_from(*value)
            .ok()
            .and_then(|at| ALPHABET.get(at))
            .map_or('?', |b| char::from(*b))
    };
    let body: String = digits.iter().map(letter).collect();
    format!("{PREFIX}-{body}-{}", letter(&check))
}

fn value(c: char) -> Option<u64> {
    let c = match c {
        'O' => '0',
        'I' | 'L' => '1',
        'Z' => '2',
        other => other,
    };
    let at = ALPHABET.iter().position(|b| char::from(*b) == c)?;
    u64::try_from(at).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn a_tag_is_read_as_it_was_written() {
        for number in [
            1,
            28,
            29,
            1060,
            100_000,
            2_000_000,
            20_511_148,
            20_511_149,
            u64::from(u32::MAX),
        ] {
            let tag = write(number);
            assert_eq!(read_tag(&tag), Some(tag.clone()));
            assert_eq!(read_tag(&tag.to_lowercase().replace('-', " ")), Some(tag));
        }
        assert_eq!(write(1), "RS-00001-X");
    }

    #[test]
    fn letters_that_look_like_digits_are_taken_for_them() {
        assert_eq!(read_tag("RS-OOOO1-X"), Some("RS-00001-X".to_owned()));
        assert!(!tag_is_valid("RS-0001-X"));
        assert!(!tag_is_valid("CZC40WXGHV"));
        assert!(!tag_is_valid(""));
    }

    #[test]
    fn a_mistyped_tag_is_among_few_that_it_may_have_been() {
        let tag = write(123_456);
        let plain = kernel::squash(&tag);
        for wrong in [plain.replacen(&plain[3..4], "X", 1), plain.clone()] {
            let near = near_tags(&wrong);
            assert!(near.contains(&tag) && near.len() < 14, "{wrong}: {near:?}");
        }
        let mut swapped: Vec<char> = plain.chars().collect();
        swapped.swap(4, 5);
        assert!(near_tags(&swapped.iter().collect::<String>()).contains(&tag));
        assert!(near_tags("CZC40WXGHV").is_empty() && near_tags("RS").is_empty());
    }

    #[test]
    fn one_wrong_character_or_a_swap_is_noticed() {
        for number in [1, 777, 1060, 123_456, 20_000_000] {
            let tag: Vec<char> = write(number).chars().filter(|c| *c != '-').collect();
            for at in 2..tag.len() {
                for letter in ALPHABET.iter().map(|b| char::from(*b)) {
                    let mut wrong = tag.clone();
                    wrong[at] = letter;
                    let wrong: String = wrong.into_iter().collect();
                    assert_eq!(tag_is_valid(&wrong), tag[at] == letter, "{wrong}");
                }
                if at + 1 < tag.len() && tag[at] != tag[at + 1] {
                    let mut swapped = tag.clone();
                    swapped.swap(at, at + 1);
                    let swapped: String = swapped.into_iter().collect();
                    assert!(!tag_is_valid(&swapped), "{swapped}");
                }
            }
        }
    }
}
