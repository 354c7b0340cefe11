//! Codes of communes by their names: the published table has names only, and a site may have
//! a code only. `config/communes.csv` holds them, from the official geographical code (INSEE).

use std::collections::HashMap;

use kernel::{CommuneCode, Configured, fold};

const TEXT: &str = include_str!("../../../../config/communes.csv");

/// By the département and the name for comparing.
type Codes = HashMap<(String, String), String>;

static CODES: Configured<Codes> = Configured::new(|| parse(TEXT));

/// Lines `code;name` below a title.
fn parse(text: &str) -> Result<Codes, String> {
    let mut codes = Codes::new();
    for (at, line) in text.lines().enumerate().skip(1) {
        let row = line
            .split_once(';')
            .map(|(code, name)| (code.trim(), name.trim()));
        let valid =
            row.filter(|(code, name)| code.parse::<CommuneCode>().is_ok() && !name.is_empty());
        let Some((code, name)) = valid else {
            return Err(format!(
                "line {}: not a code and the name of a commune",
                at + 1
            ));
        };
        let department = code.get(..2).unwrap_or_default().to_owned();
        codes.insert((department, place_key(name)), code.to_owned());
    }
    Ok(codes)
}

/// Puts a table of communes, a file like `config/communes.csv`, in the place of the one that is built in.
///
/// # Errors
/// A sentence that names the line; or when the table was used before.
pub fn use_communes(text: &str) -> Result<(), String> {
    CODES.replace(parse(text)?)
}

/// The code of a commune, by its postal code's département and its name.
pub(super) fn code_of(postal_code: &str, name_key: &str) -> Option<&'static str> {
    let department = postal_code.get(..2)?.to_owned();
    let codes = CODES.get().ok()?;
    codes
        .get(&(department, name_key.to_owned()))
        .map(String::as_str)
}

/// A commune's name for comparing: « St-Marc » is « Saint-Marc ».
pub(crate) fn place_key(name: &str) -> String {
    let words: Vec<_> = fold(name)
        .split(' ')
        .map(|word| match word {
            "st" => "saint".to_owned(),
            "ste" => "sainte".to_owned(),
            other => other.to_owned(),
        })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_line_is_a_commune_of_its_own() {
        assert_eq!(parse(TEXT).unwrap().len(), TEXT.lines().skip(1).count());
        assert_eq!(code_of("13100", "saint marc jaumegarde"), Some("13095"));
        assert_eq!(code_of("75001", "saint marc jaumegarde"), None);
    }

    #[test]
    fn a_table_of_the_city_is_read_or_names_its_line() {
        let lyon = parse("code;commune\n69123;Lyon\n").unwrap();
        assert_eq!(lyon[&("69".to_owned(), "lyon".to_owned())], "69123");
        for wrong in [
            "code;commune\n69123,Lyon",
            "code;commune\n6912;Lyon",
            "code;commune\n69123;",
        ] {
            assert!(parse(wrong).unwrap_err().starts_with("line 2"), "{wrong}");
        }
    }
}
