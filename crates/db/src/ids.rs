//! Where new ids come from.

use std::sync::Mutex;

use kernel::Instant;
use uuid::timestamp::{Timestamp, context::ContextV7};

/// Makes UUIDs of version 7 that keep their order within a millisecond, so that rows
/// inserted one after the other are read back in that order.
#[derive(Debug)]
pub(crate) struct IdSource(Mutex<ContextV7>);

impl IdSource {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(ContextV7::new()))
    }

    pub(crate) fn next(&self, now: Instant) -> uuid::Uuid {
        let seconds = u64::try_from(now.micros().div_euclid(1_000_000)).unwrap_or(0);
        let nanos = u32::try_from(now.micros().rem_euclid(1_000_000) * 1_000).unwrap_or(0);
        uuid::Uuid::new_v7(Timestamp::from_unix(&self.0, seconds, nanos))
    }
}
