//! `multipart/form-data` (RFC 7578): a form with files, whole in memory. Whoever calls has
//! limited its size.

use actix_web::web::Bytes;

/// Parts at the most.
const MOST: usize = 1_000;
/// Bytes of the headers of a part at the most.
const LONGEST_HEAD: usize = 8 << 10;

/// A field or a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// The name of its field.
    pub(crate) name: String,
    /// Of a file: what it was called; empty when none was chosen.
    pub(crate) file_name: Option<String>,
    /// In lower case, without parameters; empty when it is not said.
    pub(crate) content_type: String,
    /// Its content.
    pub(crate) bytes: Bytes,
}

/// The parts of a body; none when it is not well-formed.
pub(crate) fn parse(content_type: &str, body: &Bytes) -> Option<Vec<Part>> {
    let boundary = parameter(content_type, "boundary")?;
    if boundary.is_empty() || boundary.len() > 70 {
        return None;
    }
    let mark = format!("--{boundary}").into_bytes();
    let between = [b"\r\n", mark.as_slice()].concat();
    let mut at = match body.starts_with(&mark) {
        true => mark.len(),
        false => find(body, &between)? + between.len(), // what stands before means nothing
    };
    let mut parts = Vec::new();
    loop {
        let rest = body.get(at..)?;
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        if !rest.starts_with(b"\r\n") || parts.len() >= MOST {
            return None;
        }
        let start = at + 2;
        let end = start + find(body.get(start..)?, &between)?;
        parts.push(part(&body.slice(start..end))?);
        at = end + between.len();
    }
}

fn part(part: &Bytes) -> Option<Part> {
    let head = find(part.get(..part.len().min(LONGEST_HEAD))?, b"\r\n\r\n")?;
    let bytes = part.slice(head + 4..);
    let mut found = Part {
        name: String::new(),
        file_name: None,
        content_type: String::new(),
        bytes,
    };
    let mut named = false;
    for line in String::from_utf8_lossy(part.get(..head)?).split("\r\n") {
        let (header, value) = line.split_once(':')?;
        match header.trim().to_ascii_lowercase().as_str() {
            "content-disposition" => {
                let kind = value.split(';').next()?.trim();
                if !kind.eq_ignore_ascii_case("form-data") {
                    return None;
                }
                found.name = parameter(value, "name")?;
                found.file_name = parameter(value, "filename");
                named = true;
            }
            "content-type" => {
                let kind = value.split(';').next().unwrap_or_default();
                found.content_type = kind.trim().to_ascii_lowercase();
            }
            _ => {}
        }
    }
    named.then_some(found)
}

/// A parameter of a header; browsers write quotes within quotes as `%22`.
fn parameter(header: &str, wanted: &str) -> Option<String> {
    let mut rest = header.split_once(';')?.1;
    loop {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => {
                let (value, next) = quoted.split_once('"')?;
                (value, next.split_once(';').map_or("", |(_, next)| next))
            }
            None => match after.split_once(';') {
                Some((value, next)) => (value.trim(), next),
                None => (after.trim(), ""),
            },
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            let plain = value.replace("%22", "\"").replace("%0D", "\r");
            return Some(plain.replace("%0A", "\n"));
        }
        if next.is_empty() {
            return None;
        }
        rest = next;
    }
}

/// Where a sequence of bytes begins.
fn find(bytes: &[u8], sought: &[u8]) -> Option<usize> {
    let first = *sought.first()?;
    let mut from = 0;
    loop {
        let here = from + bytes.get(from..)?.iter().position(|byte| *byte == first)?;
        if bytes.get(here..)?.starts_with(sought) {
            return Some(here);
        }
        from = here + 1;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const KIND: &str = "multipart/form-data; boundary=x1";

    fn parts(body: &str) -> Option<Vec<Part>> {
        parse(KIND, &Bytes::copy_from_slice(body.as_bytes()))
    }

    #[test]
    fn fields_and_files_are_told_apart() {
        let parts = parts(
            "--x1\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nÀ lire\r\n\
             --x1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a %22b%22.pdf\"\r\n\
             Content-Type: application/PDF\r\n\r\n%PDF--x1\r\n\r\n\r\n--x1--\r\n",
        )
        .unwrap();
        assert_eq!(parts[0].name, "title");
        assert_eq!(
            (parts[0].file_name.as_deref(), &parts[0].bytes[..]),
            (None, "À lire".as_bytes())
        );
        assert_eq!(parts[1].file_name.as_deref(), Some("a \"b\".pdf"));
        assert_eq!(parts[1].content_type, "application/pdf");
        assert_eq!(&parts[1].bytes[..], b"%PDF--x1\r\n\r\n");
    }

    #[test]
    fn what_is_cut_off_or_has_no_name_is_no_form() {
        for broken in [
            "",
            "--x1",
            "--x1\r\n",
            "--x1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nvalue",
            "--x1\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nv\r\n--x1--",
            "--x1\r\nContent-Type: text/plain\r\n\r\nv\r\n--x1--",
            "--x1\r\nnothing\r\n\r\nv\r\n--x1--",
        ] {
            assert_eq!(parts(broken), None, "{broken:?}");
        }
        assert_eq!(parts("--x1--\r\n"), Some(Vec::new()));
        assert_eq!(
            parse("multipart/form-data", &Bytes::from_static(b"--x1--")),
            None
        );
    }
}
