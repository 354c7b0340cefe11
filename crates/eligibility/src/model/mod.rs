//! What eligibility speaks of: programmes, applications, assessments.

mod application;
mod desk;
mod follow_up;
mod form;
mod programme;
mod ranking;
mod review;
mod section;

pub use application::{
    Application, ApplicationFilter, ApplicationStatus, AskedBefore, Assessment, Assigned,
    Candidate, ChangeRequest, Changes, HowResolved, NewRequests, Resolution,
};
pub use desk::{
    Assignment, CaseMessage, CaseTransfer, Desk, Neighbors, NewMessage, Review, SharedOut,
    ToAssess, Transferred,
};
pub use follow_up::{
    Appeal, AppealDecision, AppealOutcome, Contested, Document, DocumentKind, FollowUpReport,
    NewAppeal, NewDocument, NewObligation, Obligation, ObligationFilter, Outlook, Overturned,
    Received,
};
pub(crate) use follow_up::{MarksAround, Reopened};
pub use form::{Commitments, Form, NewApplication, Purpose, Request, SiteForm, StoredCommitments};
pub use programme::{NewProgramme, Programme, ProgrammeChange, TerritoryNames};
pub use ranking::{
    Comparison, Difference, Move, Ranked, Ranking, RankingFilter, RubricChoice, RubricName,
    ScoreBand, ToCheck,
};
pub use review::{
    Answered, AssessmentInput, ChangesInput, Decision, NewChange, Outcome, Reasons, ScoreView,
};
pub use section::{Advice, Checklist, Problem, Section, SectionState};
