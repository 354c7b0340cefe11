//! From decided waves to sums. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};

use allocation::{Wave, WaveLine};
use kernel::OrganisationId;

use crate::model::{TerritoryFigures, WaveFigures};

/// Where an association is: postal code and commune.
pub(crate) type Places = HashMap<OrganisationId, (String, String)>;

/// The sums of one wave, of its served lines.
pub(crate) fn wave(wave: &Wave, lines: &[WaveLine]) -> WaveFigures {
    let associations: HashSet<OrganisationId> =
        lines.iter().map(|line| line.association_id).collect();
    let lots = || lines.iter().map(quantity);
    WaveFigures {
        id: wave.id,
        ordinal: wave.ordinal,
        name: wave.name.clone(),
        status: wave.status.to_string(),
        approved_at: wave.approved_at,
        associations: associations.len() as u64,
        devices: lots().sum(),
        smallest: lots().min().unwrap_or(0),
        largest: lots().max().unwrap_or(0),
    }
}

/// What is left of each count; counts of nothing are not shown.
pub(crate) fn without(
    mut all: BTreeMap<String, u64>,
    some: &BTreeMap<String, u64>,
) -> BTreeMap<String, u64> {
    for (stage, count) in some {
        if let Some(left) = all.get_mut(stage) {
            *left = left.saturating_sub(*count);
        }
    }
    all.retain(|_, count| *count > 0);
    all
}

pub(crate) fn quantity(line: &WaveLine) -> u64 {
    u64::try_from(line.quantity).unwrap_or(0)
}

/// The sums by territory, in the order of postal codes.
pub(crate) fn territories(lines: &[WaveLine], places: &Places) -> Vec<TerritoryFigures> {
    let mut sums: BTreeMap<String, (TerritoryFigures, HashSet<OrganisationId>)> = BTreeMap::new();
    for line in lines {
        let Some((postal_code, commune)) = places.get(&line.association_id) else {
            continue;
        };
        let (figures, seen) = sums.entry(postal_code.clone()).or_default();
        figures.postal_code.clone_from(postal_code);
        figures.commune.clone_from(commune);
        figures.devices += quantity(line);
        if seen.insert(line.association_id) {
            figures.associations += 1;
        }
    }
    sums.into_values().map(|(figures, _)| figures).collect()
}
