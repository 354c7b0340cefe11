//! Rows and queries. No decisions.

/// Narrows a query over applications to those that the actor may see: the city all, a helper those
/// that they opened, an association its own.
macro_rules! seen_by {
    ($query:expr, $actor:expr) => {{
        let mut query = $query;
        if $actor.role == kernel::Role::Helper {
            query = query.filter(a::created_by.eq($actor.person));
        } else if let Some(organisation) = $actor.limited_to() {
            query = query.filter(a::association_id.eq(organisation));
        }
        query
    }};
}

mod appeals;
mod application_list;
mod applications;
mod assessments;
mod desk;
mod documents;
mod messages;
mod obligations;
mod programmes;
mod ranking;
mod reminders;
mod scores;
mod territories;

pub(crate) use appeals::{
    appeal, appeal_exists, appeal_named, appeals, decide_appeal, insert_appeal, note_marked_anew,
    reopened_by, under_appeal,
};

pub(crate) use application_list::{applications, neighbors};
pub(crate) use applications::{
    ApplicationRow, ReasonList, Record, Stored, application, application_exists, application_named,
    candidates, clear_score_detail, closed_wave, entity_applied, handed_over, insert_application,
    last_submitted, move_applications, rename_applicant, reserved_devices, save_application,
    score_detail, score_details, set_score_detail,
};
pub use applications::{search_key, uncommitted};
pub(crate) use assessments::{
    assessed_before, assessments, marks, marks_around, put_assessment, set_aside_before,
    set_aside_of,
};
pub(crate) use desk::{
    answered, assign, cases_of, cases_of_others, open_appeals, standing, transfer_cases, waiting,
};
pub(crate) use documents::{
    content_used, count_documents, delete_document, document, documents, insert_document,
    note_upload, uploads, uploads_of_association,
};
pub(crate) use messages::{NewRow, insert_message, messages};
pub(crate) use obligations::{
    due_obligations, follow_up_terms, insert_obligation, meet_obligation, note_reminded,
    obligation, obligations, obligations_of, open_obligations, overdue, overdue_of_all,
};
pub(crate) use programmes::{
    insert_programme, open_drafts, programme, programmes, update_programme,
};
pub use ranking::works_on;
pub(crate) use ranking::{
    BAND, bands, candidates_in_order, may_match, ranked_ids, records_of, score_at,
};
pub(crate) use reminders::{ReminderKind, due, insert_reminder};
pub(crate) use scores::{
    Because, NewScore, all_marks, details, insert_scores, note_rubric, pin_rubric, pinned_text,
    records,
};
pub use territories::loaded_territories;
pub(crate) use territories::{Origin, all_rows, replace_territories, rows_for};
