//! What is text, and what it says.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Reads a file as text: UTF-8 or UTF-16 by its mark, else UTF-8, else what an XML
/// declaration says or Windows-1252. None for what has characters that no text has, or
/// bytes that the encoding it claims does not allow.
pub fn decode(bytes: &[u8]) -> Option<String> {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => strictly(encoding, &bytes[mark..]),
        None => strictly(UTF_8, bytes).or_else(|| strictly(declared(bytes), bytes)),
    }?;
    text.chars().all(is_text).then_some(text)
}

fn strictly(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(std::borrow::Cow::into_owned)
}

/// The encoding that an XML declaration names; without one, the one that Windows writes.
fn declared(bytes: &[u8]) -> &'static Encoding {
    let head = &bytes[..bytes.len().min(200)];
    let name = head.starts_with(b"<?xml").then(|| {
        let head = String::from_utf8_lossy(head);
        let rest = head.split_once("encoding=")?.1;
        let quote = rest.chars().next()?;
        let rest = rest.get(quote.len_utf8()..)?;
        Some(rest.split_once(quote)?.0.to_owned())
    });
    name.flatten()
        .and_then(|name| Encoding::for_label(name.as_bytes()))
        .filter(|encoding| ![UTF_8, UTF_16LE, UTF_16BE].contains(encoding))
        .unwrap_or(WINDOWS_1252)
}

/// Tools color their logs and feed their pages; nothing else is left of the control
/// characters.
fn is_text(character: char) -> bool {
    !character.is_control() || matches!(character, '\t' | '\n' | '\r' | '\x0c' | '\x1b')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn text_is_read_in_the_encodings_that_programs_write() {
        let utf16: Vec<u8> = "\u{feff}effacé"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        for bytes in [
            "effacé".as_bytes(),
            b"\xef\xbb\xbfeffac\xc3\xa9",
            b"effac\xe9",
            &utf16,
        ] {
            assert_eq!(decode(bytes).unwrap(), "effacé");
        }
        let greek = b"<?xml version='1.0' encoding='ISO-8859-7'?><a>\xe1</a>";
        assert!(decode(greek).unwrap().ends_with("<a>α</a>"));
    }

    #[test]
    fn what_is_no_text_is_not_read_as_some() {
        for bytes in [
            b"a\0b".as_slice(),
            b"\x7fELF\x02\x01",
            b"MZ\x90\x03",
            b"\xef\xbb\xbf\xff",
            b"<?xml version='1.0' encoding='UTF-16'?>\x01",
            b"<?xml version='1.0' encoding=\xff\x01",
        ] {
            assert_eq!(decode(bytes), None, "{bytes:?}");
        }
    }
}
