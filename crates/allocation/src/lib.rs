#![doc = include_str!("../README.md")]

pub mod explain;
pub mod model;
pub mod plan;
pub mod rules;
mod service;
mod store;

pub use model::*;
pub use service::{
    Lot, TRIALS, approve, awards, cancel, change, compare, complete, create, decided_waves,
    device_list, dossier, explanation, give_instead, give_on, hand_over_begins, lines, lines_found,
    lot_devices, lots, may_receive, not_given, notice, overview, pass_on, passed_on,
    passed_on_lines, passes_on, picking, pin, programme_of, propose, published, published_version,
    record_convention, reject, release_lot, replace_device, results_of, simulate, since,
    staff_decisions, stock, submit, trial, unpin, verify_plans, view, waiting_list, wave,
    wave_name, waves, waves_to_approve,
};
