#![doc = include_str!("../README.md")]

pub mod access;
mod answer;
mod change;
pub mod columns;
pub mod email;
pub mod extract;
pub mod files;
pub mod idempotency;
mod json;
pub mod labels;
mod metrics;
mod open;
mod pace;
pub mod passwords;
pub mod problem;
mod published;
pub mod reading;
pub mod record;
pub mod registration;
pub mod security;
mod server;
pub mod sign_in;
mod state;
mod table;
mod trace;

pub use answer::Answer;
pub use change::Versioned;
pub use extract::{
    Body, Csv, IfMatch, ListBody, OptionalBody, Paging, PagingParams, Params, PathId, Upload,
};
pub use idempotency::IdempotencyKey;
pub use impact::open_data::Publisher;
pub use metrics::Metrics;
pub use problem::{ApiError, ApiResult, Problem, ProblemPages, Problems};
pub use published::{Once, Published};
pub use record::Looks;
pub use security::{SecurityContact, SecuritySettings};
pub use server::{ManifestLimit, ServerSettings, serve};
pub use state::{State, StateSettings};
