//! What waits at the desk of the city's staff, and for whom.

use kernel::{ApplicationId, ApplicationMessageId, Instant, PersonId, Queue, Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Assessment;

/// What stands beside an application in a filtered list: its id and whose it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Neighbors {
    /// The one above.
    pub above: Option<(ApplicationId, String)>,
    /// The one below.
    pub below: Option<(ApplicationId, String)>,
}

/// To whom an application is assigned.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
pub struct Assignment {
    /// Somebody of the city's staff; null for nobody.
    pub person_id: Option<PersonId>,
}

/// To whom several applications are assigned at once.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct SharedOut {
    /// At most 200.
    #[serde(default)]
    pub application_ids: Vec<ApplicationId>,
    /// Somebody of the city's staff; null for nobody.
    pub person_id: Option<PersonId>,
}

/// Whose open cases become whose.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct CaseTransfer {
    /// Who has them now.
    pub from: PersonId,
    /// Who takes them; null for nobody.
    pub to: Option<PersonId>,
}

/// What became of a transfer of cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Transferred {
    /// So many cases have somebody else now.
    pub cases: usize,
}

/// What waits at the desk of the city's staff.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Desk {
    /// Applications that nobody began to review.
    pub submitted: Queue,
    /// Applications under review.
    pub in_review: Queue,
    /// Of these, those whose association answered what was asked, and nobody has looked yet.
    pub answered: Queue,
    /// Applications that wait for their association.
    pub with_association: Queue,
    /// Appeals.
    pub appeals: Queue,
    /// Cases of whoever asks.
    pub mine: Queue,
    /// Cases of others: who, and how many.
    pub others: Vec<(PersonId, String, usize)>,
}

/// What staff need to review an application, beside the application itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// The criteria that people assess.
    pub criteria: Vec<ToAssess>,
    /// May be assessed now.
    pub may_assess: bool,
    /// Changes may be asked for.
    pub may_ask: bool,
    /// May be found not eligible.
    pub may_refuse: bool,
    /// May be found eligible; else what is in the way.
    pub eligible: Result<(), kernel::Refusal>,
    /// Somebody set it aside for a decision on an appeal.
    pub under_appeal: bool,
}

/// A criterion that people assess.
#[derive(Debug, Clone, PartialEq)]
pub struct ToAssess {
    /// Its name within the rubric.
    pub code: String,
    /// For people.
    pub title: Text,
    /// The best mark; the worst is 0.
    pub max: i32,
    /// How many people should mark.
    pub assessors: usize,
    /// What whoever asks gave.
    pub mine: Option<Assessment>,
    /// What others gave; none before whoever asks gave theirs.
    pub others: Vec<Assessment>,
    /// Others who assessed it, and whose marks are not shown yet.
    pub hidden: usize,
    /// Marks that are shown are further apart than the rubric allows.
    pub divergent: bool,
}

/// A message about an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseMessage {
    /// Names it.
    pub id: ApplicationMessageId,
    /// Who wrote it.
    pub author: String,
    /// The city's staff wrote it; else the association.
    pub of_city: bool,
    /// What it says.
    pub text: String,
    /// When.
    pub at: Instant,
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct NewMessage {
    /// What it says.
    pub message: String,
}
