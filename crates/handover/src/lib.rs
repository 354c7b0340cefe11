#![doc = include_str!("../README.md")]

mod certificate;
mod donors;
pub mod model;
mod note;
mod retention;
pub mod rules;
mod service;
mod store;

pub use certificate::certificate;
pub use donors::{News, tell_donors};
pub use model::*;
pub use note::note;
pub use retention::retention;
pub use service::{
    appointments_on, approve_wave, cancel_wave, complete, handover, handover_named, handovers,
    missed, pass_on, release, replace, schedule,
};
