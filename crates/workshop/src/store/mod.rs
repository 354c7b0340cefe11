//! Rows and queries. No decisions.

mod accessories;
mod counts;
mod custody;
mod devices;
mod drives;
mod files;
mod parts;
mod reconciliation;
mod search;
mod transfers;
mod update;
mod waste;

pub use accessories::Movement;
pub(crate) use accessories::{accessories, move_accessories, movements};
pub(crate) use counts::{Group, batch_references, counts, waiting};
pub(crate) use custody::{
    append, append_copies, client_ids, events_between, events_of, is_readable, last_events,
    last_receptions, line, line_numbers, under_client_ids,
};
pub(crate) use devices::{
    Scope, Since, by_ids, by_serial_keys, by_tags, devices_after, expected_of_batch, insert_all,
    items, lock, longest, page, seal,
};
pub(crate) use drives::{
    DriveRow, ProvenIn, holders, insert_all as insert_drives, of_devices, proven_in,
    save_all as save_drives,
};
pub(crate) use files::{content_used, file_of, files_of, insert_file, set_contradicts};
pub(crate) use parts::{PartMovement, move_parts, part_page, parts, repairs_of, save_repair};
pub(crate) use reconciliation::{KindCount, accessories_received, counts_by_kind};
pub(crate) use transfers::{
    close_if_settled, insert_transfer, line_outcomes, on_the_road, settle_lines, transfer_counts,
    transfer_lines, transfer_page, transfers,
};
pub(crate) use update::{Changed, move_all, update_all};
pub(crate) use waste::{
    CategoryCount, WasteKey, remove_waste, save_waste, waste_by_category, waste_of, waste_page,
};

/// Rows of a lookup by a list of values.
const LOOKUP_CHUNK: usize = 1_000;
