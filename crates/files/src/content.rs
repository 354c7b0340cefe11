//! What a file is, by its content: a name and a declared type prove nothing.

use kernel::text_enum;

use crate::text::decode;

text_enum! {
    /// What is recognized.
    pub enum MediaType {
        /// PDF.
        Pdf = "application/pdf",
        /// PNG.
        Png = "image/png",
        /// JPEG.
        Jpeg = "image/jpeg",
        /// WebP.
        Webp = "image/webp",
        /// A text document of LibreOffice.
        Odt = "application/vnd.oasis.opendocument.text",
        /// A text document of Word, without macros.
        Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        /// XML, HTML and SVG set apart.
        Xml = "application/xml",
        /// JSON: an object or an array.
        Json = "application/json",
        /// Any other text, such as a log.
        Plain = "text/plain",
    }
}
db::text_column!(MediaType);

/// Entries of a ZIP archive that are looked at, at the most.
const ENTRIES: usize = 10_000;
/// Characters in which a page of the web says that it is one.
const HEAD: usize = 1_000;

/// Recognizes a file by its first bytes, an archive by its entries, and text by being text.
/// What a browser would run, or nobody can read, is nothing.
pub fn recognize(bytes: &[u8]) -> Option<MediaType> {
    let at = |place: usize, mark: &[u8]| {
        bytes
            .get(place..)
            .is_some_and(|rest| rest.starts_with(mark))
    };
    if at(0, b"%PDF-") {
        Some(MediaType::Pdf)
    } else if at(0, b"\x89PNG\r\n\x1a\n") {
        Some(MediaType::Png)
    } else if at(0, b"\xff\xd8\xff") {
        Some(MediaType::Jpeg)
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        Some(MediaType::Webp)
    } else if at(0, b"PK\x03\x04") {
        archive(bytes)
    } else {
        text(bytes)
    }
}

/// Kinds of text, by how they begin: whether they are well-formed is for their reader to say.
fn text(bytes: &[u8]) -> Option<MediaType> {
    let text = decode(bytes)?;
    let start = text.trim_start();
    let head: String = start.chars().take(HEAD).collect::<String>().to_lowercase();
    if start.is_empty()
        || ["<!doctype html", "<html", "<svg", "<script"]
            .iter()
            .any(|mark| head.contains(mark))
    {
        None
    } else if start.starts_with('<') {
        Some(MediaType::Xml)
    } else if start.starts_with('{') || is_array(start) {
        Some(MediaType::Json)
    } else {
        Some(MediaType::Plain)
    }
}

/// A log may begin with a bracket too: `[2023/03/01 10:00:00]  info: …`.
fn is_array(start: &str) -> bool {
    let Some(rest) = start.strip_prefix('[') else {
        return false;
    };
    rest.trim_start().starts_with(['{', '[', '"', ']'])
}

fn archive(bytes: &[u8]) -> Option<MediaType> {
    let names = entries(bytes)?;
    let has = |name: &[u8]| names.contains(&name);
    if names.iter().any(|name| name.ends_with(b"vbaProject.bin")) {
        return None; // macros
    }
    if has(b"[Content_Types].xml") && has(b"word/document.xml") {
        return Some(MediaType::Docx);
    }
    // ODF: the first entry is named so, is not compressed, and says what it is
    let type_said = MediaType::Odt.as_str().as_bytes();
    let extra = usize::from(u16_at(bytes, 28)?);
    let first = bytes.get(30..38)? == b"mimetype" && u16_at(bytes, 8)? == 0;
    let said = bytes.get(38 + extra..)?.starts_with(type_said);
    let longer = bytes
        .get(38 + extra + type_said.len())
        .is_some_and(|byte| *byte == b'-'); // …-template and the like
    (first && said && !longer && has(b"content.xml")).then_some(MediaType::Odt)
}

