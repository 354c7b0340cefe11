//! Whom to meet at a pickup, no longer than needed.

use db::schema::batches as b;
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{BatchId, Instant};

use crate::model::{BatchStatus, Pickup};

/// Batches that were over before no longer say whom to meet, nor their telephone; returns how
/// many did.
///
/// # Errors
/// When the database fails.
pub fn forget_contacts_before(db: &mut Db, before: Instant) -> Result<usize> {
    let over = [
        BatchStatus::Closed,
        BatchStatus::Refused,
        BatchStatus::Cancelled,
    ];
    let old: Vec<(BatchId, Pickup)> = b::table
        .filter(b::status.eq_any(over))
        .filter(b::updated_at.lt(before))
        .select((b::id, b::pickup))
        .load(db)?;
    let named =
        |pickup: &Pickup| !(pickup.contact_name.is_empty() && pickup.contact_phone.is_empty());
    let mut forgotten = 0;
    for (id, pickup) in old.into_iter().filter(|(_, pickup)| named(pickup)) {
        let pickup = Pickup {
            contact_name: String::new(),
            contact_phone: String::new(),
            answer: None,
            ..pickup
        };
        forgotten += diesel::update(b::table.find(id))
            .set((b::pickup.eq(pickup), b::version.eq(b::version + 1)))
            .execute(db)?;
    }
    Ok(forgotten)
}
