//! What a serial number that nobody has may have been: as scanned or typed, one character off.

use std::collections::HashSet;

/// What stands in a serial number for comparison.
const CHARACTERS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// A shorter one is one character off from too many.
const SHORTEST: usize = 6;
/// Nobody types a longer one.
const LONGEST: usize = 24;

/// Zeros that a spreadsheet takes away at the most.
const ZEROS: usize = 10;

/// The numbers that one may have been, the likeliest first: leading zeros that a spreadsheet
/// took away, from this one or from the one that was announced; letters taken for digits and
/// the other way round, two characters swapped, one that is another, too many, or missing. As
/// [`kernel::squash`] writes them.
pub fn near_keys(key: &str) -> Vec<String> {
    let known = !key.is_empty() && key.bytes().all(|byte| CHARACTERS.contains(&byte));
    if !known || key.len() > LONGEST {
        return Vec::new();
    }
    let mut seen = HashSet::from([key.to_owned()]);
    let mut near: Vec<String> = without_zeros(key).collect();
    if key.len() >= SHORTEST {
        near.extend(one_off(key));
    }
    near.extend(with_zeros(key));
    near.retain(|key| seen.insert(key.clone()));
    near
}

/// The numbers that differ from one by leading zeros alone: a spreadsheet took them away.
pub fn zeros_apart(key: &str) -> Vec<String> {
    if key.len() > LONGEST {
        return Vec::new();
    }
    without_zeros(key).chain(with_zeros(key)).collect()
}

fn one_off(key: &str) -> Vec<String> {
    let mut near: Vec<String> = looked_alike(key).collect();
    near.extend(swapped(key));
    near.extend(replaced(key));
    near.extend((0..key.len()).map(|at| put(key, at, at + 1, "")));
    near.extend(inserted(key));
    near
}

/// The number that begins with zeros as a spreadsheet leaves it: digits alone.
fn without_zeros(key: &str) -> impl Iterator<Item = String> {
    let rest = key.trim_start_matches('0');
    let lost = is_digits(rest) && rest.len() < key.len() && rest.len() > 1;
    lost.then(|| rest.to_owned()).into_iter()
}

/// The number that a spreadsheet may have left of one that began with zeros.
fn with_zeros(key: &str) -> impl Iterator<Item = String> {
    let may = is_digits(key) && key.trim_start_matches('0').len() > 1;
    let most = if may {
        ZEROS.min(LONGEST - key.len())
    } else {
        0
    };
    (1..=most).map(move |zeros| format!("{}{key}", "0".repeat(zeros)))
}

fn is_digits(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit())
}

/// `key` with something else from one place to another.
fn put(key: &str, from: usize, to: usize, instead: &str) -> String {
    let part = |range| key.get(range).unwrap_or_default();
    format!("{}{instead}{}", part(0..from), part(to..key.len()))
}

fn looked_alike(key: &str) -> impl Iterator<Item = String> {
    let digits = key.replace('O', "0").replace(['I', 'L'], "1");
    let letters = key.replace('0', "O").replace('1', "I");
    [digits, letters].into_iter()
}

fn swapped(key: &str) -> impl Iterator<Item = String> {
    let pairs =
        (0..key.len() - 1).filter_map(|at| Some((at, key.get(at..=at)?, key.get(at + 1..at + 2)?)));
    pairs.map(|(at, one, other)| put(key, at, at + 2, &format!("{other}{one}")))
}

fn replaced(key: &str) -> impl Iterator<Item = String> {
    (0..key.len()).flat_map(move |at| letters().map(move |letter| put(key, at, at + 1, &letter)))
}

fn inserted(key: &str) -> impl Iterator<Item = String> {
    (0..=key.len()).flat_map(move |at| letters().map(move |letter| put(key, at, at, &letter)))
}

fn letters() -> impl Iterator<Item = String> {
    CHARACTERS.iter().map(|byte| char::from(*byte).to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::near_keys;

    #[test]
    fn one_character_off_is_near_and_two_are_not() {
        let near = near_keys("CZC4OWXGHV");
        for meant in [
            "CZC40WXGHV",
            "CZC4OWXHGV",
            "CZC4OWXGHX",
            "CZC4OWXGH",
            "CZC4OWXGHVA",
            "ACZC4OWXGHV",
        ] {
            assert!(near.contains(&meant.to_owned()), "{meant}");
        }
        assert_eq!(near[0], "CZC40WXGHV", "what looks alike comes first");
        for other in ["CZC4OWXGHV", "CZC4OWXG", "XXC4OWXGHV"] {
            assert!(!near.contains(&other.to_owned()), "{other}");
        }
        let all: std::collections::HashSet<_> = near.iter().collect();
        assert_eq!(all.len(), near.len(), "each once");
        assert!(near.len() < 800, "{}", near.len());
    }

    #[test]
    fn several_that_look_alike_are_set_right_together() {
        assert_eq!(near_keys("5CGO1OI9QX")[0], "5CG01019QX");
    }

    #[test]
    fn leading_zeros_that_were_lost_are_near() {
        assert_eq!(near_keys("00012345")[0], "12345");
        assert_eq!(near_keys("0007001")[0], "7001");
        for (scanned, announced) in [("12345", "00012345"), ("700123", "0000700123")] {
            assert!(
                near_keys(scanned).contains(&announced.to_owned()),
                "{scanned}"
            );
        }
        // letters keep a number a text, and its zeros
        assert!(!near_keys("000AB1").contains(&"AB1".to_owned()));
        for key in ["0", "00", "7", "05"] {
            assert!(near_keys(key).is_empty(), "{key}");
        }
    }

    #[test]
    fn what_is_too_short_too_long_or_no_number_is_near_nothing() {
        for key in ["", "CZC00", &"A".repeat(25), "CZC-0001", "ÉCRAN01"] {
            assert!(near_keys(key).is_empty(), "{key}");
        }
    }
}
