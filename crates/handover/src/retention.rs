//! Personal data that the files of batches and lots hold, and how long it is kept: whom to meet
//! at a pickup, and who signed for a lot. What was given, to whom, when and by whom stays.

use db::schema::handovers as h;
use db::{Db, Result, Tx};
use diesel::prelude::*;
use identity::{Kept, RetentionSettings};
use kernel::Instant;

use crate::model::HandoverStatus;

/// What stands where the name of who signed was.
const NAMELESS: &str = "Personne effacée";

/// Takes away what was kept long enough, of people's accounts and of these files. A dry run
/// says what it would take, and takes nothing.
///
/// # Errors
/// When the database fails.
pub fn retention(tx: &mut Tx<'_>, settings: &RetentionSettings, dry_run: bool) -> Result<Kept> {
    let others: [identity::Kind; 2] = [
        (
            "pickup_contacts",
            settings.pickup_contacts,
            intake::forget_contacts_before,
        ),
        (
            "signatories",
            settings.signatories,
            forget_signatories_before,
        ),
    ];
    identity::retention(tx, settings, &others, dry_run)
}

/// Lots that were handed over before no longer say who signed for them, nor how; that they
/// were signed for stays.
fn forget_signatories_before(db: &mut Db, before: Instant) -> Result<usize> {
    let old = || {
        h::table
            .filter(h::status.eq(HandoverStatus::Completed))
            .filter(h::completed_at.lt(before))
            .filter(h::recipient_name.ne(NAMELESS))
    };
    diesel::update(old().filter(h::signature.is_not_null()))
        .set(h::signature.eq(""))
        .execute(db)?;
    Ok(diesel::update(old())
        .set((
            h::recipient_name.eq(NAMELESS),
            h::collector.eq(None::<String>),
            h::signature_sha256.eq(None::<String>),
            h::version.eq(h::version + 1),
        ))
        .execute(db)?)
}
