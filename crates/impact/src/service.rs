//! The figures of a programme, for anyone.

use std::collections::BTreeSet;

use db::{Db, Result};
use kernel::{OrganisationId, ProgrammeId};

use crate::model::Figures;
use crate::{rules, store};

/// What a programme did so far.
///
/// # Errors
/// `not_found` when there is no such programme.
pub fn figures(db: &mut Db, programme: ProgrammeId) -> Result<Figures> {
    let programme = eligibility::programme(db, programme)?;
    let all = store::devices_by_stage(db, &programme.kinds)?;
    let elsewhere = store::given_elsewhere(db, programme.id, &programme.kinds)?;
    let decided = allocation::decided_waves(db, programme.id)?;
    let waves = decided
        .iter()
        .map(|(wave, lines)| rules::wave(wave, lines))
        .collect();
    let lines: Vec<_> = decided.into_iter().flat_map(|(_, lines)| lines).collect();
    let associations: BTreeSet<OrganisationId> =
        lines.iter().map(|line| line.association_id).collect();
    let ids: Vec<OrganisationId> = associations.into_iter().collect();
    let places = store::places(db, &ids)?;
    Ok(Figures {
        programme_id: programme.id,
        programme: programme.name,
        devices: rules::without(all, &elsewhere),
        lots: lines.len() as u64,
        devices_granted: lines.iter().map(rules::quantity).sum(),
        associations_served: ids.len() as u64,
        waves,
        territories: rules::territories(&lines, &places),
    })
}
