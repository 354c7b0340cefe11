#![doc = include_str!("../README.md")]

pub mod custody;
mod lshw;
pub mod model;
mod reading;
pub mod rules;
mod service;
mod settings;
mod store;

pub use model::*;
pub use reading::incoming as read_event;
pub use service::{
    BrokenLink, CustodyReport, DEVICE_COLUMNS, accessories, change_accessories, close, device,
    device_rows, devices, events, find_devices, hand_over, put_hardware, receive, reconciliation,
    record, record_all, release, reserve, reserve_lots, verify_custody,
};
pub use settings::{Check, Settings};
