//! What open data is made from. No decisions.

use std::collections::{BTreeMap, HashMap};

use allocation::WaveLine;
use db::schema::{
    conventions as v, device_counts as c, devices as e, handovers as h, organisations as o,
    programmes as p, wave_devices as d, wave_lines as l, waves as w,
};
use db::{Db, Result, counts};
use diesel::dsl::{count_star, exists};
use diesel::prelude::*;
use kernel::{ApplicationId, Instant, OrganisationId, ProgrammeId, WaveId, WaveLineId};

use super::awards::{Award, Delivery};
use super::places::Place;

/// Rows that one query names.
const CHUNK: usize = 500;

/// A programme, and by what to know whether what is published of it is still so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgrammeVersion {
    /// The programme.
    pub id: ProgrammeId,
    /// Its name.
    pub name: String,
    /// How often something changed of its awards, and of what is said of associations.
    pub awards: i64,
}

/// Every programme with the version of its awards, in the order in which they were made: a row a
/// programme, however many devices there are.
///
/// # Errors
/// When the database fails.
pub fn versions(db: &mut Db) -> Result<Vec<ProgrammeVersion>> {
    let rows: Vec<(ProgrammeId, i64)> = c::table
        .filter(c::side.eq(counts::GIVEN))
        .select((c::holder, c::devices))
        .load(db)?;
    // nobody's are of where associations are, which no award says
    let changes: HashMap<ProgrammeId, i64> = rows.into_iter().collect();
    let open = open_changes(db)?;
    let programmes: Vec<(ProgrammeId, String)> =
        p::table.order(p::id).select((p::id, p::name)).load(db)?;
    let version = |(id, name): (ProgrammeId, String)| ProgrammeVersion {
        awards: changes.get(&id).copied().unwrap_or(0) + open,
        id,
        name,
    };
    Ok(programmes.into_iter().map(version).collect())
}

/// How often something changed of what open data says of associations.
pub(crate) fn open_changes(db: &mut Db) -> Result<i64> {
    let changes: Option<i64> = c::table
        .filter(c::side.eq(counts::OPEN))
        .filter(c::holder.eq(counts::nobody::<kernel::Programme>()))
        .select(c::devices)
        .first(db)
        .optional()?;
    Ok(changes.unwrap_or(0))
}

/// By what to know whether the list of places is still so.
///
/// # Errors
/// When the database fails.
pub fn places_version(db: &mut Db) -> Result<i64> {
    let rows: Vec<i64> = c::table
        .filter(c::side.eq_any([counts::GIVEN, counts::OPEN]))
        .select(c::devices)
        .load(db)?;
    Ok(rows.into_iter().sum())
}

/// Verified associations that agreed to be listed and have devices that they received.
///
/// # Errors
/// When the database fails.
pub fn places(db: &mut Db) -> Result<Vec<Place>> {
    let received = h::table
        .filter(h::association_id.eq(o::id))
        .filter(h::status.eq("completed"));
    let has_some = l::table
        .inner_join(d::table.on(d::line_id.eq(l::id)))
        .inner_join(e::table.on(e::id.eq(d::device_id)))
        .filter(l::association_id.eq(o::id))
        .filter(d::released_at.is_null())
        .filter(e::cycle.eq(d::cycle))
        .filter(e::stage.eq("handed_over"));
    Ok(o::table
        .filter(o::listed)
        .filter(o::kind.eq("association"))
        .filter(o::status.eq("verified"))
        .filter(exists(received))
        .filter(exists(has_some))
        .order(o::id)
        .select((
            o::id,
            o::siret,
            o::rna,
            o::name,
            o::address,
            o::postal_code,
            o::commune,
            o::commune_code,
            o::updated_at,
        ))
        .load(db)?)
}

/// The awards of a programme, the oldest decision first: goes through the lines of its waves.
///
/// # Errors
/// When the database fails.
pub fn awards(db: &mut Db, programme: ProgrammeId) -> Result<Vec<Award>> {
    let decided = allocation::decided_waves(db, programme)?;
    let lines = decided.into_iter().flat_map(|(_, lines)| lines);
    let lines: Vec<WaveLine> = lines
        .chain(allocation::passed_on_lines(db, programme)?)
        .collect();
    let mut waves: Vec<WaveId> = lines.iter().map(|line| line.wave_id).collect();
    waves.sort_unstable();
    waves.dedup();
    let known = Known::load(db, &waves, &lines)?;
    let mut back = came_back(db, &waves)?;
    let mut awards: BTreeMap<(Instant, WaveId, ApplicationId), Award> = BTreeMap::new();
    for mut line in lines {
        line.quantity -= back.remove(&line.id).unwrap_or(0);
        let Some(decided_at) = known.decided.get(&line.wave_id).copied() else {
            continue;
        };
        let award = awards
            .entry((decided_at, line.wave_id, line.application_id))
            .or_insert_with(|| known.award(programme, decided_at, &line));
        for (kind, count) in line.granted() {
            *award.granted.entry(kind).or_default() += count;
        }
    }
    let mut awards: Vec<Award> = awards.into_values().collect();
    awards.retain(|award| !award.granted.is_empty());
    Ok(awards)
}

