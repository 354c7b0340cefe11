//! What was said about a drive's data, by tools and by people, and what two people accepted.

use kernel::{Instant, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AcceptedAs, DriveErasure, EraseMethod, EraseResult, Ground, Proof};

/// One statement about a drive's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// When it ended, by the clock of whoever says so; none where a report does not say.
    pub clock: Option<Instant>,
    /// That clock names no zone.
    #[serde(default)]
    pub local: bool,
    /// A person said so; it was not read in a report.
    #[serde(default)]
    pub by_hand: bool,
    /// When it was told.
    pub told_at: Instant,
    /// What a reader is shown of it.
    pub proof: Proof,
    /// What two people accepted it as.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<AcceptedAs>,
}

impl Statement {
    /// What an entry of an `erased` event says, before dates and media are looked at.
    pub fn of(entry: &DriveErasure, method: EraseMethod, at: Instant) -> Self {
        let (mut grounds, clock, local) = match &entry.read {
            Some(read) => (read.grounds.clone(), read.clock, read.local),
            None => (Vec::new(), Some(entry.finished_at.unwrap_or(at)), false),
        };
        if entry.result == EraseResult::Failure && grounds.is_empty() {
            grounds.push(Ground::ReportedFailure);
        }
        let report = entry.report.as_ref().and_then(|report| report.as_str());
        Self {
            clock,
            local,
            by_hand: entry.read.is_none(),
            told_at: at,
            proof: Proof {
                method,
                result: entry.result,
                tool: entry.tool.clone(),
                tool_version: entry.tool_version.clone(),
                at: entry.finished_at.unwrap_or(at),
                report: report.filter(|hash| hash.len() == 64).map(str::to_owned),
                grounds,
                accepted: None,
            },
            accepted: Vec::new(),
        }
    }

    /// What an earlier version of the program kept: the last word alone.
    pub fn kept(proof: &Proof) -> Self {
        let mut proof = proof.clone();
        if proof.result == EraseResult::Failure && proof.grounds.is_empty() {
            proof.grounds.push(Ground::ReportedFailure);
        }
        Self {
            clock: Some(proof.at),
            local: false,
            by_hand: true,
            told_at: proof.at,
            proof,
            accepted: Vec::new(),
        }
    }

    /// The grounds that nobody accepted.
    pub fn open(&self) -> impl Iterator<Item = Ground> + '_ {
        self.proof.grounds.iter().copied().filter(|ground| {
            !ground
                .acceptable()
                .is_some_and(|accepted| self.accepted.contains(&accepted))
        })
    }

    /// Whether it says that data may still be there.
    pub fn speaks_against(&self) -> bool {
        self.open().any(Ground::speaks_against)
    }

    /// Whether it proves, as far as it goes.
    pub fn proves(&self) -> bool {
        self.open().next().is_none()
    }

    /// Whether two people may accept it as this, and nothing else stands in the way that they may not.
    pub fn acceptable_as(&self, wanted: AcceptedAs) -> bool {
        self.open()
            .any(|ground| ground.acceptable() == Some(wanted))
            && self.open().all(|ground| ground.acceptable().is_some())
    }
}

/// What one person proposed about a drive, waiting for another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// As what.
    pub accepted_as: AcceptedAs,
    /// Why.
    pub reason: String,
    /// Who proposed it.
    pub by: PersonId,
    /// When.
    pub at: Instant,
    /// The line of the device's log that says so.
    pub line: i32,
}

/// Everything that was said about a drive in a cycle.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The statements.
    #[serde(default)]
    pub statements: Vec<Statement>,
    /// A proposal that waits for a second person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
}

impl History {
    /// Nothing was said.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty() && self.review.is_none()
    }
}

db::json_column!(History);

/// A proposal to accept what proves nothing by itself, or its confirmation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct Acceptance {
    /// Serial number of the drive; none for the one that gives none.
    #[serde(default)]
    pub drive: Option<String>,
    /// As what.
    pub accepted_as: AcceptedAs,
    /// Why. The second person may add theirs.
    #[serde(default)]
    pub reason: String,
}

/// What two people may accept of a drive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAcceptance {
    /// The drive's serial number.
    pub drive: Option<String>,
    /// What may be proposed.
    pub options: Vec<AcceptedAs>,
    /// What one person proposed, and another may confirm.
    pub proposed: Option<Review>,
}
