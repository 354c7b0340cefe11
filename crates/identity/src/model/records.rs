//! Who saw and changed what, and what is held about somebody.

use kernel::{ApiKeyId, AuditEventId, Id, Instant, OrganisationId, PersonId};
use serde::Serialize;
use utoipa::ToSchema;

use super::{LinkPurpose, Me};
use crate::audit::Subject;

/// Which events to show.
#[derive(Debug, Clone, Copy, Default)]
pub struct AuditFilter {
    /// About this.
    pub subject: Option<Id<Subject>>,
    /// By this person.
    pub actor: Option<PersonId>,
}

/// Somebody saw or changed something.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AuditEvent {
    /// Its id.
    pub id: AuditEventId,
    /// About whom or what: the id of a person, an application, a wave …
    #[schema(value_type = String, format = "uuid")]
    pub subject_id: Id<Subject>,
    /// Its place in the chain of its subject.
    pub seq: i32,
    /// When.
    pub at: Instant,
    /// The operation, as this document names it (`operationId`), or the command.
    pub action: String,
    /// Who; null for the command line.
    pub actor_id: Option<PersonId>,
    /// Their name today.
    pub actor_name: Option<String>,
    /// For whom.
    pub organisation_id: Option<OrganisationId>,
    /// The machine's key that asked, if it was one.
    pub api_key_id: Option<ApiKeyId>,
    /// From where, without the part that tells one machine from its neighbors.
    pub network: Option<String>,
    /// More of it.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
    /// Hash of the line before, empty for the first.
    pub prev_hash: String,
    /// Hash of this one.
    pub hash: String,
}

/// What checking every chain found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditReport {
    /// Chains that were looked at.
    pub chains: usize,
    /// Their lines.
    pub events: usize,
    /// Lines whose key is lost: their hashes hold, which shows less.
    pub unproven: u64,
    /// The first that does not hold, for the operator.
    pub broken: Option<String>,
}

/// Everything that is held about somebody, for them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonalData {
    /// Who.
    pub me: Me,
    /// Their account.
    pub account: HeldAccount,
    /// Their sessions.
    pub sessions: Vec<HeldSession>,
    /// The links that were mailed to them.
    pub links: Vec<HeldLink>,
    /// The mails to them.
    pub mails: Vec<notifications::HeldMail>,
    /// What was recorded about their account.
    pub recorded_about: Vec<AuditEvent>,
    /// What was recorded of what they saw and changed.
    pub recorded_by: Vec<AuditEvent>,
    /// How often their id stands in the files of their organization or the city.
    #[schema(value_type = std::collections::BTreeMap<String, i64>)]
    pub acts: std::collections::BTreeMap<&'static str, i64>,
}

/// An account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeldAccount {
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// When they last signed in.
    pub last_login_at: Option<Instant>,
    /// May not sign in.
    pub disabled: bool,
    /// A hash of a password is kept.
    pub has_password: bool,
}

/// A session.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeldSession {
    /// When it began.
    pub created_at: Instant,
    /// When it was last refreshed.
    pub last_at: Option<Instant>,
    /// When it ends if it is not used.
    pub expires_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Why.
    pub ended_because: Option<String>,
    /// From where it was opened, without the part that tells one machine from its neighbors.
    pub network: Option<String>,
}

/// A link that was mailed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeldLink {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// The address to be, of a link that changes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// When it was made.
    pub created_at: Instant,
    /// Until when it works.
    pub expires_at: Instant,
    /// When it was used.
    pub used_at: Option<Instant>,
}
