//! Telephone numbers in one form, so that a driver can tap them.

/// A French number as people write it, or an international one with its `+` or `00`, in
/// the form of E.164; `None` for what is neither.
pub fn e164(text: &str) -> Option<String> {
    let text = text.trim().replace("(0)", "");
    let international = text.starts_with('+') || text.starts_with("00");
    let separators = |c: char| c.is_whitespace() || matches!(c, '.' | '-' | '/' | '(' | ')' | '_');
    let plain: String = text.chars().filter(|c| !separators(*c)).collect();
    let digits = plain.strip_prefix('+').unwrap_or(&plain);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if !international {
        let national = digits.strip_prefix('0').filter(|rest| rest.len() == 9)?;
        return (!national.starts_with('0')).then(|| format!("+33{national}"));
    }
    let number = digits.strip_prefix("00").unwrap_or(digits);
    // +33 04 91 …: the zero of the national form left in
    let number = match number.strip_prefix("330") {
        Some(rest) if rest.len() == 9 => format!("33{rest}"),
        _ => number.to_owned(),
    };
    let french = number.strip_prefix("33");
    let fits = (8..=15).contains(&number.len())
        && !number.starts_with('0')
        && french.is_none_or(|rest| rest.len() == 9);
    fits.then(|| format!("+{number}"))
}

#[cfg(test)]
mod tests {
    use super::e164;

    #[test]
    fn french_numbers_become_international() {
        for text in [
            "04 91 00 00 00",
            "04.91.00.00.00",
            "+33 4 91 00 00 00",
            "+33 (0)4 91 00 00 00",
            "0033491000000",
            "+330491000000",
        ] {
            assert_eq!(e164(text).as_deref(), Some("+33491000000"), "{text}");
        }
        assert_eq!(e164("+32 2 123 45 67").as_deref(), Some("+3221234567"));
    }

    #[test]
    fn what_is_no_number_is_not_taken() {
        for text in [
            "",
            "123",
            "+33 4 91",
            "0491",
            "call me",
            "04 91 00 00 00 00",
            "+1",
            "04910000OO",
        ] {
            assert_eq!(e164(text), None, "{text}");
        }
    }
}
