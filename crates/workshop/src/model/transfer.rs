//! Devices under way from one workshop to another.

use diesel::prelude::*;
use kernel::{DeviceId, DeviceKind, Instant, OrganisationId, PersonId, TransferId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

kernel::text_enum! {
    /// Where a shipment stands.
    pub enum TransferStatus {
        /// On the road, in whole or in part.
        Sent = "sent",
        /// Nothing of it is on the road any more.
        Received = "received",
        /// All of it stayed, or came back.
        Cancelled = "cancelled",
    }
}

kernel::text_enum! {
    /// What became of a device of a shipment.
    pub enum LineOutcome {
        /// On the road: still the sender's.
        UnderWay = "under_way",
        /// Arrived: the receiver's.
        Received = "received",
        /// Stayed, or came back.
        Cancelled = "cancelled",
        /// Lost on the road.
        Missing = "missing",
    }
}

db::text_column!(TransferStatus, LineOutcome);

/// A shipment, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = db::schema::transfers, treat_none_as_default_value = false)]
pub struct Transfer {
    /// Its id.
    pub id: TransferId,
    /// Who sends.
    pub from_workshop_id: OrganisationId,
    /// Who receives.
    pub to_workshop_id: OrganisationId,
    /// Where it stands.
    pub status: TransferStatus,
    /// A remark.
    pub note: Option<String>,
    /// Who sent it.
    pub sent_by: PersonId,
    /// When.
    pub sent_at: Instant,
    /// When nothing of it was on the road any more.
    pub closed_at: Option<Instant>,
    /// One more with each change.
    pub version: i32,
}

impl Transfer {
    /// Sends or receives it.
    pub fn concerns(&self, workshop: OrganisationId) -> bool {
        self.from_workshop_id == workshop || self.to_workshop_id == workshop
    }
}

/// What is to be sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewTransfer {
    /// To which workshop.
    pub to_workshop_id: OrganisationId,
    /// Which devices, each by id, tag, serial number or the scanner's whole string; up to 1000.
    pub devices: Vec<String>,
    /// A remark for those who receive it.
    pub note: Option<String>,
}

/// What arrived of a shipment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct TransferArrival {
    /// Which devices, named as in [`NewTransfer`]; up to 1000.
    pub devices: Vec<String>,
}

/// What of a shipment stays, or came back.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct TransferCancellation {
    /// Why.
    pub reason: String,
}

/// How many devices of a shipment are where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TransferCounts {
    /// On the road.
    pub under_way: i64,
    /// Arrived.
    pub received: i64,
    /// Stayed, or came back.
    pub cancelled: i64,
    /// Lost on the road.
    pub missing: i64,
}

/// A shipment between workshops, as both of them see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[allow(missing_docs)] // named as in `Transfer`
pub struct TransferView {
    pub id: TransferId,
    pub from_workshop_id: OrganisationId,
    pub from_workshop: String,
    pub to_workshop_id: OrganisationId,
    pub to_workshop: String,
    pub status: TransferStatus,
    pub note: Option<String>,
    pub sent_at: Instant,
    pub closed_at: Option<Instant>,
    /// How many of its devices are where.
    pub devices: TransferCounts,
    pub version: i32,
}

/// A device of a shipment, as its sender knew it.
#[derive(Debug, Clone, Serialize, ToSchema, Queryable)]
pub struct TransferLine {
    /// Which device.
    pub device_id: DeviceId,
    /// Its tag.
    pub tag: String,
    /// Its serial number.
    pub serial: Option<String>,
    /// What it is.
    pub kind: DeviceKind,
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Which model.
    pub model: Option<String>,
    /// What became of it.
    pub outcome: LineOutcome,
    /// When that was.
    pub settled_at: Option<Instant>,
}

/// What a list of shipments is narrowed by.
#[derive(Debug, Clone, Copy, Default)]
pub struct TransferFilter {
    /// Where it stands.
    pub status: Option<TransferStatus>,
}
