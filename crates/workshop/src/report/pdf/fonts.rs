//! What the bytes of a text are, by its font: characters, and how wide they are.

use std::collections::HashMap;

use hayro_cmap::{BfString, CMap};
use hayro_syntax::object::{Dict, Object};

use super::encoding;
use super::file::File;

/// One glyph of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph {
    pub(super) code: u32,
    /// In parts of the size; none where the file does not say.
    pub(super) width: Option<f32>,
    /// A single byte that is a space: the space between words is added to it.
    pub(super) is_space: bool,
}

/// A font.
#[derive(Debug)]
pub(super) struct Font {
    letters: Letters,
    widths: Widths,
}

#[derive(Debug)]
enum Letters {
    /// Two bytes are the number of a glyph, and the map says which character it is.
    Composite(CMap),
    /// A byte is a character: by the map, else by the encoding.
    Simple {
        map: Option<CMap>,
        encoding: Encoding,
    },
}

#[derive(Debug)]
enum Encoding {
    WinAnsi,
    /// What is the same in all encodings.
    Plain,
    /// Nothing is known but by the map.
    Unknown,
    /// Some bytes have another character, or none that is known.
    Differs(HashMap<u8, Option<char>>, Box<Self>),
}

#[derive(Debug, Default)]
struct Widths {
    usual: Option<f32>,
    /// From, to, and how wide, in order.
    ranges: Vec<(u32, u32, f32)>,
}

impl Font {
    /// Reads a font; none where nobody can tell what its glyphs are.
    pub(super) fn read<'f>(file: &'f File<'_>, font: &Dict<'f>) -> Option<Self> {
        let kind = file.get(font, "Subtype")?.into_name()?;
        let map = match font.contains_key("ToUnicode") {
            true => read_map(file, font),
            false => None,
        };
        if &kind[..] == b"Type0" {
            let encoding = file.get(font, "Encoding")?.into_name()?;
            if &encoding[..] != b"Identity-H" {
                return None;
            }
            let inner = file.array(font, "DescendantFonts")?;
            let inner = inner.into_iter().next()?.into_dict()?;
            return Some(Self {
                letters: Letters::Composite(map?),
                widths: Widths::of_composite(file, &inner),
            });
        }
        let scale = match &kind[..] {
            b"Type3" => {
                let matrix = file.array(font, "FontMatrix")?;
                matrix.into_iter().next()?.into_number()?.as_f32()
            }
            _ => 0.001,
        };
        Some(Self {
            letters: Letters::Simple {
                encoding: Encoding::read(file, font, &kind),
                map,
            },
            widths: Widths::of_simple(file, font, scale),
        })
    }

    /// The glyphs of a text.
    pub(super) fn glyphs<'b>(&'b self, text: &'b [u8]) -> impl Iterator<Item = Glyph> + 'b {
        let bytes = match self.letters {
            Letters::Composite(_) => 2,
            Letters::Simple { .. } => 1,
        };
        text.chunks(bytes).map(move |code| {
            let number = code
                .iter()
                .fold(0, |sum, byte| (sum << 8) | u32::from(*byte));
            Glyph {
                code: number,
                width: self.widths.of(number),
                is_space: code == b" ",
            }
        })
    }

    /// Adds the characters of a glyph to a text; none where it has none.
    pub(super) fn spell(&self, glyph: Glyph, text: &mut String) -> Option<()> {
        let map = match &self.letters {
            Letters::Composite(map) => Some(map),
            Letters::Simple { map, .. } => map.as_ref(),
        };
        match map.and_then(|map| map.lookup_bf_string(glyph.code)) {
            Some(BfString::Char(one)) => encoding::spelled(one, text),
            Some(BfString::String(all)) => {
                all.chars().for_each(|one| encoding::spelled(one, text));
            }
            None => {
                let Letters::Simple { encoding, .. } = &self.letters else {
                    return None;
                };
                let byte = u8::try_from(glyph.code).ok()?;
                encoding::spelled(encoding.character(byte)?, text);
            }
        }
        Some(())
    }
}

fn read_map<'f>(file: &'f File<'_>, font: &Dict<'f>) -> Option<CMap> {
    let content = file.stream_in(font, "ToUnicode")?;
    CMap::parse(&content, |_| None)
}

