//! Finds the fragility index of a site: the most precise that the table has, then larger areas.

use kernel::{CommuneCode, Text, text_enum};
use serde::{Deserialize, Serialize};

use super::communes::place_key;
use super::table::Row;
use crate::rubric::{Fragility, Tenths};

text_enum! {
    /// By what a site's index was found.
    pub enum Found {
        /// The commune code of the site.
        CommuneCode = "commune_code",
        /// The postal code with the commune's name.
        Name = "postal_code_and_name",
        /// The postal code alone, as only one commune of the table has it.
        PostalCode = "postal_code",
        /// The commune that the arrondissement is part of.
        CommuneFallback = "commune",
        /// The département.
        DepartmentFallback = "departement",
        /// Nothing is known.
        Nothing = "none",
    }
}

impl Found {
    /// How an explanation says it, in French.
    pub fn french(self, name: &str) -> String {
        match self {
            Self::CommuneCode => format!("celui de {name}, d'après le code commune"),
            Self::Name => {
                format!("celui de {name}, d'après le code postal et le nom de la commune")
            }
            Self::PostalCode => {
                format!("celui de {name}, seule commune de ce code postal dans la table")
            }
            Self::CommuneFallback => {
                format!(
                    "celui de {name} dans son ensemble, faute de valeur plus précise dans la table"
                )
            }
            Self::DepartmentFallback => {
                format!("celui du département ({name}), faute de valeur plus précise dans la table")
            }
            Self::Nothing => "inconnu".to_owned(),
        }
    }

    /// How an explanation says it, in English.
    pub fn english(self, name: &str) -> String {
        match self {
            Self::CommuneCode => format!("that of {name}, by the commune code"),
            Self::Name => format!("that of {name}, by the postal code and the commune's name"),
            Self::PostalCode => {
                format!("that of {name}, the only commune of this postal code in the table")
            }
            Self::CommuneFallback => {
                format!("that of {name} as a whole, as the table has no more precise value")
            }
            Self::DepartmentFallback => {
                format!("that of the département ({name}), as the table has no more precise value")
            }
            Self::Nothing => "unknown".to_owned(),
        }
    }
}

/// The index of a site, and where it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// In tenths; none when nothing is known.
    pub index_tenths: Option<i32>,
    /// The area that the index is of.
    pub name: String,
    /// By what it was found.
    pub found: Found,
    /// The publication.
    pub source: Text,
}

/// Where computers will stand, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Site {
    /// Five digits.
    pub postal_code: String,
    /// The commune's name.
    pub commune: Option<String>,
    /// The commune's code.
    pub commune_code: Option<String>,
}

impl Site {
    /// The most precise commune code there is: registers mix Marseille's code with those of
    /// its arrondissements, which its postal codes name.
    pub fn precise_code(&self) -> Option<String> {
        let district = CommuneCode::of_marseille(&self.postal_code).map(String::from);
        match &self.commune_code {
            Some(code) if code != "13055" => Some(code.clone()),
            given => district.or_else(|| given.clone()),
        }
    }

    /// The département, by the commune code or else the postal code.
    pub fn department(&self) -> Option<&str> {
        let code = self.commune_code.as_deref().unwrap_or(&self.postal_code);
        let length = if code.starts_with("97") { 3 } else { 2 };
        code.get(..length)
    }
}

/// Finds a site among the rows of its postal code or commune code, else takes the index of
/// a larger area. `source` is the publication of the table.
pub fn locate(site: &Site, rows: &[Row], source: &Text, fragility: &Fragility) -> Place {
    if let Some((row, found)) = in_table(site, rows) {
        return Place {
            index_tenths: Some(row.index_tenths),
            name: row.name.clone(),
            found,
            source: source.clone(),
        };
    }
    let fallback = fragility.fallbacks.iter().find_map(|fallback| {
        let found = covers(&fallback.area, site)?;
        Some((fallback, found))
    });
    let source = fragility.source.clone().unwrap_or_else(|| source.clone());
    match fallback {
        Some((fallback, found)) => Place {
            index_tenths: Some(fallback.index.0),
            name: fallback.name.clone(),
            found,
            source: Text::new(
                format!(
                    "{} : {} pour {}",
                    source.fr,
                    comma(fallback.index),
                    fallback.name
                ),
                format!("{}: {} for {}", source.en, fallback.index, fallback.name),
            ),
        },
        None => Place {
            index_tenths: None,
            name: String::new(),
            found: Found::Nothing,
            source: Text::new("Aucune valeur connue", "No known value"),
        },
    }
}

