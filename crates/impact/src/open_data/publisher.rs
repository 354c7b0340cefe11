//! Who publishes open data: the administration that decides, and where this program is reached.

use kernel::Siret;

/// Who publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publisher {
    /// The administration that decides, as people read it.
    pub name: String,
    /// Its establishment number, which awards name.
    pub siret: Option<String>,
    /// Where the program is reached from outside, without a slash at the end.
    pub base_url: String,
    /// Where people may ask.
    pub contact: String,
}

impl Publisher {
    /// Reads the settings.
    ///
    /// # Errors
    /// A sentence for whoever set them, when `siret` is none.
    pub fn new(name: &str, siret: &str, base_url: &str, contact: &str) -> Result<Self, String> {
        let siret = match siret.trim() {
            "" => None,
            text => Some(text.parse::<Siret>().map_err(|_| {
                format!("city.siret {text}: a SIRET has 14 digits, one of them a check digit")
            })?),
        };
        Ok(Self {
            name: name.to_owned(),
            siret: siret.map(String::from),
            base_url: base_url.trim_end_matches('/').to_owned(),
            contact: contact.to_owned(),
        })
    }

    /// The absolute address of a path.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }
}

impl Default for Publisher {
    fn default() -> Self {
        Self {
            name: "Ville de Marseille".to_owned(),
            siret: None,
            base_url: "http://127.0.0.1:8080".to_owned(),
            contact: "contact@localhost".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_siret_is_one_or_is_not_there() {
        let siret = |text: &str| Publisher::new("Ville", text, "https://r.example/", "c");
        assert_eq!(siret("").map(|it| it.siret), Ok(None));
        let known = siret("732 829 320 00074").map(|it| (it.siret.clone(), it.at("/donnees")));
        let expected = (
            Some("73282932000074".to_owned()),
            "https://r.example/donnees".to_owned(),
        );
        assert_eq!(known, Ok(expected));
        assert!(siret("73282932000079").is_err_and(|cause| cause.contains("city.siret")));
    }
}
