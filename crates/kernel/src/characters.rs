//! Which characters a text may have. The one place that decides about it: whatever a client
//! sends and whatever a form posts is held against it, and what is read from files is cleaned
//! by it.
//!
//! A line break in a name becomes a header of a mail; a bidirectional control makes a reader
//! see another text than the one that is stored; an invisible character makes two names look
//! the same. None of them is needed to write any language in one line.

use std::borrow::Cow;

use crate::Text;

/// Fields with many lines: what people explain in their own words. Every other field has one.
const MANY_LINES: [&str; 14] = [
    "answer",
    "comment",
    "description",
    "detail",
    "grounds",
    "justification",
    "message",
    "note",
    "reason",
    "reasons",
    "remark",
    "statement",
    "summary",
    "what",
];

/// Fields that a scanner fills: it ends what it read with a line break or a tab.
const SCANNED: [&str; 7] = [
    "device",
    "devices",
    "instead",
    "replacement",
    "same_as",
    "serial",
    "tag",
];

/// How much room a text has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// A name, an address, a reference: one line.
    One,
    /// A remark, a reason: line breaks and tabs too.
    Many,
}

impl Lines {
    /// Of a field, by its name or the pointer that ends with it; items of a list have the
    /// name of their list.
    pub fn of_field(pointer: &str) -> Self {
        if MANY_LINES.contains(&name_of(pointer)) {
            Self::Many
        } else {
            Self::One
        }
    }

    /// The first character that such a text may not have.
    pub fn misfit(self, text: &str) -> Option<char> {
        if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return None;
        }
        let many = self == Self::Many;
        text.chars().find(|c| match c {
            '\n' | '\t' => !many,
            _ => is_unprintable(*c),
        })
    }

    /// What to do about a misfit.
    pub fn advice(self, misfit: char) -> Text {
        let code = u32::from(misfit);
        match self {
            Self::One => Text::new(
                format!("Écrivez sur une seule ligne, sans caractère invisible (U+{code:04X})."),
                format!("Write a single line, without invisible characters (U+{code:04X})."),
            ),
            Self::Many => Text::new(
                format!("Enlevez le caractère invisible U+{code:04X}."),
                format!("Remove the invisible character U+{code:04X}."),
            ),
        }
    }
}

/// The name at the end of a pointer; that of the list for its items.
fn name_of(pointer: &str) -> &str {
    let numbered = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let name = pointer.rsplit('/').find(|part| !numbered(part));
    name.unwrap_or_default()
}

/// What a client sent for a field, before it is held against what the field may have: lines
/// end in one way, and a scanner's key at the end is not part of what it read.
pub fn as_sent<'a>(pointer: &str, text: &'a str) -> Cow<'a, str> {
    match Lines::of_field(pointer) {
        Lines::Many => line_feeds(text),
        Lines::One if SCANNED.contains(&name_of(pointer)) => {
            Cow::Borrowed(text.trim_matches(['\t', '\r', '\n', ' ']))
        }
        Lines::One => Cow::Borrowed(text),
    }
}

/// With line feeds alone, as forms and systems end their lines differently.
pub fn line_feeds(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// One line of what was read from a file or stored long ago: what one line may not have is a
/// space.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if Lines::One.misfit(text).is_none() {
        return Cow::Borrowed(text);
    }
    let space = |c: char| if is_unprintable(c) { ' ' } else { c };
    Cow::Owned(text.chars().map(space).collect())
}

/// Whether a text shows anything at all.
pub fn is_visible(text: &str) -> bool {
    text.chars()
        .any(|c| !c.is_whitespace() && !is_unprintable(c) && !is_blank(c))
}

/// Controls, separators of lines, controls of direction, and what no reader ever sees.
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Arabic letter mark, left-to-right and right-to-left marks
            '\u{61c}' | '\u{200e}' | '\u{200f}'
            // line and paragraph separators, embeddings and overrides
            | '\u{2028}'..='\u{202e}'
            // invisible operators, isolates, deprecated format characters
            | '\u{2060}'..='\u{206f}'
            // Mongolian vowel separator, zero width space, byte order mark
            | '\u{180e}' | '\u{200b}' | '\u{feff}'
            // interlinear annotations, and what is no character
            | '\u{fff9}'..='\u{fffb}' | '\u{fdd0}'..='\u{fdef}'
            // tags: a hidden copy of ASCII
            | '\u{e0000}'..='\u{e007f}')
        || (u32::from(c) & 0xfffe) == 0xfffe
}

