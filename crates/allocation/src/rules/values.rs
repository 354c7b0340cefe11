//! `config/values.toml`: what an award is worth in euros, and from which sum a year a
//! convention is due. Built in.

use std::collections::HashMap;
use std::sync::LazyLock;

use kernel::DeviceKind;
use serde::Deserialize;

use crate::explain::Bilingual;
use crate::model::Granted;

const FILE: &str = include_str!("../../../../config/values.toml");

#[derive(Deserialize)]
struct Values {
    convention_cents: u64,
    city_gift_cents: u64,
    cents: HashMap<DeviceKind, u64>,
}

// that the file can be read is tested
static VALUES: LazyLock<Option<Values>> = LazyLock::new(|| toml::from_str(FILE).ok());

/// The value of one device of a kind.
fn cents_of(kind: DeviceKind) -> u64 {
    let values = VALUES.as_ref();
    values.map_or(0, |values| values.cents.get(&kind).copied().unwrap_or(0))
}

/// The value of what is granted.
#[must_use]
pub fn value_cents(granted: &Granted) -> u64 {
    granted
        .iter()
        .map(|(kind, count)| cents_of(*kind).saturating_mul(*count))
        .sum()
}

/// Whether what an association received in a year is above what may be given without a
/// convention.
#[must_use]
pub fn convention_due(cents: u64) -> bool {
    VALUES
        .as_ref()
        .is_none_or(|values| cents > values.convention_cents)
}

/// The sum above which a convention is due.
#[must_use]
pub fn convention_cents() -> u64 {
    VALUES.as_ref().map_or(0, |values| values.convention_cents)
}

/// Whether a device of a kind is worth more than the city may give away of its own.
#[must_use]
pub fn above_city_gift(kind: DeviceKind) -> bool {
    VALUES
        .as_ref()
        .is_none_or(|values| cents_of(kind) > values.city_gift_cents)
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
    fn an_award_has_a_value() {
        assert!(VALUES.is_some());
        let granted: Granted = [(DeviceKind::Desktop, 30), (DeviceKind::Laptop, 1)].into();
        assert_eq!(value_cents(&granted), 468_000);
        assert_eq!(euros(468_000).fr, "4\u{a0}680 €");
        assert_eq!(euros(123_456_705).en, "€1,234,567.05");
        assert!(!convention_due(2_300_000) && convention_due(2_300_001));
    }
}
