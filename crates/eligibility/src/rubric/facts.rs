//! Everything that a score reads.

use std::collections::BTreeSet;

use kernel::Theme;
use serde::{Deserialize, Serialize};

use super::{Figure, Flag};
use crate::model::Purpose;
use crate::territory::Place;

/// What is known of an application. It is stored with the score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The association's identity was verified.
    pub verified: bool,
    /// All three commitments were made.
    pub commitments: bool,
    /// Whether the site is in the programme's territory.
    pub area: AreaCheck,
    /// Devices asked for, all requests together.
    pub quantity: i64,
    /// As the association chose them.
    pub themes: BTreeSet<Theme>,
    /// As the association declared.
    pub beneficiaries_per_year: Option<i64>,
    /// As the association declared.
    pub trained_staff: Option<bool>,
    /// As the association declared.
    pub purpose: Option<Purpose>,
    /// The site's fragility index, and where it was found.
    pub place: Place,
    /// What people gave, without those who recused themselves.
    pub marks: Vec<Mark>,
    /// Labels and schemes that the association is part of; none when it was not asked.
    #[serde(default)]
    pub labels: Option<BTreeSet<String>>,
    /// Follow-ups of former awards that are overdue.
    #[serde(default)]
    pub overdue: i64,
}

/// What one person gave for one criterion. Who it was stands in the assessments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Which criterion.
    pub criterion: String,
    /// From 0 to the criterion's `max`.
    pub points: i32,
}

/// Whether a site is in a territory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaCheck {
    /// It is.
    Inside,
    /// It is not.
    Outside,
    /// Nothing that is known decides it; people look.
    Unknown,
}

/// The marks of one criterion.
pub(super) fn marks(code: &str, facts: &Facts) -> Vec<i64> {
    facts
        .marks
        .iter()
        .filter(|mark| mark.criterion == code)
        .map(|mark| i64::from(mark.points))
        .collect()
}

pub(super) fn flag(flag: Flag, facts: &Facts) -> Option<bool> {
    match flag {
        Flag::TrainedStaff => facts.trained_staff,
        Flag::AnyLabel => facts.labels.as_ref().map(|labels| !labels.is_empty()),
    }
}

pub(super) fn figure(figure: Figure, facts: &Facts) -> Option<i64> {
    match figure {
        Figure::BeneficiariesPerYear => facts.beneficiaries_per_year,
        Figure::Quantity => Some(facts.quantity),
    }
}
