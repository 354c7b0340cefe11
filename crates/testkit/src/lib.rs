//! What tests share: a server of one's own on a database of one's own, people of every
//! role signed in, and a client that says what came back when it is not what was expected.
//!
//! A development dependency only. It panics where a test should fail.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]

mod app;
mod browser;
mod client;
mod database;
mod html;

pub use app::{CHAIN_KEY, Configuration, Mail, TestApp};
pub use browser::{Browser, PageOf};
pub use client::{Client, Reply};
pub use database::TestDatabase;
pub use db::Engine;
pub use html::FormOnPage;
pub use kernel::Role;
pub use serde_json::{Value, json};

/// Runs each story on SQLite and on PostgreSQL. PostgreSQL is the throw-away server that
/// `scripts/test` starts; without it, that half says so and is left out.
#[macro_export]
macro_rules! both_engines {
    ($($(#[$meta:meta])* fn $name:ident($app:ident) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            fn story($app: &$crate::TestApp) $body

            #[test]
            fn sqlite() {
                story(&$crate::TestApp::start($crate::Engine::Sqlite).expect("SQLite is bundled"));
            }

            #[test]
            fn postgres() {
                match $crate::TestApp::start($crate::Engine::Postgres) {
                    Some(app) => story(&app),
                    None => eprintln!("left out: RESSAC_TEST_POSTGRES is not set; run scripts/test"),
                }
            }
        }
    )*};
}
