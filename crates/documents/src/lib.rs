#![doc = include_str!("../README.md")]

mod code128;
mod font;
pub mod labels;

pub use labels::{Label, Stock};
