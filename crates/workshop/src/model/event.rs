//! What can happen to a device in a workshop, as it is told through the API.

use std::collections::{BTreeMap, HashMap};

use kernel::{CustodyEventId, DeviceKind, Grade, Instant, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Batteries, CheckResult, DriveErasure, Triage};

/// One step. `type` names it; the other fields are its evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// Counted in: from the manifest, back from an association, or from another workshop.
    Received {},
    /// Decided what to do with it.
    Triaged {
        /// The decision.
        outcome: Triage,
    },
    /// Dealt with the data of one or several drives.
    Erased {
        /// The evidence, drive by drive.
        drives: Vec<DriveErasure>,
    },
    /// Ran the checks.
    Tested {
        /// Name of the check and how it went.
        checks: BTreeMap<String, CheckResult>,
        /// What the battery still holds, of its design capacity.
        #[serde(skip_serializing_if = "Option::is_none")]
        battery_percent: Option<u32>,
    },
    /// Took it apart; voids tests, grade and quality check.
    RepairStarted {},
    /// Put it together again.
    Repaired {
        /// What was done.
        description: String,
        /// How long it took.
        minutes: u32,
        /// Which parts went in: a text, or objects `{kind, label?, quantity?, recovered?}`. A
        /// part of which the workshop keeps a count is taken from it; one that came out
        /// (`recovered`) is counted in.
        #[serde(skip_serializing_if = "Option::is_none")]
        parts: Option<serde_json::Value>,
    },
    /// Sets right what an earlier `repaired` said; its parts go back to stock first.
    RepairCorrected {
        /// Number of that event in the log.
        repair: i32,
        /// How long it took.
        #[serde(skip_serializing_if = "Option::is_none")]
        minutes: Option<u32>,
        /// Which parts went in, all of them; an empty list for none.
        #[serde(skip_serializing_if = "Option::is_none")]
        parts: Option<serde_json::Value>,
        /// Why it is corrected.
        reason: String,
    },
    /// Looked at its case and screen.
    Graded {
        /// The grade.
        cosmetic: Grade,
    },
    /// Somebody else than who tested it looked it over.
    QualityChecked {
        /// Good to go, or not.
        passed: bool,
    },
    /// Complete: takes its kit from stock.
    Ready {},
    /// Gone to recycling.
    Scrapped {
        /// Why.
        reason: String,
        /// Number of the waste note.
        #[serde(skip_serializing_if = "Option::is_none")]
        waste_reference: Option<String>,
        /// What it weighed, without the batteries that are named; the usual weight of its kind
        /// when nothing is said.
        #[serde(skip_serializing_if = "Option::is_none")]
        weight_grams: Option<i32>,
        /// Batteries that were taken out of it.
        #[serde(skip_serializing_if = "Option::is_none")]
        batteries: Option<Batteries>,
    },
    /// Taken apart for its parts; what is left is waste.
    Harvested {
        /// Which parts it gave: counted into stock. As in `repaired`.
        #[serde(skip_serializing_if = "Option::is_none")]
        parts: Option<serde_json::Value>,
        /// Number of the waste note of what is left.
        #[serde(skip_serializing_if = "Option::is_none")]
        waste_reference: Option<String>,
        /// What is left weighed.
        #[serde(skip_serializing_if = "Option::is_none")]
        weight_grams: Option<i32>,
        /// Batteries that were taken out of it and are waste.
        #[serde(skip_serializing_if = "Option::is_none")]
        batteries: Option<Batteries>,
    },
    /// Gave the number of the waste note of what was scrapped or taken apart before, or of its
    /// batteries.
    WasteNoted {
        /// The number. May be left out where `batteries` are told.
        #[serde(skip_serializing_if = "Option::is_none")]
        waste_reference: Option<String>,
        /// What it weighed, without the batteries that are named.
        #[serde(skip_serializing_if = "Option::is_none")]
        weight_grams: Option<i32>,
        /// Batteries that were taken out of it.
        #[serde(skip_serializing_if = "Option::is_none")]
        batteries: Option<Batteries>,
    },
    /// Not there.
    Missing {},
    /// Put somewhere else.
    Moved {
        /// Where.
        location: String,
    },
    /// Came back from an association.
    Returned {
        /// Why.
        reason: String,
    },
    /// Puts a mistake right: a line that was written about the wrong device, what the device is,
    /// or that it is the one that was announced.
    Corrected {
        /// The `scrapped`, `harvested` or `missing` of this device that never happened.
        #[serde(skip_serializing_if = "Option::is_none")]
        event_id: Option<CustodyEventId>,
        /// What it is in truth.
        #[serde(skip_serializing_if = "Option::is_none")]
        kind: Option<DeviceKind>,
        /// Its serial number in truth.
        #[serde(skip_serializing_if = "Option::is_none")]
        serial: Option<String>,
        /// Who made it in truth.
        #[serde(skip_serializing_if = "Option::is_none")]
        manufacturer: Option<String>,
        /// Its model in truth.
        #[serde(skip_serializing_if = "Option::is_none")]
        model: Option<String>,
        /// The announced device that it is: by id, tag or serial number.
        #[serde(skip_serializing_if = "Option::is_none")]
        same_as: Option<String>,
        /// Why it is corrected.
        reason: String,
    },
}

impl Event {
    /// Its type, as it is logged.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Received {} => "received",
            Self::Triaged { .. } => "triaged",
            Self::Erased { .. } => "erased",
            Self::Tested { .. } => "tested",
            Self::RepairStarted {} => "repair_started",
            Self::Repaired { .. } => "repaired",
            Self::RepairCorrected { .. } => "repair_corrected",
            Self::Graded { .. } => "graded",
            Self::QualityChecked { .. } => "quality_checked",
            Self::Ready {} => "ready",
            Self::Scrapped { .. } => "scrapped",
            Self::Harvested { .. } => "harvested",
            Self::WasteNoted { .. } => "waste_noted",
            Self::Missing {} => "missing",
            Self::Moved { .. } => "moved",
            Self::Returned { .. } => "returned",
            Self::Corrected { .. } => "corrected",
        }
    }

    /// Its fields without the type, as JSON with sorted keys: what is hashed and kept.
    pub fn evidence(&self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(mut fields)) => {
                fields.remove("type");
                serde_json::Value::Object(fields).to_string()
            }
            _ => "{}".to_owned(), // an enum with named fields is always an object
        }
    }
}

/// Who stands at a machine, by the token that they were given there. The tokens were checked.
pub type Operators = HashMap<String, PersonId>;

/// An event with what is said about it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Incoming {
    /// The step.
    #[serde(flatten)]
    pub event: Event,
    /// When it happened; now when nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
    /// A remark for those who read the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The sender's own number of this line: sent again, it changes nothing; with another event,
    /// it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// From a machine's key: the token that says who stands at the machine, as `POST
    /// /auth/operator` gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// In a list: the device, by id, tag or serial number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
}
