//! The figures of a programme, for anyone. They come in two parts: counts of devices, which each
//! scan may change and which are kept; and what the waves gave, which changes seldom and takes
//! going through their lines.

use std::collections::BTreeSet;

use db::{Db, Result};
use kernel::{OrganisationId, ProgrammeId};

use crate::model::{Counted, Figures, Given};
use crate::{rules, store, uses};

/// The devices by stage, and by what to know whether the rest has changed: some hundred rows,
/// however many devices there are.
///
/// # Errors
/// `not_found` when there is no such programme.
pub fn counted(db: &mut Db, programme: ProgrammeId) -> Result<Counted> {
    let programme = eligibility::programme(db, programme)?;
    let (all, elsewhere) = store::devices_by_stage(db, programme.id, &programme.kinds)?;
    Ok(Counted {
        programme_id: programme.id,
        programme: programme.name,
        devices: rules::without(all, &elsewhere),
        given: store::changes(db, programme.id)?,
    })
}

/// The same of every programme, in the order in which they were made: the kept counts, read once.
///
/// # Errors
/// When the database fails.
pub fn counted_of_all(db: &mut Db) -> Result<Vec<Counted>> {
    let programmes = store::programmes(db)?;
    let counts = store::all_counts(db)?;
    let counted = programmes.into_iter().map(|(programme_id, name, kinds)| {
        let (all, elsewhere) = counts.stages(programme_id, &kinds);
        Counted {
            programme_id,
            programme: name,
            devices: rules::without(all, &elsewhere),
            given: counts.given(programme_id),
        }
    });
    Ok(counted.collect())
}

/// By what to know whether [`given`] still says what a programme gave.
///
/// # Errors
/// `not_found` when there is no such programme.
pub fn given_version(db: &mut Db, programme: ProgrammeId) -> Result<i64> {
    let programme = eligibility::programme(db, programme)?;
    store::changes(db, programme.id)
}

/// What the waves of a programme gave: goes through their lines.
///
/// # Errors
/// When the database fails.
pub fn given(db: &mut Db, programme: ProgrammeId) -> Result<Given> {
    let decided = allocation::decided_waves(db, programme)?;
    let waves = decided
        .iter()
        .map(|(wave, lines)| rules::wave(wave, lines))
        .collect();
    let passed_on = allocation::passed_on_lines(db, programme)?;
    let count = passed_on.len() as u64;
    let lines: Vec<_> = decided
        .into_iter()
        .flat_map(|(_, lines)| lines)
        .chain(passed_on)
        .collect();
    let associations: BTreeSet<OrganisationId> =
        lines.iter().map(|line| line.association_id).collect();
    let ids: Vec<OrganisationId> = associations.into_iter().collect();
    let places = store::places(db, &ids)?;
    Ok(Given {
        lots: lines.len() as u64,
        devices: lines.iter().map(rules::quantity).sum(),
        associations: ids.len() as u64,
        passed_on: count,
        waves,
        territories: rules::territories(&lines, &places),
        uses: uses::uses(db, programme)?,
    })
}

/// What a programme did so far.
///
/// # Errors
/// `not_found` when there is no such programme.
pub fn figures(db: &mut Db, programme: ProgrammeId) -> Result<Figures> {
    let counted = counted(db, programme)?;
    Ok(Figures::of(counted, given(db, programme)?))
}
