//! What a workshop works with: devices, their drives, their events.

mod device;
mod drive;
mod erasure;
mod event;
mod evidence;
mod ground;
mod hardware;
mod look;
mod parts;
mod reception;
mod report;
mod statement;
mod stocktake;
mod transfer;
mod views;
mod waste;

pub use device::{Device, Kit, KitPart, SEALED_AT_UPGRADE, Stage, Triage};
pub use drive::{CheckResult, Drive};
pub use erasure::{Accepted, DriveErasure, EraseMethod, EraseResult, Media, Proof, Reading};
pub use event::{Event, Incoming, Operators};
pub use evidence::{AttachedPhotograph, EvidenceFile, FileKind, NewFile, PHOTOGRAPH_TYPES};
pub use ground::{AcceptedAs, Doubt, Ground, Integrity};
pub use hardware::{
    Answer, Battery, Board, Capture, Contradiction, Decision, Hardware, Keep, MemoryModule,
    NetworkInterface, Pixels, Processor, SeenDrive,
};
pub use look::{
    Arrival, CountBy, CountGroup, DeviceCounts, DeviceFilter, KindTemplate, WaitingCount,
    WorkshopTemplates,
};
pub use parts::{CountedParts, Part, PartChange, PartCount, Repair, RepairView, Repairs, part_key};
pub use reception::{
    AccessoryReconciliation, KindReconciliation, Reception, ReceptionAnswer, ReceptionDevice,
    ReceptionLine, ReceptionStatus, Reconciliation,
};
pub use report::{AttachedReport, ErasureReport, ReportVerdict, ReportedDrive};
pub use statement::{Acceptance, History, OpenAcceptance, Review, Statement};
pub use stocktake::{Difference, MovementView, Stocktake};
pub use transfer::{
    LineOutcome, NewTransfer, Transfer, TransferArrival, TransferCancellation, TransferCounts,
    TransferFilter, TransferLine, TransferStatus, TransferView,
};
pub(crate) use views::as_stored;
pub use views::{
    AccessoryCountView, AccessoryStock, BulkAnswer, ChecksReport, DeviceItem, DeviceRef,
    DeviceView, DriveView, EventOutcome, EventResult, EventView, Recorded, ReservationRef,
    StockChange,
};
pub use waste::{BATTERIES, Batteries, Waste, WasteFilter, WasteItem, WasteList, WasteTotal};
