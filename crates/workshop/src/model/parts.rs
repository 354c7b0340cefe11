//! Spare parts, and the repairs that use them.

use kernel::{DeviceId, Instant, OrganisationId, fold};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A part as a repair or a dismantling names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Part {
    /// What it is, such as `memory`, `battery`, `bloc d'alimentation`.
    pub kind: String,
    /// Which one, such as `DDR4 8 Go`; empty when the kind says enough.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// How many.
    pub quantity: i32,
    /// It came out of the machine and into stock, rather than the other way round.
    #[serde(default)]
    pub recovered: bool,
}

impl Part {
    /// Kind and label for comparison, without accents, case and spacing.
    pub fn key(&self) -> String {
        part_key(&self.kind, &self.label)
    }

    /// How a person recognizes it.
    pub fn name(&self) -> String {
        format!("{} {}", self.kind, self.label).trim().to_owned()
    }

    /// The parts that are named in the `parts` of an event; what is only noted there (a text,
    /// an object without a kind) is none. `reading` refuses what cannot be meant before.
    pub fn named_in(parts: Option<&Value>) -> Vec<Self> {
        let entries = match parts {
            Some(Value::Array(entries)) => entries.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        entries.iter().filter_map(Self::named).collect()
    }

    fn named(entry: &Value) -> Option<Self> {
        let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
        let kind = text("kind").trim();
        let quantity = match entry.get("quantity") {
            None | Some(Value::Null) => 1,
            Some(number) => i32::try_from(number.as_i64()?).ok()?,
        };
        (!fold(kind).is_empty()).then(|| Self {
            kind: kind.to_owned(),
            label: text("label").trim().to_owned(),
            quantity,
            recovered: entry.get("recovered").and_then(Value::as_bool) == Some(true),
        })
    }
}

/// Kind and label of a part for comparison.
pub fn part_key(kind: &str, label: &str) -> String {
    match fold(label) {
        label if label.is_empty() => fold(kind),
        label => format!("{}|{label}", fold(kind)),
    }
}

/// The parts of a repair that were counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct CountedParts(pub Vec<Part>);

db::json_column!(CountedParts);

/// A repair as it stands, corrections included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// Number of the event that reported it.
    pub seq: i32,
    /// In which workshop, from whose stock.
    pub workshop_id: OrganisationId,
    /// What was done.
    pub description: String,
    /// How long it took.
    pub minutes: i32,
    /// The parts that moved in or out of stock for it.
    pub parts: CountedParts,
    /// When.
    pub at: Instant,
    /// When it was last corrected.
    pub corrected_at: Option<Instant>,
}

/// A repair of a device.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RepairView {
    /// Number of the event that reported it: what `repair_corrected` names.
    pub seq: i32,
    /// In which workshop.
    pub workshop_id: OrganisationId,
    /// What was done.
    pub description: String,
    /// How long it took.
    pub minutes: i32,
    /// The parts that moved in or out of the counted stock. Parts of which the workshop keeps
    /// no count are in the log alone.
    pub parts: Vec<Part>,
    /// When.
    pub at: Instant,
    /// When it was last corrected.
    pub corrected_at: Option<Instant>,
}

impl From<Repair> for RepairView {
    fn from(repair: Repair) -> Self {
        Self {
            seq: repair.seq,
            workshop_id: repair.workshop_id,
            description: repair.description,
            minutes: repair.minutes,
            parts: repair.parts.0,
            at: repair.at,
            corrected_at: repair.corrected_at,
        }
    }
}

/// The repairs of a device.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Repairs {
    /// Which device.
    pub device_id: DeviceId,
    /// Of all its repairs together.
    pub minutes: i64,
    /// The repairs, the first one first.
    pub items: Vec<RepairView>,
    /// Always null: the list is whole.
    pub next: Option<String>,
}

/// The count of a spare part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartCount {
    /// What it is.
    pub kind: String,
    /// Which one; empty when the kind says enough.
    pub label: String,
    /// How many are there.
    pub quantity: i32,
}

/// A change of the count of a spare part.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PartChange {
    /// What it is.
    pub kind: String,
    /// Which one.
    #[serde(default)]
    pub label: String,
    /// How many more; negative for fewer, 0 to begin to keep a count.
    pub delta: i32,
    /// Why.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parts_are_named_by_objects_with_a_kind() {
        let parts = json!(["SSD 240 Go", {"kind": "Mémoire", "label": "DDR4  8 Go", "quantity": 2},
            {"name": "vis"}, {"kind": "battery", "recovered": true}, {"kind": " "}]);
        let named = Part::named_in(Some(&parts));
        let told: Vec<_> = named
            .iter()
            .map(|part| (part.key(), part.quantity, part.recovered))
            .collect();
        assert_eq!(
            told,
            [
                ("memoire|ddr4 8 go".to_owned(), 2, false),
                ("battery".to_owned(), 1, true)
            ]
        );
        assert_eq!(
            Part::named_in(Some(&json!({"kind": "fan"})))[0].name(),
            "fan"
        );
        assert!(Part::named_in(Some(&json!("une barrette"))).is_empty());
        assert!(Part::named_in(None).is_empty());
    }
}
