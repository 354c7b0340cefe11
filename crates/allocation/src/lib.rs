#![doc = include_str!("../README.md")]

pub mod explain;
pub mod model;
mod page;
pub mod plan;
pub mod rules;
mod service;
mod store;

pub use model::*;
pub use page::{explanation_page, notice_page};
pub use service::{
    Lot, approve, awards, cancel, change, compare, complete, create, decided_waves, device_list,
    explanation, hand_over_begins, lines, lot_devices, lots, notice, pass_on, pin, propose,
    published, reject, release_lot, replace_device, simulate, submit, unpin, view, waiting_list,
    wave, waves,
};
