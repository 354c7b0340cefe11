//! Typed identifiers: a UUID that knows what it names, so that a batch's id
//! cannot be passed where a device's is expected.

use std::{fmt, hash::Hash, hash::Hasher, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// The id of one `T`: a UUID of version 7, which sorts by creation.
#[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = crate::Key)]
pub struct Id<T>(Uuid, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// Takes a UUID as the id of a `T`.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The bare UUID.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<T> FromStr for Id<T> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(text).map(Self::from_uuid)
    }
}
impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Self::from_uuid)
    }
}
impl<T> utoipa::PartialSchema for Id<T> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::schema::SchemaFormat::Custom(
                "uuid".to_owned(),
            )))
            .into()
    }
}
impl<T> utoipa::ToSchema for Id<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        "Id".into()
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $marker:ident $alias:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $marker {}
        #[doc = concat!("Names one [`", stringify!($marker), "`].")]
        pub type $alias = Id<$marker>;
    )*};
}

ids! {
    /// A firm, workshop, association or city.
    Organisation OrganisationId;
    /// Someone who acts for an organization.
    Person PersonId;
    /// One sign-in, with all the refresh tokens that came of it.
    Session SessionId;
    /// A single-use token sent by mail.
    Invitation InvitationId;
    /// A key for a machine.
    ApiKey ApiKeyId;
    /// Somebody saw or changed something.
    AuditEvent AuditEventId;
    /// What a donor gives at once.
    Batch BatchId;
    /// One machine.
    Device DeviceId;
    /// A disk seen in a device.
    Drive DriveId;
    /// A line of a device's custody log.
    Custody CustodyEventId;
    /// A file that is evidence about a device.
    DeviceFile DeviceFileId;
    /// A change of an accessory's count.
    AccessoryMovement AccessoryMovementId;
    /// A change of a spare part's count.
    PartMovement PartMovementId;
    /// Devices that one workshop sends to another.
    Transfer TransferId;
    /// What the city gives under one set of rules.
    Programme ProgrammeId;
    /// What an association asks of a programme.
    Application ApplicationId;
    /// One round of allocation.
    Wave WaveId;
    /// What one request gets in a wave.
    WaveLine WaveLineId;
    /// The delivery of a lot.
    Handover HandoverId;
    /// A time at which a workshop hands lots over.
    HandoverSlot HandoverSlotId;
    /// Somebody who registers an association that is there already.
    RegistrationCase RegistrationCaseId;
    /// A file that supports an application.
    Document DocumentId;
    /// A message between the city and an association about an application.
    ApplicationMessage ApplicationMessageId;
    /// What happened to a device after it was handed over.
    Incident IncidentId;
    /// A request to look at a decision again.
    Appeal AppealId;
    /// What an association owes from what it received.
    Obligation ObligationId;
    /// A score that counted.
    StoredScore StoredScoreId;
    /// A list as somebody narrowed it.
    SavedView SavedViewId;
    /// A change of an organization.
    OrganisationChange OrganisationChangeId;
    /// A mail in the outbox.
    Message MessageId;
    /// An address of another program that is told of events.
    Webhook WebhookId;
    /// One event on its way to a webhook.
    WebhookDelivery WebhookDeliveryId;
}
