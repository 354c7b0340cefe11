//! Whole stories through HTTP, a folder an area, and what holds for the house as a whole. One
//! program: the server is linked once.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod allocation;
mod architecture;
mod circles;
mod console;
mod days;
mod docs;
mod eligibility;
mod figures;
mod handover;
mod identity;
mod intake;
mod notifications;
mod open_data;
mod plans;
mod security;
mod survival;
mod tables;
mod workshop;
