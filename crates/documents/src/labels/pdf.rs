//! Labels as PDF: pages of the exact size, tagged, with the font embedded.

use kernel::Language;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, SpanTag, Tag, TagGroup, TagTree};
use krilla::text::{Font, TextDirection};
use krilla::{Document, SerializeSettings};

use super::layout::{DPI, INCH, Item, SQUARE, layout, length};
use super::{Label, Size, Stock};
use crate::font;

/// Points of an inch.
const POINTS: f32 = 72.0;

fn points(millimetres: f32) -> f32 {
    millimetres / INCH * POINTS
}

/// Labels, one after the other; on a sheet of which some are used already, after those.
///
/// # Errors
/// Why the file cannot be written, for the log.
pub fn pdf(
    labels: &[Label],
    stock: &Stock,
    used: usize,
    language: Language,
) -> Result<Vec<u8>, String> {
    let mut writer = Writer::new(language)?;
    let per_page = stock.sheet.as_ref().map_or(1, |sheet| sheet.places());
    let used = used % per_page.max(1);
    let places: Vec<Option<&Label>> = std::iter::repeat_n(None, used)
        .chain(labels.iter().map(Some))
        .collect();
    for page in places.chunks(per_page.max(1)) {
        writer.page(page, stock)?;
    }
    writer.finish()
}

/// A label to hold beside a ruler: a frame at the edge, and a scale of millimetres on two sides.
///
/// # Errors
/// As [`pdf`].
pub fn test_pdf(stock: &Stock, language: Language) -> Result<Vec<u8>, String> {
    let mut writer = Writer::new(language)?;
    writer.rulers = true;
    let places = stock.sheet.as_ref().map_or(1, |sheet| sheet.places());
    let label = test_label(stock, language);
    writer.page(&vec![Some(&label); places], stock)?;
    writer.finish()
}

/// What a test label says.
pub(super) fn test_label(stock: &Stock, language: Language) -> Label {
    let Size { width, height } = stock.label;
    Label {
        tag: "RS-00000-0".to_owned(),
        model: format!("{width} × {height} mm"),
        drives: match language {
            Language::French => "Imprimez à 100 %".to_owned(),
            Language::English => "Print at 100 %".to_owned(),
        },
    }
}

struct Writer {
    document: Document,
    font: Font,
    tags: TagTree,
    outline: Outline,
    pages: usize,
    language: Language,
    rulers: bool,
}

impl Writer {
    fn new(language: Language) -> Result<Self, String> {
        let configuration = ConfigurationBuilder::new()
            .with_accessibility_validator(Accessibility::UA1)
            .finish()
            .map_err(|cause| format!("{cause:?}"))?;
        let mut document = Document::new_with(SerializeSettings {
            configuration,
            ..SerializeSettings::default()
        });
        let title = match language {
            Language::French => "Étiquettes",
            Language::English => "Labels",
        };
        document.set_metadata(
            Metadata::new()
                .title(title.to_owned())
                .language(language.as_str().to_owned())
                .creator("Ressac".to_owned()),
        );
        Ok(Self {
            document,
            font: Font::new(font::bytes().into(), 0)
                .ok_or_else(|| "the font cannot be read".to_owned())?,
            tags: TagTree::new(),
            outline: Outline::new(),
            pages: 0,
            language,
            rulers: false,
        })
    }

