//! The decisions about waves: facts in, decision out. No database, no clock.

mod awards;
mod changes;
mod fair;
mod instance;
mod limits;
mod line_ids;
mod lots;
mod passing;
mod picking;
mod pins;
mod settings;
mod steps;
mod supply;
#[cfg(test)]
mod tests;
mod trial;
mod values;

pub use awards::{AwardFacts, may_receive, missing, new_convention};
pub use changes::{Changes, DeviceChange, LineChange, changed_lines, out_of_date};
pub use instance::{
    Applicant, Ask, Facts, History, SMALL, Tied, instance, kind_of_class, without_association_tags,
};
pub use limits::Limits;
pub use line_ids::{line_id, line_parts};
pub use lots::{Outcome, PlannedLine, difference, outcome, owners, reason};
pub use passing::{Counted, request_for};
pub use picking::{Pick, Shelf, Spare, pick, replacement};
pub use pins::{apply_pins, pin_input, refused};
pub use settings::{new_wave, settings};
pub use steps::{
    digest_named, may_approve, may_cancel, may_complete, may_hand_over, may_pin, may_propose,
    may_reject, may_submit, message_fits, reason_given, same_plan,
};
pub use trial::{About, first, kinds, moves, split, trial_plan};
pub use values::{
    above_city_gift, convention_due, euros, every_kind_has_a_value, use_values, value_cents,
    without_value,
};
