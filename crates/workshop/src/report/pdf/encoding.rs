//! Characters of fonts whose numbers are letters, without a map of their own.

/// A byte of the usual encoding; none where it has no character.
pub(super) fn win_ansi(byte: u8) -> Option<char> {
    Some(match byte {
        b'\t' | b'\n' | b'\r' => ' ',
        0x20..=0x7e | 0xa0..=0xff => char::from(byte),
        0x80 => '€',
        0x82 => '‚',
        0x84 => '„',
        0x85 => '…',
        0x8c => 'Œ',
        0x91 | 0x92 => '\'',
        0x93 | 0x94 => '"',
        0x95 => '•',
        0x96 | 0x97 => '-',
        0x99 => '™',
        0x9c => 'œ',
        _ => return None,
    })
}

/// A byte that means the same in every encoding of letters.
pub(super) fn plain(byte: u8) -> Option<char> {
    (byte < 0x7f).then(|| win_ansi(byte)).flatten()
}

/// Names of characters that are no letters, and of letters with an accent.
const NAMES: [(&str, char); 72] = [
    ("space", ' '),
    ("nbspace", ' '),
    ("exclam", '!'),
    ("quotedbl", '"'),
    ("numbersign", '#'),
    ("dollar", '$'),
    ("percent", '%'),
    ("ampersand", '&'),
    ("quotesingle", '\''),
    ("quoteright", '\''),
    ("quoteleft", '\''),
    ("parenleft", '('),
    ("parenright", ')'),
    ("asterisk", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("hyphen", '-'),
    ("endash", '-'),
    ("emdash", '-'),
    ("minus", '-'),
    ("period", '.'),
    ("slash", '/'),
    ("zero", '0'),
    ("one", '1'),
    ("two", '2'),
    ("three", '3'),
    ("four", '4'),
    ("five", '5'),
    ("six", '6'),
    ("seven", '7'),
    ("eight", '8'),
    ("nine", '9'),
    ("colon", ':'),
    ("semicolon", ';'),
    ("less", '<'),
    ("equal", '='),
    ("greater", '>'),
    ("question", '?'),
    ("at", '@'),
    ("bracketleft", '['),
    ("backslash", '\\'),
    ("bracketright", ']'),
    ("underscore", '_'),
    ("bar", '|'),
    ("bullet", '•'),
    ("degree", '°'),
    ("guillemotleft", '«'),
    ("guillemotright", '»'),
    ("Agrave", 'À'),
    ("Ccedilla", 'Ç'),
    ("Egrave", 'È'),
    ("Eacute", 'É'),
    ("Ecircumflex", 'Ê'),
    ("agrave", 'à'),
    ("acircumflex", 'â'),
    ("adieresis", 'ä'),
    ("ccedilla", 'ç'),
    ("egrave", 'è'),
    ("eacute", 'é'),
    ("ecircumflex", 'ê'),
    ("edieresis", 'ë'),
    ("icircumflex", 'î'),
    ("idieresis", 'ï'),
    ("iacute", 'í'),
    ("oacute", 'ó'),
    ("ocircumflex", 'ô'),
    ("odieresis", 'ö'),
    ("ugrave", 'ù'),
    ("ucircumflex", 'û'),
    ("udieresis", 'ü'),
    ("germandbls", 'ß'),
    ("ntilde", 'ñ'),
];

/// The character of a glyph by its name: none where the name is a number of a glyph.
pub(super) fn named(name: &[u8]) -> Option<char> {
    let name = std::str::from_utf8(name).ok()?;
    let mut letters = name.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return letter.is_ascii_alphabetic().then_some(letter);
    }
    if let Some(code) = name.strip_prefix("uni") {
        return char::from_u32(u32::from_str_radix(code, 16).ok()?);
    }
    let known = NAMES.iter().find(|(known, _)| *known == name);
    known.map(|(_, character)| *character)
}

/// A character as words are compared: ligatures are their letters, and what has no width is nothing.
pub(super) fn spelled(character: char, text: &mut String) {
    match character {
        '\u{fb00}' => text.push_str("ff"),
        '\u{fb01}' => text.push_str("fi"),
        '\u{fb02}' => text.push_str("fl"),
        '\u{fb03}' => text.push_str("ffi"),
        '\u{fb04}' => text.push_str("ffl"),
        '\u{fb05}' | '\u{fb06}' => text.push_str("st"),
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
        '\u{2010}'..='\u{2015}' => text.push('-'),
        '\t' | '\n' | '\r' => text.push(' '),
        other if other.is_whitespace() => text.push(' '),
        other => text.push(other),
    }
}
