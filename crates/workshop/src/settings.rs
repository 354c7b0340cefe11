//! `config/workshop.toml`: kits, test templates, what counts as erasure. Built in.

use std::collections::HashMap;
use std::sync::LazyLock;

use db::Error;
use kernel::DeviceKind;
use serde::Deserialize;

use crate::model::{KitPart, Media};

const FILE: &str = include_str!("../../../config/workshop.toml");

static SETTINGS: LazyLock<Result<Settings, String>> = LazyLock::new(|| Settings::parse(FILE));

/// The workshop's settings.
#[derive(Debug, Clone)]
pub struct Settings {
    kits: HashMap<DeviceKind, Vec<KitPart>>,
    tests: HashMap<DeviceKind, Vec<Check>>,
    clear_counts_on: Vec<Media>,
    /// How far ahead of ours a scanner's clock may be.
    pub clock_ahead_seconds: i64,
}

/// A check of a test template.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Check {
    /// Its name in a `tested` event.
    pub name: String,
    /// Its French label.
    pub fr: String,
    /// Its English label.
    pub en: String,
    /// Whether its failure keeps the device from being graded.
    pub must_pass: bool,
}

#[derive(Deserialize)]
struct File {
    erasure: Erasure,
    events: Events,
    kits: Vec<KitOf>,
    tests: Vec<TestsOf>,
}

#[derive(Deserialize)]
struct Erasure {
    clear_counts_on: Vec<Media>,
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
    checks: Vec<Check>,
}

impl Settings {
    /// The settings that are built in.
    ///
    /// # Errors
    /// When the file that was built in cannot be read, which a test excludes.
    pub fn built_in() -> db::Result<&'static Self> {
        SETTINGS
            .as_ref()
            .map_err(|cause| Error::internal(cause.clone()))
    }

    /// Reads the text of a settings file.
    ///
    /// # Errors
    /// A sentence for whoever wrote it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|cause| cause.to_string())?;
        if let Some(bad) = file
            .kits
            .iter()
            .find(|kit| kit.parts.iter().any(|part| part.quantity < 1))
        {
            return Err(format!("kit of {}: quantities begin at 1", bad.kind));
        }
        if file
            .erasure
            .clear_counts_on
            .iter()
            .any(|media| media.is_flash())
        {
            return Err("clear_counts_on: overwriting is no proof on flash".to_owned());
        }
        Ok(Self {
            kits: file
                .kits
                .into_iter()
                .map(|kit| (kit.kind, kit.parts))
                .collect(),
            tests: file
                .tests
                .into_iter()
                .map(|tests| (tests.kind, tests.checks))
                .collect(),
            clear_counts_on: file.erasure.clear_counts_on,
            clock_ahead_seconds: file.events.clock_ahead_minutes * 60,
        })
    }

    /// What goes with a device of this kind.
    pub fn kit(&self, kind: DeviceKind) -> &[KitPart] {
        self.kits.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// The checks offered for this kind.
    pub fn checks(&self, kind: DeviceKind) -> &[Check] {
        self.tests.get(&kind).map_or(&[], Vec::as_slice)
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
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use kernel::AccessoryKind;

    use super::*;

    #[test]
    fn the_file_that_is_built_in_can_be_read() {
        let settings = Settings::built_in().expect("settings");
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
    }

    #[test]
    fn overwriting_cannot_be_made_to_count_on_flash() {
        let text = FILE.replace("clear_counts_on = [\"hdd\"]", "clear_counts_on = [\"ssd\"]");
        assert!(Settings::parse(&text).is_err());
    }
}
