#![doc = include_str!("../README.md")]

pub mod explain;
pub mod model;
pub mod plan;
pub mod rules;
mod service;
mod store;

pub use model::*;
pub use service::{
    Lot, approve, cancel, complete, create, decided_waves, device_list, explanation,
    hand_over_begins, lines, lot_devices, lots, notice, pin, propose, published, reject, simulate,
    submit, unpin, view, wave, waves,
};
