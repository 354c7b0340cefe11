#![doc = include_str!("../README.md")]

pub mod custody;
#[cfg(test)]
mod fuzz;
mod lshw;
pub mod model;
mod reading;
mod report;
pub mod rules;
mod service;
mod settings;
pub mod state;
mod store;

pub use lshw::read as read_capture;
pub use model::*;
pub use reading::{correction as read_correction, incoming as read_event};
pub use report::{REPORT_TYPES, read as read_report};
pub use service::{
    ACCESSORY_COLUMNS, BrokenLink, CustodyReport, DEVICE_COLUMNS, LabelChoice, LabelFacts,
    MOST_LABELS, PART_COLUMNS, Past, SHIPMENT_COLUMNS, TRANSFER_COLUMNS, Verification,
    WASTE_COLUMNS, acceptances, accessories, accessory_movements, accessory_rows,
    attach_photograph, attach_report, cancel_transfer, change_accessories, change_parts, close,
    confirm_acceptance, content_used, correct, counts, device, device_rows, devices,
    devices_in_full, devices_of_report, events, evidence_file, evidence_files, find_devices,
    hand_over, is_of_its_device_alone, labels, lock, may_add_evidence, missing, not_given,
    part_rows, part_stock, passed_on, possible_steps, propose_acceptance, put_hardware, receive,
    receive_transfer, reconciliation, record, record_all, release, repaired_after_handover,
    repairs, reserve, reserve_lots, resolve_contradiction, seal_devices, send_transfer,
    shipment_rows, stocktake, take_over, templates, transfer, transfer_devices, transfer_rows,
    transfers, verify_custody, waiting_longest, waste, waste_rows,
};
pub use settings::{Check, GradeDefinition, Settings, TestTemplate};
pub use store::Movement;
