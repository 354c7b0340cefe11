//! What comes with an application and after its decision: documents, appeals, obligations.

use kernel::{
    AppealId, ApplicationId, DocumentId, Instant, ObligationId, OrganisationId, PersonId, text_enum,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Reasons;
use crate::documents::MediaType;

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
    /// Rises with each change.
    pub version: i32,
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

/// What an association owes from what it received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Obligation {
    /// Names it.
    pub id: ObligationId,
    /// Whose.
    pub association_id: OrganisationId,
    /// Such as « bilan d'usage du lot de mars 2023 ».
    pub what: String,
    /// By when.
    pub due_at: Instant,
    /// When it was met; null until then.
    pub met_at: Option<Instant>,
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
