//! PDFs of our own making, as the libraries that print write them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

/// How a file is written.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::report) struct Made {
    /// With numbers of glyphs and a map to characters; else with letters in the usual encoding.
    pub(in crate::report) composite: bool,
    /// With content streams that are deflated.
    pub(in crate::report) deflated: bool,
    /// With objects in an object stream.
    pub(in crate::report) packed: bool,
    /// With each letter in its place, and no spaces.
    pub(in crate::report) by_letter: bool,
}

const SIZE: usize = 12;

/// A stream.
pub(in crate::report) fn stream(entries: &str, data: &[u8], deflated: bool) -> Vec<u8> {
    let (filter, data) = match deflated {
        true => ("/Filter /FlateDecode ", deflate(data)),
        false => ("", data.to_vec()),
    };
    let head = format!("<< {entries} {filter}/Length {} >>\nstream\n", data.len());
    [head.as_bytes(), &data, b"\nendstream"].concat()
}

pub(in crate::report) fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// Rows of four bytes, each told by its difference from the one above, as in a PNG.
fn by_difference(data: &[u8]) -> Vec<u8> {
    let mut coded = Vec::new();
    let mut before = [0_u8; 4];
    for row in data.chunks(4) {
        coded.push(2);
        coded.extend(
            row.iter()
                .zip(before)
                .map(|(now, above)| now.wrapping_sub(above)),
        );
        before[..row.len()].copy_from_slice(row);
    }
    coded
}

/// A file with these objects, by their numbers; its catalog is the first.
pub(in crate::report) fn file(objects: &BTreeMap<u32, Vec<u8>>) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    for (number, object) in objects {
        file.extend(format!("{number} 0 obj\n").bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    file.extend(b"trailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n");
    file
}

impl Made {
    /// A file of one page with these pieces of text, one below the other.
    pub(in crate::report) fn pdf(&self, pieces: &[&str]) -> Vec<u8> {
        let mut objects = BTreeMap::from([
            (1, b"<< /Type /Catalog /Pages 2 0 R >>".to_vec()),
            (
                2,
                b"<< /Type /Pages /Kids [3 0 R] /Count 1 /Resources << /Font << /F1 4 0 R >> >> >>"
                    .to_vec(),
            ),
            (
                3,
                b"<< /Type /Page /Parent 2 0 R /Contents [5 0 R] >>".to_vec(),
            ),
        ]);
        if self.composite {
            objects.insert(4, b"<< /Type /Font /Subtype /Type0 /BaseFont /AAAAAA+Sans /Encoding /Identity-H /DescendantFonts [6 0 R] /ToUnicode 7 0 R >>".to_vec());
            objects.insert(6, b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /AAAAAA+Sans /DW 400 /W [0 [500 500] 2 9000 500] >>".to_vec());
            objects.insert(7, stream("", map(pieces).as_bytes(), self.deflated));
        } else {
            objects.insert(4, b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_vec());
        }
        let content = self.content(pieces);
        objects.insert(5, stream("", content.as_bytes(), self.deflated));
        if self.packed {
            objects = packed(objects);
        }
        file(&objects)
    }

    fn content(&self, pieces: &[&str]) -> String {
        let mut content = String::new();
        for (n, piece) in pieces.iter().enumerate() {
            let _ = write!(
                content,
                "q 1 0 0 -1 0 800 cm BT /F1 {SIZE} Tf 1 0 0 -1 50 {} Tm ",
                50 + n * 15
            );
            if self.by_letter {
                let mut gap = 0;
                for letter in piece.chars() {
                    if letter != ' ' {
                        let _ = write!(
                            content,
                            "{gap} 0 Td {} Tj ",
                            self.shown(&letter.to_string())
                        );
                        gap = 0;
                    }
                    gap += SIZE / 2;
                }
            } else {
                let _ = write!(content, "{} Tj ", self.shown(piece));
            }
            content.push_str("ET Q\n");
        }
        content
    }

    fn shown(&self, text: &str) -> String {
        let hex = |bytes: Vec<u8>| {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            format!("<{digits}>")
        };
        match self.composite {
            true => hex(text.chars().flat_map(|c| glyph(c).to_be_bytes()).collect()),
            false => hex(text
                .chars()
                .map(|c| u8::try_from(u32::from(c)).unwrap())
                .collect()),
        }
    }
}

/// The number of a glyph, as fonts have them: letters in their order, others anywhere.
fn glyph(letter: char) -> u16 {
    match letter {
        ' '..='~' => u16::try_from(u32::from(letter)).unwrap() - 29,
        other => u16::try_from(u32::from(other) % 8000).unwrap() + 1000,
    }
}

/// The map from numbers of glyphs to characters: a range, and one by one.
fn map(pieces: &[&str]) -> String {
    let others: std::collections::BTreeSet<char> = pieces
        .iter()
        .flat_map(|piece| piece.chars())
        .filter(|c| !c.is_ascii())
        .collect();
    let mut map = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n\
        /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n\
        /CMapName /Adobe-Identity-UCS def /CMapType 2 def\n\
        1 begincodespacerange <0000> <FFFF> endcodespacerange\n\
        1 beginbfrange <0003> <0061> <0020> endbfrange\n"
        .to_owned();
    let _ = writeln!(map, "{} beginbfchar", others.len());
    for other in others {
        let units: String = other
            .encode_utf16(&mut [0; 2])
            .iter()
            .map(|unit| format!("{unit:04X}"))
            .collect();
        let _ = writeln!(map, "<{:04X}> <{units}>", glyph(other));
    }
    map.push_str("endbfchar\nendcmap CMapName currentdict /CMap defineresource pop end end");
    map
}

/// What is no stream, in an object stream, by difference.
fn packed(objects: BTreeMap<u32, Vec<u8>>) -> BTreeMap<u32, Vec<u8>> {
    let (streams, others): (BTreeMap<_, _>, BTreeMap<_, _>) = objects
        .into_iter()
        .partition(|(_, object)| object.ends_with(b"endstream"));
    let (mut table, mut body) = (String::new(), Vec::new());
    for (number, object) in &others {
        let _ = write!(table, "{number} {} ", body.len());
        body.extend(object);
        body.push(b'\n');
    }
    let data = by_difference(&[table.as_bytes(), &body].concat());
    let entries = format!(
        "/Type /ObjStm /N {} /First {} /DecodeParms << /Predictor 12 /Columns 4 >>",
        others.len(),
        table.len()
    );
    let mut all = streams;
    all.insert(90, stream(&entries, &data, true));
    all
}
