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

/// How the names of disks that turn begin, without the maker. Each is a series of which none is
/// flash; what stands in none is not known.
const ROTATING: [&str; 38] = [
    "HTS",
    "HTC",
    "HTE",
    "HDT",
    "HDS",
    "HDP",
    "HUA",
    "HUC",
    "HUS1",
    "HUS7",
    "HUH",
    "IC25",
    "IC35",
    "TOSHIBA DT0",
    "TOSHIBA HDW",
    "TOSHIBA MQ0",
    "TOSHIBA MG0",
    "TOSHIBA MD0",
    "MQ0",
    "DT01ACA",
    "MAXTOR 2",
    "MAXTOR 4",
    "MAXTOR 5",
    "MAXTOR 6",
    "MAXTOR 7",
    "MAXTOR STM",
    "SAMSUNG HD",
    "SAMSUNG HM",
    "SAMSUNG HE",
    "SAMSUNG SP",
    "HD2",
    "HM2",
    "FUJITSU MH",
    "FUJITSU MA",
    "FUJITSU MP",
    "MHT",
    "MHV",
    "MHW",
];

/// Flash that is named like the disks of the same maker (SAS and SATA drives of servers), and
/// disks with flash before them, which overwriting does not reach.
const LIKE_DISKS: [&str; 22] = [
    "SSHD",
    "HYBRID",
    "MOMENTUS XT",
    "HUSM",
    "HUSS",
    "HUSR",
    "HUST",
    "HUSP",
    "WDBNCE",
    "PC SN",
    "SN5",
    "SN7",
    "SN8",
    "PX04",
    "PX05",
    "KPM",
    "KRM",
    "ZA2",
    "ZA5",
    "XF12",
    "SDLF",
    "EMMC",
];

/// Families of Seagate's that turn: the letters behind the number.
const SEAGATE: [&str; 27] = [
    "A", "AS", "ASG", "AV", "NS", "SS", "SV", "SX", "LW", "DM", "DL", "LM", "LT", "NM", "NE", "NT",
    "NX", "VX", "VM", "VN", "VE", "MM", "MP", "CS", "GS", "AG", "RX",
];

/// Hybrids of makers that name them like their disks.
const HYBRIDS: [&str; 14] = [
    "ST500LM000",
    "ST1000LM014",
    "ST95005620AS",
    "ST93205620AS",
    "ST92505610AS",
    "WD10S21X",
    "WD10J31X",
    "WD40E31X",
    "WD5000M21K",
    "WD5000M22K",
    "WD5000M13K",
    "WD7500M",
    "ST1000DX001",
    "ST2000DX001",
];

/// A guess from how it turns or what it is called.
pub(super) fn guess(value: &Value, model: &str, vendor: &str) -> Media {
    let turns = value
        .get("capabilities")
        .and_then(Value::as_object)
        .is_some_and(|names| names.keys().any(|name| is_speed(name)));
    let words: Vec<_> = model.split_whitespace().collect();
    let model = words.join(" ").to_uppercase();
    let whole = format!("{} {model}", vendor.to_uppercase());
    let names = match value.get("logicalname") {
        Some(Value::Array(names)) => names.first().and_then(Value::as_str).unwrap_or_default(),
        _ => raw(value, "logicalname"),
    };
    if raw(value, "businfo").starts_with("nvme@") || names.contains("nvme") {
        Media::Nvme
    } else if FLASH.iter().any(|word| whole.contains(word))
        || LIKE_DISKS.iter().any(|word| whole.contains(word))
        || is_crucial(&model)
        || is_transcend(&model)
        || is_flash_named_like_a_disk(&model)
    {
        Media::Ssd
    } else if turns || is_known_disk(&model) {
        Media::Hdd
    } else {
        Media::Other
    }
}

/// `7200rpm`: flash says none, or a number that is none.
fn is_speed(name: &str) -> bool {
    name.strip_suffix("rpm")
        .and_then(|speed| speed.parse::<u32>().ok())
        .is_some_and(|speed| (3_600..=20_000).contains(&speed))
}

/// A name without the maker's in front.
fn bare(model: &str) -> &str {
    [
        "HITACHI ", "HGST ", "SEAGATE ", "ATA ", "HPE ", "HP ", "IBM ",
    ]
    .iter()
    .find_map(|maker| model.strip_prefix(maker))
    .unwrap_or(model)
}

/// Of a series that turns: by its beginning, or by the pattern of Seagate, Western Digital, Toshiba.
fn is_known_disk(model: &str) -> bool {
    let name = bare(model);
    let western = name
        .strip_prefix("WDC WD")
        .or_else(|| name.strip_prefix("WD"));
    let western = western.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let seagate = family(name, "ST").is_some_and(|family| SEAGATE.contains(&family));
    western
        || seagate
        || is_toshiba_disk(name)
        || ROTATING.iter().any(|series| name.starts_with(series))
}

/// The letters behind the number in `ST3500413AS`, `ST500DM002`.
fn family<'a>(name: &'a str, prefix: &str) -> Option<&'a str> {
    let rest = name.strip_prefix(prefix)?;
    let letters = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let end = letters
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(letters.len());
    let family = letters.get(..end)?;
    (letters.len() < rest.len()).then_some(family)
}

/// `MK5065GSX`: four digits, then `GS` or `GA`. `MK4001GRZB` and HP's `MK0240GEYKC` are flash.
fn is_toshiba_disk(name: &str) -> bool {
    let name = name.strip_prefix("TOSHIBA ").unwrap_or(name);
    family(name, "MK").is_some_and(|family| family.starts_with("GS") || family.starts_with("GA"))
        && name
            .get(2..6)
            .is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
        && name.get(6..7) == Some("G")
}

/// `ST480HM000`, `ST200FM0053`, `MK4001GRZB`, `MK000240GWCEV`, and hybrids.
fn is_flash_named_like_a_disk(model: &str) -> bool {
    let name = bare(model);
    let name = name.strip_prefix("TOSHIBA ").unwrap_or(name);
    let seagate = family(name, "ST").is_some_and(|family| {
        matches!(
            family,
            "HM" | "HP" | "FM" | "FN" | "FP" | "KN" | "LX" | "BM" | "CM"
        )
    });
    let toshiba = family(name, "MK").is_some_and(|family| {
        ["GR", "GE", "GW", "GZ", "GC"]
            .iter()
            .any(|letters| family.starts_with(letters))
    });
    let hybrid = HYBRIDS.iter().any(|series| name.contains(series))
        || (name.starts_with("MQ0") && name.ends_with('H'));
    seagate || toshiba || hybrid
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
