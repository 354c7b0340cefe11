//! Where everything stands on a label, in whole dots of a 203 dpi printer: every bar and every
//! square is as wide as a printer can make it, on every label.

use qrcodegen::{QrCode, QrCodeEcc};

use super::{Label, Size};
use crate::{code128, font};

/// Dots of an inch.
pub(super) const DPI: f32 = 203.0;
/// Millimetres of an inch.
pub(super) const INCH: f32 = 25.4;
/// White around everything.
const MARGIN: u32 = 16;
/// Dots of a square of the QR code.
pub(super) const SQUARE: u32 = 4;
/// Squares that stay white around it.
const QR_QUIET: u32 = 4;
/// The size of letters of the model and the drives, and the smallest of the tag.
const SMALL: f32 = 24.0;
/// The largest letters of a tag.
const LARGE: f32 = 64.0;
/// Letters above the line, in parts of their size.
const ASCENT: f32 = 0.76;

/// Something on a label.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    /// A text; its line begins at `x`, and stands on `y`.
    Text {
        x: u32,
        y: u32,
        size: f32,
        text: String,
    },
    /// Bars, each of a width in dots, with spaces between them.
    Bars {
        x: u32,
        y: u32,
        height: u32,
        module: u32,
        widths: Vec<u32>,
        text: String,
    },
    /// The QR code of a text.
    Qr {
        x: u32,
        y: u32,
        /// Squares of a side.
        side: u32,
        /// The dark ones: column and row.
        dark: Vec<(u32, u32)>,
        text: String,
    },
}

/// Whole dots of a length.
pub(super) fn dots(millimetres: f32) -> u32 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a label has some thousand
    let whole = (millimetres / INCH * DPI).floor().clamp(0.0, 10_000.0) as u32;
    whole
}

fn rounded(length: f32) -> u32 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // as above
    let whole = length.round().clamp(0.0, 10_000.0) as u32;
    whole
}

/// A number of dots to compute with.
pub(super) fn length(dots: u32) -> f32 {
    u16::try_from(dots).map_or(f32::from(u16::MAX), f32::from)
}

/// Everything on a label of this size.
pub(super) fn layout(label: &Label, size: Size) -> Vec<Item> {
    let (width, height) = (dots(size.width), dots(size.height));
    let mut items = Vec::new();
    let mut bottom = height.saturating_sub(MARGIN);
    if let Some(bars) = bars(&label.tag, width, height) {
        if let Item::Bars { y, .. } = &bars {
            bottom = y.saturating_sub(MARGIN / 2);
        }
        items.push(bars);
    }
    let mut right = width.saturating_sub(MARGIN);
    if let Some(qr) = qr(&label.tag, right, bottom) {
        if let Item::Qr { x, .. } = &qr {
            right = x.saturating_sub(QR_QUIET * SQUARE);
        }
        items.push(qr);
    }
    let room = length(right.saturating_sub(MARGIN));
    let tag = font::writable(&label.tag);
    let size = (room / font::width(&tag).max(0.1))
        .clamp(SMALL, LARGE)
        .floor();
    let mut y = MARGIN + rounded(size * ASCENT);
    items.push(Item::Text {
        x: MARGIN,
        y,
        size,
        text: font::fitted(&tag, size, room),
    });
    for text in [&label.model, &label.drives] {
        y += rounded(SMALL * 1.25);
        let text = font::fitted(&font::writable(text), SMALL, room);
        if text.is_empty() || y > bottom {
            continue;
        }
        items.push(Item::Text {
            x: MARGIN,
            y,
            size: SMALL,
            text,
        });
    }
    items
}

/// The bar code at the foot of a label, as wide as it fits; none where a printer could not make it.
fn bars(tag: &str, width: u32, height: u32) -> Option<Item> {
    let widths = code128::widths(tag)?;
    let modules: u32 = widths.iter().sum();
    let module = [3, 2]
        .into_iter()
        .find(|module| (modules + 2 * code128::QUIET) * module <= width)?;
    let tall = (height / 3).clamp(48, 96);
    if height < tall + 2 * MARGIN + rounded(SMALL) {
        return None;
    }
    Some(Item::Bars {
        x: (width - modules * module) / 2,
        y: height - MARGIN * 3 / 4 - tall,
        height: tall,
        module,
        widths,
        text: tag.to_owned(),
    })
}

/// The QR code in the corner above the bars.
fn qr(tag: &str, right: u32, bottom: u32) -> Option<Item> {
    let code = QrCode::encode_text(tag, QrCodeEcc::Medium).ok()?;
    let side = u32::try_from(code.size()).ok()?;
    let wide = side * SQUARE;
    if right < wide + MARGIN || bottom + MARGIN / 2 < MARGIN + wide + QR_QUIET * SQUARE {
        return None;
    }
    let squares = (0..side).flat_map(|row| (0..side).map(move |column| (column, row)));
    let is_dark = |(column, row): &(u32, u32)| {
        let at = |n: u32| i32::try_from(n).unwrap_or(-1);
        code.get_module(at(*column), at(*row))
    };
    Some(Item::Qr {
        x: right - wide,
        y: MARGIN,
        side,
        dark: squares.filter(is_dark).collect(),
        text: tag.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stock;

    fn label() -> Label {
        Label {
            tag: "RS-0004K-X".to_owned(),
            model: "HP EliteDesk 800 G4 Small Form Factor Desktop".to_owned(),
            drives: "1 disque à effacer".to_owned(),
        }
    }

    /// The right and the lower edge of an item.
    fn edges(item: &Item) -> (f32, f32) {
        match item {
            Item::Text { x, y, size, text } => (
                length(*x) + font::width(text) * size,
                length(*y) + size * 0.25,
            ),
            Item::Bars {
                x,
                y,
                height,
                module,
                widths,
                ..
            } => (
                length(x + widths.iter().sum::<u32>() * module),
                length(y + height),
            ),
            Item::Qr { x, y, side, .. } => (length(x + side * SQUARE), length(y + side * SQUARE)),
        }
    }

    #[test]
    fn nothing_leaves_its_label_and_nothing_overlaps_the_codes() {
        for stock in Stock::built_in() {
            let (width, height) = (
                length(dots(stock.label.width)),
                length(dots(stock.label.height)),
            );
            let items = layout(&label(), stock.label);
            assert_eq!(items.len(), 5, "{}: {items:?}", stock.name);
            for item in &items {
                let (right, bottom) = edges(item);
                assert!(
                    right <= width && bottom <= height,
                    "{}: {item:?}",
                    stock.name
                );
            }
            let text_right = items
                .iter()
                .filter(|it| matches!(it, Item::Text { .. }))
                .map(|it| edges(it).0);
            let qr_left = items.iter().find_map(|it| match it {
                Item::Qr { x, .. } => Some(length(*x)),
                _ => None,
            });
            let most = text_right.fold(0.0, f32::max);
            assert!(
                qr_left.is_some_and(|left| most + 15.0 <= left),
                "{}",
                stock.name
            );
        }
    }

    #[test]
    fn a_label_too_narrow_for_bars_has_the_small_code() {
        let small = layout(
            &label(),
            Size {
                width: 38.0,
                height: 21.0,
            },
        );
        assert!(small.iter().any(|it| matches!(it, Item::Qr { .. })));
        assert!(!small.iter().any(|it| matches!(it, Item::Bars { .. })));
    }
}
