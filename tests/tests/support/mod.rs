//! What several stories set up.
#![allow(dead_code)]

pub mod waves;
