//! What an award needs before it is handed over: recorded, checked, and said beforehand.

use std::collections::{HashMap, HashSet};

use db::{Db, Error, Result, Tx};
use identity::OrganisationKind;
use kernel::{Actor, ApplicationId, DeviceKind, Instant, OrganisationId, PageRequest, WaveId};

use super::awards::granted_in;
use super::load;
use crate::model::{
    Convention, Granted, LineFilter, NewConvention, Warning, Wave, WaveLine, WaveStatus,
};
use crate::rules::{self, AwardFacts};
use crate::store;

/// Notes that a convention was signed with an association for a civil year. One that was
/// noted before is replaced.
///
/// # Errors
/// `unknown_reference` for who is no association; `invalid_fields`.
pub fn record_convention(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (association, year): (OrganisationId, i32),
    body: &NewConvention,
) -> Result<Convention> {
    identity::organisation_of_kind(tx, association, OrganisationKind::Association, "/id")?;
    rules::new_convention(body, year, tx.now().date())?;
    let convention = Convention {
        association_id: association,
        year,
        reference: body.reference.trim().to_owned(),
        signed_on: body.signed_on.format("%Y-%m-%d").to_string(),
        recorded_by: actor.person,
        recorded_at: tx.now(),
    };
    store::put_convention(tx, &convention)?;
    Ok(convention)
}

/// Refuses the handover of a lot for which something is not signed, or that the city may not
/// give away.
///
/// # Errors
/// `commitment_missing`, `convention_required`, `city_gift_not_allowed`.
pub fn may_receive(db: &mut Db, id: WaveId, application: ApplicationId) -> Result<()> {
    let wave = load(db, id)?;
    let filter = LineFilter {
        application: Some(application),
        ..LineFilter::default()
    };
    let own = store::lines(db, id, &filter, &PageRequest::everything())?.items;
    let (line, _) = own
        .first()
        .ok_or_else(|| Error::Inconsistent(format!("wave {id} has a lot without a line")))?;
    let association = line.association_id;
    let year = granted_at(&wave)?.year();
    let given = granted_in(db, Some(association), year)?;
    let facts = AwardFacts {
        year,
        year_cents: given.get(&association).map_or(0, rules::value_cents),
        convention: !store::conventions(db, Some(association), year)?.is_empty(),
        committed: eligibility::uncommitted(db, &[application])?.is_empty(),
        above_city_gift: above(store::city_owned_of_lot(db, id, application)?),
    };
    Ok(rules::may_receive(&facts)?)
}

fn above(mut kinds: Vec<DeviceKind>) -> Vec<DeviceKind> {
    kinds.retain(|kind| rules::above_city_gift(*kind));
    kinds
}

fn granted_at(wave: &Wave) -> Result<Instant> {
    let at = wave.approved_at.or(wave.proposed_at);
    at.ok_or_else(|| Error::Inconsistent(format!("wave {} has no plan", wave.id)))
}

/// What would stop the handover of lots of a planned or decided wave, so that it can be
/// signed in time.
pub(super) fn warnings(db: &mut Db, wave: &Wave) -> Result<Vec<Warning>> {
    let over = wave.status == WaveStatus::Completed;
    if over || !(wave.status.is_open_plan() || wave.status.is_decided()) {
        return Ok(Vec::new());
    }
    let year = granted_at(wave)?.year();
    let mut given = granted_in(db, None, year)?;
    let served = store::served_lines(db, wave.id)?;
    if wave.approved_at.is_none() {
        for line in &served {
            add(given.entry(line.association_id).or_default(), line);
        }
    }
    let conventions = store::conventions(db, None, year)?;
    let applications: Vec<ApplicationId> = served.iter().map(|line| line.application_id).collect();
    let uncommitted: HashSet<ApplicationId> = eligibility::uncommitted(db, &applications)?
        .into_iter()
        .collect();
    let owned = above(store::city_owned_of_supply(db, wave.id)?);
    let mut warnings = Vec::new();
    let mut seen = HashSet::new();
    for line in served {
        if !seen.insert(line.application_id) {
            continue;
        }
        let association = line.association_id;
        let facts = AwardFacts {
            year,
            year_cents: given.get(&association).map_or(0, rules::value_cents),
            convention: conventions.contains_key(&association),
            committed: !uncommitted.contains(&line.application_id),
            above_city_gift: owned.clone(),
        };
        warnings.extend(rules::missing(&facts).into_iter().map(|missing| Warning {
            code: missing.code.as_str(),
            association_id: association,
            association: String::new(),
            fr: missing.detail.fr.into(),
            en: missing.detail.en.into(),
        }));
    }
    named(db, warnings)
}

fn add(granted: &mut Granted, line: &WaveLine) {
    for (kind, count) in line.granted() {
        *granted.entry(kind).or_default() += count;
    }
}

fn named(db: &mut Db, mut warnings: Vec<Warning>) -> Result<Vec<Warning>> {
    let ids: Vec<OrganisationId> = warnings.iter().map(|it| it.association_id).collect();
    let names: HashMap<OrganisationId, String> = identity::names(db, &ids)?;
    for warning in &mut warnings {
        let name = names.get(&warning.association_id).cloned();
        warning.association = name.unwrap_or_default();
    }
    Ok(warnings)
}
