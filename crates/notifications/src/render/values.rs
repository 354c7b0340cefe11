//! What people wrote, before a template shows it: it stays on its line, and no mail program
//! makes a link of it. The city mails these texts; whoever registers as « secours.example »
//! must not have it mail a link.

use serde_json::Value as Json;

/// Joins two characters without a sign or a break between them; no mail program reads an
/// address across it.
pub(super) const JOINER: char = '\u{2060}';

/// Members whose texts are ours, or are an address that the reader is to have.
const OURS: [&str; 5] = ["token", "email", "examples", "certificate", "url"];

/// A telephone number as people of its country write it: French ones in pairs.
pub(super) fn phone(number: &str) -> Option<String> {
    let national = number.strip_prefix("+33")?;
    if national.len() != 9 || !national.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut written = format!("0{}", &national[..1]);
    for at in (1..9).step_by(2) {
        written.push('\u{a0}');
        written.push_str(&national[at..at + 2]);
    }
    Some(written)
}

/// Values stay on their line and hold nothing unprintable: they cannot pretend to be part of
/// the template.
pub(super) fn tidy(value: &mut Json) {
    match value {
        Json::String(text) => {
            if text.chars().any(unwanted) {
                *text = text.replace(unwanted, " ");
            }
            if text.trim().len() != text.len() {
                *text = text.trim().to_owned();
            }
        }
        Json::Array(items) => items.iter_mut().for_each(tidy),
        Json::Object(fields) => fields.values_mut().for_each(tidy),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

fn unwanted(c: char) -> bool {
    c != JOINER && kernel::is_unprintable(c)
}

/// Makes no link of what people wrote.
pub(super) fn unlink(value: &mut Json) {
    match value {
        Json::String(text) => {
            if text.contains(['.', ':']) {
                *text = unlinked(text);
            }
        }
        Json::Array(items) => items.iter_mut().for_each(unlink),
        Json::Object(fields) => {
            for (name, value) in fields {
                if !OURS.contains(&name.as_str()) {
                    unlink(value);
                }
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

fn unlinked(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 6);
    let mut before = ' ';
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        out.push(c);
        let next = characters.peek().copied().unwrap_or(' ');
        let name = c == '.' && !before.is_whitespace() && next.is_alphabetic();
        let scheme = c == ':' && (next == '/' || next.is_alphanumeric() && before.is_alphabetic());
        if name || scheme {
            out.push(JOINER);
        }
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_with_dots_are_no_links() {
        for (name, shown) in [
            ("HelloAsso.com", "HelloAsso.\u{2060}com"),
            (
                "voir https://a.example/x",
                "voir https:\u{2060}//a.\u{2060}example/x",
            ),
            ("www.secours.example", "www.\u{2060}secours.\u{2060}example"),
            ("mailto:a@b.example", "mailto:\u{2060}a@b.\u{2060}example"),
            ("Asso.Été", "Asso.\u{2060}Été"),
        ] {
            assert_eq!(unlinked(name), shown);
        }
    }

    #[test]
    fn sentences_numbers_and_moments_stay_as_they_are() {
        for text in [
            "Fin. Suite",
            "n° 1.2",
            "2023-02-28T09:00:00.5Z",
            "M. Dupont",
            "à 9:30",
            "ici : là",
        ] {
            assert_eq!(unlinked(text), text);
        }
    }

    #[test]
    fn what_is_ours_is_left_alone() {
        let mut data = json!({"email": "a@b.example", "names": ["a.b"], "token": "a.b"});
        unlink(&mut data);
        assert_eq!(
            data,
            json!({"email": "a@b.example", "names": ["a.\u{2060}b"], "token": "a.b"})
        );
    }

    #[test]
    fn telephone_numbers_read_as_people_write_them() {
        assert_eq!(
            phone("+33491000000").as_deref(),
            Some("04\u{a0}91\u{a0}00\u{a0}00\u{a0}00")
        );
        for other in ["+3221234567", "04 91 00 00 00", "+33 4", "+33é0000000", ""] {
            assert_eq!(phone(other), None, "{other}");
        }
    }

    #[test]
    fn values_stay_on_their_line() {
        let mut data = json!({"a": " x\r\ny\u{2028}\u{202e}z "});
        tidy(&mut data);
        assert_eq!(data["a"], "x  y  z");
    }
}
