#![doc = include_str!("../README.md")]

pub mod access;
pub mod allocation;
mod answer;
pub mod eligibility;
mod extract;
pub mod handover;
mod idempotency;
pub mod identity;
pub mod impact;
pub mod intake;
pub mod notifications;
mod openapi;
mod page;
mod problem;
mod server;
mod state;
mod system;
mod trace;
pub mod workshop;

pub use answer::Answer;
pub use extract::{Body, Csv, IfMatch, OptionalBody, Paging, PagingParams, Params, PathId, Upload};
pub use openapi::document;
pub use problem::{ApiError, ApiResult, Problem, Problems};
pub use server::{ServerSettings, routes, serve};
pub use state::State;
