#![doc = include_str!("../README.md")]

pub mod access;
mod answer;
mod authentication;
mod change;
pub mod columns;
pub mod email;
pub mod extract;
pub mod files;
mod frontier;
pub mod idempotency;
mod json;
mod kept;
mod known;
pub mod labels;
mod looks;
mod metrics;
mod open;
mod pace;
pub mod passwords;
pub mod problem;
mod published;
pub mod reading;
pub mod record;
pub mod registration;
mod rendering;
pub mod security;
mod server;
pub mod sign_in;
mod state;
mod stocks;
mod table;
mod trace;
mod use_cases;

pub use answer::Answer;
pub use change::Versioned;
pub use extract::{
    Body, Csv, IfMatch, ListBody, OptionalBody, Paging, PagingParams, Params, PathId, Upload,
};
pub use frontier::{SecurityContact, SecuritySettings};
pub use idempotency::IdempotencyKey;
pub use impact::open_data::Publisher;
pub use looks::Looks;
pub use metrics::Metrics;
pub use problem::{ApiError, ApiResult, Problem, Problems};
pub use published::{Once, Published};
pub use rendering::ProblemPages;
pub use server::{ManifestLimit, ServerSettings, serve};
pub use state::{State, StateSettings};
