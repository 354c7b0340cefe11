#![doc = include_str!("../README.md")]

pub mod access;
mod answer;
mod extract;
mod idempotency;
pub mod identity;
mod openapi;
mod problem;
mod server;
mod state;
mod system;

pub use answer::Answer;
pub use extract::{Body, Csv, IfMatch, OptionalBody, Paging, PagingParams, Params, PathId, Upload};
pub use openapi::document;
pub use problem::{ApiError, ApiResult, Problem, Problems};
pub use server::{ServerSettings, routes, serve};
pub use state::State;
