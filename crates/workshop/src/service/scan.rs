//! What a scanner's string may mean: a tag or a serial number alone, or with what makers and
//! scanners put around it.

/// Characters of a part of a scanned string that may be a number.
const PART: usize = 5;
/// Parts of a scanned string that are tried.
const PARTS: usize = 4;
/// What stands before a serial number on a label.
const LABELS: [&str; 8] = [
    "serial number",
    "serial no",
    "n° de série",
    "no de série",
    "serial",
    "s/n",
    "sn",
    "n/s",
];

/// The readings of a scanned string, the likeliest first: all of it; the serial number of a
/// GS1 code; what follows a label or a maker's data identifier; its parts, last to first, as
/// in `https://…/d/RS-00001-X`.
pub(super) fn readings(scanned: &str) -> Vec<&str> {
    let whole = scanned.trim();
    let mut readings = vec![whole];
    let code = without_symbology(whole);
    readings.extend((code != whole).then_some(code));
    readings.extend(gs1_serial(code));
    readings.extend(LABELS.iter().find_map(|label| after_label(code, label)));
    readings.extend(after_identifier(code));
    let parts = code
        .rsplit(|c: char| !c.is_alphanumeric() && c != '-')
        .filter(|part| part.len() >= PART && *part != whole);
    readings.extend(parts.take(PARTS));
    readings
}

/// Some scanners say first which kind of code they saw: `]C1`, `]d2`, `]Q3`.
fn without_symbology(code: &str) -> &str {
    let mut characters = code.chars();
    let marked = characters.next() == Some(']')
        && characters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && characters.next().is_some_and(|c| c.is_ascii_digit());
    match marked {
        true => characters.as_str().trim_start_matches('\u{1d}'),
        false => code,
    }
}

/// The serial number (application identifier 21) of a GS1 code without parentheses. With
/// them, it is one of the parts.
fn gs1_serial(code: &str) -> Option<&str> {
    let mut rest = code;
    if !rest.starts_with("01") {
        return None;
    }
    loop {
        let fixed = match rest.get(..2)? {
            "01" | "02" => 14,
            "11" | "13" | "15" | "17" => 6,
            "10" => rest.get(2..)?.find('\u{1d}')?,
            "21" => {
                let serial = rest.get(2..)?;
                return Some(serial.split('\u{1d}').next().unwrap_or(serial));
            }
            _ => return None,
        };
        rest = rest.get(2 + fixed..)?.trim_start_matches('\u{1d}');
    }
}

fn after_label<'a>(code: &'a str, label: &str) -> Option<&'a str> {
    let mut rest = code.chars();
    for expected in label.chars() {
        if !rest.next()?.to_lowercase().eq(expected.to_lowercase()) {
            return None;
        }
    }
    let rest = rest.as_str();
    let number = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    (!number.is_empty()).then_some(number)
}

/// `1S`, a machine type of ten characters and a serial number of eight (Lenovo), or `S` and
/// the serial number (ANSI MH10.8.2).
fn after_identifier(code: &str) -> Option<&str> {
    if code.starts_with("1S") && code.len() == 20 {
        return code.get(12..);
    }
    code.strip_prefix('S').filter(|rest| rest.len() >= 7)
}

#[cfg(test)]
mod tests {
    use super::readings;

    #[test]
    fn a_scanned_string_is_read_whole_and_then_in_parts() {
        assert_eq!(readings(" CZC0001\r\n"), ["CZC0001"]);
        let link = "https://ressac.example/d/RS-00001-V";
        assert_eq!(readings(link)[..2], [link, "RS-00001-V"]);
    }

    #[test]
    fn what_stands_around_a_serial_number_is_taken_off() {
        for (scanned, serial) in [
            ("S/N: CZC0001", "CZC0001"),
            ("SN:AB12", "AB12"),
            ("Serial No. 5CG8", "5CG8"),
            ("N° de série : AB12", "AB12"),
            ("SCZC0001XYZ", "CZC0001XYZ"),
            ("1S20KHS0QX00PF1ABCDE", "PF1ABCDE"),
            ("]C1010950400005910121ABC123", "ABC123"),
            (
                "010950400005910117251231\u{1d}21ABC123\u{1d}10LOT",
                "ABC123",
            ),
            ("(01)09504000059101(21)ABC123", "ABC123"),
            ("]d2\u{1d}010950400005910110LOT\u{1d}21ABC123", "ABC123"),
        ] {
            let readings = readings(scanned);
            assert!(readings.contains(&serial), "{scanned}: {readings:?}");
        }
    }

    #[test]
    fn nonsense_is_read_as_itself() {
        for scanned in ["", "]", "]C", "01", "0109", "S", "1S", "é", "21\u{1d}"] {
            assert_eq!(readings(scanned)[0], scanned.trim());
        }
    }
}
