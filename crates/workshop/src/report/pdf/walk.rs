//! From page to page, and through what is drawn on each: its content, the forms in it, and what
//! notes on it look like.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use hayro_syntax::content::UntypedIter;
use hayro_syntax::object::{Dict, MaybeRef, Object};

use super::drawing::Drawing;
use super::file::{self, File, reference};
use super::fonts::Font;
use super::pieces::Pieces;
use super::place::Matrix;

/// Pages at the most.
const PAGES: usize = 500;
/// Forms in forms, and pages in parts of the tree, at the most.
const DEPTH: usize = 16;
/// Images within a content stream at the most: to find the end of one may take a look at the rest.
const IMAGES: usize = 16;
/// Stands behind a content stream that was read to its end.
const END: &[u8] = b"\n\n__end\n";

/// The pieces of text of all pages; none where a part of them cannot be read.
pub(super) fn pieces(file: &File<'_>) -> Option<Vec<String>> {
    let catalog = file.catalog()?;
    let root = file.dict(&catalog, "Pages")?;
    let mut walk = Walk {
        file,
        fonts: HashMap::new(),
        pieces: Pieces::default(),
        pages: 0,
        visited: reference(&catalog, "Pages").into_iter().collect(),
    };
    walk.node(&root, &Dict::empty(), 0)?;
    let counted = file.get(&root, "Count").and_then(Object::into_number);
    let missing = counted
        .is_some_and(|count| usize::try_from(count.as_i64()).is_ok_and(|all| all > walk.pages));
    (!missing).then(|| walk.pieces.all())
}

/// What was read on the way.
pub(super) struct Walk<'f> {
    pub(super) file: &'f File<'f>,
    fonts: HashMap<u32, Option<Rc<Font>>>,
    pub(super) pieces: Pieces,
    pages: usize,
    visited: HashSet<u32>,
}

impl<'f> Walk<'f> {
    /// A node of the tree of pages, or a page.
    fn node(&mut self, node: &Dict<'f>, inherited: &Dict<'f>, depth: usize) -> Option<()> {
        let own = self.file.dict(node, "Resources");
        let resources = own.as_ref().unwrap_or(inherited);
        if !node.contains_key("Kids") {
            return self.page(node, resources);
        }
        if depth > DEPTH {
            return None;
        }
        let kids = self.file.get(node, "Kids")?.into_array()?;
        for kid in kids.raw_iter() {
            if let MaybeRef::Ref(to) = kid
                && !self.visited.insert(file::number_of(to))
            {
                return None; // a tree does not come back to where it was
            }
            let kid = self.file.resolved(kid)?.into_dict()?;
            self.node(&kid, resources, depth + 1)?;
        }
        Some(())
    }

    fn page(&mut self, page: &Dict<'f>, resources: &Dict<'f>) -> Option<()> {
        self.pages += 1;
        if self.pages > PAGES {
            return None;
        }
        let mut content = Vec::new();
        match page.get_raw::<Object<'f>>("Contents") {
            None => {}
            Some(MaybeRef::Ref(to)) => match self.file.object(file::number_of(to))? {
                Object::Array(parts) => {
                    self.parts(&parts.raw_iter().collect::<Vec<_>>(), &mut content)?;
                }
                Object::Dict(_) => content = self.file.stream(file::number_of(to))?.1,
                _ => return None,
            },
            Some(MaybeRef::NotRef(Object::Array(parts))) => {
                self.parts(&parts.raw_iter().collect::<Vec<_>>(), &mut content)?;
            }
            Some(_) => return None,
        }
        self.content(content, resources, Matrix::SAME, 0)?;
        for note in self.file.array(page, "Annots").unwrap_or_default() {
            if let Some(note) = note.into_dict() {
                self.note(&note)?;
            }
        }
        Some(())
    }

    /// The content of a page in several streams.
    fn parts(&self, parts: &[MaybeRef<Object<'f>>], content: &mut Vec<u8>) -> Option<()> {
        for part in parts {
            let number = file::number_of(part.as_obj_ref()?);
            content.extend(self.file.stream(number)?.1);
            content.push(b'\n');
        }
        Some(())
    }

    /// What a note on a page, or a field, looks like.
    fn note(&mut self, note: &Dict<'f>) -> Option<()> {
        let Some(looks) = self.file.dict(note, "AP") else {
            return Some(());
        };
        let normal = reference(&looks, "N")?;
        let state = self.file.get(note, "AS").and_then(Object::into_name);
        let number = match state {
            Some(state) => match self.file.dict(&looks, "N") {
                Some(states) if !states.contains_key("BBox") => {
                    states.get_ref(&state[..]).map(file::number_of)
                }
                _ => Some(normal),
            },
            None => Some(normal),
        };
        match number {
            Some(number) => self.form(number, &Dict::empty(), Matrix::SAME, 0),
            None => Some(()),
        }
    }

    /// A form: a content of its own.
    pub(super) fn form(
        &mut self,
        number: u32,
        outer: &Dict<'f>,
        place: Matrix,
        depth: usize,
    ) -> Option<()> {
        if depth > DEPTH {
            return None;
        }
        let (dict, content) = self.file.stream(number)?;
        let matrix: Vec<f32> = self
            .file
            .array(&dict, "Matrix")
            .unwrap_or_default()
            .into_iter()
            .filter_map(|item| Some(item.into_number()?.as_f32()))
            .collect();
        let matrix = <[f32; 6]>::try_from(matrix).map_or(Matrix::SAME, Matrix);
        let resources = self.file.dict(&dict, "Resources");
        let resources = resources.as_ref().unwrap_or(outer);
        self.content(content, resources, matrix.then(place), depth + 1)
    }

    fn content(
        &mut self,
        mut content: Vec<u8>,
        resources: &Dict<'f>,
        place: Matrix,
        depth: usize,
    ) -> Option<()> {
        if has_too_many_images(&content) {
            return None;
        }
        content.extend(END);
        let mut drawing = Drawing::new(resources, place, depth);
        let mut operators = UntypedIter::new(&content);
        while let Some(next) = operators.next() {
            if self.file.is_exhausted() {
                return None;
            }
            if &next.operator[..] == b"__end" {
                return Some(());
            }
            let operands: Vec<_> = next.operands().collect();
            drawing.operator(self, &next.operator[..], &operands)?;
        }
        None // it breaks off before its end
    }

    /// The font with a name in the resources.
    pub(super) fn font(&mut self, resources: &Dict<'f>, name: &[u8]) -> Option<Rc<Font>> {
        let fonts = self.file.dict(resources, "Font")?;
        let Some(number) = reference(&fonts, name) else {
            let font = self.file.resolved(fonts.get_raw::<Object<'f>>(name)?)?;
            return Font::read(self.file, &font.into_dict()?).map(Rc::new);
        };
        if let Some(known) = self.fonts.get(&number) {
            return known.clone();
        }
        let dict = self.file.object(number).and_then(Object::into_dict);
        let font = dict
            .and_then(|dict| Font::read(self.file, &dict))
            .map(Rc::new);
        self.fonts.insert(number, font.clone());
        font
    }
}

/// Whether the images within a content, if there are any, would take long to find.
fn has_too_many_images(content: &[u8]) -> bool {
    let count = |word: &[u8]| content.windows(2).filter(|pair| pair == &word).count();
    let words = content.split(|byte| byte.is_ascii_whitespace() || *byte == 0);
    let images = words.filter(|word| word.ends_with(b"BI")).count();
    images > 0 && (count(b"BI") > IMAGES || count(b"EI") > IMAGES)
}