fn comma(index: Tenths) -> String {
    index.to_string().replace('.', ",")
}

fn in_table<'a>(site: &Site, rows: &'a [Row]) -> Option<(&'a Row, Found)> {
    if let Some(code) = site.precise_code()
        && let Some(row) = rows
            .iter()
            .find(|row| row.commune_code.as_ref() == Some(&code))
    {
        return Some((row, Found::CommuneCode));
    }
    let mut same_postal_code = rows
        .iter()
        .filter(|row| row.postal_code == site.postal_code);
    if let Some(name) = &site.commune {
        // a name that the table does not have is another commune of that postal code
        let key = place_key(name);
        return same_postal_code
            .find(|row| row.name_key == key)
            .map(|row| (row, Found::Name));
    }
    match (same_postal_code.next(), same_postal_code.next()) {
        // a code that is known and was not found is another commune
        (Some(row), None) if site.commune_code.is_none() && !row.shared => {
            Some((row, Found::PostalCode))
        }
        _ => None,
    }
}

/// How an area covers a site, if it does.
fn covers(area: &str, site: &Site) -> Option<Found> {
    if area.len() == 5 {
        let whole = site
            .precise_code()
            .and_then(|code| code.parse::<CommuneCode>().ok())
            .map(|code| code.whole());
        (whole.as_ref().map(CommuneCode::as_str) == Some(area)).then_some(Found::CommuneFallback)
    } else {
        (site.department() == Some(area)).then_some(Found::DepartmentFallback)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rubric::Library;
    use crate::territory::read_table;

    fn find(postal_code: &str, commune: Option<&str>, code: Option<&str>) -> (Option<i32>, Found) {
        let rows = read_table(include_bytes!(
            "../../../../tests/data/ifn_bouches_du_rhone.csv"
        ))
        .unwrap()
        .accepted;
        let (rubric, _) = Library::embedded()
            .find("marseille-2023")
            .map(|(r, t)| (r, t.to_owned()))
            .unwrap();
        let site = Site {
            postal_code: postal_code.into(),
            commune: commune.map(Into::into),
            commune_code: code.map(Into::into),
        };
        let place = locate(
            &site,
            &rows,
            &Text::new("table", "table"),
            &rubric.fragility,
        );
        (place.index_tenths, place.found)
    }

    #[test]
    fn arrondissements_are_found_by_postal_or_commune_code() {
        assert_eq!(find("13015", None, None), (Some(68), Found::CommuneCode));
        assert_eq!(
            find("13015", Some("Marseille"), Some("13055")),
            (Some(68), Found::CommuneCode)
        );
        assert_eq!(
            find("13003", Some("Marseille 3e"), Some("13203")),
            (Some(63), Found::CommuneCode)
        );
    }

    #[test]
    fn an_arrondissement_without_a_value_falls_back_on_marseille() {
        assert_eq!(
            find("13010", Some("Marseille"), None),
            (Some(50), Found::CommuneFallback)
        );
        assert_eq!(
            find("13010", None, Some("13210")),
            (Some(50), Found::CommuneFallback)
        );
    }

    #[test]
    fn a_shared_postal_code_is_resolved_by_the_commune() {
        assert_eq!(
            find("13100", Some("St Marc Jaumegarde"), None),
            (Some(64), Found::Name)
        );
        assert_eq!(
            find("13100", None, Some("13095")),
            (Some(64), Found::CommuneCode)
        );
        // the other line of the postal code is impossible, and still another commune
        assert_eq!(
            find("13100", None, None),
            (Some(52), Found::DepartmentFallback)
        );
        assert_eq!(
            find("13100", Some("Aix-en-Provence"), None),
            (Some(52), Found::DepartmentFallback)
        );
        assert_eq!(
            find("13100", None, Some("13001")),
            (Some(52), Found::DepartmentFallback)
        );
        assert_eq!(find("13104", None, None), (Some(69), Found::PostalCode));
    }

    #[test]
    fn elsewhere_nothing_is_known() {
        assert_eq!(find("75011", Some("Paris"), None), (None, Found::Nothing));
        assert_eq!(find("", None, None), (None, Found::Nothing));
    }
}