/// Needed within words of some languages, but nothing by itself.
fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{200c}'
            | '\u{200d}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NEVER: [char; 24] = [
        '\0',
        '\u{7}',
        '\u{8}',
        '\u{b}',
        '\u{c}',
        '\r',
        '\u{1b}',
        '\u{7f}',
        '\u{85}',
        '\u{9f}',
        '\u{61c}',
        '\u{200b}',
        '\u{200e}',
        '\u{200f}',
        '\u{2028}',
        '\u{2029}',
        '\u{202a}',
        '\u{202e}',
        '\u{2066}',
        '\u{2069}',
        '\u{feff}',
        '\u{ffff}',
        '\u{e0041}',
        '\u{10fffe}',
    ];

    #[test]
    fn a_line_has_no_breaks_and_nothing_that_hides() {
        for c in NEVER.into_iter().chain(['\n', '\t']) {
            let text = format!("Anne{c}Marie");
            assert_eq!(Lines::One.misfit(&text), Some(c), "{c:?}");
            assert_eq!(one_line(&text), "Anne Marie", "{c:?}");
        }
    }

    #[test]
    fn a_remark_has_breaks_and_tabs_and_nothing_else_of_the_kind() {
        assert_eq!(Lines::Many.misfit("un :\n\tdeux"), None);
        for c in NEVER {
            assert_eq!(Lines::Many.misfit(&format!("a{c}b")), Some(c), "{c:?}");
        }
    }

    #[test]
    fn names_of_all_languages_are_taken() {
        for name in [
            "Œuvre d'Été n° 3 — L’Haÿ",
            "עמותה",
            "جمعية",
            "می\u{200c}خواهم",
            "学校",
            "👩\u{200d}💻 ❤\u{fe0f}",
            "e\u{301}te\u{301}",
            "1\u{a0}000\u{202f}€",
        ] {
            assert_eq!(Lines::One.misfit(name), None, "{name}");
            assert!(is_visible(name), "{name}");
        }
    }

    #[test]
    fn what_shows_nothing_is_empty() {
        for text in [
            "",
            " \t",
            "\u{200b}",
            "\u{3164}",
            "\u{200d}\u{ad}",
            "\u{2800}",
        ] {
            assert!(!is_visible(text), "{text:?}");
        }
    }

    #[test]
    fn what_people_explain_has_many_lines() {
        for pointer in [
            "/reason",
            "/reasons/3",
            "/items/0/message",
            "note",
            "/statement",
        ] {
            assert_eq!(Lines::of_field(pointer), Lines::Many, "{pointer}");
        }
        for pointer in [
            "/name",
            "/person/name",
            "/reason/name",
            "/checks/7",
            "",
            "/reasonable",
        ] {
            assert_eq!(Lines::of_field(pointer), Lines::One, "{pointer}");
        }
    }

    #[test]
    fn a_scanner_ends_what_it_read_with_a_key() {
        for field in ["/device", "/devices/3", "/drives/0/serial"] {
            assert_eq!(as_sent(field, " czc-0001\r\n"), "czc-0001", "{field}");
        }
        assert_eq!(as_sent("/name", "Zoe\n"), "Zoe\n");
        assert_eq!(as_sent("/note", "a\r\nb"), "a\nb");
    }

    #[test]
    fn lines_end_in_one_way() {
        assert_eq!(line_feeds("a\r\nb\rc\nd"), "a\nb\nc\nd");
    }

    proptest! {
        #[test]
        fn what_was_cleaned_fits(text in any::<String>()) {
            let cleaned = one_line(&text);
            prop_assert_eq!(Lines::One.misfit(&cleaned), None);
            prop_assert_eq!(cleaned.chars().count(), text.chars().count());
        }

        #[test]
        fn what_fits_in_a_line_fits_in_many(text in any::<String>()) {
            prop_assert!(Lines::One.misfit(&text).is_some() || Lines::Many.misfit(&text).is_none());
        }
    }
}
