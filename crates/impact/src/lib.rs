#![doc = include_str!("../README.md")]

mod model;
pub mod open_data;
mod rules;
mod service;
mod store;
mod uses;
mod yearly;

pub use model::{Counted, Figures, Given, TerritoryFigures, ThemeUse, UseFigures, WaveFigures};
pub use service::{counted, counted_of_all, figures, given, given_version};
pub use yearly::{Handed, Year, year, year_version};
