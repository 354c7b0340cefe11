//! One function per use case: load, decide, write, tell.

mod accessories;
mod audit;
mod corrections;
mod counts;
mod events;
mod evidence;
mod hardware;
mod labels;
mod ledger;
mod limits;
mod missing;
mod names;
mod near;
mod parts;
mod past;
mod photograph;
mod reading;
mod reception;
mod recorder;
mod report;
mod reservation;
mod review;
mod scan;
mod stocktake;
mod tell;
mod transfers;
mod waste;

pub use accessories::{ACCESSORY_COLUMNS, accessories, accessory_rows, change_accessories};
pub use audit::{BrokenLink, CustodyReport, Verification, seal_devices, verify_custody};
pub use corrections::correct;
pub use counts::{counts, templates};
pub use events::{is_of_its_device_alone, lock, record, record_all};
pub use evidence::{content_used, evidence_file, evidence_files};
pub use hardware::{may_add_evidence, put_hardware, resolve_contradiction};
pub use labels::{LabelChoice, LabelFacts, MOST_LABELS, labels};
pub use missing::{missing, possible_steps};
pub use names::find_devices;
pub use parts::{PART_COLUMNS, change_parts, part_rows, part_stock, repairs};
pub use past::{Past, take_over};
pub use photograph::attach_photograph;
pub use reading::{
    DEVICE_COLUMNS, device, device_rows, devices, devices_in_full, events, waiting_longest,
};
pub use reception::{close, receive, reconciliation};
pub use report::{attach_report, devices_of_report};
pub use reservation::{
    hand_over, not_given, passed_on, release, repaired_after_handover, reserve, reserve_lots,
};
pub use review::{acceptances, confirm_acceptance, propose_acceptance};
pub use stocktake::{accessory_movements, stocktake};
pub use transfers::{
    SHIPMENT_COLUMNS, TRANSFER_COLUMNS, cancel_transfer, receive_transfer, send_transfer,
    shipment_rows, transfer, transfer_devices, transfer_rows, transfers,
};
pub use waste::{WASTE_COLUMNS, waste, waste_rows};
