//! What people and machines sign in with.

use kernel::{ApiKeyId, Instant, OrganisationId, PersonId, Role, SessionId, text_enum};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
        /// Changes the address to the one that it was mailed to.
        Email = "email",
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
