#![doc = include_str!("../README.md")]

pub mod manifest;
mod model;
pub mod rules;
mod service;
mod store;
mod tags;

pub use model::{
    AccessoryCount, Attributes, Batch, BatchFilter, BatchStatus, Collection, ColumnMapping,
    Declared, ManifestReport, ManifestSummary, NewBatch, NewPickup, Pickup, Reason, Schedule,
    TitleRoute, Window,
};
pub use service::{
    accept, cancel, check_manifest, collect, mark_closed, mark_received, put_manifest, refuse,
    register, schedule, submit,
};
pub use store::{batch, batches};
pub use tags::{read_tag, search_key, tag_is_valid, tags};
