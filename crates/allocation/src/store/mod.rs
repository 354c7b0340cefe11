//! Rows and queries. No decisions.

mod conventions;
mod devices;
mod lines;
mod pins;
mod submissions;
mod supply;
mod waves;

pub(crate) use conventions::{
    city_owned_of_lot, city_owned_of_supply, conventions, put_convention,
};
pub(crate) use devices::{
    changed_places, given, history, history_of, insert_devices, is_like, live_counts, lot_devices,
    lots_of, mark_passed_on, mark_released, passed_on, reserved_devices, take_line, workshops_of,
};
pub(crate) use lines::{
    LineSums, decided_lines, explanation, insert_explanations, line_sums, lines,
    lines_of_applications, lines_with_district, named_lines, replace_lines, served_lines,
};
pub(crate) use pins::{delete_pin, had_a_hand, is_of_programme, note_hand, pins, put_pin};
pub(crate) use submissions::{
    SubmissionRow, insert_submission, last_submission, note_return, submissions,
};
pub(crate) use supply::{
    Stock, Wanted, batch_references, changed_devices, classes_of, gifts, left_out, ready_devices,
    replace_supply, shelves, spares, stock, supply_by_class, unknown_batches,
};
pub(crate) use waves::{
    Step, change_settings, insert_passing, insert_wave, next_ordinal, passed_on_lines, passes_on,
    passing_ordinal, plan_documents, save_plan, step, submitted, wave, wave_ids_with_line, waves,
};

/// Ids of one `IN (…)`.
pub(crate) const IDS: usize = 1_000;
