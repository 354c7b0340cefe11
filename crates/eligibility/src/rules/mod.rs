//! Facts in, decision out: nothing here reads a database, a clock or a file.

mod advice;
mod appeals;
mod changes;
mod documents;
mod form;
mod programme;
mod review;
mod steps;

pub(crate) use advice::{advice, progress};
pub(crate) use appeals::{
    MarkedAnew, contest, marked_anew, may_decide_appeal, may_mark_anew, still_appealable,
};
pub(crate) use changes::{
    Named, open_items, resolve, resolve_attached, resolve_changed, resolve_others,
};
pub(crate) use documents::{Taken, may_take_in};
pub(crate) use form::{check_complete, check_draft, check_requests};
pub(crate) use programme::{check_open, check_programme, not_closed, what_changed};
pub(crate) use review::{
    check_assessment, check_changes, check_given_reasons, check_reasons, every_mark_there,
    may_be_eligible, may_share_out, seen_by, verified,
};
pub(crate) use steps::{
    Since, may_apply, may_ask_otherwise, may_assess, may_decide, may_edit, may_request_changes,
    may_submit, may_withdraw, no_lot_reserved,
};
