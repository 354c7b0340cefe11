//! Programmes.

use db::{Db, Result, Tx};
use kernel::{Actor, Page, PageRequest, ProgrammeId};

use super::score::rubric_of;
use crate::model::{NewProgramme, Programme};
use crate::{Setup, rules, store};

/// Creates a programme, which pins its rubric: version and text.
///
/// # Errors
/// `invalid_fields`, `unknown_rubric`, `rubric_invalid`.
pub fn create_programme(
    tx: &mut Tx<'_>,
    actor: &Actor,
    setup: &Setup,
    new: &NewProgramme,
) -> Result<Programme> {
    rules::check_programme(new)?;
    let (rubric, text) = setup.library.find(&new.rubric)?;
    let programme = Programme {
        id: tx.new_id(),
        name: new.name.trim().to_owned(),
        rubric: rubric.name,
        rubric_version: rubric.version,
        rubric_text: text.to_owned(),
        kinds: new.kinds.clone(),
        lot_min: new.lot_min,
        lot_max: new.lot_max,
        opens_at: new.opens_at,
        closes_at: new.closes_at,
        territory: new
            .territory
            .as_ref()
            .map(|names| names.joined())
            .unwrap_or_default(),
        follow_up_months: new
            .follow_up_months
            .unwrap_or_else(|| i32::try_from(setup.delays.follow_up_months).unwrap_or(12)),
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    store::insert_programme(tx, &programme, actor.person)?;
    store::note_rubric(tx, &programme, actor.person)?;
    Ok(programme)
}

/// One programme.
///
/// # Errors
/// `not_found`.
pub fn programme(db: &mut Db, id: ProgrammeId) -> Result<Programme> {
    store::programme(db, id)
}

/// Whether a device whose drives were proven by overwriting may be given in a programme, by the
/// rubric that it pinned.
///
/// # Errors
/// When the pinned text cannot be read.
pub fn clear_counts(programme: &Programme) -> Result<bool> {
    Ok(rubric_of(programme)?.devices.clear_counts)
}

/// A page of programmes, the newest first.
///
/// # Errors
/// `invalid_page`.
pub fn programmes(db: &mut Db, page: &PageRequest) -> Result<Page<Programme>> {
    store::programmes(db, page)
}
