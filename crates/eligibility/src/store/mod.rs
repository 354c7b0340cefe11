//! Rows and queries. No decisions.

mod appeals;
mod applications;
mod assessments;
mod documents;
mod obligations;
mod programmes;
mod reminders;
mod scores;
mod territories;

pub(crate) use appeals::{
    appeal, appeal_exists, appeals, decide_appeal, insert_appeal, under_appeal,
};

pub(crate) use applications::{
    ApplicationRow, ReasonList, Record, Stored, application, application_exists, applications,
    candidates, insert_application, move_applications, reserved_devices, save_application,
    score_detail, set_score_detail,
};
pub(crate) use assessments::{assessments, marks, put_assessment};
pub(crate) use documents::{content_used, delete_document, document, documents, insert_document};
pub(crate) use obligations::{
    insert_obligation, meet_obligation, obligation, obligations, overdue, overdue_of_all,
};
pub(crate) use programmes::{insert_programme, programme, programmes};
pub(crate) use reminders::{ReminderKind, due, insert_reminder};
pub(crate) use scores::{
    Because, NewScore, all_marks, details, insert_scores, note_rubric, pin_rubric, pinned_text,
    records,
};
pub(crate) use territories::{Origin, all_rows, replace_territories, rows_for};
