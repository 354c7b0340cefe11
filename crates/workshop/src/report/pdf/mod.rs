//! The text of a PDF, within bounds: page by page, through the maps that a file has from the
//! numbers of its glyphs to characters. Objects, operators and maps are read by libraries; which
//! objects there are, and what is inflated of them, is counted here, since the libraries would
//! inflate without an end.
//!
//! What cannot be read whole gives no text at all: encrypted files, scans, a content stream with
//! an unknown filter, one glyph without a character. A line that nobody can read may say that a
//! drive was not erased.

mod drawing;
mod encoding;
mod file;
mod filters;
mod fonts;
mod pieces;
mod place;
mod walk;

#[cfg(test)]
pub(super) mod made;
#[cfg(test)]
mod tests;

use file::File;

/// Pieces of text at the most.
const PIECES: usize = 50_000;

/// The pieces of text of a file, in the order in which they are drawn; none where it has none that
/// can be read.
pub(super) fn text(bytes: &[u8]) -> Option<Vec<String>> {
    if file::find(bytes, b"/Encrypt", 0).is_some() {
        return None;
    }
    let file = File::open(bytes)?;
    let pieces = walk::pieces(&file)?;
    if file.is_exhausted() || pieces.len() >= PIECES {
        return None; // no report is as long
    }
    let letters = |piece: &String| piece.chars().any(char::is_alphanumeric);
    let broken = pieces
        .iter()
        .flat_map(|piece| piece.chars())
        .any(|c| c.is_control() || c == '\u{fffd}');
    (!broken && pieces.iter().any(letters)).then_some(pieces)
}
