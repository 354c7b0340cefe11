//! Organizations, people, and what they sign in with.

use kernel::{
    ApiKeyId, AuditEventId, Id, Instant, Language, OrganisationId, PersonId, RegistrationCaseId,
    Role, SessionId, text_enum,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::audit::Subject;
use crate::register::RegisterCheck;

text_enum! {
    /// What an organization does here.
    pub enum OrganisationKind {
        /// Gives equipment.
        Donor = "donor",
        /// Reconditions it.
        Workshop = "workshop",
        /// Receives it.
        Association = "association",
        /// Decides.
        City = "city",
    }
}
db::text_column!(OrganisationKind);

text_enum! {
    /// Whether an organization is who it says.
    pub enum OrganisationStatus {
        /// Not checked yet.
        Pending = "pending",
        /// Checked.
        Verified = "verified",
        /// Barred for a reason; its people change nothing.
        Suspended = "suspended",
        /// No longer exists.
        Dissolved = "dissolved",
    }
}
db::text_column!(OrganisationStatus);

text_enum! {
    /// What a key for a machine opens.
    pub enum Scope {
        /// Batches.
        Intake = "intake",
        /// Devices and stock.
        Workshop = "workshop",
        /// Programmes and applications.
        Eligibility = "eligibility",
        /// Waves and handovers.
        Allocation = "allocation",
        /// Organizations and people.
        Identity = "identity",
        /// The outbox.
        Notifications = "notifications",
    }
}

/// A firm, workshop, association or city.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// What it does here.
    pub kind: OrganisationKind,
    /// Its name.
    pub name: String,
    /// Its establishment number.
    pub siret: Option<String>,
    /// Its number in the register of associations.
    pub rna: Option<String>,
    /// Whether it is who it says.
    pub status: OrganisationStatus,
    /// Why it is suspended.
    pub status_reason: Option<String>,
    /// Street and number.
    pub address: String,
    /// Postal code.
    pub postal_code: String,
    /// Commune.
    pub commune: String,
    /// INSEE code of the commune or municipal district.
    pub commune_code: Option<String>,
    /// Grows with each change.
    pub version: i32,
    /// When it was entered.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// What the public register said when it registered itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register_check: Option<RegisterCheck>,
}

/// An organization to be entered.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewOrganisation {
    /// What it does here; a registration is always an association's.
    pub kind: Option<OrganisationKind>,
    /// Its name.
    pub name: String,
    /// Its establishment number.
    pub siret: Option<String>,
    /// Its number in the register of associations.
    pub rna: Option<String>,
    /// Street and number.
    #[serde(default)]
    pub address: String,
    /// Postal code.
    #[serde(default)]
    pub postal_code: String,
    /// Commune.
    #[serde(default)]
    pub commune: String,
    /// INSEE code of the commune; found from the postal code in Marseille.
    pub commune_code: Option<String>,
}

/// Which organizations to list.
#[derive(Debug, Clone, Default)]
pub struct OrganisationFilter {
    /// Of this kind.
    pub kind: Option<OrganisationKind>,
    /// In this status.
    pub status: Option<OrganisationStatus>,
    /// Whose name, SIRET or RNA contains this.
    pub q: Option<String>,
    /// Only this one: what people outside the city may see.
    pub only: Option<OrganisationId>,
}

/// Someone who acts for an organization.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// For whom they act.
    pub organisation_id: OrganisationId,
    /// Their address, in lower case.
    pub email: String,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// What they read.
    pub language: Language,
}

/// Someone to be invited.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewPerson {
    /// Where the invitation goes.
    pub email: String,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// For whom they act.
    pub organisation_id: OrganisationId,
    /// What they read; French when not said.
    pub language: Option<Language>,
}

/// Someone who was invited.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Invited {
    /// The person.
    #[serde(flatten)]
    pub person: Person,
    /// Until when the link in the mail works.
    pub invitation_expires_at: Instant,
}

/// An association that registers itself.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Registration {
    /// The association.
    pub organisation: NewOrganisation,
    /// Who registers it.
    pub person: RegistrationPerson,
}

/// Who registers an association.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RegistrationPerson {
    /// Their name.
    pub name: String,
    /// Where the confirmation goes.
    pub email: String,
    /// What they read; French when not said.
    pub language: Option<Language>,
}

/// What a registration made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RegisteredOrganisation {
    /// The association.
    pub organisation: Organisation,
    /// Who registered it.
    pub person: Person,
}

/// The signed-in person, as they see themselves.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Me {
    /// Their id.
    pub id: PersonId,
    /// Their address.
    pub email: String,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// What they read.
    pub language: Language,
    /// Signs in with a code, too.
    pub second_factor: bool,
    /// For whom they act.
    pub organisation: MyOrganisation,
}

/// The organization of the signed-in person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MyOrganisation {
    /// Its id.
    pub id: OrganisationId,
    /// What it does here.
    pub kind: OrganisationKind,
    /// Its name.
    pub name: String,
    /// Whether it is who it says.
    pub status: OrganisationStatus,
}

/// What a sign-in is checked against.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Who.
    pub person: PersonId,
    /// PHC string; none until the invitation is accepted.
    pub password_hash: Option<String>,
    /// May not sign in.
    pub disabled: bool,
}

text_enum! {
    /// What a link in a mail is for.
    pub enum LinkPurpose {
        /// Sets the first password.
        Invitation = "invitation",
        /// Sets a new one.
        Reset = "reset",
    }
}
db::text_column!(LinkPurpose);

