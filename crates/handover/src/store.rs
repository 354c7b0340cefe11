//! The table `handovers`. No decisions.

use std::collections::HashMap;

use db::schema::{applications as a, handovers as h, loans as n, organisations as o, waves as w};
use db::{Db, Result};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::{
    Actor, ApplicationId, Code, HandoverId, HandoverSlotId, Instant, OrganisationId, Page,
    PageRequest, PersonId, Queue, Refusal, Role, WaveId,
};

use crate::loans::LoanFilter;
use crate::model::{Handover, HandoverFilter, HandoverStatus};

/// Narrows a query over handovers and their applications to those that the actor may see: the city all, a workshop what
/// it keeps, a helper those of applications that they opened, an association its own.
macro_rules! seen_by {
    ($query:expr, $actor:expr) => {
        match ($actor.limited_to(), $actor.role) {
            (None, _) => $query,
            (Some(organisation), Role::Refurbisher) => {
                $query.filter(h::workshop_id.eq(organisation))
            }
            (Some(_), Role::Helper) => $query.filter(a::created_by.eq($actor.person)),
            (Some(organisation), _) => $query.filter(h::association_id.eq(organisation)),
        }
    };
}

/// Appointments that begin between two moments.
pub(crate) fn appointments_waiting(db: &mut Db, from: Instant, to: Instant) -> Result<Queue> {
    let begin: Vec<Option<Instant>> = h::table
        .filter(h::status.eq(HandoverStatus::Scheduled))
        .filter(h::appointment_from.ge(from))
        .filter(h::appointment_from.lt(to))
        .select(h::appointment_from)
        .limit(Queue::FETCH)
        .load(db)?;
    let begin: Vec<Instant> = begin.into_iter().flatten().collect();
    Ok(Queue::of(&begin))
}

/// A handover with the names that go with it.
pub(crate) struct Named {
    pub handover: Handover,
    pub association: String,
    pub wave: String,
    pub application: String,
    pub workshop: Option<String>,
    /// Its wave passes on what another association did not need any more.
    pub from_another: bool,
}

/// A handover, whom it is for, its wave, its application, and whether the wave passes on.
type Row = (Handover, String, String, String, bool);

pub(crate) fn insert(db: &mut Db, handovers: &[Handover]) -> Result<()> {
    db::insert_many!(&mut *db, h::table, handovers);
    Ok(())
}

/// A handover that the actor may see.
pub(crate) fn handover(db: &mut Db, actor: &Actor, id: HandoverId) -> Result<Handover> {
    let mut query = h::table
        .inner_join(a::table.on(a::id.eq(h::application_id)))
        .filter(h::id.eq(id))
        .select(Handover::as_select())
        .into_boxed();
    query = seen_by!(query, actor);
    query
        .first(db)
        .optional()?
        .ok_or_else(|| Refusal::not_found().into())
}

/// A handover, whoever asks.
pub(crate) fn any(db: &mut Db, id: HandoverId) -> Result<Handover> {
    Ok(h::table.find(id).select(Handover::as_select()).first(db)?)
}

/// The handover that people name so, if the actor may see it.
pub(crate) fn handover_named(db: &mut Db, actor: &Actor, reference: &str) -> Result<Handover> {
    let id = h::table
        .filter(h::reference.eq(reference))
        .select(h::id)
        .first(db)
        .optional()?
        .ok_or_else(Refusal::not_found)?;
    handover(db, actor, id)
}

pub(crate) fn named(db: &mut Db, handover: Handover) -> Result<Named> {
    let (association, wave, application, from_another): (String, String, String, bool) = h::table
        .inner_join(o::table)
        .inner_join(w::table.on(w::id.eq(h::wave_id)))
        .inner_join(a::table.on(a::id.eq(h::application_id)))
        .filter(h::id.eq(handover.id))
        .select((o::name, w::name, a::reference, w::passed_on))
        .first(db)?;
    let workshop = match handover.workshop_id {
        Some(id) => identity::names(db, &[id])?.remove(&id),
        None => None,
    };
    Ok(Named {
        handover,
        association,
        wave,
        application,
        workshop,
        from_another,
    })
}

