//! Facts in, decision out: nothing here reads a database, a clock or a file.

mod form;
mod programme;
mod review;
mod steps;

pub(crate) use form::{check_complete, check_draft};
pub(crate) use programme::{check_open, check_programme, not_closed};
pub(crate) use review::{check_assessment, check_changes, check_reasons, may_be_eligible};
pub(crate) use steps::{
    Verdict, may_apply, may_assess, may_decide, may_edit, may_request_changes, may_submit,
    may_withdraw, silence_after,
};
