#![doc = include_str!("../README.md")]

mod actor;
mod canonical;
mod chain;
mod characters;
mod code;
mod codes;
mod column;
mod configured;
mod contained;
mod fold;
mod french;
mod id;
mod page;
pub mod phone;
mod queue;
mod refusal;
mod shape;
mod terms;
mod text;
mod text_column;
mod text_enum;
mod time;
mod verdict;

pub use actor::{Actor, Role};
pub use canonical::Canonical;
pub use chain::{ChainKeys, Fold, Folded, Folds, Mark, PAPER_TAG, Shown};
pub use characters::{Lines, as_sent, is_unprintable, is_visible, line_feeds, one_line};
pub use code::Code;
pub use column::{Key, Moment};
pub use configured::Configured;
pub use contained::contained;
pub use fold::{fold, squash};
pub use french::{CommuneCode, Rna, Siret};
pub use id::{
    AccessoryMovement, AccessoryMovementId, ApiKey, ApiKeyId, Appeal, AppealId, Application,
    ApplicationId, ApplicationMessage, ApplicationMessageId, AuditEvent, AuditEventId, Batch,
    BatchId, Custody, CustodyEventId, Device, DeviceFile, DeviceFileId, DeviceId, Document,
    DocumentId, Drive, DriveId, Handover, HandoverId, HandoverSlot, HandoverSlotId, Id, Incident,
    IncidentId, Invitation, InvitationId, Message, MessageId, Obligation, ObligationId,
    Organisation, OrganisationChange, OrganisationChangeId, OrganisationId, PartMovement,
    PartMovementId, Person, PersonId, Programme, ProgrammeId, RegistrationCase, RegistrationCaseId,
    SavedView, SavedViewId, Session, SessionId, StoredScore, StoredScoreId, Transfer, TransferId,
    Wave, WaveId, WaveLine, WaveLineId, Webhook, WebhookDelivery, WebhookDeliveryId, WebhookId,
};
pub use page::{Cursor, Page, PageRequest};
pub use queue::Queue;
pub use refusal::{FieldError, Fields, Refusal};
pub use shape::Shape;
pub use terms::{AccessoryKind, DeviceKind, Grade, Language, Theme};
pub use text::Text;
pub use time::{Clock, Date, Instant, ManualClock, SystemClock};
pub use verdict::Verdict;

#[doc(hidden)]
pub use diesel;
