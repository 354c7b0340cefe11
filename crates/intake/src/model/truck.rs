//! Further trucks of a batch that does not fit in one.

use kernel::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A further truck.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Truck {
    /// 2 for the second; the first is the pickup of the batch.
    pub number: i32,
    /// When it comes.
    pub from: Instant,
    /// Until when.
    pub to: Instant,
    /// When it left the donor.
    pub collected_at: Option<Instant>,
    /// On how many pallets.
    pub pallets: Option<i32>,
    /// When it was called off.
    pub cancelled_at: Option<Instant>,
}

impl Truck {
    /// Whether it is still to come.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        self.collected_at.is_none() && self.cancelled_at.is_none()
    }
}

/// The body that sends a further truck.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
pub struct NewTruck {
    /// When it comes.
    pub from: Instant,
    /// Until when.
    pub to: Instant,
}

/// What a further truck took along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
pub struct TruckLoad {
    /// When it left.
    pub collected_at: Instant,
    /// On how many pallets.
    #[serde(default)]
    pub pallets: Option<i32>,
}
