//! More or less of what was asked for, after the application was sent.

use db::{Error, Result, Tx};
use kernel::{Actor, ApplicationId};
use notifications::{Message, Quantity};

use super::application::view;
use super::score::{Detail, keep_score, rubric_of};
use crate::model::{Application, ApplicationStatus, AskedBefore, NewRequests};
use crate::rubric;
use crate::rules;
use crate::store::{self, Record};

/// Asks for more or less. What was asked for before stays in the record; the score of an
/// eligible application follows where its rubric looks at the quantity, on the very facts that
/// it used otherwise.
///
/// # Errors
/// `not_found`, `organisation_suspended`, `application_not_editable`, `invalid_fields`.
pub fn ask_otherwise(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    new: &NewRequests,
) -> Result<Application> {
    let mut record = store::application(tx, actor, id)?;
    rules::may_apply(record.association.status)?;
    let closed = store::closed_wave(tx, id)?;
    rules::may_ask_otherwise(record.row.status, closed.as_deref())?;
    let programme = store::programme(tx, record.row.programme_id)?;
    rules::check_requests(&new.requests, &new.reason, &programme.kinds)?;
    let before = record.row.form.form.requests.clone().unwrap_or_default();
    if before == new.requests {
        return view(tx, actor, record);
    }
    let now = tx.now();
    let stored = &mut record.row.form;
    stored.form.requests = Some(new.requests.clone());
    stored.asked_before.push(AskedBefore {
        requests: before,
        reason: new.reason.trim().to_owned(),
        by: actor.person,
        at: now,
    });
    let rescored = match record.row.status {
        ApplicationStatus::Eligible => rescored(tx, &record)?,
        _ => None,
    };
    if let Some(detail) = &rescored {
        record.row.score = Some(detail.score.score);
        record.row.scored_at = Some(now);
    }
    store::save_application(tx, &mut record.row, now)?;
    if let Some(detail) = &rescored {
        keep_score(tx, actor, id, detail, store::Because::Decision)?;
    }
    tell(tx, &record, new)?;
    view(tx, actor, record)
}

/// The score with the new quantity, if it is another.
fn rescored(tx: &mut Tx<'_>, record: &Record) -> Result<Option<Detail>> {
    let id = record.row.id;
    let stored = store::score_detail(tx, id)?;
    let stored = stored.ok_or_else(|| {
        Error::Inconsistent(format!("application {id} is eligible without a score"))
    })?;
    let mut detail: Detail = serde_json::from_str(&stored)?;
    let programme = store::programme(tx, record.row.programme_id)?;
    let rubric = rubric_of(&programme)?;
    detail.facts.quantity = record.row.form.form.quantity();
    let score = rubric::evaluate(&rubric, &detail.facts);
    if score.same_numbers(&detail.score) {
        return Ok(None);
    }
    detail.score = score;
    Ok(Some(detail))
}

fn tell(tx: &mut Tx<'_>, record: &Record, new: &NewRequests) -> Result<()> {
    let asked = new.requests.iter();
    let message = Message::ApplicationAsksOtherwise {
        reference: record.row.reference.clone(),
        programme: record.programme.clone(),
        association: record.association.name.clone(),
        requests: asked
            .map(|request| Quantity::of(request.kind, request.quantity.unsigned_abs()))
            .collect(),
        reason: new.reason.trim().to_owned(),
    };
    let staff = identity::staff_contacts(tx)?;
    notifications::push_all(tx, &staff, &message)
}
