//! An application, from draft to decision.

use identity::register::RegisterCheck;
use kernel::{
    ApplicationId, DeviceKind, Instant, OrganisationId, PersonId, ProgrammeId, Theme, text_enum,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Form, Request, StoredCommitments};

text_enum! {
    /// How far an application has come.
    pub enum ApplicationStatus {
        /// Being filled in.
        Draft = "draft",
        /// With the city.
        Submitted = "submitted",
        /// Someone began to assess it.
        InReview = "in_review",
        /// Back with the association, to be changed.
        ChangesRequested = "changes_requested",
        /// May receive.
        Eligible = "eligible",
        /// May not receive, for reasons that are given.
        Ineligible = "ineligible",
        /// Taken back.
        Withdrawn = "withdrawn",
    }
}

/// An application with everything that its reader may see.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Application {
    /// Names it.
    pub id: ApplicationId,
    /// For people, such as D-2026-0042.
    pub reference: String,
    /// Of which programme.
    pub programme_id: ProgrammeId,
    /// The programme's name.
    pub programme: String,
    /// Whose.
    pub association_id: OrganisationId,
    /// The association's name.
    pub association: String,
    /// What the public register said when the association registered itself: for staff only,
    /// who look when the names differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register_check: Option<RegisterCheck>,
    /// How far it has come.
    pub status: ApplicationStatus,
    /// What was filled in.
    #[serde(flatten)]
    pub form: Form,
    /// When and by whom the commitments were made, and to which text.
    pub committed: Option<StoredCommitments>,
    /// Staff filled it in on behalf of the association.
    pub assisted: bool,
    /// Staff took it after the deadline.
    pub late: bool,
    /// Who opened it.
    pub created_by: PersonId,
    /// What was asked for before, each time that it was changed after the application was sent.
    pub asked_before: Vec<AskedBefore>,
    /// What staff asked to be changed.
    pub changes: Option<Changes>,
    /// When it was submitted first.
    pub submitted_at: Option<Instant>,
    /// When silence counts as a refusal.
    pub silence_at: Option<Instant>,
    /// When it was decided.
    pub decided_at: Option<Instant>,
    /// Why it was decided so.
    pub reasons: Vec<String>,
    /// In hundredths of a point; null until it is decided eligible.
    pub score: Option<i32>,
    /// The fragility index that the score used, in tenths.
    pub fragility: Option<i32>,
    /// Who of the city's staff reviews it: for staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<PersonId>,
    /// When the association answered what was asked, while nobody has looked at it yet: for staff
    /// only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Instant>,
    /// What assessors gave: for staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assessments: Option<Vec<Assessment>>,
    /// Rises with each change.
    pub version: i32,
    /// When it was opened.
    pub created_at: Instant,
    /// When it was changed last.
    pub updated_at: Instant,
}

/// What was asked for until it was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AskedBefore {
    /// What had been asked for.
    pub requests: Vec<Request>,
    /// Why it was changed.
    pub reason: String,
    /// Who changed it.
    pub by: PersonId,
    /// When.
    pub at: Instant,
}

/// More or less of what was asked for, after the application was sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct NewRequests {
    /// All that is asked for now.
    pub requests: Vec<Request>,
    /// Why.
    pub reason: String,
}

/// What staff asked to be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Changes {
    /// One by one.
    pub items: Vec<ChangeRequest>,
    /// When.
    pub requested_at: Instant,
    /// By whom.
    pub requested_by: PersonId,
    /// When the association sent it again; null until then.
    pub answered_at: Option<Instant>,
}

/// One thing to be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangeRequest {
    /// Its number, from 1 on.
    #[serde(default)]
    pub number: usize,
    /// Which field of the form.
    pub field: String,
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// What to do, in plain words.
    pub message: String,
    /// How it was resolved; null while it is open.
    #[serde(default)]
    pub resolved: Option<Resolution>,
}

text_enum! {
    /// How something that staff asked for was resolved.
    pub enum HowResolved {
        /// The field was changed.
        Changed = "changed",
        /// The association answered in its own words.
        Answered = "answered",
        /// A document was attached.
        Document = "document",
        /// It is no field of the form; sending the application again was the answer.
        Submitted = "submitted",
    }
}

/// That something was resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Resolution {
    /// How.
    pub how: HowResolved,
    /// In the association's words.
    #[serde(default)]
    pub answer: String,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Instant,
}

/// What one person gave for one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Assessment {
    /// Which criterion of the rubric.
    pub criterion: String,
    /// Who.
    pub assessor_id: PersonId,
    /// Their name.
    pub assessor: String,
    /// Null when recused.
    pub points: Option<i32>,
    /// Why.
    pub justification: String,
    /// Has a tie to the association and does not mark.
    pub recused: bool,
    /// When.
    pub at: Instant,
    /// When it stopped counting, because an appeal had the criterion marked anew.
    pub set_aside_at: Option<Instant>,
}

/// Who reviews an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assigned {
    /// This person.
    To(PersonId),
    /// Nobody yet.
    Nobody,
}

/// Which applications to list.
#[derive(Debug, Clone, Default)]
pub struct ApplicationFilter {
    /// Of this programme.
    pub programme_id: Option<ProgrammeId>,
    /// Of this association.
    pub association_id: Option<OrganisationId>,
    /// In this state.
    pub status: Option<ApplicationStatus>,
    /// By who reviews it.
    pub assigned: Option<Assigned>,
    /// Only those whose association answered what was asked, and nobody has looked at it yet.
    pub answered: bool,
    /// Part of the association's name or of the reference.
    pub q: Option<String>,
}

/// An eligible application, as an allocation reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Names it.
    pub application_id: ApplicationId,
    /// For people.
    pub reference: String,
    /// Whose.
    pub association_id: OrganisationId,
    /// The association's name.
    pub association: String,
    /// What is asked for.
    pub requests: Vec<Request>,
    /// In hundredths of a point.
    pub score: i32,
    /// The fragility index in tenths; 0 when unknown.
    pub fragility: i32,
    /// When it was submitted first.
    pub submitted_at: Instant,
    /// Where the computers will stand.
    pub postal_code: String,
    /// Its most precise commune code, if known.
    pub commune_code: Option<String>,
    /// What the association works on.
    pub themes: Vec<Theme>,
    /// Of the application.
    pub version: i32,
}

impl Candidate {
    /// Quantity asked of a kind.
    pub fn requested(&self, kind: DeviceKind) -> i64 {
        self.requests
            .iter()
            .filter(|request| request.kind == kind)
            .map(|request| request.quantity)
            .sum()
    }
}
