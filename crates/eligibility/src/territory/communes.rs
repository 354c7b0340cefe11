//! Codes of communes by their names: the published table has names only, and a site may have
//! a code only. `config/communes.csv` holds them, from the official geographical code (INSEE).

use std::collections::HashMap;
use std::sync::LazyLock;

use super::table::place_key;

const TEXT: &str = include_str!("../../../../config/communes.csv");

/// By the département and the name for comparing.
static CODES: LazyLock<HashMap<(String, String), &'static str>> = LazyLock::new(|| {
    let rows = TEXT.lines().skip(1).filter_map(|line| line.split_once(';'));
    rows.filter_map(|(code, name)| Some(((code.get(..2)?.to_owned(), place_key(name)), code)))
        .collect()
});

/// The code of a commune, by its postal code's département and its name.
pub(super) fn code_of(postal_code: &str, name_key: &str) -> Option<&'static str> {
    let department = postal_code.get(..2)?.to_owned();
    CODES.get(&(department, name_key.to_owned())).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_commune_of_its_own() {
        assert_eq!(CODES.len(), TEXT.lines().skip(1).count());
        for code in CODES.values() {
            assert!(code.parse::<kernel::CommuneCode>().is_ok(), "{code}");
        }
        assert_eq!(code_of("13100", "saint marc jaumegarde"), Some("13095"));
        assert_eq!(code_of("75001", "saint marc jaumegarde"), None);
    }
}
