//! What a drive keeps its data on, as far as its name tells. Evidence of its erasure says
//! for sure, and what may be flash is never taken for a disk that turns.

use serde_json::Value;

use crate::model::Media;

/// Words that only flash has in its name.
const FLASH: [&str; 22] = [
    "SSD",
    "SOLID STATE",
    "NVME",
    "CRUCIAL_CT",
    "CRUCIAL CT",
    "SAMSUNG MZ",
    "MZ7",
    "MZN",
    "MZH",
    "WDC WDS",
    "SANDISK SD",
    "KINGSTON SA",
    "KINGSTON SV",
    "KINGSTON SKC",
    "MICRON_",
    "MTFD",
    "LITEON",
    "HFS",
    "THNS",
    "ADATA SU",
    "OCZ",
    "TRANSCEND TS",
];

/// How the names of disks that turn begin.
const ROTATING: [&str; 15] = [
    "ST1",
    "ST2",
    "ST3",
    "ST4",
    "ST5",
    "ST6",
    "ST8",
    "ST9",
    "WDC WD",
    "HITACHI",
    "HGST",
    "TOSHIBA MQ",
    "TOSHIBA MK",
    "TOSHIBA DT",
    "MAXTOR",
];

/// A guess from how it turns or what it is called.
pub(super) fn guess(value: &Value, model: &str, vendor: &str) -> Media {
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
    let turns = value
        .get("capabilities")
        .and_then(Value::as_object)
        .is_some_and(|names| names.keys().any(|name| name.ends_with("rpm")));
    let model = model.trim().to_uppercase();
    let whole = format!(
        "{} {model} {}",
        vendor.to_uppercase(),
        text("description").to_uppercase()
    );
    if text("businfo").starts_with("nvme@") || text("logicalname").starts_with("/dev/nvme") {
        Media::Nvme
    } else if FLASH.iter().any(|word| whole.contains(word)) {
        Media::Ssd
    } else if turns || ROTATING.iter().any(|word| model.starts_with(word)) {
        Media::Hdd
    } else {
        Media::Other
    }
}
