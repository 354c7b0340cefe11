//! Times at which a workshop hands lots over.

use diesel::prelude::*;
use kernel::{Date, HandoverSlotId, Instant, OrganisationId, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A row of the table `handover_slots`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = db::schema::handover_slots, treat_none_as_default_value = false)]
#[allow(missing_docs)] // the columns' meaning stands in the migration
pub struct SlotRow {
    pub id: HandoverSlotId,
    pub workshop_id: OrganisationId,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub place: String,
    pub lots: i32,
    pub offered_by: PersonId,
    pub offered_at: Instant,
    pub withdrawn_at: Option<Instant>,
}

/// A slot, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HandoverSlot {
    /// Its id.
    pub id: HandoverSlotId,
    /// The workshop that hands over, by id.
    pub workshop_id: OrganisationId,
    /// The workshop that hands over.
    pub workshop: String,
    /// Begins.
    pub from: Instant,
    /// Ends.
    pub to: Instant,
    /// Where.
    pub place: String,
    /// How many lots may be collected at the same time.
    pub lots: i32,
    /// How many of them are chosen.
    pub taken: i64,
}

impl HandoverSlot {
    /// Whether one more lot may be collected then.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.taken < i64::from(self.lots)
    }
}

/// The body that offers slots: the hours of a day, cut into appointments, and again on the working
/// days that follow.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct SlotSeries {
    /// The workshop that hands over. A workshop offers its own, and may leave it out.
    #[serde(default)]
    pub workshop_id: Option<OrganisationId>,
    /// Where.
    pub place: String,
    /// The first appointment begins.
    pub from: Instant,
    /// The last one of the day ends at the latest.
    pub to: Instant,
    /// The last day, such as `2023-03-17`: the same hours, by the clock of Paris, on each day from
    /// Monday to Friday until then. None for the one day.
    #[serde(default)]
    pub until: Option<Date>,
    /// How long an appointment takes; the whole span when it says nothing.
    #[serde(default)]
    pub minutes: Option<i32>,
    /// How many lots may be collected at the same time, 1 to 100; 1 when it says nothing.
    #[serde(default = "one")]
    pub lots: i32,
}

const fn one() -> i32 {
    1
}

/// The body that chooses a slot for a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
pub struct SlotChoice {
    /// The slot.
    pub slot_id: HandoverSlotId,
}

/// Which slots to list: those that are not over.
#[derive(Debug, Clone, Copy, Default)]
pub struct SlotFilter {
    /// Of this workshop.
    pub workshop_id: Option<OrganisationId>,
}
