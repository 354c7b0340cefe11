#![doc = include_str!("../README.md")]

mod model;
pub mod rubric;
mod rules;
mod service;
mod store;
pub mod territory;

pub use model::*;
pub use service::*;
