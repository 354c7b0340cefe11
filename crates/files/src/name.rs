//! What a file is called when it is given back: a name without a path, without characters
//! that hide or turn, and with the ending of what the file is.

use crate::MediaType;

/// Characters of a name at the most.
const LONGEST: usize = 200;
/// Characters of an ending at the most.
const ENDING: usize = 10;

impl MediaType {
    /// Endings that files of this kind have; the first is the usual one.
    const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Webp => &["webp"],
            Self::Odt => &["odt"],
            Self::Docx => &["docx"],
            Self::Xml => &["xml"],
            Self::Json => &["json"],
            Self::Plain => &["txt", "log", "csv", "md"],
        }
    }
}

/// The name under which a file of this kind is kept; `otherwise` when nothing of it is left.
/// `devis.pdf.exe`, which is a PDF, is `devis.pdf`.
pub fn name_for(said: &str, kind: MediaType, otherwise: &str) -> String {
    let last = said.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = kernel::one_line(last).replace(['<', '>', ':', '"', '|', '?', '*'], " ");
    let mut stem = ends_trimmed(&plain);
    while let Some((before, ending)) = stem.rsplit_once('.') {
        let known = kind.endings();
        if known.iter().any(|known| ending.eq_ignore_ascii_case(known)) {
            let before = ends_trimmed(before);
            if before.is_empty() {
                break;
            }
            return joined(before, &ending.to_ascii_lowercase());
        }
        if !is_ending(ending) {
            break;
        }
        stem = ends_trimmed(before);
    }
    let usual = kind.endings().first().copied().unwrap_or("bin");
    let stem = if kernel::is_visible(stem) {
        stem
    } else {
        otherwise
    };
    joined(stem, usual)
}

fn joined(stem: &str, ending: &str) -> String {
    let room = LONGEST.saturating_sub(ending.len() + 1);
    let stem: String = stem.chars().take(room).collect();
    format!("{}.{ending}", ends_trimmed(&stem))
}

/// Systems ignore dots and spaces at the end of a name, and hide names that begin with a dot.
fn ends_trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '.')
}

/// Something that a system would go by, not a number as in « v1.2 ».
fn is_ending(text: &str) -> bool {
    text.len() <= ENDING
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_ends_as_what_the_file_is() {
        for (said, kept) in [
            ("Statuts.pdf", "Statuts.pdf"),
            ("Statuts.PDF", "Statuts.pdf"),
            ("a.pdf.exe", "a.pdf"),
            ("a.exe", "a.pdf"),
            ("a.pdf.exe ", "a.pdf"),
            ("a.pdf.", "a.pdf"),
            ("a.tar.gz", "a.pdf"),
            ("bilan v1.2", "bilan v1.2.pdf"),
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\temp\\x.pdf", "x.pdf"),
            (".htaccess", "htaccess.pdf"),
            ("facture\u{202e}fdp.exe", "facture fdp.pdf"),
            (
                "a\r\nContent-Type: text\u{2028}.pdf",
                "a  Content-Type  text.pdf",
            ),
            ("a.exe:x.pdf", "a.exe x.pdf"),
            ("", "document.pdf"),
            (".pdf", "pdf.pdf"),
            ("\u{200b}", "document.pdf"),
            ("...", "document.pdf"),
        ] {
            assert_eq!(name_for(said, MediaType::Pdf, "document"), kept, "{said:?}");
        }
        assert_eq!(name_for("nwipe.log", MediaType::Plain, "x"), "nwipe.log");
        assert_eq!(name_for("nwipe.bat", MediaType::Plain, "x"), "nwipe.txt");
        assert_eq!(name_for("photo.jpeg", MediaType::Jpeg, "x"), "photo.jpeg");
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = name_for(&"é".repeat(5_000), MediaType::Odt, "x");
        assert_eq!(name.chars().count(), LONGEST);
        assert!(name.ends_with(".odt"));
    }
}
