//! Labels as ZPL II, for label printers that take no PDF. Of the same layout, in the same dots.

use std::fmt::Write as _;

use kernel::Language;

use super::layout::{Item, SQUARE, dots, layout};
use super::pdf::test_label;
use super::{Label, Stock};

/// Dots by which a printer sets a QR code lower than its place: the height that was last said with
/// ^BY, by whatever program, and this one when none was.
const QR_DROP: u32 = 10;

/// Labels, one after the other. A label of a sheet is one of a roll here.
#[must_use]
pub fn zpl(labels: &[Label], stock: &Stock) -> String {
    labels
        .iter()
        .map(|label| one(label, stock, false))
        .collect()
}

/// A label to hold beside a ruler.
#[must_use]
pub fn test_zpl(stock: &Stock, language: Language) -> String {
    one(&test_label(stock, language), stock, true)
}

fn one(label: &Label, stock: &Stock, rulers: bool) -> String {
    let (width, height) = (dots(stock.label.width), dots(stock.label.height));
    // UTF-8, the size of the label, no darkness or speed of ours
    let mut text = format!("^XA\n^CI28\n^PW{width}\n^LL{height}\n^LH0,0\n");
    for item in layout(label, stock.label) {
        write(&mut text, &item);
    }
    if rulers {
        ruler(&mut text, width, height, stock);
    }
    text.push_str("^XZ\n");
    text
}

fn write(out: &mut String, item: &Item) {
    match item {
        Item::Text { x, y, size, text } => {
            // ^FT is the line that letters stand on
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // some dots
            let size = size.round() as u32;
            let narrow = size * 4 / 5;
            let _ = writeln!(
                out,
                "^FT{x},{y}^A0N,{size},{narrow}^FH^FD{}^FS",
                field(text)
            );
        }
        Item::Bars {
            x,
            y,
            height,
            module,
            text,
            ..
        } => {
            let _ = writeln!(
                out,
                "^FO{x},{y}^BY{module}^BCN,{height},N,N,N,N^FH^FD>:{}^FS",
                field(text)
            );
        }
        Item::Qr { x, y, text, .. } => {
            let y = y.saturating_sub(QR_DROP);
            let _ = writeln!(
                out,
                "^FO{x},{y}^BY2,3,{QR_DROP}^BQN,2,{SQUARE}^FH^FDMA,{}^FS",
                field(text)
            );
        }
    }
}

fn ruler(out: &mut String, width: u32, height: u32, stock: &Stock) {
    let _ = writeln!(out, "^FO0,0^GB{width},{height},2^FS");
    let long = |millimetre: u16| match millimetre {
        at if at % 10 == 0 => 13,
        at if at % 5 == 0 => 10,
        _ => 6,
    };
    let marks = |length: f32| (1_u16..300).take_while(move |at| f32::from(*at) < length);
    for at in marks(stock.label.width) {
        let _ = writeln!(out, "^FO{},0^GB1,{},1^FS", dots(f32::from(at)), long(at));
    }
    for at in marks(stock.label.height) {
        let _ = writeln!(out, "^FO0,{}^GB{},1,1^FS", dots(f32::from(at)), long(at));
    }
}

/// A text in which nothing is a command.
fn field(text: &str) -> String {
    let mut safe = String::new();
    for c in text.chars() {
        match c {
            '^' | '~' | '_' | '\\' => {
                let _ = write!(safe, "_{:02X}", u32::from(c));
            }
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn label(model: &str) -> Label {
        Label {
            tag: "RS-0004K-X".to_owned(),
            model: model.to_owned(),
            drives: "Disque effacé".to_owned(),
        }
    }

    #[test]
    fn a_label_has_its_size_and_its_codes_in_dots() {
        let stock = Stock::built_in().remove(1);
        let text = zpl(&[label("HP ProDesk"), label("Dell")], &stock);
        assert_eq!(text.matches("^XA").count(), 2);
        assert_eq!(text.matches("^XZ").count(), 2);
        assert!(text.contains("^PW495\n^LL231\n"), "{text}");
        assert!(
            text.contains("^BY3^BCN,77,N,N,N,N^FH^FD>:RS-0004K-X^FS"),
            "{text}"
        );
        assert!(
            text.contains("^BY2,3,10^BQN,2,4^FH^FDMA,RS-0004K-X^FS"),
            "{text}"
        );
        assert!(text.contains("^FDDisque effacé^FS"), "{text}");
    }

    #[test]
    fn no_text_is_a_command() {
        let stock = Stock::built_in().remove(1);
        let text = zpl(&[label("a^XZ~JR_5E")], &stock);
        assert_eq!(text.matches("^XZ").count(), 1, "{text}");
        assert!(!text.contains('~'), "{text}");
        assert!(text.contains("a_5EXZ_7EJR_5F5E"), "{text}");
    }

    #[test]
    fn a_test_label_has_a_ruler() {
        let stock = Stock::built_in().remove(2);
        let text = test_zpl(&stock, Language::French);
        assert!(text.matches("^GB").count() > 80, "{text}");
        assert!(text.contains("57 × 32 mm"), "{text}");
    }
}
