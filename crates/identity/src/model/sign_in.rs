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
    /// At a sign-in: for the next one on this device. Others' wrong tries do not lock out a
    /// device that brings it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_token: Option<String>,
}

/// How long sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SessionSettings {
    /// Days without being used.
    pub idle_days: i64,
    /// Days at the most, however much it is used.
    pub lifetime_days: i64,
    /// Minutes after giving the password, and a code, in which one may make keys and
    /// administrators.
    pub proof_minutes: i64,
    /// Days that a machine's key works when whoever makes it says no end.
    pub key_days: i64,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self {
            idle_days: 30,
            lifetime_days: 90,
            proof_minutes: 15,
            key_days: 365,
        }
    }
}

/// One of one's own sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenSession {
    /// Its id.
    pub id: SessionId,
    /// The one that asks.
    pub current: bool,
    /// From where it was opened, without the part that tells one machine from its neighbors.
    pub network: Option<String>,
    /// When it was opened.
    pub created_at: Instant,
    /// When it was last refreshed; none if it never was.
    pub last_at: Option<Instant>,
    /// When it ends if it is not used.
    pub expires_at: Instant,
}

/// What identifies a session in the making: the parts of its access token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claimed {
    pub person: PersonId,
    pub role: Role,
    pub organisation: OrganisationId,
    pub session: SessionId,
}

/// What a badge reads: the only time it is shown.
#[derive(Clone, Serialize, ToSchema)]
pub struct Badge {
    /// To print as a code that a scanner reads.
    pub badge: String,
}

/// Who stands at a station.
#[derive(Clone, Serialize, ToSchema)]
pub struct Operator {
    /// For the field `operator` of what the station logs. It opens nothing, and is good at this
    /// station alone.
    pub operator: String,
    /// Their id.
    pub id: PersonId,
    /// Their name, to show at the station.
    pub name: String,
    /// Seconds that it holds.
    pub expires_in: i64,
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
    /// Until when it works; after `auth.session.key_days` when not said.
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
    pub expires_at: Instant,
}

/// The keys that somebody made and that open something still, when they have a new password.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct KeysOfMaker {
    /// The keys.
    pub api_keys: Vec<ApiKey>,
    /// They were revoked now, as was asked.
    pub revoked: bool,
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
