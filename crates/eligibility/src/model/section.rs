//! The parts of the form: one subject each, filled in one after another.

use kernel::{ProgrammeId, Text, text_enum};
use serde::Serialize;

use super::{Form, NewApplication, Programme, SiteForm};

text_enum! {
    /// A part of the form.
    pub enum Section {
        /// What is asked for.
        Request = "request",
        /// What it is for.
        Project = "project",
        /// For whom, and where.
        Public = "public",
        /// What the association commits itself to.
        Commitments = "commitments",
    }
}

impl Section {
    /// The fields of the form that it has.
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Request => &["requests"],
            Self::Project => &["purpose", "themes", "labels", "statement"],
            Self::Public => &[
                "publics",
                "beneficiaries_per_year",
                "site",
                "trained_staff",
                "own_use",
            ],
            Self::Commitments => &["commitments"],
        }
    }

    /// Minutes that filling it in takes, roughly.
    pub const fn minutes(self) -> u32 {
        match self {
            Self::Request => 3,
            Self::Project => 8,
            Self::Public => 4,
            Self::Commitments => 2,
        }
    }

    /// The part that has the field which a pointer names (`/site/postal_code`).
    pub fn of(pointer: &str) -> Option<Self> {
        let field = pointer.trim_start_matches('/').split('/').next()?;
        let mut all = Self::ALL.iter().copied();
        all.find(|section| section.fields().contains(&field))
    }
}

impl Form {
    /// The form with one part as it is in `new`, where an empty field is an empty field.
    #[must_use]
    pub fn with_section(self, section: Section, new: Self) -> Self {
        match section {
            Section::Request => Self {
                requests: new.requests,
                ..self
            },
            Section::Project => Self {
                purpose: new.purpose,
                themes: new.themes,
                labels: new.labels,
                statement: new.statement,
                ..self
            },
            Section::Public => Self {
                publics: new.publics,
                beneficiaries_per_year: new.beneficiaries_per_year,
                site: same_commune(self.site.as_ref(), new.site),
                trained_staff: new.trained_staff,
                own_use: new.own_use,
                ..self
            },
            Section::Commitments => Self {
                commitments: new.commitments,
                ..self
            },
        }
    }

    /// The fields in which two forms differ.
    pub(crate) fn differences(&self, other: &Self) -> Vec<&'static str> {
        let differ = [
            ("requests", self.requests != other.requests),
            ("purpose", self.purpose != other.purpose),
            ("themes", self.themes != other.themes),
            ("labels", self.labels != other.labels),
            ("publics", self.publics != other.publics),
            (
                "beneficiaries_per_year",
                self.beneficiaries_per_year != other.beneficiaries_per_year,
            ),
            ("site", self.site != other.site),
            ("trained_staff", self.trained_staff != other.trained_staff),
            ("own_use", self.own_use != other.own_use),
            ("statement", self.statement != other.statement),
            ("commitments", self.commitments != other.commitments),
        ];
        let differ = differ.into_iter().filter(|(_, differs)| *differs);
        differ.map(|(field, _)| field).collect()
    }

    /// What of the form serves another application: all but the commitments, which are made
    /// anew, and kinds that its programme does not offer.
    #[must_use]
    pub fn for_another(self, programme: &Programme) -> Self {
        let offered = |kind: &kernel::DeviceKind| programme.kinds.contains(kind);
        let requests = self.requests.map(|requests| {
            let mut kept: Vec<_> = requests
                .into_iter()
                .filter(|request| offered(&request.kind))
                .collect();
            for request in &mut kept {
                request.accepts.retain(offered);
            }
            kept
        });
        Self {
            requests,
            commitments: None,
            ..self
        }
    }
}

/// A code that is not on the page stays as long as the place is the same.
fn same_commune(old: Option<&SiteForm>, new: Option<SiteForm>) -> Option<SiteForm> {
    let mut new = new?;
    if let Some(old) = old
        && new.commune_code.is_none()
        && (&old.postal_code, &old.commune) == (&new.postal_code, &new.commune)
    {
        new.commune_code.clone_from(&old.commune_code);
    }
    Some(new)
}

impl From<Form> for NewApplication {
    fn from(it: Form) -> Self {
        Self {
            association_id: None,
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

/// How far an application is filled in, before it is sent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Checklist {
    /// Of which programme.
    pub programme_id: ProgrammeId,
    /// Part by part.
    pub sections: Vec<SectionState>,
    /// Minutes that are left, roughly.
    pub minutes_left: u32,
    /// What would be in the way of a good outcome; it does not keep anybody from sending.
    pub advice: Vec<Advice>,
}

impl Checklist {
    /// Nothing is missing or wrong.
    pub fn complete(&self) -> bool {
        self.sections.iter().all(|part| part.problems.is_empty())
    }
}

/// How far a part is filled in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SectionState {
    /// Which.
    pub section: Section,
    /// Something of it is filled in.
    pub started: bool,
    /// What is missing or wrong.
    pub problems: Vec<Problem>,
}

/// What is missing or wrong at a field.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Problem {
    /// A pointer into the form.
    pub pointer: String,
    /// What to do about it.
    pub text: Text,
}

/// Something to know before sending an application.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Advice {
    /// Which part it is about.
    pub section: Section,
    /// What to know.
    pub text: Text,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn form(json: &str) -> Form {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn every_field_is_in_one_part() {
        let all = form(
            r#"{"requests": [], "purpose": "other", "themes": [], "labels": [], "publics": [],
            "beneficiaries_per_year": 1, "site": {}, "trained_staff": true, "own_use": 1,
            "statement": "a", "commitments": {}}"#,
        );
        let mut parts: Vec<&str> = Section::ALL
            .iter()
            .flat_map(|it| it.fields())
            .copied()
            .collect();
        let mut fields = all.named();
        parts.sort_unstable();
        fields.sort_unstable();
        assert_eq!(parts, fields);
        let mut rebuilt = Form::default();
        for section in Section::ALL {
            rebuilt = rebuilt.with_section(*section, all.clone());
        }
        assert_eq!(rebuilt, all);
        assert_eq!(rebuilt.differences(&Form::default()).len(), fields.len());
        assert_eq!(Section::of("/site/postal_code"), Some(Section::Public));
        assert_eq!(Section::of("/documents"), None);
    }

    #[test]
    fn an_emptied_field_is_empty_and_other_parts_stay() {
        let old = form(
            r#"{"statement": "a", "own_use": 1, "beneficiaries_per_year": 3,
            "site": {"postal_code": "13015", "commune_code": "13215"}}"#,
        );
        let same = form(r#"{"site": {"postal_code": "13015"}}"#);
        let filled = old.clone().with_section(Section::Public, same);
        assert_eq!(
            (filled.own_use, filled.beneficiaries_per_year),
            (None, None)
        );
        assert_eq!(filled.statement.as_deref(), Some("a"));
        assert_eq!(filled.site.unwrap().commune_code.as_deref(), Some("13215"));
        let moved = form(r#"{"site": {"postal_code": "13001"}}"#);
        let moved = old.with_section(Section::Public, moved);
        assert_eq!(moved.site.unwrap().commune_code, None);
    }
}
