//! What an association sees before it sends: what is left, what to know, where to begin.

use db::{Db, Result, Tx};
use kernel::{Actor, ApplicationId, Instant, OrganisationId, PageRequest};

use super::application::view;
use super::draft::save_form;
use crate::lists::Lists;
use crate::model::{Application, Checklist, Form, Programme, Section};
use crate::{Delays, Setup, rules, store};

/// How far an application is filled in, and what to know before it is sent.
///
/// # Errors
/// `not_found`, also when it is another association's.
pub fn checklist(
    db: &mut Db,
    actor: &Actor,
    setup: &Setup,
    id: ApplicationId,
    now: Instant,
) -> Result<Checklist> {
    let record = store::application(db, actor, id)?;
    let programme = store::programme(db, record.row.programme_id)?;
    let form = &record.row.form.form;
    let sections = rules::progress(form, &programme, &setup.lists);
    let left = sections.iter().filter(|part| !part.problems.is_empty());
    Ok(Checklist {
        programme_id: programme.id,
        minutes_left: left.map(|part| part.section.minutes()).sum(),
        advice: rules::advice(form, &programme, &record.site(), now),
        sections,
    })
}

/// Fills in one part of the form: its fields become what they are in `new`, empty ones included.
///
/// # Errors
/// `not_found`, `application_not_editable`, `organisation_suspended`, `invalid_fields`.
pub fn fill_section(
    tx: &mut Tx<'_>,
    actor: &Actor,
    lists: &Lists,
    id: ApplicationId,
    section: Section,
    new: &Form,
) -> Result<Application> {
    let mut record = store::application(tx, actor, id)?;
    let old = record.row.form.form.clone();
    let form = old.clone().with_section(section, new.clone());
    let changed = form.differences(&old);
    save_form(tx, actor, lists, &mut record, form, &changed)?;
    view(tx, actor, record)
}

/// What the association filled in last, as the start of an application in this programme.
///
/// # Errors
/// `invalid_page` never; when the database fails.
pub fn last_form(
    db: &mut Db,
    association: OrganisationId,
    programme: &Programme,
) -> Result<Option<(String, Form)>> {
    let last = store::last_submitted(db, association)?;
    Ok(last.map(|(reference, form)| (reference, form.for_another(programme))))
}

/// Programmes that an application may be opened in now, the newest first. One that has not opened
/// yet is among them: applications may be prepared.
///
/// # Errors
/// When the database fails.
pub fn open_programmes(db: &mut Db, now: Instant) -> Result<Vec<Programme>> {
    let newest = store::programmes(db, &PageRequest::new(Some(100), None)?)?;
    let open = |programme: &Programme| rules::not_closed(programme, now).is_ok();
    Ok(newest.items.into_iter().filter(open).collect())
}

/// Until when the decision on an application may be contested; none when there is nothing to
/// contest, it is too late, or it is contested already.
///
/// # Errors
/// `not_found`, also when it is another association's.
pub fn appeal_until(
    db: &mut Db,
    actor: &Actor,
    delays: &Delays,
    id: ApplicationId,
    now: Instant,
) -> Result<Option<Instant>> {
    let row = store::application(db, actor, id)?.row;
    let decided = row.decided_at.zip(row.decided_by);
    let Ok(contest) = rules::contest(row.status, decided, row.silence_at, now) else {
        return Ok(None);
    };
    let in_time = rules::still_appealable(&contest, delays.appeal_months, now).is_ok();
    if !in_time || store::appeal_exists(db, id, contest.at)? {
        return Ok(None);
    }
    Ok(Some(contest.at.plus_months(delays.appeal_months)))
}
