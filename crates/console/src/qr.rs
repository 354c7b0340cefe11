//! QR codes, drawn by this program: what is in them goes to no other host.

use qrcodegen::{QrCode, QrCodeEcc};
use serde::Serialize;

/// A QR code as the outline of an SVG image: a template writes the image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Qr {
    /// Modules on a side, with the margin that readers need.
    size: i32,
    /// The dark modules: the data of a path.
    path: String,
}

/// Empty modules around the code (ISO/IEC 18004, 6.3.8).
const MARGIN: i32 = 4;

impl Qr {
    /// Of a text; none when it is too long for a code.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let width = code.size();
        let mut path = String::new();
        for y in 0..width {
            let mut x = 0;
            while x < width {
                let end = (x..width)
                    .find(|x| !code.get_module(*x, y))
                    .unwrap_or(width);
                if end > x {
                    let (left, top, run) = (x + MARGIN, y + MARGIN, end - x);
                    path.push_str(&format!("M{left} {top}h{run}v1h-{run}z"));
                }
                x = end.max(x + 1);
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
