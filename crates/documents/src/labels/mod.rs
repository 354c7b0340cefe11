//! Labels for devices.

mod layout;
mod pdf;
mod stock;
mod zpl;

pub use pdf::{pdf, test_pdf};
pub use stock::{Sheet, Size, Stock};
pub use zpl::{test_zpl, zpl};

/// What stands on the label of one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What a scanner reads.
    pub tag: String,
    /// Maker and model, for people.
    pub model: String,
    /// How far the erasure of its drives is, in the reader's language.
    pub drives: String,
}
