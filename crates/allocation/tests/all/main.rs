//! The planner, from outside.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

mod counterfactuals;
mod examples;
mod fuzz;
mod picking;
mod planner;
mod properties;
mod refusals;
