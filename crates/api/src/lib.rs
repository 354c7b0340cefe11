#![doc = include_str!("../README.md")]

pub mod access;
pub mod allocation;
mod answer;
mod change;
pub mod eligibility;
mod extract;
mod files;
pub mod handover;
mod idempotency;
pub mod identity;
pub mod impact;
pub mod intake;
pub mod notifications;
mod openapi;
mod pace;
mod page;
mod problem;
mod reading;
mod record;
mod security;
mod server;
mod shape;
mod state;
mod system;
mod trace;
pub mod workshop;

pub use answer::Answer;
pub use change::Versioned;
pub use extract::{Body, Csv, IfMatch, OptionalBody, Paging, PagingParams, Params, PathId, Upload};
pub use openapi::document;
pub use problem::{ApiError, ApiResult, Problem, Problems};
pub use record::Looks;
pub use security::SecuritySettings;
pub use server::{ServerSettings, routes, serve};
pub use state::State;
