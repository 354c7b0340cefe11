//! The table `incidents`, and who has the devices of a lot. No decisions.

use std::collections::HashMap;

use db::schema::{
    applications as a, devices as d, handovers as h, incidents as i, organisations as o,
    programmes as p, wave_devices as v, wave_lines as l, waves as w,
};
use db::{Db, Result};
use diesel::prelude::*;
use kernel::{
    Actor, ApplicationId, Code, DeviceId, HandoverId, IncidentId, Instant, OrganisationId, Page,
    PageRequest, PersonId, ProgrammeId, Queue, Refusal, Role,
};

use super::model::{
    Incident, IncidentFilter, IncidentKind, IncidentOutcome, IncidentStatus, PassedOnTo,
};
use crate::model::Handover;

/// A device that is with an association.
pub(crate) const HANDED_OVER: &str = "handed_over";

#[derive(Insertable)]
#[diesel(table_name = i, treat_none_as_default_value = false)]
pub(super) struct NewRow {
    pub(super) id: IncidentId,
    pub(super) reference: String,
    pub(super) handover_id: HandoverId,
    pub(super) association_id: OrganisationId,
    pub(super) device_id: DeviceId,
    pub(super) cycle: i32,
    pub(super) kind: IncidentKind,
    pub(super) description: String,
    pub(super) guaranteed: bool,
    pub(super) reported_by: PersonId,
    pub(super) reported_at: Instant,
    pub(super) version: i32,
}

type Row = (
    (IncidentId, String, HandoverId, String, ProgrammeId),
    (OrganisationId, String, Option<OrganisationId>),
    (DeviceId, String, Option<String>, Option<String>),
    (IncidentKind, String, bool, PersonId, Instant),
    (
        Option<IncidentOutcome>,
        Option<String>,
        Option<DeviceId>,
        Option<Instant>,
        i32,
    ),
);

fn to_incident((names, whose, device, what, end): Row) -> Incident {
    Incident {
        id: names.0,
        reference: names.1,
        status: match end.0 {
            None => IncidentStatus::Open,
            Some(_) => IncidentStatus::Closed,
        },
        handover_id: names.2,
        handover: names.3,
        programme_id: names.4,
        association_id: whose.0,
        association: whose.1,
        workshop_id: whose.2,
        device_id: device.0,
        tag: device.1,
        manufacturer: device.2,
        model: device.3,
        kind: what.0,
        description: what.1,
        guaranteed: what.2,
        reported_by: what.3,
        reported_at: what.4,
        outcome: end.0,
        note: end.1,
        replacement_id: end.2,
        replacement: None,
        passed_on_to: None,
        closed_at: end.3,
        version: end.4,
    }
}

/// Those that an actor may see: the city all, a workshop those of the lots it gave, a helper those
/// of applications that they opened, an association those of devices that it has.
macro_rules! seen_by {
    ($actor:expr) => {{
        let mut query = i::table
            .inner_join(h::table)
            .inner_join(w::table.on(w::id.eq(h::wave_id)))
            .inner_join(a::table.on(a::id.eq(h::application_id)))
            .inner_join(d::table.on(d::id.eq(i::device_id)))
            .inner_join(o::table.on(o::id.eq(i::association_id)))
            .into_boxed();
        if let Some(organisation) = $actor.limited_to() {
            query = match $actor.role {
                Role::Refurbisher => query.filter(h::workshop_id.eq(organisation)),
                Role::Helper => query
                    .filter(a::created_by.eq($actor.person))
                    .filter(i::association_id.eq(h::association_id)),
                _ => query.filter(i::association_id.eq(organisation)),
            };
        }
        query
    }};
}

macro_rules! columns {
    () => {
        (
            (
                i::id,
                i::reference,
                i::handover_id,
                h::reference,
                w::programme_id,
            ),
            (i::association_id, o::name, h::workshop_id),
            (i::device_id, d::tag, d::manufacturer, d::model),
            (
                i::kind,
                i::description,
                i::guaranteed,
                i::reported_by,
                i::reported_at,
            ),
            (
                i::outcome,
                i::note,
                i::replacement_id,
                i::closed_at,
                i::version,
            ),
        )
    };
}

