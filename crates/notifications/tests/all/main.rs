//! Mail and webhooks on both engines, against servers of our own and of others.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

mod aiosmtpd;
mod choices;
mod encryption;
mod hostile;
mod outbox;
mod pace;
mod smtp;
mod webhooks;
