//! What eligibility speaks of: programmes, applications, assessments.

mod application;
mod form;
mod programme;
mod review;

pub use application::{
    Application, ApplicationFilter, ApplicationStatus, Assessment, Candidate, ChangeRequest,
    Changes,
};
pub use form::{Commitments, Form, NewApplication, Purpose, Request, SiteForm, StoredCommitments};
pub use programme::{NewProgramme, Programme, TerritoryNames};
pub use review::{AssessmentInput, ChangesInput, Decision, Outcome, Reasons, ScoreView};
