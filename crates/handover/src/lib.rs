#![doc = include_str!("../README.md")]

pub mod model;
pub mod rules;
mod service;
mod store;

pub use model::*;
pub use service::{approve_wave, cancel_wave, complete, handover, handovers, missed, schedule};
