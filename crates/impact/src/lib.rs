#![doc = include_str!("../README.md")]

mod model;
mod rules;
mod service;
mod store;

pub use model::{Figures, TerritoryFigures, WaveFigures};
pub use service::figures;
