//! A wave, from its plan to its approval.

mod explained;
mod races;
mod scale;
mod settings;
mod waves;
