//! One function per use case: load, decide, write, tell.

mod accessories;
mod audit;
mod events;
mod hardware;
mod ledger;
mod names;
mod reading;
mod reception;
mod reservation;

pub use accessories::{accessories, change_accessories};
pub use audit::{BrokenLink, CustodyReport, verify_custody};
pub use events::{record, record_all};
pub use hardware::put_hardware;
pub use names::find_devices;
pub use reading::{DEVICE_COLUMNS, device, device_rows, devices, events};
pub use reception::{close, receive, reconciliation};
pub use reservation::{hand_over, release, reserve, reserve_lots};