/// How many devices of each line of these waves came back: they stay on their line, since they
/// were given, and are no award any more.
fn came_back(db: &mut Db, waves: &[WaveId]) -> Result<HashMap<WaveLineId, i32>> {
    let mut back = HashMap::new();
    for chunk in waves.chunks(CHUNK) {
        let rows: Vec<(WaveLineId, i64)> = d::table
            .inner_join(e::table)
            .filter(d::wave_id.eq_any(chunk))
            .filter(d::released_at.is_null())
            .filter(e::cycle.ne(d::cycle).or(e::stage.eq("returned")))
            .group_by(d::line_id)
            .select((d::line_id, count_star()))
            .load(db)?;
        let counted = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
        back.extend(rows.into_iter().map(|(line, count)| (line, counted(count))));
    }
    Ok(back)
}

/// Name, SIRET and RNA.
type Identity = (String, Option<String>, Option<String>);

/// What awards say beside their lines.
struct Known {
    decided: HashMap<WaveId, Instant>,
    associations: HashMap<OrganisationId, Identity>,
    conventions: HashMap<(OrganisationId, i32), String>,
    deliveries: HashMap<(WaveId, ApplicationId), Vec<Delivery>>,
}

impl Known {
    fn load(db: &mut Db, waves: &[WaveId], lines: &[WaveLine]) -> Result<Self> {
        let mut ids: Vec<OrganisationId> = lines.iter().map(|line| line.association_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let (decided, deliveries) = of_waves(db, waves)?;
        let (associations, conventions) = of_associations(db, &ids)?;
        Ok(Self {
            decided,
            associations,
            conventions,
            deliveries,
        })
    }

    /// An award with nothing in it yet.
    fn award(&self, programme: ProgrammeId, decided_at: Instant, line: &WaveLine) -> Award {
        let association = line.association_id;
        let identity = self.associations.get(&association).cloned();
        let (name, siret, rna) = identity.unwrap_or_default();
        let lot = (line.wave_id, line.application_id);
        let convention = self.conventions.get(&(association, decided_at.year()));
        Award {
            programme,
            decision: line.wave_id,
            decided_at,
            convention_signed_on: convention.cloned(),
            association: name,
            siret,
            rna,
            granted: BTreeMap::new(),
            deliveries: self.deliveries.get(&lot).cloned().unwrap_or_default(),
        }
    }
}

type OfWaves = (
    HashMap<WaveId, Instant>,
    HashMap<(WaveId, ApplicationId), Vec<Delivery>>,
);

/// When waves were approved, and how their lots are handed over.
fn of_waves(db: &mut Db, ids: &[WaveId]) -> Result<OfWaves> {
    let (mut decided, mut deliveries) = OfWaves::default();
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(WaveId, Instant)> = w::table
            .filter(w::id.eq_any(chunk))
            .filter(w::approved_at.is_not_null())
            .select((w::id, w::approved_at.assume_not_null()))
            .load(db)?;
        decided.extend(rows);
        type Row = (WaveId, ApplicationId, Option<Instant>, Option<Instant>);
        let rows: Vec<Row> = h::table
            .filter(h::wave_id.eq_any(chunk))
            .filter(h::status.ne("cancelled"))
            .select((
                h::wave_id,
                h::application_id,
                h::completed_at,
                h::appointment_to,
            ))
            .load(db)?;
        for (wave, application, completed_at, appointment_to) in rows {
            deliveries
                .entry((wave, application))
                .or_default()
                .push(Delivery {
                    completed_at,
                    appointment_to,
                });
        }
    }
    Ok((decided, deliveries))
}

type OfAssociations = (
    HashMap<OrganisationId, Identity>,
    HashMap<(OrganisationId, i32), String>,
);

/// What associations are called, and the conventions signed with them.
fn of_associations(db: &mut Db, ids: &[OrganisationId]) -> Result<OfAssociations> {
    let (mut identities, mut conventions) = OfAssociations::default();
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(OrganisationId, Identity)> = o::table
            .filter(o::id.eq_any(chunk))
            .select((o::id, (o::name, o::siret, o::rna)))
            .load(db)?;
        identities.extend(rows);
        let rows: Vec<((OrganisationId, i32), String)> = v::table
            .filter(v::association_id.eq_any(chunk))
            .select(((v::association_id, v::year), v::signed_on))
            .load(db)?;
        conventions.extend(rows);
    }
    Ok((identities, conventions))
}
