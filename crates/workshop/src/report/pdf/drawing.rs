//! What the operators of a content do that matters for its text.

use std::collections::HashMap;
use std::rc::Rc;

use hayro_syntax::object::{Dict, MaybeRef, Object};

use super::file::reference;
use super::fonts::Font;
use super::place::{Matrix, Spot};
use super::walk::Walk;

/// States put aside at the most.
const STATES: usize = 256;

/// What an operator finds before it.
#[derive(Clone)]
struct State {
    place: Matrix,
    font: Option<Rc<Font>>,
    size: f32,
    letters: f32,
    words: f32,
    stretch: f32,
    leading: f32,
    rise: f32,
    invisible: bool,
}

impl State {
    const fn new(place: Matrix) -> Self {
        Self {
            place,
            font: None,
            size: 0.0,
            letters: 0.0,
            words: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
            invisible: false,
        }
    }
}

/// One content while it is drawn.
pub(super) struct Drawing<'d, 'f> {
    resources: &'d Dict<'f>,
    depth: usize,
    fonts: HashMap<Vec<u8>, Option<Rc<Font>>>,
    states: Vec<State>,
    state: State,
    line: Matrix,
    text: Matrix,
}

impl<'d, 'f> Drawing<'d, 'f> {
    /// Nothing is drawn yet.
    pub(super) fn new(resources: &'d Dict<'f>, place: Matrix, depth: usize) -> Self {
        Self {
            resources,
            depth,
            fonts: HashMap::new(),
            states: Vec::new(),
            state: State::new(place),
            line: Matrix::SAME,
            text: Matrix::SAME,
        }
    }

    /// Carries out an operator; none where something that it shows cannot be read.
    pub(super) fn operator(
        &mut self,
        walk: &mut Walk<'f>,
        name: &[u8],
        operands: &[&Object<'_>],
    ) -> Option<()> {
        match name {
            b"Tf" => {
                let Some(Object::Name(name)) = operands.first() else {
                    return None;
                };
                self.state.size = number(operands, 1);
                self.state.font = self.font(walk, name);
            }
            b"Tj" | b"TJ" => self.show(walk, operands.first()?)?,
            b"'" => {
                self.go(0.0, -self.state.leading);
                self.show(walk, operands.first()?)?;
            }
            b"\"" => {
                self.state.words = number(operands, 0);
                self.state.letters = number(operands, 1);
                self.go(0.0, -self.state.leading);
                self.show(walk, operands.get(2)?)?;
            }
            b"Do" => match operands.first()? {
                Object::Name(name) => self.draw(walk, name)?,
                _ => return None,
            },
            _ => self.set(name, operands)?,
        }
        Some(())
    }

    /// An operator that says where and how the next text stands.
    fn set(&mut self, name: &[u8], operands: &[&Object<'_>]) -> Option<()> {
        let number = |n: usize| number(operands, n);
        match name {
            b"q" if self.states.len() < STATES => self.states.push(self.state.clone()),
            b"q" => return None,
            b"Q" => {
                if let Some(before) = self.states.pop() {
                    self.state = before;
                }
            }
            b"cm" => self.state.place = matrix(operands)?.then(self.state.place),
            b"BT" => self.at(Matrix::SAME),
            b"Tm" => self.at(matrix(operands)?),
            b"Td" => self.go(number(0), number(1)),
            b"TD" => {
                self.state.leading = -number(1);
                self.go(number(0), number(1));
            }
            b"T*" => self.go(0.0, -self.state.leading),
            b"Tc" => self.state.letters = number(0),
            b"Tw" => self.state.words = number(0),
            b"Tz" => self.state.stretch = number(0) / 100.0,
            b"TL" => self.state.leading = number(0),
            b"Ts" => self.state.rise = number(0),
            b"Tr" => self.state.invisible = [3.0, 7.0].contains(&number(0)),
            _ => {}
        }
        Some(())
    }

    const fn at(&mut self, place: Matrix) {
        self.line = place;
        self.text = place;
    }

    fn go(&mut self, x: f32, y: f32) {
        self.at(Matrix::shift(x, y).then(self.line));
    }

    fn font(&mut self, walk: &mut Walk<'f>, name: &[u8]) -> Option<Rc<Font>> {
        if let Some(known) = self.fonts.get(name) {
            return known.clone();
        }
        let font = walk.font(self.resources, name);
        self.fonts.insert(name.to_vec(), font.clone());
        font
    }

    /// A form is drawn in its place; an image has no text.
    fn draw(&mut self, walk: &mut Walk<'f>, name: &[u8]) -> Option<()> {
        let objects = walk.file.dict(self.resources, "XObject")?;
        let number = reference(&objects, name)?;
        let object = walk.file.object(number)?.into_dict()?;
        match &walk.file.get(&object, "Subtype")?.into_name()?[..] {
            b"Form" => {
                walk.pieces.flush();
                walk.form(number, self.resources, self.state.place, self.depth)
            }
            _ => Some(()),
        }
    }

    /// Shows a text, or several with gaps between.
    fn show(&mut self, walk: &mut Walk<'f>, what: &Object<'_>) -> Option<()> {
        walk.pieces.begin(self.here());
        let mut known = true;
        match what {
            Object::String(text) => known &= self.letters(walk, text)?,
            Object::Array(items) => {
                for item in items.raw_iter() {
                    match item {
                        MaybeRef::NotRef(Object::String(text)) => {
                            known &= self.letters(walk, &text)?;
                        }
                        MaybeRef::NotRef(Object::Number(gap)) => {
                            // a wide gap between the letters of one piece is a space
                            if gap.as_f32() < -180.0 {
                                walk.pieces.space();
                            }
                            self.advance(-gap.as_f32() / 1000.0 * self.state.size);
                        }
                        _ => return None,
                    }
                }
            }
            _ => return None,
        }
        walk.pieces.end(known.then(|| self.here()));
        Some(())
    }

    /// Whether the widths of all letters are known.
    fn letters(&mut self, walk: &mut Walk<'f>, text: &[u8]) -> Option<bool> {
        if text.is_empty() {
            return Some(true);
        }
        let font = self.state.font.clone().filter(|_| !self.state.invisible)?;
        let mut known = true;
        for glyph in font.glyphs(text) {
            font.spell(glyph, walk.pieces.text())?;
            known &= glyph.width.is_some();
            let words = if glyph.is_space {
                self.state.words
            } else {
                0.0
            };
            let width = glyph.width.unwrap_or(0.5) * self.state.size;
            self.advance(width + self.state.letters + words);
        }
        Some(known)
    }

    fn advance(&mut self, width: f32) {
        self.text = Matrix::shift(width * self.state.stretch, 0.0).then(self.text);
    }

    fn here(&self) -> Spot {
        let place = Matrix::shift(0.0, self.state.rise).then(self.text);
        place.then(self.state.place).spot(self.state.size)
    }
}

/// A number before an operator; zero where there is none.
fn number(operands: &[&Object<'_>], n: usize) -> f32 {
    match operands.get(n) {
        Some(Object::Number(number)) => number.as_f32(),
        _ => 0.0,
    }
}

/// The six numbers before an operator.
fn matrix(operands: &[&Object<'_>]) -> Option<Matrix> {
    let mut numbers = [0.0; 6];
    if operands.len() != numbers.len() {
        return None;
    }
    for (number, operand) in numbers.iter_mut().zip(operands) {
        let Object::Number(given) = operand else {
            return None;
        };
        *number = given.as_f32();
    }
    Some(Matrix(numbers))
}