/// A page of the handovers that the actor may see, the newest first.
pub(crate) fn handovers(
    db: &mut Db,
    actor: &Actor,
    filter: &HandoverFilter,
    page: &PageRequest,
) -> Result<Page<Named>> {
    let mut query = h::table
        .inner_join(o::table)
        .inner_join(w::table.on(w::id.eq(h::wave_id)))
        .inner_join(a::table.on(a::id.eq(h::application_id)))
        .select((
            Handover::as_select(),
            o::name,
            w::name,
            a::reference,
            w::passed_on,
        ))
        .order(h::id.desc())
        .limit(page.fetch())
        .into_boxed();
    if let Some(wave) = filter.wave_id {
        query = query.filter(h::wave_id.eq(wave));
    }
    if let Some(status) = filter.status {
        query = query.filter(h::status.eq(status));
    }
    if let Some(application) = filter.application_id {
        query = query.filter(h::application_id.eq(application));
    }
    if let Some((from, to)) = filter.completed {
        query = query
            .filter(h::completed_at.ge(from))
            .filter(h::completed_at.lt(to));
    }
    if let Some(code) = &filter.postal_code {
        query = query.filter(o::postal_code.eq(code.clone()));
    }
    if let Some(theme) = filter.theme {
        query = query.filter(sql::<Bool>(&eligibility::works_on(db, theme)));
    }
    if let Some((wanted, now)) = filter.loan {
        query = match wanted {
            LoanFilter::Open => query.filter(
                h::id.eq_any(
                    n::table
                        .filter(n::returned_at.is_null())
                        .select(n::handover_id),
                ),
            ),
            LoanFilter::Overdue => query.filter(
                h::id.eq_any(
                    n::table
                        .filter(n::returned_at.is_null())
                        .filter(n::due_at.lt(now))
                        .select(n::handover_id),
                ),
            ),
            LoanFilter::Returned => query.filter(
                h::id.eq_any(
                    n::table
                        .filter(n::returned_at.is_not_null())
                        .select(n::handover_id),
                ),
            ),
        };
    }
    query = seen_by!(query, actor);
    if let Some(after) = page.after::<HandoverId>()? {
        query = query.filter(h::id.lt(after));
    }
    let rows: Vec<Row> = query.load(db)?;
    Ok(Page::from_rows(
        with_workshops(db, rows)?,
        page,
        |row: &Named| row.handover.id.to_string(),
    ))
}

/// The appointments from one moment on until another, in their order: so many at the most. A
/// workshop sees what it keeps.
pub(crate) fn appointments(
    db: &mut Db,
    actor: &Actor,
    (from, to): (Instant, Instant),
    most: i64,
) -> Result<Vec<Named>> {
    let mut query = h::table
        .inner_join(o::table)
        .inner_join(w::table.on(w::id.eq(h::wave_id)))
        .inner_join(a::table.on(a::id.eq(h::application_id)))
        .filter(h::appointment_from.ge(from))
        .filter(h::appointment_from.lt(to))
        .select((
            Handover::as_select(),
            o::name,
            w::name,
            a::reference,
            w::passed_on,
        ))
        .order((h::appointment_from.asc(), h::id.asc()))
        .limit(most)
        .into_boxed();
    query = seen_by!(query, actor);
    let rows: Vec<Row> = query.load(db)?;
    with_workshops(db, rows)
}

fn with_workshops(db: &mut Db, rows: Vec<Row>) -> Result<Vec<Named>> {
    let workshops: Vec<OrganisationId> = rows
        .iter()
        .filter_map(|(handover, ..)| handover.workshop_id)
        .collect();
    let names: HashMap<OrganisationId, String> = identity::names(db, &workshops)?;
    let named = rows
        .into_iter()
        .map(|(handover, association, wave, application, from_another)| {
            let workshop = handover.workshop_id.and_then(|id| names.get(&id).cloned());
            Named {
                handover,
                association,
                wave,
                application,
                workshop,
                from_another,
            }
        });
    Ok(named.collect())
}

/// How many handovers of a wave are neither completed nor called off.
pub(crate) fn open_of_wave(db: &mut Db, wave: WaveId) -> Result<i64> {
    Ok(h::table
        .filter(h::wave_id.eq(wave))
        .filter(h::status.eq_any([
            HandoverStatus::Planned,
            HandoverStatus::Scheduled,
            HandoverStatus::Missed,
        ]))
        .count()
        .get_result(db)?)
}

/// How many lots of a wave were handed over.
pub(crate) fn completed_of_wave(db: &mut Db, wave: WaveId) -> Result<i64> {
    Ok(h::table
        .filter(h::wave_id.eq(wave))
        .filter(h::status.eq(HandoverStatus::Completed))
        .count()
        .get_result(db)?)
}

/// Calls off every handover of a wave that did not take place.
pub(crate) fn cancel_of_wave(db: &mut Db, wave: WaveId, reason: &str, now: Instant) -> Result<()> {
    diesel::update(h::table)
        .filter(h::wave_id.eq(wave))
        .filter(h::status.eq_any([
            HandoverStatus::Planned,
            HandoverStatus::Scheduled,
            HandoverStatus::Missed,
        ]))
        .set((
            h::status.eq(HandoverStatus::Cancelled),
            h::reason.eq(reason),
            h::version.eq(h::version + 1),
            h::updated_at.eq(now),
        ))
        .execute(db)?;
    Ok(())
}

