//! The program from outside: its commands, its end, what goes wrong around it. One program of
//! tests: the server is linked once.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]

#[path = "../../../notifications/tests/all/support/smtp.rs"]
#[allow(dead_code)]
mod smtp;
#[path = "../../../../tests/tests/support/mod.rs"]
mod story;
mod support;

mod chains;
mod demo;
mod doctor;
mod frontier;
mod generate;
#[cfg(unix)]
mod import;
mod killed;
mod logs;
mod nodes;
mod operations;
mod program;
mod soak;
mod stamps;
mod standby;
mod startup;
mod storage;
mod survival;
mod transfer;
mod worker;
