//! QR codes, drawn by this program: what is in them goes to no other host.

use qrcode::{Color, QrCode};
use serde::Serialize;

/// A QR code as the outline of an SVG image: a template writes the image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Qr {
    /// Modules on a side, with the margin that readers need.
    size: usize,
    /// The dark modules: the data of a path.
    path: String,
}

/// Empty modules around the code (ISO/IEC 18004, 6.3.8).
const MARGIN: usize = 4;

impl Qr {
    /// Of a text; none when it is too long for a code.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let code = QrCode::new(text).ok()?;
        let width = code.width();
        let dark = |x: usize, y: usize| code[(x, y)] == Color::Dark;
        let mut path = String::new();
        for y in 0..width {
            let mut x = 0;
            while x < width {
                let run = (x..width).take_while(|x| dark(*x, y)).count();
                if run > 0 {
                    let (left, top) = (x + MARGIN, y + MARGIN);
                    path.push_str(&format!("M{left} {top}h{run}v1h-{run}z"));
                }
                x += run.max(1);
            }
        }
        Some(Self {
            size: width + 2 * MARGIN,
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_code_has_its_three_marks_and_a_margin() {
        let qr = Qr::of("otpauth://totp/Ressac:ada?secret=GEZDGNBVGY3TQOJQ").unwrap();
        assert_eq!((qr.size - 17 - 2 * MARGIN) % 4, 0, "{}", qr.size);
        let far = qr.size - MARGIN - 7;
        for (x, y) in [(MARGIN, MARGIN), (far, MARGIN), (MARGIN, far)] {
            assert!(qr.path.contains(&format!("M{x} {y}h7v1h-7z")), "{x} {y}");
        }
        assert_eq!(Qr::of(&"a".repeat(8_000)), None);
    }
}