pub(super) fn incident(db: &mut Db, actor: &Actor, id: IncidentId) -> Result<Incident> {
    let row: Option<Row> = seen_by!(actor)
        .filter(i::id.eq(id))
        .select(columns!())
        .first(db)
        .optional()?;
    let mut found = vec![to_incident(row.ok_or_else(Refusal::not_found)?)];
    name_replacements(db, &mut found)?;
    name_recipients(db, actor, &mut found)?;
    found.pop().ok_or_else(|| Refusal::not_found().into())
}

pub(super) fn incidents(
    db: &mut Db,
    actor: &Actor,
    filter: &IncidentFilter,
    page: &PageRequest,
) -> Result<Page<Incident>> {
    let mut query = seen_by!(actor).select(columns!()).limit(page.fetch());
    if let Some(programme) = filter.programme_id {
        query = query.filter(w::programme_id.eq(programme));
    }
    if let Some(handover) = filter.handover_id {
        query = query.filter(i::handover_id.eq(handover));
    }
    let after = page.after::<IncidentId>()?;
    query = match filter.status {
        Some(IncidentStatus::Open) => {
            if let Some(after) = after {
                query = query.filter(i::id.gt(after));
            }
            query.filter(i::outcome.is_null()).order(i::id.asc())
        }
        status => {
            if let Some(after) = after {
                query = query.filter(i::id.lt(after));
            }
            if status.is_some() {
                query = query.filter(i::outcome.is_not_null());
            }
            query.order(i::id.desc())
        }
    };
    let mut found: Vec<Incident> = query
        .load::<Row>(db)?
        .into_iter()
        .map(to_incident)
        .collect();
    name_replacements(db, &mut found)?;
    name_recipients(db, actor, &mut found)?;
    Ok(Page::from_rows(found, page, |it: &Incident| {
        it.id.to_string()
    }))
}

fn name_replacements(db: &mut Db, incidents: &mut [Incident]) -> Result<()> {
    let ids: Vec<DeviceId> = incidents
        .iter()
        .filter_map(|it| it.replacement_id)
        .collect();
    if ids.is_empty() {
        return Ok(());
    }
    let tags: Vec<(DeviceId, String)> = d::table
        .filter(d::id.eq_any(ids))
        .select((d::id, d::tag))
        .load(db)?;
    let tags: HashMap<DeviceId, String> = tags.into_iter().collect();
    for incident in incidents {
        incident.replacement = incident
            .replacement_id
            .and_then(|id| tags.get(&id).cloned());
    }
    Ok(())
}

/// Who has what was passed on: for the city and the workshop.
fn name_recipients(db: &mut Db, actor: &Actor, incidents: &mut [Incident]) -> Result<()> {
    let told = actor.is_city() || actor.role == Role::Refurbisher;
    let ids: Vec<IncidentId> = incidents
        .iter()
        .filter(|it| told && it.outcome == Some(IncidentOutcome::PassedOn))
        .map(|it| it.id)
        .collect();
    if ids.is_empty() {
        return Ok(());
    }
    type Row = (IncidentId, HandoverId, String, ApplicationId, String);
    let rows: Vec<Row> = i::table
        .inner_join(h::table.on(i::passed_on_to.eq(h::id.nullable())))
        .inner_join(o::table.on(o::id.eq(h::association_id)))
        .filter(i::id.eq_any(ids))
        .select((i::id, h::id, h::reference, h::application_id, o::name))
        .load(db)?;
    let mut named: HashMap<IncidentId, PassedOnTo> = rows
        .into_iter()
        .map(|(id, handover_id, handover, application_id, association)| {
            let to = PassedOnTo {
                handover_id,
                handover,
                application_id,
                association,
            };
            (id, to)
        })
        .collect();
    for incident in incidents {
        incident.passed_on_to = named.remove(&incident.id);
    }
    Ok(())
}

