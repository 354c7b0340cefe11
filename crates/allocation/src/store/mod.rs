//! Rows and queries. No decisions.

mod conventions;
mod devices;
mod lines;
mod pins;
mod supply;
mod waves;

pub(crate) use conventions::{
    city_owned_of_lot, city_owned_of_supply, conventions, put_convention,
};
pub(crate) use devices::{
    changed_places, given, history, insert_devices, live_counts, lot_devices, lots_of,
    mark_released, reserved_devices, workshops_of,
};
pub(crate) use lines::{
    all_lines, decided_lines, explanation, insert_explanations, lines, lines_with_district,
    named_lines, replace_lines,
};
pub(crate) use pins::{delete_pin, had_a_hand, is_of_programme, note_hand, pins, put_pin};
pub(crate) use supply::{
    Wanted, changed_devices, classes_of, gifts, left_out, ready_devices, replace_supply, shelves,
    spares, supply_by_class, unknown_batches,
};
pub(crate) use waves::{
    Step, change_settings, insert_wave, next_ordinal, plan_documents, save_plan, step, submitted,
    wave, wave_ids_with_line, waves,
};

/// Ids of one `IN (…)`.
pub(crate) const IDS: usize = 1_000;
