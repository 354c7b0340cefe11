//! Rows and queries. No decisions.

mod applications;
mod assessments;
mod programmes;
mod territories;

pub(crate) use applications::{
    ApplicationRow, ReasonList, Record, Stored, application, application_exists, applications,
    candidates, insert_application, save_application, score_detail, set_score_detail,
};
pub(crate) use assessments::{assessments, marks, put_assessment};
pub(crate) use programmes::{insert_programme, programme, programmes};
pub(crate) use territories::{replace_territories, rows_for};