/// A step of a handover's life.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step<'a> {
    Schedule {
        from: Instant,
        to: Instant,
        place: &'a str,
        slot: Option<HandoverSlotId>,
    },
    Complete {
        by: PersonId,
        recipient: &'a str,
        signature: Option<&'a str>,
        sha256: Option<&'a str>,
        waived: Option<&'a str>,
    },
    Miss {
        reason: &'a str,
    },
    Cancel {
        reason: &'a str,
    },
}

/// Takes a step. Guarded by the status and the version that were read.
pub(crate) fn step(db: &mut Db, handover: &Handover, step: Step<'_>, now: Instant) -> Result<()> {
    let to = match step {
        Step::Schedule { .. } => HandoverStatus::Scheduled,
        Step::Complete { .. } => HandoverStatus::Completed,
        Step::Miss { .. } => HandoverStatus::Missed,
        Step::Cancel { .. } => HandoverStatus::Cancelled,
    };
    let common = (
        h::status.eq(to),
        h::version.eq(handover.version + 1),
        h::updated_at.eq(now),
    );
    let guarded = diesel::update(h::table.find(handover.id))
        .filter(h::version.eq(handover.version))
        .filter(h::status.eq(handover.status));
    let rows = match step {
        Step::Schedule {
            from,
            to,
            place,
            slot,
        } => {
            let sequence = if handover.appointment_from.is_some() {
                handover.sequence + 1
            } else {
                0
            };
            guarded
                .set((
                    common,
                    h::appointment_from.eq(from),
                    h::appointment_to.eq(to),
                    h::place.eq(place),
                    h::sequence.eq(sequence),
                    h::slot_id.eq(slot),
                    h::reason.eq(None::<String>),
                ))
                .execute(db)?
        }
        Step::Complete {
            by,
            recipient,
            signature,
            sha256,
            waived,
        } => guarded
            .set((
                common,
                h::recipient_name.eq(recipient),
                h::signature.eq(signature),
                h::signature_sha256.eq(sha256),
                h::signature_waived.eq(waived),
                h::completed_by.eq(by),
                h::completed_at.eq(now),
            ))
            .execute(db)?,
        Step::Miss { reason } | Step::Cancel { reason } => {
            guarded.set((common, h::reason.eq(reason))).execute(db)?
        }
    };
    db::guard(rows, Code::HandoverStepNotAllowed)
}

/// Notes that the lot of a handover changed.
pub(crate) fn touch(db: &mut Db, handover: &Handover, now: Instant) -> Result<()> {
    let rows = diesel::update(h::table.find(handover.id))
        .filter(h::version.eq(handover.version))
        .set((h::version.eq(handover.version + 1), h::updated_at.eq(now)))
        .execute(db)?;
    db::guard(rows, Code::StaleVersion)
}

/// Notes who collects a lot, or nobody any more.
pub(crate) fn set_collector(
    db: &mut Db,
    handover: &Handover,
    (name, by): (Option<&str>, PersonId),
    now: Instant,
) -> Result<()> {
    let rows = diesel::update(h::table.find(handover.id))
        .filter(h::version.eq(handover.version))
        .set((
            h::collector.eq(name),
            h::collector_named_by.eq(Some(by)),
            h::collector_named_at.eq(Some(now)),
            h::version.eq(handover.version + 1),
            h::updated_at.eq(now),
        ))
        .execute(db)?;
    db::guard(rows, Code::StaleVersion)
}

/// Notes the city's decision to hand a lot over all the same.
pub(crate) fn allow(
    db: &mut Db,
    handover: &Handover,
    (reason, by): (&str, PersonId),
    now: Instant,
) -> Result<()> {
    let rows = diesel::update(h::table.find(handover.id))
        .filter(h::version.eq(handover.version))
        .set((
            h::allowed_reason.eq(Some(reason)),
            h::allowed_by.eq(Some(by)),
            h::allowed_at.eq(Some(now)),
            h::version.eq(handover.version + 1),
            h::updated_at.eq(now),
        ))
        .execute(db)?;
    db::guard(rows, Code::StaleVersion)
}

/// A lot that was handed over has so many devices in truth.
pub(crate) fn set_devices(
    db: &mut Db,
    handover: &Handover,
    devices: i32,
    now: Instant,
) -> Result<()> {
    let rows = diesel::update(h::table.find(handover.id))
        .filter(h::version.eq(handover.version))
        .set((
            h::devices.eq(devices),
            h::version.eq(handover.version + 1),
            h::updated_at.eq(now),
        ))
        .execute(db)?;
    db::guard(rows, Code::StaleVersion)
}

/// The handovers of an application that did not take place yet.
pub(crate) fn open_of_application(
    db: &mut Db,
    application: ApplicationId,
) -> Result<Vec<HandoverId>> {
    Ok(h::table
        .filter(h::application_id.eq(application))
        .filter(h::status.eq_any([
            HandoverStatus::Planned,
            HandoverStatus::Scheduled,
            HandoverStatus::Missed,
        ]))
        .order(h::id)
        .select(h::id)
        .load(db)?)
}
