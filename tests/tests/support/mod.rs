//! What several stories set up.
#![allow(dead_code)]

pub mod accounts;
pub mod applications;
pub mod check;
pub mod estate;
pub mod generator;
pub mod intake;
pub mod operations;
pub mod plans;
pub mod walk;
pub mod waves;
pub mod workshop;
