#![doc = include_str!("../README.md")]

mod model;
mod rules;
mod service;
mod store;
mod yearly;

pub use model::{Counted, Figures, Given, TerritoryFigures, WaveFigures};
pub use service::{counted, figures, given, given_version};
pub use yearly::{Handed, Year, year};
