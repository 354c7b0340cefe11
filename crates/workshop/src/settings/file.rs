//! How `config/workshop.toml` is written, and what in it cannot be meant.

use std::collections::{BTreeMap, HashMap};

use kernel::{DeviceKind, Grade, Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Settings, TestTemplate, WasteOf};
use crate::model::{BATTERIES, KitPart, Media, Stage};

pub(super) const BUILT_IN: &str = include_str!("../../../../config/workshop.toml");
pub(super) const FACTORS: &str = include_str!("../../../../config/impact_factors.csv");

/// The category of a kind that the file does not sort.
pub(super) const UNSORTED: &str = "weee_5";

/// A check of a test template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Check {
    /// Its name in a `tested` event.
    pub name: String,
    /// Its French label.
    pub fr: String,
    /// Its English label.
    pub en: String,
    /// Whether its failure keeps the device from being graded.
    pub must_pass: bool,
    /// Whether a machine may be without it.
    #[serde(default)]
    pub may_be_na: bool,
}

/// What a grade says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GradeDefinition {
    /// The grade.
    pub grade: Grade,
    /// In French.
    pub fr: String,
    /// In English.
    pub en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    erasure: Erasure,
    events: Events,
    waiting: BTreeMap<Stage, u16>,
    kits: Vec<KitOf>,
    tests: Vec<TestsOf>,
    grades: Vec<GradeDefinition>,
    waste: Vec<WasteRow>,
    waste_categories: Vec<CategoryRow>,
}

#[derive(Deserialize)]
struct Erasure {
    clear_counts_on: Vec<Media>,
    clock_tolerance_hours: u16,
}

#[derive(Deserialize)]
struct Events {
    clock_ahead_minutes: i64,
}

#[derive(Deserialize)]
struct KitOf {
    kind: DeviceKind,
    parts: Vec<KitPart>,
}

#[derive(Deserialize)]
struct TestsOf {
    kind: DeviceKind,
    strict: bool,
    checks: Vec<Check>,
}

#[derive(Deserialize)]
struct WasteRow {
    kind: DeviceKind,
    category: String,
    weight: Option<String>,
}

#[derive(Deserialize)]
struct CategoryRow {
    category: String,
    fr: String,
    en: String,
}

#[derive(Deserialize)]
struct Factor {
    kind: String,
    weight_kg: Option<f64>,
}

impl Settings {
    /// Reads the text of a settings file.
    ///
    /// # Errors
    /// A sentence for whoever wrote it.
    pub fn parse(text: &str, factors: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|cause| cause.to_string())?;
        file.check()?;
        let categories = file.waste_categories.into_iter();
        let categories: BTreeMap<_, _> = categories
            .map(|row| (row.category, Text::new(row.fr, row.en)))
            .collect();
        let tests = file.tests.into_iter();
        Ok(Self {
            kits: file
                .kits
                .into_iter()
                .map(|kit| (kit.kind, kit.parts))
                .collect(),
            tests: tests
                .map(|tests| {
                    let (strict, checks) = (tests.strict, tests.checks);
                    (tests.kind, TestTemplate { strict, checks })
                })
                .collect(),
            clear_counts_on: file.erasure.clear_counts_on,
            evidence_tolerance_seconds: i64::from(file.erasure.clock_tolerance_hours) * 3600,
            waste: sorted_waste(file.waste, &categories, factors)?,
            categories,
            grades: file.grades,
            waiting: file.waiting,
            clock_ahead_seconds: file.events.clock_ahead_minutes * 60,
        })
    }
}

impl File {
    fn check(&self) -> Result<(), String> {
        let empty = |kit: &&KitOf| kit.parts.iter().any(|part| part.quantity < 1);
        if let Some(bad) = self.kits.iter().find(empty) {
            return Err(format!("kit of {}: quantities begin at 1", bad.kind));
        }
        if self.erasure.clear_counts_on.iter().any(|m| m.is_flash()) {
            return Err("clear_counts_on: overwriting is no proof on flash".to_owned());
        }
        for tests in &self.tests {
            let name = |check: &Check| check.name.clone();
            if let Some(twice) = repeated(tests.checks.iter().map(name)) {
                return Err(format!("tests of {}: {twice} stands twice", tests.kind));
            }
        }
        if let Some(twice) = repeated(self.grades.iter().map(|one| one.grade)) {
            return Err(format!("grades: {twice} stands twice"));
        }
        let known = |row: &CategoryRow| row.category == BATTERIES;
        if !self.waste_categories.iter().any(known) {
            return Err(format!("waste_categories: there is no {BATTERIES}"));
        }
        if self.grades.len() != Grade::ALL.len() {
            return Err("grades: each grade has its definition".to_owned());
        }
        Ok(())
    }
}

fn repeated<T: Ord + Clone>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut seen = std::collections::BTreeSet::new();
    let mut values = values;
    values.find(|value| !seen.insert(value.clone()))
}

fn sorted_waste(
    rows: Vec<WasteRow>,
    categories: &BTreeMap<String, Text>,
    factors: &str,
) -> Result<HashMap<DeviceKind, WasteOf>, String> {
    let mut weights: HashMap<String, Option<i32>> = HashMap::new();
    for factor in csv::Reader::from_reader(factors.as_bytes()).deserialize() {
        let factor: Factor = factor.map_err(|cause| cause.to_string())?;
        weights.insert(factor.kind, factor.weight_kg.map(grams));
    }
    let sort = |row: WasteRow| {
        if !categories.contains_key(&row.category) {
            return Err(format!(
                "waste of {}: there is no category {}",
                row.kind, row.category
            ));
        }
        let weight_grams = match &row.weight {
            None => None,
            Some(name) => *weights
                .get(name)
                .ok_or_else(|| format!("waste of {}: there is no weight {name}", row.kind))?,
        };
        let category = row.category;
        Ok((
            row.kind,
            WasteOf {
                category,
                weight_grams,
            },
        ))
    };
    rows.into_iter().map(sort).collect()
}

/// Kilograms with decimals, as whole grams.
fn grams(kilograms: f64) -> i32 {
    #[allow(clippy::cast_possible_truncation)] // rounded, and a device weighs no 2000 tons
    let grams = (kilograms * 1_000.0).round() as i32;
    grams
}
