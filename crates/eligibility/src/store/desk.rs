//! Counts of what waits, each by one bounded query, and who has which case.

use db::schema::{appeals as l, applications as a, people};
use db::{Db, Result};
use diesel::dsl::count_star;
use diesel::prelude::*;
use kernel::{ApplicationId, Code, Instant, PersonId, ProgrammeId, Queue};

use crate::model::ApplicationStatus;

/// What is not decided, and so is somebody's case.
pub(crate) const OPEN: [ApplicationStatus; 3] = [
    ApplicationStatus::Submitted,
    ApplicationStatus::InReview,
    ApplicationStatus::ChangesRequested,
];

fn queue(since: &[Option<Instant>]) -> Queue {
    let since: Vec<Instant> = since.iter().copied().flatten().collect();
    Queue::of(&since)
}

/// Applications in a status, since they were sent.
pub(crate) fn waiting(db: &mut Db, status: ApplicationStatus) -> Result<Queue> {
    let since: Vec<Option<Instant>> = a::table
        .filter(a::status.eq(status))
        .order(a::submitted_at)
        .select(a::submitted_at)
        .limit(Queue::FETCH)
        .load(db)?;
    Ok(queue(&since))
}

/// Applications whose association answered what was asked.
pub(crate) fn answered(db: &mut Db) -> Result<Queue> {
    let since: Vec<Option<Instant>> = a::table
        .filter(a::answered_at.is_not_null())
        .order(a::answered_at)
        .select(a::answered_at)
        .limit(Queue::FETCH)
        .load(db)?;
    Ok(queue(&since))
}

/// Appeals that wait for a decision.
pub(crate) fn open_appeals(db: &mut Db) -> Result<Queue> {
    let since: Vec<Instant> = l::table
        .filter(l::outcome.is_null())
        .order(l::id)
        .select(l::filed_at)
        .limit(Queue::FETCH)
        .load(db)?;
    Ok(Queue::of(&since))
}

/// Cases of somebody that wait for them, since they were sent.
pub(crate) fn cases_of(db: &mut Db, person: PersonId) -> Result<Queue> {
    let since: Vec<Option<Instant>> = a::table
        .filter(a::assigned_to.eq(person))
        .filter(a::status.eq_any([ApplicationStatus::Submitted, ApplicationStatus::InReview]))
        .select(a::submitted_at)
        .limit(Queue::FETCH)
        .load(db)?;
    Ok(queue(&since))
}

/// How many open cases others have.
pub(crate) fn cases_of_others(
    db: &mut Db,
    but: PersonId,
) -> Result<Vec<(PersonId, String, usize)>> {
    let counted: Vec<(Option<PersonId>, i64)> = a::table
        .filter(a::assigned_to.is_not_null())
        .filter(a::status.eq_any(OPEN))
        .group_by(a::assigned_to)
        .select((a::assigned_to, count_star()))
        .load(db)?;
    let counted: Vec<(PersonId, i64)> = counted
        .into_iter()
        .filter_map(|(person, count)| person.map(|person| (person, count)))
        .filter(|(person, _)| *person != but)
        .collect();
    let ids: Vec<PersonId> = counted.iter().map(|(person, _)| *person).collect();
    let names: Vec<(PersonId, String)> = people::table
        .filter(people::id.eq_any(ids))
        .order(people::name)
        .select((people::id, people::name))
        .load(db)?;
    let of = |person: PersonId| {
        let found = counted.iter().find(|(counted, _)| *counted == person);
        found.map_or(0, |(_, count)| usize::try_from(*count).unwrap_or(0))
    };
    let named = names
        .into_iter()
        .map(|(person, name)| (person, name, of(person)));
    Ok(named.collect())
}

/// How many other eligible applications of a programme have a higher score than this, and how many
/// there are.
pub(crate) fn standing(
    db: &mut Db,
    programme: ProgrammeId,
    but: ApplicationId,
    score: i32,
) -> Result<(i64, i64)> {
    let others = || {
        a::table
            .filter(a::programme_id.eq(programme))
            .filter(a::status.eq(ApplicationStatus::Eligible))
            .filter(a::id.ne(but))
    };
    let above = others().filter(a::score.gt(score)).count().get_result(db)?;
    Ok((above, others().count().get_result(db)?))
}

/// Gives an application to somebody, or to nobody. Its version stays: what was read of it holds.
pub(crate) fn assign(db: &mut Db, id: ApplicationId, to: Option<PersonId>) -> Result<()> {
    let rows = diesel::update(a::table.find(id))
        .set(a::assigned_to.eq(to))
        .execute(db)?;
    db::guard(rows, Code::NotFound)
}

/// Gives the open cases of somebody to somebody else, or to nobody; how many there were.
pub(crate) fn transfer_cases(db: &mut Db, from: PersonId, to: Option<PersonId>) -> Result<usize> {
    let open = a::table
        .filter(a::assigned_to.eq(from))
        .filter(a::status.eq_any(OPEN));
    Ok(diesel::update(open)
        .set(a::assigned_to.eq(to))
        .execute(db)?)
}
