//! The connection, the schema and the migrations, on both engines.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod support;

mod dump;
mod engines;
mod schema;
mod trouble;
mod upgrade;