impl Encoding {
    fn read<'f>(file: &'f File<'_>, font: &Dict<'f>, kind: &[u8]) -> Self {
        let base = match file.get(font, "BaseFont") {
            Some(Object::Name(name)) => name.to_vec(),
            _ => Vec::new(),
        };
        let symbols = [&b"Symbol"[..], b"ZapfDingbats"];
        let own = kind == b"Type3"
            || symbols.iter().any(|name| base.ends_with(name))
            || Self::is_symbolic(file, font);
        let usual = || if own { Self::Unknown } else { Self::Plain };
        match file.get(font, "Encoding") {
            Some(Object::Name(name)) => Self::named(&name[..]).unwrap_or_else(usual),
            Some(Object::Dict(encoding)) => {
                let named = match file.get(&encoding, "BaseEncoding") {
                    Some(Object::Name(name)) => Self::named(&name[..]),
                    _ => None,
                };
                let base = named.unwrap_or_else(usual);
                let Some(list) = file.array(&encoding, "Differences") else {
                    return match encoding.contains_key("Differences") {
                        true => Self::Unknown,
                        false => base,
                    };
                };
                Self::Differs(differences(&list), Box::new(base))
            }
            _ => usual(),
        }
    }

    fn named(name: &[u8]) -> Option<Self> {
        match name {
            b"WinAnsiEncoding" => Some(Self::WinAnsi),
            b"StandardEncoding" | b"MacRomanEncoding" | b"PDFDocEncoding" => Some(Self::Plain),
            _ => None,
        }
    }

    /// Its glyphs are in an order of its own.
    fn is_symbolic<'f>(file: &'f File<'_>, font: &Dict<'f>) -> bool {
        let descriptor = file.dict(font, "FontDescriptor");
        let flags = descriptor.and_then(|it| file.get(&it, "Flags"));
        matches!(flags, Some(Object::Number(flags)) if flags.as_i64() & 4 != 0)
    }

    fn character(&self, byte: u8) -> Option<char> {
        match self {
            Self::WinAnsi => encoding::win_ansi(byte),
            Self::Plain => encoding::plain(byte),
            Self::Unknown => None,
            Self::Differs(other, base) => match other.get(&byte) {
                Some(character) => *character,
                None => base.character(byte),
            },
        }
    }
}

/// `[32 /space 65 /A /B]`
fn differences(list: &[Object<'_>]) -> HashMap<u8, Option<char>> {
    let mut code = 0;
    let mut others = HashMap::new();
    for item in list {
        match item {
            Object::Number(number) => code = number.as_i64(),
            Object::Name(name) => {
                if let Ok(byte) = u8::try_from(code) {
                    others.insert(byte, encoding::named(name));
                }
                code = code.saturating_add(1);
            }
            _ => {}
        }
    }
    others
}

impl Widths {
    fn of(&self, code: u32) -> Option<f32> {
        let behind = self.ranges.partition_point(|(from, ..)| *from <= code);
        let range = behind.checked_sub(1).and_then(|n| self.ranges.get(n));
        match range {
            Some((_, to, width)) if code <= *to => Some(*width),
            _ => self.usual,
        }
    }

    fn of_simple<'f>(file: &'f File<'_>, font: &Dict<'f>, scale: f32) -> Self {
        let first = file
            .get(font, "FirstChar")
            .and_then(Object::into_number)
            .and_then(|first| u8::try_from(first.as_i64()).ok())
            .map(u32::from);
        let (Some(first), Some(list)) = (first, file.array(font, "Widths")) else {
            return Self::default();
        };
        let widths = (first..)
            .zip(list)
            .filter_map(|(code, width)| Some((code, code, width.into_number()?.as_f32() * scale)));
        Self {
            usual: None,
            ranges: widths.collect(),
        }
    }

    /// `[1 [500 600] 10 20 700]`: from 1 on 500 and 600; from 10 to 20 700.
    fn of_composite<'f>(file: &'f File<'_>, font: &Dict<'f>) -> Self {
        let usual = file.number(font, "DW").unwrap_or(1000.0) * 0.001;
        let mut ranges = Vec::new();
        let mut numbers: Vec<f32> = Vec::new();
        for item in file.array(font, "W").unwrap_or_default() {
            match item {
                Object::Number(number) => numbers.push(number.as_f32()),
                Object::Array(list) => {
                    let from = numbers.pop().map(code).unwrap_or_default();
                    let widths = list.raw_iter().map(|width| file.resolved(width));
                    let widths = widths.map_while(|width| width?.into_number());
                    ranges.extend(
                        (from..)
                            .zip(widths)
                            .map(|(code, width)| (code, code, width.as_f32() * 0.001)),
                    );
                    numbers.clear();
                }
                _ => {}
            }
            if let [from, to, width] = numbers[..] {
                ranges.push((code(from), code(to), width * 0.001));
                numbers.clear();
            }
        }
        ranges.sort_by_key(|(from, ..)| *from);
        Self {
            usual: Some(usual),
            ranges,
        }
    }
}

/// The number of a glyph: no font has more than two bytes tell.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
fn code(number: f32) -> u32 {
    u32::from(number as u16)
}
