#![doc = include_str!("../README.md")]

pub mod allocation;
mod door;
pub mod eligibility;
pub mod handover;
pub mod identity;
pub mod impact;
pub mod intake;
pub mod notifications;
mod openapi;
mod operations;
mod routes;
mod system;
pub mod workshop;

// the absolute path: handlers know actix's module of the same name
use ::web::{
    Answer, ApiError, ApiResult, Body, Csv, IfMatch, ListBody, ManifestLimit, Metrics,
    OptionalBody, Paging, PagingParams, Params, PathId, Problems, Published, State, Upload,
    Versioned,
};
use ::web::{
    access, email, extract, files, passwords, problem, reading, record, security, sign_in,
};

pub use door::Door;
pub use openapi::document;
pub use routes::Routes;
