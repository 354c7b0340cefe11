//! `config/values.toml`: what an award is worth in euros, and from which sum a year a
//! convention is due. The setting `city_files.values` names a file of the city in its place.

use std::collections::HashMap;

use kernel::{Code, Configured, DeviceKind, Refusal, Text};
use serde::Deserialize;
use serde_json::json;

use crate::explain::Bilingual;
use crate::model::Granted;

const FILE: &str = include_str!("../../../../config/values.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Values {
    convention_cents: u64,
    city_gift_cents: u64,
    cents: HashMap<String, u64>,
}

/// A desktop that is given together with a monitor.
const WITH_SCREEN: &str = "desktop_with_screen";

// that the file can be read is tested
static VALUES: Configured<Values> = Configured::new(|| parse(FILE));

fn parse(text: &str) -> Result<Values, String> {
    let values: Values = toml::from_str(text).map_err(|cause| cause.to_string())?;
    let unknown = |name: &&String| *name != WITH_SCREEN && name.parse::<DeviceKind>().is_err();
    match values.cents.keys().find(unknown) {
        Some(name) => Err(format!("`{name}` under [cents] is no kind of device")),
        None => Ok(values),
    }
}

/// Puts the values of a city, a file like `config/values.toml`, in the place of those that are built in.
///
/// # Errors
/// A sentence for whoever wrote the file; or when values were used before.
pub fn use_values(text: &str) -> Result<(), String> {
    VALUES.replace(parse(text)?)
}

/// The value under a name; none where the city has set none.
fn named(name: &str) -> Option<u64> {
    VALUES.get().ok()?.cents.get(name).copied()
}

/// The value of one device of a kind.
fn cents_of(kind: DeviceKind) -> u64 {
    named(kind.as_str()).unwrap_or(0)
}

/// The value of what is granted. A desktop that comes with a monitor has a value of its own, in
/// which the monitor is counted.
#[must_use]
pub fn value_cents(granted: &Granted) -> u64 {
    let count = |kind| granted.get(&kind).copied().unwrap_or(0);
    let alone: u64 = granted
        .iter()
        .map(|(kind, count)| cents_of(*kind).saturating_mul(*count))
        .sum();
    let together = count(DeviceKind::Desktop).min(count(DeviceKind::Monitor));
    let apart = cents_of(DeviceKind::Desktop) + cents_of(DeviceKind::Monitor);
    match named(WITH_SCREEN) {
        Some(set) => (alone - apart * together).saturating_add(set.saturating_mul(together)),
        None => alone,
    }
}

