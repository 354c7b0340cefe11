//! What an association fills in, complete or not.

use kernel::{DeviceKind, Instant, OrganisationId, Theme, text_enum};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

text_enum! {
    /// What the computers are for.
    pub enum Purpose {
        /// Something that does not exist yet.
        NewProject = "new_project",
        /// In place of old machines.
        FleetRenewal = "fleet_renewal",
        /// Lent to people.
        Lending = "lending",
        /// Anything else.
        Other = "other",
    }
}

impl Purpose {
    /// As French readers say.
    pub const fn french(self) -> &'static str {
        match self {
            Self::NewProject => "nouveau projet",
            Self::FleetRenewal => "renouvellement d'un parc",
            Self::Lending => "prêt aux personnes accompagnées",
            Self::Other => "autre usage",
        }
    }

    /// As English readers say.
    pub const fn english(self) -> &'static str {
        match self {
            Self::NewProject => "new project",
            Self::FleetRenewal => "renewal of a fleet",
            Self::Lending => "lending to people",
            Self::Other => "other use",
        }
    }
}

/// So many machines of a kind, or of kinds that would do as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Request {
    /// The kind wished.
    pub kind: DeviceKind,
    /// How many, from 1 on.
    pub quantity: i64,
    /// Kinds that would do as well, the preferred first.
    #[serde(default)]
    pub accepts: Vec<DeviceKind>,
}

/// Where the computers will stand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct SiteForm {
    /// What kind of place, by `config/lists.toml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Number and street.
    pub address: Option<String>,
    /// Five digits.
    pub postal_code: Option<String>,
    /// The commune's name; tells communes of one postal code apart.
    pub commune: Option<String>,
    /// The commune's INSEE code, better still.
    pub commune_code: Option<String>,
}

/// The three commitments; all are needed to submit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Commitments {
    /// Signs the republican commitment contract.
    pub republican_contract: Option<bool>,
    /// Will not sell what it receives.
    pub no_resale: Option<bool>,
    /// Will say what becomes of it.
    pub follow_up: Option<bool>,
}

impl Commitments {
    /// All three were made.
    pub fn all(self) -> bool {
        [self.republican_contract, self.no_resale, self.follow_up] == [Some(true); 3]
    }
}

/// When the commitments were made, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoredCommitments {
    /// The day of submission.
    pub at: Instant,
    /// Which text was agreed to.
    pub version: String,
    /// Who submitted.
    pub by: kernel::PersonId,
}

/// The form. A draft may be half-filled; what is missing is told on submission.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Form {
    /// What is asked for, each kind once.
    pub requests: Option<Vec<Request>>,
    /// What the computers are for.
    pub purpose: Option<Purpose>,
    /// What the association works on.
    pub themes: Option<Vec<Theme>>,
    /// Labels and schemes that it is part of, by `config/lists.toml`.
    pub labels: Option<Vec<String>>,
    /// Whom it reaches, by `config/lists.toml`.
    pub publics: Option<Vec<String>>,
    /// People reached in a year.
    pub beneficiaries_per_year: Option<i64>,
    /// Where the computers will stand.
    pub site: Option<SiteForm>,
    /// Someone is trained for digital support.
    pub trained_staff: Option<bool>,
    /// 1 when one computer serves the association's own administration.
    #[schema(minimum = 0, maximum = 1)]
    pub own_use: Option<i64>,
    /// The project, in a few sentences.
    pub statement: Option<String>,
    /// What the association commits itself to.
    pub commitments: Option<Commitments>,
}

impl Form {
    /// Takes over what is filled in; what is absent or null stays as it was. Within `site`
    /// and `commitments`, too, each field stands for itself.
    #[must_use]
    pub fn merged(self, patch: Self) -> Self {
        Self {
            requests: patch.requests.or(self.requests),
            purpose: patch.purpose.or(self.purpose),
            themes: patch.themes.or(self.themes),
            labels: patch.labels.or(self.labels),
            publics: patch.publics.or(self.publics),
            beneficiaries_per_year: patch.beneficiaries_per_year.or(self.beneficiaries_per_year),
            site: merge(self.site, patch.site, |old, new| SiteForm {
                kind: new.kind.or(old.kind),
                // another place: its commune is not the former one's
                commune: new
                    .commune
                    .or(old.commune.filter(|_| new.postal_code.is_none())),
                commune_code: new
                    .commune_code
                    .or(old.commune_code.filter(|_| new.postal_code.is_none())),
                address: new.address.or(old.address),
                postal_code: new.postal_code.or(old.postal_code),
            }),
            trained_staff: patch.trained_staff.or(self.trained_staff),
            own_use: patch.own_use.or(self.own_use),
            statement: patch.statement.or(self.statement),
            commitments: merge(self.commitments, patch.commitments, |old, new| {
                Commitments {
                    republican_contract: new.republican_contract.or(old.republican_contract),
                    no_resale: new.no_resale.or(old.no_resale),
                    follow_up: new.follow_up.or(old.follow_up),
                }
            }),
        }
    }

