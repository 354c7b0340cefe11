//! Pieces of text, put together from what is drawn: some programs draw a line at once, others
//! each letter.

use super::PIECES;
use super::place::Spot;

/// A gap from which on there is a space, in parts of the size of the text.
const SPACE: f32 = 0.18;
/// A gap from which on something else begins, such as another column.
const COLUMN: f32 = 1.0;

/// The pieces so far.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    all: Vec<String>,
    now: String,
    /// Where the piece ends; none where the widths of its letters are not known.
    end: Option<Spot>,
}

impl Pieces {
    /// Something is drawn here: it goes on with the piece, or begins another.
    pub(super) fn begin(&mut self, here: Spot) {
        match self.end.and_then(|end| end.gap(here)) {
            Some(gap) if gap.abs() < SPACE => {}
            Some(gap) if (SPACE..COLUMN).contains(&gap) => self.space(),
            _ => self.flush(),
        }
        self.end = None;
    }

    /// A space, where there is none.
    pub(super) fn space(&mut self) {
        if !self.now.is_empty() && !self.now.ends_with(' ') {
            self.now.push(' ');
        }
    }

    /// What is drawn.
    pub(super) fn text(&mut self) -> &mut String {
        &mut self.now
    }

    /// Where what was drawn ends.
    pub(super) fn end(&mut self, end: Option<Spot>) {
        self.end = end;
    }

    /// Another piece begins.
    pub(super) fn flush(&mut self) {
        let piece = std::mem::take(&mut self.now);
        let piece = piece.trim();
        if !piece.is_empty() && self.all.len() < PIECES {
            self.all.push(piece.to_owned());
        }
        self.end = None;
    }

    /// All of them.
    pub(super) fn all(mut self) -> Vec<String> {
        self.flush();
        self.all
    }
}