/// How many wait, and since when.
pub(super) fn waiting(db: &mut Db, actor: &Actor) -> Result<Queue> {
    let since: Vec<Instant> = seen_by!(actor)
        .filter(i::outcome.is_null())
        .order(i::id.asc())
        .select(i::reported_at)
        .limit(Queue::FETCH)
        .load(db)?;
    Ok(Queue::of(&since))
}

/// Whether a report of this device waits.
pub(super) fn is_open(db: &mut Db, device: DeviceId) -> Result<bool> {
    let count: i64 = i::table
        .filter(i::device_id.eq(device))
        .filter(i::outcome.is_null())
        .count()
        .get_result(db)?;
    Ok(count > 0)
}

/// The devices of a lot that are with their association, each with the life in which it was given.
pub(crate) fn held(db: &mut Db, handover: &Handover) -> Result<HashMap<DeviceId, i32>> {
    let mut query = v::table
        .inner_join(l::table.on(l::id.eq(v::line_id)))
        .inner_join(d::table.on(d::id.eq(v::device_id)))
        .filter(v::wave_id.eq(handover.wave_id))
        .filter(v::released_at.is_null())
        .filter(v::cycle.eq(d::cycle))
        .filter(d::stage.eq(HANDED_OVER))
        .filter(l::application_id.eq(handover.application_id))
        .select((v::device_id, v::cycle))
        .into_boxed();
    query = match handover.workshop_id {
        Some(workshop) => query.filter(d::workshop_id.eq(workshop)),
        None => query.filter(d::workshop_id.is_null()),
    };
    let held: Vec<(DeviceId, i32)> = query.load(db)?;
    Ok(held.into_iter().collect())
}

/// Whether the device of a report went back to the workshop since.
pub(super) fn came_back(db: &mut Db, id: IncidentId) -> Result<bool> {
    let (then, now, stage): (i32, i32, String) = i::table
        .inner_join(d::table.on(d::id.eq(i::device_id)))
        .filter(i::id.eq(id))
        .select((i::cycle, d::cycle, d::stage))
        .first(db)?;
    Ok(now > then || stage == "returned")
}

/// When the association received a device: with its lot, or in the place of another.
pub(super) fn given_at(
    db: &mut Db,
    handover: &Handover,
    device: DeviceId,
) -> Result<Option<Instant>> {
    let later: Option<Option<Instant>> = i::table
        .filter(i::handover_id.eq(handover.id))
        .filter(i::replacement_id.eq(device))
        .order(i::id.desc())
        .select(i::closed_at)
        .first(db)
        .optional()?;
    Ok(later.flatten().or(handover.completed_at))
}

/// The guarantee of the programme that gave a lot.
pub(super) fn guarantee_months(db: &mut Db, handover: &Handover) -> Result<u32> {
    let months: i32 = w::table
        .inner_join(p::table.on(p::id.eq(w::programme_id)))
        .filter(w::id.eq(handover.wave_id))
        .select(p::guarantee_months)
        .first(db)?;
    Ok(u32::try_from(months).unwrap_or(0))
}

pub(super) fn insert(db: &mut Db, row: &NewRow) -> Result<()> {
    diesel::insert_into(i::table).values(row).execute(db)?;
    Ok(())
}

/// Guarded: dealt with once.
pub(super) fn close(
    db: &mut Db,
    id: IncidentId,
    (outcome, note): (IncidentOutcome, &str),
    (replacement, passed_on_to): (Option<DeviceId>, Option<HandoverId>),
    by: PersonId,
    now: Instant,
) -> Result<()> {
    let rows = diesel::update(i::table.find(id))
        .filter(i::outcome.is_null())
        .set((
            i::outcome.eq(Some(outcome)),
            i::note.eq(Some(note)),
            i::replacement_id.eq(replacement),
            i::passed_on_to.eq(passed_on_to),
            i::closed_by.eq(Some(by)),
            i::closed_at.eq(Some(now)),
            i::version.eq(i::version + 1),
        ))
        .execute(db)?;
    db::guard(rows, Code::IncidentClosed)
}
