//! What makers leave where a serial number or a name should be.

use kernel::squash;

/// Placeholders, by letters and digits alone.
const PLACEHOLDERS: [&str; 62] = [
    "NONE",
    "NA",
    "NULL",
    "NIL",
    "UNKNOWN",
    "UNKNOW",
    "UNDEFINED",
    "INVALID",
    "EMPTY",
    "BLANK",
    "TBD",
    "TEST",
    "OEM",
    "OEMSTRING",
    "DEFAULT",
    "DEFAULTSTRING",
    "STANDARD",
    "TOBEFILLEDBYOEM",
    "TOBEFILLEDBYOEMMORESTRING",
    "TOBEFILLED",
    "FILLBYOEM",
    "SYSTEM",
    "SYSTEMSERIAL",
    "SYSTEMSERIALNUMBER",
    "SYSTEMSERIALNUMBERX",
    "SYSTEMMANUFACTURER",
    "SYSTEMPRODUCTNAME",
    "SYSTEMVERSION",
    "SYSTEMNAME",
    "PRODUCTNAME",
    "BASEBOARDSERIALNUMBER",
    "BOARDSERIALNUMBER",
    "CHASSISSERIALNUMBER",
    "CHASSISSERIAL",
    "CHASSISMANUFACTURER",
    "CHASSISVERSION",
    "SERIALNUMBER",
    "SERIAL",
    "SERIALNO",
    "SN",
    "SKU",
    "SKUNUMBER",
    "ASSETTAG",
    "NOASSETTAG",
    "NOASSETINFORMATION",
    "NOTSPECIFIED",
    "NOTAPPLICABLE",
    "NOTAVAILABLE",
    "NOTPROVIDED",
    "NOTSET",
    "NOTDEFINED",
    "NOSERIALNUMBER",
    "NOSERIAL",
    "NODIMM",
    "REMOVED",
    "MODULEPARTNUMBER",
    "BSN12345678901234567",
    "MB1234567890",
    "EB1234567890",
    "BSS0123456789",
    "ABC123",
    "0123456789ABCDEF",
];

/// The serial number as an identity, or `None` for what makers leave where one should be.
pub fn identity_key(serial: &str) -> Option<String> {
    let key = squash(serial);
    let bare = key.strip_prefix("0X").unwrap_or(&key);
    let mut characters = bare.chars();
    let first = characters.next()?;
    let uniform = characters.all(|c| c == first);
    let placeholder = PLACEHOLDERS.contains(&key.as_str()) || is_numbered(&key) || counts(bare);
    (!uniform && !placeholder).then_some(key)
}

/// `SerNum0`, `Manufacturer01`, `PartNum2`, `Array1_PartNumber0`: a row of a table that nobody filled in.
fn is_numbered(key: &str) -> bool {
    let name = key.trim_end_matches(|c: char| c.is_ascii_digit());
    [
        "SERNUM",
        "PARTNUM",
        "PARTNUMBER",
        "MANUFACTURER",
        "MODULEPARTNUMBER",
        "ASSETTAGNUM",
    ]
    .iter()
    .any(|row| name == *row || (name.ends_with(row) && name.starts_with("ARRAY")))
}

/// `123456789`, `0123456789`, `12345678901234567890`: somebody tried the keyboard.
fn counts(key: &str) -> bool {
    let digits = key.as_bytes();
    digits.len() >= 6
        && matches!(digits[0], b'0' | b'1')
        && digits.iter().all(u8::is_ascii_digit)
        && digits
            .windows(2)
            .all(|pair| (pair[0] - b'0' + 1) % 10 == pair[1] - b'0')
}

#[cfg(test)]
mod tests {
    use super::identity_key;

    #[test]
    fn placeholders_are_no_identity() {
        for text in [
            "",
            " ",
            "-",
            "0",
            "None",
            "N/A",
            "To Be Filled By O.E.M.",
            "To be filled by O.E.M",
            "System Serial Number",
            "Chassis Serial Number",
            "Default string",
            "Not Specified",
            "Not Applicable",
            "123456789",
            "0123456789",
            "12345678901234567890",
            "00000000",
            "0x00000000",
            "XXXXXXXXXX",
            "FFFFFFFF",
            "........",
            "<empty>",
            "[Empty]",
            "SerNum0",
            "Array1_PartNumber0",
            "Manufacturer01",
            "No Asset Tag",
            "REMOVED",
            "0123456789ABCDEF",
            "00000000-0000-0000-0000-000000000000",
        ] {
            assert_eq!(identity_key(text), None, "{text}");
        }
    }

    #[test]
    fn what_looks_like_one_is_left_alone() {
        for (text, key) in [
            ("czc-901 381r", "CZC901381R"),
            ("SN 123456789ABC", "SN123456789ABC"),
            ("12345", "12345"),
            ("1234578", "1234578"),
            ("13138/00064437", "1313800064437"),
            ("S1", "S1"),
        ] {
            assert_eq!(identity_key(text).as_deref(), Some(key));
        }
    }
}
