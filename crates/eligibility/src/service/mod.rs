//! One function per use case: load, decide, write, tell.

mod appeals;
mod application;
mod bulk;
mod checklist;
mod desk;
mod documents;
mod draft;
mod letter;
mod messages;
mod obligations;
mod programme;
mod ranking;
mod reminders;
mod requests;
mod rescoring;
mod review;
mod score;
mod territory;
mod verify;

pub use appeals::{appeal, appeal_named, appeal_outlook, appeals, decide_appeal, file_appeal};
pub use application::{application, application_named, applications, submit, withdraw};
pub use checklist::{appeal_until, checklist, fill_section, last_form, open_programmes};
pub use desk::{assign, desk, neighbors, review, share_out, transfer_cases};
pub use documents::{
    DOCUMENT_TYPES, LARGEST_DOCUMENT, attach_document, content_used, document, documents,
    may_attach, remove_document,
};
pub use draft::{
    create_application, rename_applicant, resolve_change, settle_registration, update_application,
};
pub use messages::{messages, write_message};
pub use obligations::{
    meet_obligation, note_obligation, obligation, obligations, obligations_of, open_obligations,
    owe_follow_up, report_follow_up,
};
pub use programme::{
    change_programme, clear_counts, create_programme, open_applications, programme, programmes,
};
pub use ranking::ranking;
pub use reminders::remind;
pub use requests::ask_otherwise;
pub use rescoring::{change_rubric, compare_rubrics};
pub use review::{assess, decide, request_changes};
pub use score::{candidates, candidates_in_order, decided_scores, recompute, score};
pub use territory::{TerritoryReport, load_territories, read_territories};
pub use verify::verify_scores;
