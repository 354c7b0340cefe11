//! What a drive keeps its data on, as far as its name tells. Evidence of its erasure says
//! for sure, and what may be flash is never taken for a disk that turns.

use serde_json::Value;

use super::tree::raw;
use crate::model::Media;

/// Words that only flash has in its name.
const FLASH: [&str; 46] = [
    "SSD",
    "SOLID STATE",
    "SOLID-STATE",
    "NVME",
    "CRUCIAL_CT",
    "CRUCIAL CT",
    "SAMSUNG MZ",
    "MZ7",
    "MZN",
    "MZH",
    "MZM",
    "MZV",
    "WDC WDS",
    "SANDISK SD",
    "SANDISK X",
    "KINGSTON SA",
    "KINGSTON SV",
    "KINGSTON SKC",
    "KINGSTON SUV",
    "KINGSTON SMS",
    "KINGSTON RBU",
    "MICRON_",
    "MTFD",
    "LITEON",
    "HFS",
    "SK HYNIX SC",
    "SKHYNIX",
    "THNS",
    "ADATA SU",
    "ADATA SP",
    "ADATA SX",
    "OCZ",
    "VERTEX",
    "AGILITY",
    "TRANSCEND TS",
    "PLEXTOR",
    "INTENSO",
    "GOODRAM",
    "SPCC",
    "PATRIOT",
    "CORSAIR",
    "APACER",
    "PHISON",
    "COMPACTFLASH",
    "SATADOM",
    "DISK ON MODULE",
];

/// How the names of disks that turn begin, without the maker.
const ROTATING: [&str; 42] = [
    "ST1",
    "ST2",
    "ST3",
    "ST4",
    "ST5",
    "ST6",
    "ST8",
    "ST9",
    "WDC WD",
    "WD1",
    "WD2",
    "WD3",
    "WD5",
    "HITACHI",
    "HGST",
    "HTS",
    "HTC",
    "HTE",
    "HDT",
    "HDS",
    "HDP",
    "HUA",
    "HUS",
    "IC25",
    "IC35",
    "TOSHIBA MQ",
    "TOSHIBA MK",
    "TOSHIBA DT",
    "TOSHIBA HDW",
    "MQ0",
    "MK",
    "MAXTOR",
    "SAMSUNG HD",
    "SAMSUNG HM",
    "SAMSUNG HE",
    "SAMSUNG SP",
    "HD2",
    "HM2",
    "FUJITSU M",
    "MHT",
    "MHV",
    "MHW",
];

/// A guess from how it turns or what it is called.
pub(super) fn guess(value: &Value, model: &str, vendor: &str) -> Media {
    let turns = value
        .get("capabilities")
        .and_then(Value::as_object)
        .is_some_and(|names| names.keys().any(|name| name.ends_with("rpm")));
    let model = model.trim().to_uppercase();
    let whole = format!("{} {model}", vendor.to_uppercase());
    let names = match value.get("logicalname") {
        Some(Value::Array(names)) => names.first().and_then(Value::as_str).unwrap_or_default(),
        _ => raw(value, "logicalname"),
    };
    if raw(value, "businfo").starts_with("nvme@") || names.contains("nvme") {
        Media::Nvme
    } else if FLASH.iter().any(|word| whole.contains(word))
        || is_crucial(&model)
        || is_transcend(&model)
    {
        Media::Ssd
    } else if turns || ROTATING.iter().any(|word| model.starts_with(word)) {
        Media::Hdd
    } else {
        Media::Other
    }
}

/// `CT240BX200`, `CT500MX500`: the size, then the family.
fn is_crucial(model: &str) -> bool {
    let rest = model.strip_prefix("CT").unwrap_or_default();
    let family = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    family.len() < rest.len()
        && ["BX", "MX", "M5", "P1", "P2", "V4"]
            .iter()
            .any(|name| family.starts_with(name))
}

/// `TS128GMTS800`: the size, then what it is plugged into.
fn is_transcend(model: &str) -> bool {
    let rest = model.strip_prefix("TS").unwrap_or_default();
    let kind = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    kind.len() < rest.len()
        && (kind.starts_with("GM") || kind.starts_with("GS") || kind.starts_with("GP"))
}
