#![doc = include_str!("../README.md")]

pub mod explain;
pub mod model;
pub mod page;
mod picking_page;
pub mod plan;
pub mod rules;
mod service;
mod store;

pub use model::*;
pub use page::{explanation_page, notice_page};
pub use picking_page::picking_page;
pub use service::{
    Lot, approve, awards, cancel, change, compare, complete, create, decided_waves, device_list,
    explanation, hand_over_begins, lines, lot_devices, lots, may_receive, notice, pass_on, pin,
    propose, published, published_version, record_convention, reject, release_lot, replace_device,
    results_of, simulate, submit, unpin, verify_plans, view, waiting_list, wave, wave_name, waves,
    waves_to_approve,
};
