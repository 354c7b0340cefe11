//! `config/workshop.toml`: kits, test templates, grades, limits, waste, what counts as erasure. The
//! setting `city_files.workshop` names a file of the city in its place.

mod file;

use std::collections::{BTreeMap, HashMap};

use db::Error;
use kernel::{Configured, DeviceKind, Text};

pub use file::{Check, GradeDefinition};

use crate::model::{KitPart, Media, Stage};

static SETTINGS: Configured<Settings> =
    Configured::new(|| Settings::parse(file::BUILT_IN, file::FACTORS));

/// The workshop's settings.
#[derive(Debug, Clone)]
pub struct Settings {
    kits: HashMap<DeviceKind, Vec<KitPart>>,
    tests: HashMap<DeviceKind, TestTemplate>,
    clear_counts_on: Vec<Media>,
    waste: HashMap<DeviceKind, WasteOf>,
    categories: BTreeMap<String, Text>,
    /// What each grade says.
    pub grades: Vec<GradeDefinition>,
    /// How many days a device may wait at a stage.
    pub waiting: BTreeMap<Stage, u16>,
    /// How far ahead of ours a scanner's clock may be.
    pub clock_ahead_seconds: i64,
    /// How far the date of an erasure may lie outside the device's cycle.
    pub evidence_tolerance_seconds: i64,
}

/// The checks of a kind.
#[derive(Debug, Clone, Default)]
pub struct TestTemplate {
    /// Whether these checks, and no others, have to be answered.
    pub strict: bool,
    /// The checks, in the order in which a screen offers them.
    pub checks: Vec<Check>,
}

/// As what a scrapped device of a kind is counted.
#[derive(Debug, Clone)]
struct WasteOf {
    category: String,
    weight_grams: Option<i32>,
}

impl Settings {
    /// The settings in use.
    ///
    /// # Errors
    /// When the file that was built in cannot be read, which a test excludes.
    pub fn in_use() -> db::Result<&'static Self> {
        SETTINGS.get().map_err(Error::internal)
    }

    /// Puts files of the city in the place of those that are built in: one like `config/workshop.toml`,
    /// and one like `config/impact_factors.csv`.
    ///
    /// # Errors
    /// A sentence for whoever wrote the files; or when settings were used before.
    pub fn replace(settings: Option<&str>, factors: Option<&str>) -> Result<(), String> {
        let settings = settings.unwrap_or(file::BUILT_IN);
        let factors = factors.unwrap_or(file::FACTORS);
        SETTINGS.replace(Self::parse(settings, factors)?)
    }

    /// What goes with a device of this kind.
    pub fn kit(&self, kind: DeviceKind) -> &[KitPart] {
        self.kits.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// The test template of this kind, if it has one.
    pub fn template(&self, kind: DeviceKind) -> Option<&TestTemplate> {
        self.tests.get(&kind)
    }

    /// The checks offered for this kind.
    pub fn checks(&self, kind: DeviceKind) -> &[Check] {
        self.template(kind)
            .map_or(&[], |template| template.checks.as_slice())
    }

    /// Whether the failure of this check keeps a device of this kind from being graded.
    pub fn must_pass(&self, kind: DeviceKind, check: &str) -> bool {
        self.checks(kind)
            .iter()
            .find(|known| known.name == check)
            .is_none_or(|known| known.must_pass)
    }

    /// Whether overwriting counts as proof on this medium.
    pub fn clear_counts(&self, media: Media) -> bool {
        self.clear_counts_on.contains(&media)
    }

    /// The category under which a device of this kind is waste, and its usual weight.
    pub fn waste(&self, kind: DeviceKind) -> (&str, Option<i32>) {
        self.waste
            .get(&kind)
            .map_or((file::UNSORTED, None), |waste| {
                (waste.category.as_str(), waste.weight_grams)
            })
    }

    /// What people call a category of waste.
    pub fn waste_category(&self, category: &str) -> Option<&Text> {
        self.categories.get(category)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use kernel::AccessoryKind;

    use super::*;

    #[test]
    fn the_file_that_is_built_in_can_be_read() {
        let settings = Settings::in_use().expect("settings");
        let kinds: Vec<_> = settings
            .kit(DeviceKind::Desktop)
            .iter()
            .map(|part| part.kind)
            .collect();
        assert_eq!(kinds, [AccessoryKind::Keyboard, AccessoryKind::Mouse]);
        assert!(settings.kit(DeviceKind::Monitor).is_empty());
        assert!(settings.must_pass(DeviceKind::Desktop, "boot"));
        assert!(!settings.must_pass(DeviceKind::Laptop, "camera"));
        assert!(settings.must_pass(DeviceKind::Laptop, "something else"));
        assert_eq!(settings.grades.len(), 4);
        assert_eq!(settings.waiting[&Stage::Received], 7);
        assert_eq!(
            settings.waste(DeviceKind::Laptop),
            ("weee_2", Some(2_260)),
            "kilograms of the table, as grams"
        );
        assert_eq!(settings.waste(DeviceKind::LaserCutter), ("weee_4", None));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_a_sentence() {
        let wrong = [
            ("clear_counts_on = [\"hdd\"]", "clear_counts_on = [\"ssd\"]"),
            ("quantity = 1", "quantity = 0"),
            ("weight = \"laptop\"", "weight = \"lapptop\""),
            ("category = \"weee_4\"", "category = \"weee_9\""),
            ("category = \"batteries\"", "category = \"battery\""),
            ("name = \"memory\"", "name = \"boot\""),
            ("grade = \"D\"", "grade = \"C\""),
            ("in_repair = 30", "in_repare = 30"),
        ];
        for (right, instead) in wrong {
            let text = file::BUILT_IN.replacen(right, instead, 1);
            assert_ne!(text, file::BUILT_IN, "{right}");
            assert!(Settings::parse(&text, file::FACTORS).is_err(), "{instead}");
        }
    }
}
