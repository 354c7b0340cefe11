//! The counted stock as people look at it.

use kernel::{AccessoryKind, BatchId, DeviceId, Instant};

use super::{KitPart, PartCount};

/// Something that went in or out of the accessories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovementView {
    /// Which accessory.
    pub kind: AccessoryKind,
    /// How many more; negative for fewer.
    pub delta: i32,
    /// `received`, `kit` …, or what a person said.
    pub reason: String,
    /// The device whose kit it is, with its tag.
    pub device: Option<(DeviceId, String)>,
    /// The batch with which it came, with its reference.
    pub batch: Option<(BatchId, String)>,
    /// When.
    pub at: Instant,
}

/// What was counted, and why the books may differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stocktake {
    /// Accessories, by kind.
    pub accessories: Vec<KitPart>,
    /// Spare parts.
    pub parts: Vec<PartCount>,
    /// Why the differences are booked.
    pub reason: String,
}

/// A difference that was booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The kind of accessory, or the part.
    pub name: String,
    /// How many there were by the books.
    pub booked: i32,
    /// How many were there.
    pub counted: i32,
}