text_enum! {
    /// Whether those who decide have to sign in with a code, too.
    pub enum SecondFactorRule {
        /// Whoever wants to.
        Optional = "optional",
        /// Administrators and those who approve.
        Required = "required",
    }
}

/// A second factor in the making, for an authenticator application.
#[derive(Clone, Serialize, ToSchema)]
pub struct SecondFactorSecret {
    /// To type in, in base 32.
    pub secret: String,
    /// To scan, as a QR code.
    pub uri: String,
}

/// What opens an account whose second factor is lost; each is good for one use.
#[derive(Clone, Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// Shown this once.
    pub recovery_codes: Vec<String>,
}

/// What people may correct of their account.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct ProfileChange {
    /// Their name.
    pub name: Option<String>,
    /// What they read.
    pub language: Option<Language>,
}

/// A sign-in's tokens.
#[derive(Clone, Serialize, ToSchema)]
pub struct TokenPair {
    /// JWT for `Authorization: Bearer`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Seconds until the access token expires.
    pub expires_in: i64,
    /// For `POST /auth/refresh`; good for one use.
    pub refresh_token: String,
}

/// What identifies a session in the making: the parts of its access token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claimed {
    pub person: PersonId,
    pub role: Role,
    pub organisation: OrganisationId,
    pub session: SessionId,
}

/// A key to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewApiKey {
    /// What it is for.
    pub name: String,
    /// What it opens.
    pub scopes: Vec<Scope>,
    /// Until when it works; null for no end.
    pub expires_at: Option<Instant>,
    /// Whose it is; the administrator's own organization when not said.
    pub organisation_id: Option<OrganisationId>,
}

/// A key that was made: the only time it is shown.
#[derive(Clone, Serialize, ToSchema)]
pub struct ApiKeyCreated {
    /// Its id.
    pub id: ApiKeyId,
    /// The key, for `Authorization: Bearer`.
    pub key: String,
    /// What it is for.
    pub name: String,
    /// What it opens.
    pub scopes: Vec<Scope>,
    /// Whose it is.
    pub organisation_id: OrganisationId,
    /// Until when it works.
    pub expires_at: Option<Instant>,
}

/// A key as administrators see it: all but the key.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// What it opens.
    pub scopes: Vec<Scope>,
    /// Whose it is.
    pub organisation_id: OrganisationId,
    /// Who made it, and answers for what it does.
    pub created_by: PersonId,
    /// When it was made.
    pub created_at: Instant,
    /// Until when it works.
    pub expires_at: Option<Instant>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Instant>,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

/// A colleague to be invited into one's own organization.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewColleague {
    /// Where the invitation goes.
    pub email: String,
    /// Their name.
    pub name: String,
    /// What they read; French when not said.
    pub language: Option<Language>,
}

/// Someone who acts for an organization, as its people and staff see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Member {
    /// Their id.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Has accepted the invitation.
    pub signed_up: bool,
    /// Left, or was taken off.
    pub disabled: bool,
}

text_enum! {
    /// Why staff have to look at a registration.
    pub enum CaseKind {
        /// The same RNA or SIRET: the second registration was not taken.
        SameIdentifier = "same_identifier",
        /// The same name at the same postal code: both were taken.
        SameName = "same_name",
        /// The register has the number under quite another name: it was taken, under that.
        NameDiffers = "name_differs",
    }
}
db::text_column!(CaseKind);

text_enum! {
    /// Where a case stands.
    pub enum CaseStatus {
        /// Staff have to look at it.
        Open = "open",
        /// The person was invited into the association that was there.
        Joined = "joined",
        /// The two became one.
        Merged = "merged",
        /// They are not the same, or nothing is to be done.
        Dismissed = "dismissed",
    }
}
db::text_column!(CaseStatus);

text_enum! {
    /// How staff settle a case.
    pub enum CaseOutcome {
        /// Invite the person into the association that was there.
        Join = "join",
        /// Make the two one: people and applications move to the one that was there.
        Merge = "merge",
        /// They are not the same, or nothing is to be done.
        Dismiss = "dismiss",
    }
}

/// A registration that staff have to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RegistrationCase {
    /// Its id.
    pub id: RegistrationCaseId,
    /// The association that was there; with `name_differs`, the one that was registered.
    pub organisation_id: OrganisationId,
    /// Its name.
    pub organisation: String,
    /// The second registration, if it was taken.
    pub other_id: Option<OrganisationId>,
    /// Why to look at it.
    pub kind: CaseKind,
    /// The name that was given.
    pub association: String,
    /// Who registered it.
    pub person_name: String,
    /// Their address.
    pub email: String,
    /// Where it stands.
    pub status: CaseStatus,
    /// What staff wrote when they settled it.
    pub note: Option<String>,
    /// When it came up.
    pub created_at: Instant,
    /// When it was settled.
    pub closed_at: Option<Instant>,
}

/// How a case is settled.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Settlement {
    /// What is done.
    pub outcome: CaseOutcome,
    /// Why.
    #[serde(default)]
    pub note: String,
}

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
    /// When it ends if it is not used.
    pub expires_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Why.
    pub ended_because: Option<String>,
}

/// A link that was mailed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeldLink {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// When it was made.
    pub created_at: Instant,
    /// Until when it works.
    pub expires_at: Instant,
    /// When it was used.
    pub used_at: Option<Instant>,
}