    fn page(&mut self, labels: &[Option<&Label>], stock: &Stock) -> Result<(), String> {
        let paper = stock.sheet.as_ref().map_or(stock.label, |sheet| sheet.page);
        let settings = PageSettings::from_wh(points(paper.width), points(paper.height))
            .ok_or_else(|| "a page has no size".to_owned())?;
        let mut page = self.document.start_page_with(settings);
        let mut surface = page.surface();
        surface.set_fill(Some(Fill::default()));
        for (at, label) in labels.iter().enumerate() {
            let Some(label) = label else { continue };
            let corner = match &stock.sheet {
                Some(sheet) => sheet.corner(at, stock.label),
                None => (0.0, 0.0),
            };
            let origin = (points(corner.0), points(corner.1));
            let mut group = TagGroup::new(Tag::P);
            let mut texts = 0;
            for item in layout(label, stock.label) {
                texts += draw(&mut surface, &self.font, origin, &item, &mut group);
            }
            if texts > 0 {
                self.tags.push(group);
            }
            if self.rulers {
                rulers(&mut surface, origin, stock.label);
            }
        }
        surface.finish();
        page.finish();
        let number = self.pages + 1;
        let name = match self.language {
            Language::French => format!("Étiquettes, page {number}"),
            Language::English => format!("Labels, page {number}"),
        };
        let top = XyzDestination::new(self.pages, Point::from_xy(0.0, 0.0));
        self.outline.push_child(OutlineNode::new(name, top));
        self.pages = number;
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u8>, String> {
        self.document.set_tag_tree(self.tags);
        self.document.set_outline(self.outline);
        self.document.finish().map_err(|cause| format!("{cause:?}"))
    }
}

/// Draws an item; gives how many texts it was.
fn draw(
    surface: &mut Surface<'_>,
    font: &Font,
    origin: (f32, f32),
    item: &Item,
    group: &mut TagGroup,
) -> usize {
    let at = |dots: u32| length(dots) / DPI * POINTS;
    match item {
        Item::Text { x, y, size, text } => {
            let marked = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
            group.push(marked);
            surface.draw_text(
                Point::from_xy(origin.0 + at(*x), origin.1 + at(*y)),
                font.clone(),
                size / DPI * POINTS,
                text,
                false,
                TextDirection::Auto,
            );
            surface.end_tagged();
            1
        }
        // the tag is there as a text already
        Item::Bars {
            x,
            y,
            height,
            module,
            widths,
            ..
        } => {
            let mut path = PathBuilder::new();
            let mut from = *x;
            for (n, width) in widths.iter().enumerate() {
                let wide = width * module;
                if n % 2 == 0 {
                    let rect = (
                        origin.0 + at(from),
                        origin.1 + at(*y),
                        at(wide),
                        at(*height),
                    );
                    push(&mut path, rect);
                }
                from += wide;
            }
            artifact(surface, path.finish());
            0
        }
        Item::Qr { x, y, dark, .. } => {
            let mut path = PathBuilder::new();
            let side = at(SQUARE);
            for (column, row) in dark {
                let (left, top) = (at(x + column * SQUARE), at(y + row * SQUARE));
                push(&mut path, (origin.0 + left, origin.1 + top, side, side));
            }
            artifact(surface, path.finish());
            0
        }
    }
}

fn push(path: &mut PathBuilder, (x, y, width, height): (f32, f32, f32, f32)) {
    if let Some(rect) = Rect::from_xywh(x, y, width, height) {
        path.push_rect(rect);
    }
}

/// Draws what is no text, and says nothing that a text does not say.
fn artifact(surface: &mut Surface<'_>, path: Option<Path>) {
    let Some(path) = path else { return };
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(
        ArtifactType::Other,
    )));
    surface.draw_path(&path);
    surface.end_tagged();
}

/// A frame at the edge of a label, and a mark for every millimetre along two sides.
fn rulers(surface: &mut Surface<'_>, origin: (f32, f32), label: Size) {
    let (width, height) = (points(label.width), points(label.height));
    let thin = points(0.2);
    let mut path = PathBuilder::new();
    let (left, top) = origin;
    for rect in [
        (left, top, width, thin),
        (left, top + height - thin, width, thin),
        (left, top, thin, height),
        (left + width - thin, top, thin, height),
    ] {
        push(&mut path, rect);
    }
    let long = |millimetre: u16| match millimetre {
        at if at % 10 == 0 => points(1.6),
        at if at % 5 == 0 => points(1.2),
        _ => points(0.7),
    };
    let marks = |length: f32| (1_u16..300).take_while(move |at| f32::from(*at) < length);
    for at in marks(label.width) {
        let x = left + points(f32::from(at)) - thin / 2.0;
        push(&mut path, (x, top, thin, long(at)));
    }
    for at in marks(label.height) {
        let y = top + points(f32::from(at)) - thin / 2.0;
        push(&mut path, (left, y, long(at), thin));
    }
    artifact(surface, path.finish());
}