    /// The fields that are filled in.
    pub(crate) fn named(&self) -> Vec<&'static str> {
        let named = [
            ("requests", self.requests.is_some()),
            ("purpose", self.purpose.is_some()),
            ("themes", self.themes.is_some()),
            ("labels", self.labels.is_some()),
            ("publics", self.publics.is_some()),
            (
                "beneficiaries_per_year",
                self.beneficiaries_per_year.is_some(),
            ),
            ("site", self.site.is_some()),
            ("trained_staff", self.trained_staff.is_some()),
            ("own_use", self.own_use.is_some()),
            ("statement", self.statement.is_some()),
            ("commitments", self.commitments.is_some()),
        ];
        let filled = named.into_iter().filter(|(_, there)| *there);
        filled.map(|(field, _)| field).collect()
    }

    /// Devices asked for, all requests together.
    pub fn quantity(&self) -> i64 {
        self.requests
            .iter()
            .flatten()
            .fold(0, |sum, request| sum.saturating_add(request.quantity))
    }
}

fn merge<T>(old: Option<T>, new: Option<T>, both: impl FnOnce(T, T) -> T) -> Option<T> {
    match (old, new) {
        (Some(old), Some(new)) => Some(both(old, new)),
        (old, new) => new.or(old),
    }
}

/// The body that opens an application: the form as far as it is filled in, and for staff and
/// helpers, who apply on behalf of an association, which one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewApplication {
    /// Staff and helpers only: the association on whose behalf they apply.
    pub association_id: Option<OrganisationId>,
    /// What is asked for, each kind once.
    pub requests: Option<Vec<Request>>,
    /// What the computers are for.
    pub purpose: Option<Purpose>,
    /// What the association works on.
    pub themes: Option<Vec<Theme>>,
    /// Labels and schemes that it is part of, by `config/lists.toml`.
    pub labels: Option<Vec<String>>,
    /// Whom it reaches, by `config/lists.toml`.
    pub publics: Option<Vec<String>>,
    /// People reached in a year.
    pub beneficiaries_per_year: Option<i64>,
    /// Where the computers will stand.
    pub site: Option<SiteForm>,
    /// Someone is trained for digital support.
    pub trained_staff: Option<bool>,
    /// 1 when one computer serves the association's own administration.
    #[schema(minimum = 0, maximum = 1)]
    pub own_use: Option<i64>,
    /// The project, in a few sentences.
    pub statement: Option<String>,
    /// What the association commits itself to.
    pub commitments: Option<Commitments>,
}

impl NewApplication {
    /// The form alone.
    pub fn form(&self) -> Form {
        let it = self.clone();
        Form {
            requests: it.requests,
            purpose: it.purpose,
            themes: it.themes,
            labels: it.labels,
            publics: it.publics,
            beneficiaries_per_year: it.beneficiaries_per_year,
            site: it.site,
            trained_staff: it.trained_staff,
            own_use: it.own_use,
            statement: it.statement,
            commitments: it.commitments,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_patch_keeps_what_it_does_not_name() {
        let form: Form = serde_json::from_str(
            r#"{"statement": "a", "site": {"postal_code": "13001", "commune_code": "13201"}, "commitments": {"follow_up": true}}"#,
        )
        .unwrap();
        let patch = serde_json::from_str(
            r#"{"own_use": 1, "site": {"address": "1 rue A"}, "commitments": {"no_resale": true}, "statement": null}"#,
        )
        .unwrap();
        let merged = form.merged(patch);
        assert_eq!(merged.statement.as_deref(), Some("a"));
        assert_eq!(merged.own_use, Some(1));
        let site = merged.site.clone().unwrap();
        assert_eq!(
            (site.address.as_deref(), site.commune_code.as_deref()),
            (Some("1 rue A"), Some("13201"))
        );
        assert!(!merged.commitments.unwrap().all());
        let moved =
            merged.merged(serde_json::from_str(r#"{"site": {"postal_code": "13002"}}"#).unwrap());
        assert_eq!(moved.site.unwrap().commune_code, None);
    }
}
