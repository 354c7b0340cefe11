//! What the forms offer to choose from, and the text of the commitments: `config/lists.toml`.

use std::collections::HashSet;

use kernel::{Text, Theme};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const EMBEDDED: &str = include_str!("../../../config/lists.toml");

/// The lists, checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lists {
    /// What an association commits itself to.
    pub commitments: CommitmentTexts,
    /// What it works on.
    pub themes: Vec<Term>,
    /// Labels and schemes that it is part of.
    pub labels: Vec<Term>,
    /// Whom it reaches.
    pub publics: Vec<Term>,
    /// Where the computers will stand.
    pub site_kinds: Vec<Term>,
}

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// What is stored.
    pub code: String,
    /// What French readers read.
    pub fr: String,
    /// What English readers read.
    pub en: String,
}

/// The commitments that a submission agrees to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommitmentTexts {
    /// Noted with each submission.
    pub version: String,
    /// The republican commitment contract.
    #[schema(value_type = Object)]
    pub republican_contract: Text,
    /// No resale.
    #[schema(value_type = Object)]
    pub no_resale: Text,
    /// Follow-up.
    #[schema(value_type = Object)]
    pub follow_up: Text,
}

impl Lists {
    /// The lists that are built in.
    ///
    /// # Errors
    /// A sentence for whoever builds the program; a test keeps it from happening.
    pub fn embedded() -> Result<Self, String> {
        Self::parse(EMBEDDED)
    }

    /// Reads and checks lists.
    ///
    /// # Errors
    /// A sentence for the operator: what is wrong, and where.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lists: Self = toml::from_str(text).map_err(|cause| cause.to_string())?;
        for (name, terms) in [
            ("themes", &lists.themes),
            ("labels", &lists.labels),
            ("publics", &lists.publics),
            ("site_kinds", &lists.site_kinds),
        ] {
            let mut seen = HashSet::new();
            for term in terms {
                if term.code.is_empty() || term.fr.trim().is_empty() || !seen.insert(&term.code) {
                    return Err(format!(
                        "{name}: `{}` is empty, stands twice or has no French text",
                        term.code
                    ));
                }
            }
        }
        let known = |theme: &Theme| lists.themes.iter().any(|term| term.code == theme.as_str());
        if lists.themes.len() != Theme::ALL.len() || !Theme::ALL.iter().all(known) {
            let codes: Vec<_> = Theme::ALL.iter().map(|theme| theme.as_str()).collect();
            return Err(format!("themes: exactly these codes: {}", codes.join(", ")));
        }
        Ok(lists)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_lists_are_sound() {
        let lists = Lists::embedded().expect("sound");
        assert_eq!(lists.commitments.version, "2023-1");
        assert!(
            lists
                .labels
                .iter()
                .any(|label| label.code == "aidants_connect")
        );
        let twice = EMBEDDED.replace("code = \"esus\"", "code = \"aidants_connect\"");
        assert!(Lists::parse(&twice).is_err());
        let unknown = EMBEDDED.replace("code = \"precarity\"", "code = \"poverty\"");
        assert!(Lists::parse(&unknown).is_err());
    }
}