/// The names of an archive's entries, by its central directory. The `zip` crate would keep a record
/// of each of as many entries as an upload can hold; this borrows ten thousand names at the most.
fn entries(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let tail = bytes.len().saturating_sub(66_000);
    let end = bytes
        .get(tail..)?
        .windows(4)
        .rposition(|window| window == b"PK\x05\x06")?
        + tail;
    let count = usize::from(u16_at(bytes, end + 10)?).min(ENTRIES);
    let mut at = usize::try_from(u32_at(bytes, end + 16)?).ok()?;
    let mut names = Vec::new();
    for _ in 0..count {
        if bytes.get(at..at + 4)? != b"PK\x01\x02" {
            return None;
        }
        let name = usize::from(u16_at(bytes, at + 28)?);
        let extra = usize::from(u16_at(bytes, at + 30)?);
        let comment = usize::from(u16_at(bytes, at + 32)?);
        names.push(bytes.get(at + 46..at + 46 + name)?);
        at += 46 + name + extra + comment;
    }
    Some(names)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(pair.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// An archive whose entries are not compressed, without checksums.
    fn zip(entries: &[(&str, &str)]) -> Vec<u8> {
        let (mut file, mut directory) = (Vec::new(), Vec::new());
        for (name, content) in entries {
            let offset = u32::try_from(file.len()).unwrap();
            let (n, c) = (name.len() as u16, content.len() as u32);
            file.extend(b"PK\x03\x04\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0");
            file.extend(c.to_le_bytes());
            file.extend(c.to_le_bytes());
            file.extend(n.to_le_bytes());
            file.extend([0, 0]);
            file.extend(name.as_bytes());
            file.extend(content.as_bytes());
            directory.extend(b"PK\x01\x02\x0a\0\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0");
            directory.extend(c.to_le_bytes());
            directory.extend(c.to_le_bytes());
            directory.extend(n.to_le_bytes());
            directory.extend([0; 12]);
            directory.extend(offset.to_le_bytes());
            directory.extend(name.as_bytes());
        }
        let (start, size) = (file.len() as u32, directory.len() as u32);
        let count = (entries.len() as u16).to_le_bytes();
        file.extend(directory);
        file.extend(b"PK\x05\x06\0\0\0\0");
        file.extend(count);
        file.extend(count);
        file.extend(size.to_le_bytes());
        file.extend(start.to_le_bytes());
        file.extend([0, 0]);
        file
    }

    #[test]
    fn a_file_is_what_its_content_says() {
        let odt = MediaType::Odt.as_str();
        let template = format!("{odt}-template");
        let word = ("[Content_Types].xml", "");
        for (bytes, expected) in [
            (b"%PDF-1.7\n".to_vec(), Some(MediaType::Pdf)),
            (b"\x89PNG\r\n\x1a\n..".to_vec(), Some(MediaType::Png)),
            (b"\xff\xd8\xff\xe0..".to_vec(), Some(MediaType::Jpeg)),
            (b"RIFF\0\0\0\0WEBPVP8 ".to_vec(), Some(MediaType::Webp)),
            (
                zip(&[("mimetype", odt), ("content.xml", "")]),
                Some(MediaType::Odt),
            ),
            (
                zip(&[word, ("word/document.xml", "")]),
                Some(MediaType::Docx),
            ),
            (
                zip(&[word, ("word/document.xml", ""), ("word/vbaProject.bin", "")]),
                None,
            ),
            (zip(&[("mimetype", &template), ("content.xml", "")]), None),
            (zip(&[("content.xml", ""), ("mimetype", odt)]), None),
            (zip(&[word, ("xl/workbook.xml", "")]), None),
            (b"MZ\x90\0".to_vec(), None),
            (b"<html>%PDF-1.7".to_vec(), None),
            (b"<?xml version='1.0'?>\n<svg onload='x()'/>".to_vec(), None),
            (
                b"\xef\xbb\xbf<?xml version='1.0'?><root/>".to_vec(),
                Some(MediaType::Xml),
            ),
            (b" {\"a\": 1".to_vec(), Some(MediaType::Json)),
            (b"[\n {}]".to_vec(), Some(MediaType::Json)),
            (
                b"[2023/03/01 10:00:00]  info: nwipe".to_vec(),
                Some(MediaType::Plain),
            ),
            (b"a,b\n1,2\n".to_vec(), Some(MediaType::Plain)),
            (b" \n".to_vec(), None),
            (b"PK\x03\x04".to_vec(), None),
            (Vec::new(), None),
        ] {
            assert_eq!(
                recognize(&bytes),
                expected,
                "{:?}",
                String::from_utf8_lossy(&bytes)
            );
        }
    }
}
