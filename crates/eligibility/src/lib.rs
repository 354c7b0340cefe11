#![doc = include_str!("../README.md")]

mod lists;
mod model;
pub mod rubric;
mod rules;
mod service;
mod setup;
mod store;
pub mod territory;

pub use lists::{CommitmentTexts, Lists, Term};
pub use model::*;
pub use service::*;
pub use setup::{Delays, EligibilitySettings, Setup};
pub use store::{loaded_territories, search_key, uncommitted, works_on};
