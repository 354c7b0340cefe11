#![doc = include_str!("../README.md")]

mod model;
mod rules;
mod service;
mod store;

pub use model::{Counted, Figures, Given, TerritoryFigures, WaveFigures};
pub use service::{counted, figures, given, given_version};
