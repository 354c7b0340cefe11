//! Rows and queries. No decisions.

mod accessories;
mod custody;
mod devices;
mod drives;
mod reconciliation;
mod update;

pub(crate) use accessories::{Movement, adjust_stock, insert_movements, stock};
pub(crate) use custody::{append, client_ids, events_between, events_of, last_events};
pub(crate) use devices::{
    Chained, Scope, by_ids, by_serial_keys, by_tags, chained, chained_after, expected_of_batch,
    insert_all, page,
};
pub(crate) use drives::{of_devices, save_all as save_drives};
pub(crate) use reconciliation::{KindCount, accessories_received, counts_by_kind};
pub(crate) use update::{move_all, update_all};

/// Rows of a lookup by a list of values.
const LOOKUP_CHUNK: usize = 1_000;
