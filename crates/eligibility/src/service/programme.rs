//! Programmes.

use db::{Db, Result, Tx};
use kernel::{Actor, Page, PageRequest, ProgrammeId, Text};
use notifications::{Message, Quantity};

use super::score::rubric_of;
use crate::model::{NewProgramme, Programme, ProgrammeChange, TerritoryNames};
use crate::{Setup, rules, store};

/// How long the city answers for devices, when a programme says nothing.
const GUARANTEE_MONTHS: i32 = 6;

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
        guarantee_months: new.guarantee_months.unwrap_or(GUARANTEE_MONTHS),
        loan_months: new.loan_months,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    store::insert_programme(tx, &programme, actor.person)?;
    store::note_rubric(tx, &programme, actor.person)?;
    Ok(programme)
}

/// Changes a programme, also while it runs. Associations with an open application hear of what
/// matters to them; nothing of what they filled in is touched.
///
/// # Errors
/// `not_found`, `invalid_fields`, `stale_version`.
pub fn change_programme(
    tx: &mut Tx<'_>,
    id: ProgrammeId,
    change: &ProgrammeChange,
) -> Result<Programme> {
    let before = store::programme(tx, id)?;
    let mut after = changed(&before, change);
    rules::check_programme(&whole(&after))?;
    if after == before {
        return Ok(before);
    }
    let now = tx.now();
    store::update_programme(tx, &mut after, now)?;
    let told = rules::what_changed(&before, &after);
    if !told.is_empty() {
        tell_open(tx, &after, &told)?;
    }
    Ok(after)
}

/// So many associations are filling in an application of a programme, and hear of its changes.
///
/// # Errors
/// When the database fails.
pub fn open_applications(db: &mut Db, programme: ProgrammeId) -> Result<usize> {
    Ok(store::open_drafts(db, programme)?.len())
}

fn changed(before: &Programme, change: &ProgrammeChange) -> Programme {
    let mut after = before.clone();
    if let Some(name) = &change.name {
        name.trim().clone_into(&mut after.name);
    }
    if let Some(kinds) = &change.kinds {
        after.kinds.clone_from(kinds);
    }
    after.lot_min = change.lot_min.unwrap_or(before.lot_min);
    after.lot_max = change.lot_max.unwrap_or(before.lot_max);
    after.opens_at = change.opens_at.unwrap_or(before.opens_at);
    after.closes_at = change.closes_at.unwrap_or(before.closes_at);
    after.follow_up_months = change.follow_up_months.unwrap_or(before.follow_up_months);
    after.guarantee_months = change.guarantee_months.unwrap_or(before.guarantee_months);
    after.loan_months = change.loan_months.unwrap_or(before.loan_months);
    if let Some(territory) = &change.territory {
        let names = territory.as_ref().map(|names| names.joined());
        after.territory = names.unwrap_or_default();
    }
    after
}

/// A programme as if it were new, to be checked by the same rule.
fn whole(programme: &Programme) -> NewProgramme {
    NewProgramme {
        name: programme.name.clone(),
        rubric: programme.rubric.clone(),
        kinds: programme.kinds.clone(),
        lot_min: programme.lot_min,
        lot_max: programme.lot_max,
        opens_at: programme.opens_at,
        closes_at: programme.closes_at,
        territory: Some(TerritoryNames::One(programme.territory.clone())),
        follow_up_months: Some(programme.follow_up_months),
        guarantee_months: Some(programme.guarantee_months),
        loan_months: programme.loan_months,
    }
}

fn tell_open(tx: &mut Tx<'_>, programme: &Programme, told: &[Text]) -> Result<()> {
    let changes: Vec<Quantity> = told
        .iter()
        .map(|text| Quantity {
            fr: text.fr.clone().into_owned(),
            en: text.en.clone().into_owned(),
        })
        .collect();
    let drafts = store::open_drafts(tx, programme.id)?;
    let associations: Vec<_> = drafts.iter().map(|(_, association)| *association).collect();
    let contacts = identity::contacts_of_all(tx, &associations)?;
    for (reference, association) in drafts {
        let message = Message::ProgrammeChanged {
            reference,
            programme: programme.name.clone(),
            changes: changes.clone(),
        };
        let people = contacts.get(&association).map_or(&[][..], Vec::as_slice);
        notifications::push_all(tx, people, &message)?;
    }
    Ok(())
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
