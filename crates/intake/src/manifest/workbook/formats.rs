//! How a workbook shows its numbers, as far as it changes what they mean here.

use std::collections::HashMap;
use std::io::Read;

use kernel::Refusal;
use quick_xml::events::Event;

use super::package::{Xml, attribute};

/// Formats of a workbook.
const FORMATS_MAX: usize = 70_000;

/// How a number is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Format {
    #[default]
    Plain,
    /// A day, with or without the time.
    Day,
    /// `1,00E+05`.
    Scientific,
    /// With leading zeros, so many digits.
    Padded(usize),
}

/// The formats of an `.xlsx`, by the number that its cells give.
#[derive(Debug, Default)]
pub(super) struct Formats(Vec<Format>);

impl Formats {
    pub(super) fn of(&self, style: usize) -> Format {
        self.0.get(style).copied().unwrap_or_default()
    }

    pub(super) fn read<R: Read>(xml: &mut Xml<R>) -> Result<Self, Refusal> {
        let mut codes: HashMap<u32, Format> = HashMap::new();
        let mut formats = Vec::new();
        let mut in_cells = false;
        loop {
            match xml.next()? {
                Event::Eof => return Ok(Self(formats)),
                Event::Start(tag) => match tag.local_name().into_inner() {
                    "numFmt" => {
                        let id = attribute(&tag, "numFmtId").and_then(|id| id.parse().ok());
                        let code = attribute(&tag, "formatCode").unwrap_or_default();
                        if let Some(id) = id
                            && codes.len() < FORMATS_MAX
                        {
                            codes.insert(id, by_code(&code));
                        }
                    }
                    "cellXfs" => in_cells = true,
                    "xf" if in_cells && formats.len() < FORMATS_MAX => {
                        let id = attribute(&tag, "numFmtId").and_then(|id| id.parse().ok());
                        let id = id.unwrap_or(0);
                        formats.push(codes.get(&id).copied().unwrap_or_else(|| by_number(id)));
                    }
                    _ => {}
                },
                Event::End(tag) if tag.local_name().into_inner() == "cellXfs" => in_cells = false,
                _ => {}
            }
        }
    }
}

/// The formats that every workbook has (ECMA-376, part 1, 18.8.30).
fn by_number(id: u32) -> Format {
    match id {
        14..=17 | 22 | 27..=31 | 34..=36 | 50..=54 | 57..=58 => Format::Day,
        11 | 48 => Format::Scientific,
        _ => Format::Plain,
    }
}

/// By the code of the format, without the words, colors and conditions in it.
fn by_code(code: &str) -> Format {
    let mut plain = String::new();
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                let _ = chars.by_ref().find(|c| *c == '"');
            }
            '[' => {
                let _ = chars.by_ref().find(|c| *c == ']');
            }
            '\\' | '_' | '*' => drop(chars.next()),
            ';' => break,
            _ => plain.extend(c.to_lowercase()),
        }
    }
    let zeros = plain.trim();
    if plain.contains("e+") || plain.contains("e-") {
        Format::Scientific
    } else if zeros.len() > 1 && zeros.bytes().all(|b| b == b'0') {
        Format::Padded(zeros.len().min(64))
    } else if plain.contains(['y', 'j']) || (plain.contains('d') && plain.contains('m')) {
        // `jj/mm/aaaa` is what some programs write in a French session
        Format::Day
    } else {
        Format::Plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_say_how_a_number_is_shown() {
        for (code, format) in [
            ("General", Format::Plain),
            ("Standard", Format::Plain),
            ("0", Format::Plain),
            ("0.00", Format::Plain),
            ("# ##0,00\\ \"jours\"", Format::Plain),
            ("[Red]0", Format::Plain),
            ("hh:mm", Format::Plain),
            ("0.00E+00", Format::Scientific),
            ("##0.0E+0", Format::Scientific),
            ("00000000", Format::Padded(8)),
            ("dd/mm/yyyy", Format::Day),
            ("[$-40C]d\\ mmmm\\ yyyy;@", Format::Day),
            ("jj/mm/aaaa", Format::Day),
            ("yyyy\\-mm\\-dd\\ hh:mm", Format::Day),
        ] {
            assert_eq!(by_code(code), format, "{code}");
        }
        assert_eq!(by_number(14), Format::Day);
        assert_eq!(by_number(11), Format::Scientific);
        assert_eq!(by_number(2), Format::Plain);
    }
}