/// The kinds that have no value: an award of them could not state what it is worth.
#[must_use]
pub fn without_value(kinds: impl IntoIterator<Item = DeviceKind>) -> Vec<DeviceKind> {
    let mut kinds: Vec<DeviceKind> = kinds
        .into_iter()
        .filter(|kind| named(kind.as_str()).is_none())
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// Every kind that is granted has a value.
///
/// # Errors
/// `value_missing`, saying where it is set.
pub fn every_kind_has_a_value(kinds: impl IntoIterator<Item = DeviceKind>) -> Result<(), Refusal> {
    let missing = without_value(kinds);
    if missing.is_empty() {
        return Ok(());
    }
    let fr: Vec<_> = missing.iter().map(|kind| kind.french(2)).collect();
    let en: Vec<_> = missing.iter().map(|kind| kind.english(2)).collect();
    Err(Refusal::new(
        Code::ValueMissing,
        Text::new(
            format!(
                "Aucune valeur en euros n'est fixée pour : {}. Ajoutez-la au fichier que nomme le réglage city_files.values (voir config/values.toml) : chaque attribution l'indique.",
                fr.join(", ")
            ),
            format!(
                "No value in euros is set for: {}. Add it to the file that the setting city_files.values names (see config/values.toml): every award states it.",
                en.join(", ")
            ),
        ),
    )
    .with_extra(json!({ "kinds": missing, "set_in": "city_files.values" })))
}

/// Whether what an association received in a year is above what may be given without a
/// convention.
#[must_use]
pub fn convention_due(cents: u64) -> bool {
    VALUES
        .get()
        .map_or(true, |values| cents > values.convention_cents)
}

/// The sum above which a convention is due.
#[must_use]
pub fn convention_cents() -> u64 {
    VALUES.get().map_or(0, |values| values.convention_cents)
}

/// Whether a device of a kind is worth more than the city may give away of its own.
#[must_use]
pub fn above_city_gift(kind: DeviceKind) -> bool {
    is_above(cents_of(kind))
}

fn is_above(cents: u64) -> bool {
    VALUES
        .get()
        .map_or(true, |values| cents > values.city_gift_cents)
}

/// An amount, as people read it.
#[must_use]
pub fn euros(cents: u64) -> Bilingual {
    let whole = (cents / 100).to_string();
    let grouped = |separator: &str| {
        let first = whole.len() % 3;
        let mut groups: Vec<&str> = Vec::new();
        if first > 0 {
            groups.push(&whole[..first]);
        }
        groups.extend((first..whole.len()).step_by(3).map(|at| &whole[at..at + 3]));
        groups.join(separator)
    };
    let rest = cents % 100;
    let (comma, point) = match rest {
        0 => (String::new(), String::new()),
        rest => (format!(",{rest:02}"), format!(".{rest:02}")),
    };
    Bilingual::new(
        format!("{}{comma} €", grouped("\u{a0}")),
        format!("€{}{point}", grouped(",")),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_file_of_the_city_is_read_or_says_what_is_wrong() {
        let own = "convention_cents = 1\ncity_gift_cents = 2\n[cents]\n";
        let values = parse(&format!(
            "{own}laser_cutter = 120_000\ndesktop_with_screen = 3"
        ))
        .unwrap();
        assert_eq!(values.cents["laser_cutter"], 120_000);
        for (wrong, said) in [
            ("lazer_cutter = 1", "lazer_cutter"),
            ("laptop = -1", "laptop"),
            ("laptop = \"180\"", "laptop"),
        ] {
            let cause = parse(&format!("{own}{wrong}")).unwrap_err();
            assert!(cause.contains(said), "{cause}");
        }
        assert!(parse("convention_cents = 1").is_err());
    }

    #[test]
    fn an_award_has_a_value() {
        assert!(VALUES.get().is_ok());
        let granted: Granted = [(DeviceKind::Desktop, 30), (DeviceKind::Laptop, 1)].into();
        assert_eq!(value_cents(&granted), 318_000);
        assert_eq!(euros(468_000).fr, "4\u{a0}680 €");
        assert_eq!(euros(123_456_705).en, "€1,234,567.05");
        assert!(!convention_due(2_300_000) && convention_due(2_300_001));
    }

    #[test]
    fn a_desktop_with_a_screen_has_a_value_of_its_own() {
        let worth = |desktops, monitors| {
            let granted: Granted = [
                (DeviceKind::Desktop, desktops),
                (DeviceKind::Monitor, monitors),
            ]
            .into();
            value_cents(&granted)
        };
        assert_eq!(worth(1, 0), 10_000);
        assert_eq!(worth(1, 1), 15_000);
        assert_eq!(worth(3, 1), 35_000);
        assert_eq!(worth(1, 3), 21_000);
    }

    #[test]
    fn value_missing() {
        let kinds = [
            DeviceKind::Desktop,
            DeviceKind::LaserCutter,
            DeviceKind::Other,
        ];
        let refusal = every_kind_has_a_value(kinds).unwrap_err();
        assert_eq!(refusal.code, Code::ValueMissing);
        assert!(refusal.detail.fr.contains("config/values.toml"));
        every_kind_has_a_value([DeviceKind::Laptop]).unwrap();
    }

    #[test]
    fn the_city_gives_away_up_to_a_limit() {
        let limit = VALUES.get().unwrap().city_gift_cents;
        assert!(!is_above(limit) && is_above(limit + 1));
        assert!(DeviceKind::ALL.iter().all(|kind| !above_city_gift(*kind)));
    }
}
