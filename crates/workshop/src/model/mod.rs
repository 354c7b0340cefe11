//! What a workshop works with: devices, their drives, their events.

mod device;
mod drive;
mod event;
mod hardware;
mod views;

pub use device::{Device, Kit, KitPart, Stage, Triage};
pub use drive::{CheckResult, Drive, DriveErasure, EraseMethod, EraseResult, Media, Proof};
pub use event::{Event, Incoming};
pub use hardware::{Battery, Capture, Contradiction, Hardware, MemoryModule, SeenDrive};
pub use views::{
    AccessoryCountView, AccessoryReconciliation, AccessoryStock, BulkAnswer, DeviceFilter,
    DeviceRef, DeviceView, DriveView, EventOutcome, EventResult, EventView, KindReconciliation,
    Reception, ReceptionAnswer, ReceptionDevice, ReceptionLine, ReceptionStatus, Reconciliation,
    Recorded, ReservationRef, StockChange,
};
