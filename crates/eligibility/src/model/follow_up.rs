//! What comes with an application and after its decision: documents, appeals, obligations.

use files::MediaType;
use kernel::{
    AppealId, ApplicationId, DocumentId, HandoverId, Instant, ObligationId, OrganisationId,
    PersonId, text_enum,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Reasons;

text_enum! {
    /// What a document is.
    pub enum DocumentKind {
        /// The association's statutes.
        Statutes = "statutes",
        /// The project.
        Project = "project",
        /// The receipt of the prefecture, or another proof that the association exists.
        Identity = "identity",
        /// Anything else.
        Other = "other",
    }
}
db::text_column!(DocumentKind);

/// A supporting document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Document {
    /// Names it.
    pub id: DocumentId,
    /// Of which application.
    pub application_id: ApplicationId,
    /// What it is.
    pub kind: DocumentKind,
    /// As the sender called it.
    pub name: String,
    /// Found in its content.
    pub media_type: MediaType,
    /// Bytes.
    pub size: i64,
    /// Of its content.
    pub sha256: String,
    /// A virus scanner looked at it.
    pub scanned: bool,
    /// By whom.
    pub uploaded_by: PersonId,
    /// When.
    pub uploaded_at: Instant,
}

/// A document that was recognized and kept, to be attached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDocument {
    /// What it is.
    pub kind: DocumentKind,
    /// As the sender called it.
    pub name: String,
    /// Found in its content.
    pub media_type: MediaType,
    /// Bytes.
    pub size: i64,
    /// Of its content.
    pub sha256: String,
    /// A virus scanner looked at it.
    pub scanned: bool,
}

text_enum! {
    /// What an appeal contests.
    pub enum Contested {
        /// The application was found not eligible.
        Refusal = "refusal",
        /// Nobody answered in time.
        Silence = "silence",
        /// It is eligible, but the score is contested.
        Score = "score",
    }
}
db::text_column!(Contested);

text_enum! {
    /// How an appeal is decided.
    pub enum AppealOutcome {
        /// The association is right.
        Overturned = "overturned",
        /// The decision stands.
        Upheld = "upheld",
    }
}
db::text_column!(AppealOutcome);

/// A request to look at a decision again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Appeal {
    /// Names it.
    pub id: AppealId,
    /// For people, such as R-2026-0003.
    pub reference: String,
    /// On which application.
    pub application_id: ApplicationId,
    /// Its reference.
    pub application: String,
    /// Whose.
    pub association_id: OrganisationId,
    /// The association's name.
    pub association: String,
    /// What it contests.
    pub contested: Contested,
    /// When that was decided.
    pub contested_at: Instant,
    /// By whom; null when silence decided. They do not decide the appeal.
    pub contested_by: Option<PersonId>,
    /// Why, in the association's words.
    pub grounds: String,
    /// Who filed it.
    pub filed_by: PersonId,
    /// When.
    pub filed_at: Instant,
    /// When silence rejects it.
    pub silence_at: Instant,
    /// How it was decided; null until then.
    pub outcome: Option<AppealOutcome>,
    /// Why.
    pub reasons: Vec<String>,
    /// By whom.
    pub decided_by: Option<PersonId>,
    /// When.
    pub decided_at: Option<Instant>,
    /// Of an appeal that was accepted: when nothing was left to mark anew. Null while the marks
    /// that it set aside wait for those of somebody else.
    pub marked_anew_at: Option<Instant>,
    /// Rises with each change.
    pub version: i32,
}

/// An appeal that has an application assessed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reopened {
    pub appeal: AppealId,
    pub reference: String,
    pub contested: Contested,
    pub contested_by: Option<PersonId>,
    /// It was accepted: the marks that it set aside are given anew.
    pub accepted: bool,
}

/// How many people marked a criterion before an appeal and during it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct MarksAround {
    pub before: usize,
    pub anew: usize,
}

/// The body that files an appeal.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewAppeal {
    /// Why the decision is wrong, in the association's words.
    pub grounds: String,
}

/// The body that decides an appeal.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AppealDecision {
    /// How.
    pub outcome: AppealOutcome,
    /// Why; the association reads it.
    #[serde(default)]
    pub reasons: Option<Reasons>,
}

/// What deciding an appeal would change.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    /// Whoever asks may decide it.
    pub may_decide: bool,
    /// What accepting it comes to, or what is in the way.
    pub overturned: Result<Overturned, kernel::Refusal>,
}

/// What accepting an appeal comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overturned {
    /// The score, in hundredths of a point.
    pub score: i32,
    /// The score that it has now, if any.
    pub before: Option<i32>,
    /// Its rank by score among the eligible applications of the programme.
    pub rank: i64,
    /// How many those are then.
    pub of: i64,
}

/// What an association owes from what it received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Obligation {
    /// Names it.
    pub id: ObligationId,
    /// Whose.
    pub association_id: OrganisationId,
    /// The association's name.
    pub association: String,
    /// Such as « Bilan d'usage du lot R-2023-00007 (12 appareils) ».
    pub what: String,
    /// By when.
    pub due_at: Instant,
    /// The handover that it comes from; null when staff noted it.
    pub handover_id: Option<HandoverId>,
    /// When it was met; null until then.
    pub met_at: Option<Instant>,
    /// Who reported, or noted that it is met.
    pub met_by: Option<PersonId>,
    /// What the association says became of it; null when staff noted that it is met.
    pub report: Option<FollowUpReport>,
    /// When it was noted.
    pub created_at: Instant,
}

/// An obligation to be noted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewObligation {
    /// Such as « bilan d'usage du lot de mars 2023 ».
    pub what: String,
    /// By when.
    pub due_at: Instant,
}

/// What an association says became of what it received.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct FollowUpReport {
    /// In its own words; a few sentences are enough.
    pub summary: String,
    /// Devices that are still in use.
    pub devices_in_use: Option<i64>,
    /// People who use them.
    pub people_reached: Option<i64>,
}

/// A lot that was handed over: what `owe_follow_up` is told.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// The handover.
    pub handover: HandoverId,
    /// The application that the lot was granted for.
    pub application: ApplicationId,
    /// The handover's reference.
    pub reference: &'a str,
    /// Devices of the lot.
    pub devices: i32,
}

/// Which obligations to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct ObligationFilter {
    /// Of this association.
    pub association_id: Option<OrganisationId>,
    /// Only those that are not met, or only those that are.
    pub open: Option<bool>,
    /// Only those that are not met and whose day has passed.
    pub overdue: bool,
}
