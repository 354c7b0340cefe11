//! The one font of what is printed.

use std::sync::LazyLock;

use ttf_parser::Face;

/// DejaVu Sans Condensed Bold: narrow, dark at 203 dpi, with letters of many scripts.
pub(crate) fn bytes() -> &'static [u8] {
    dejavu::sans_condensed::bold()
}

static FACE: LazyLock<Option<Face<'static>>> = LazyLock::new(|| Face::parse(bytes(), 0).ok());

/// A text that the font can write: spaces for what is no character, a mark for those it lacks.
pub(crate) fn writable(text: &str) -> String {
    let known = |c: char| {
        FACE.as_ref()
            .is_some_and(|face| face.glyph_index(c).is_some())
    };
    let plain = text.chars().map(|c| match c {
        c if c.is_control() || c.is_whitespace() => ' ',
        c if known(c) => c,
        _ => '\u{25a1}',
    });
    plain.collect::<String>().trim().to_owned()
}

/// How wide a text is in parts of its size.
pub(crate) fn width(text: &str) -> f32 {
    let Some(face) = FACE.as_ref() else {
        return 0.0;
    };
    let advance = |c: char| {
        let glyph = face.glyph_index(c)?;
        face.glyph_hor_advance(glyph)
    };
    let units: u32 = text.chars().filter_map(advance).map(u32::from).sum();
    #[allow(clippy::cast_precision_loss)] // far below 2²⁴ for any label
    let units = units as f32;
    units / f32::from(face.units_per_em())
}

/// The text as far as it fits, with a mark where it was cut.
pub(crate) fn fitted(text: &str, size: f32, room: f32) -> String {
    if width(text) * size <= room {
        return text.to_owned();
    }
    let mut short: Vec<char> = text.chars().collect();
    while short.pop().is_some() {
        let cut: String = short.iter().collect::<String>().trim_end().to_owned() + "…";
        if width(&cut) * size <= room {
            return cut;
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_letters_are_written_and_what_is_none_is_marked() {
        assert_eq!(writable("Łódź Ελλάς Ӝ"), "Łódź Ελλάς Ӝ");
        assert_eq!(writable("HP\u{7}\n\u{1f9a4}"), "HP  \u{25a1}");
    }

    #[test]
    fn a_long_text_is_cut_where_the_room_ends() {
        let short = fitted("HP EliteDesk 800 G4 Small Form Factor", 10.0, 80.0);
        assert!(
            short.ends_with('…') && width(&short) * 10.0 <= 80.0,
            "{short}"
        );
        assert_eq!(fitted("HP", 10.0, 80.0), "HP");
    }
}
