//! A plan is submitted for approval, or sent back.

use std::collections::HashMap;

use db::{Db, Error, Result, Tx};
use kernel::{Actor, BatchId, Code, Verdict, WaveId};
use notifications::Message;

use super::ground::{ties, wanted, without_devices};
use super::{load, stored_plan};
use crate::model::{Rejection, Submission, Wave, WaveStatus};
use crate::plan::instance::{Instance, Line};
use crate::rules::{self, Changes};
use crate::store::{self, Step};

/// Asks for the approval of another person.
///
/// # Errors
/// `required` without the digest; `wave_step_not_allowed`; `nothing_to_allocate` when nobody
/// would receive anything; `wave_out_of_date` for another plan than was read, and with what
/// changed since it was made.
pub fn submit(tx: &mut Tx<'_>, actor: &Actor, id: WaveId, submission: &Submission) -> Result<Wave> {
    let wave = load(tx, id)?;
    let digest = rules::digest_named(submission.digest.as_deref())?;
    let verdict = rules::may_submit(&wave, actor.person)?;
    rules::same_plan(&wave, digest)?;
    rules::message_fits(submission.message.as_deref())?;
    if verdict == Verdict::AlreadyDone {
        return Ok(wave);
    }
    let (instance, awards, _) = stored_plan(tx, &wave)?.ok_or_else(|| {
        Error::Inconsistent(format!("wave {id} is {} without a plan", wave.status))
    })?;
    if awards.iter().all(|award| award.qty == 0) {
        return Err(Code::NothingToAllocate.into());
    }
    still_true(tx, &wave, &instance)?;
    let now = tx.now();
    store::step(tx, &wave, Step::Submit { by: actor.person }, now)?;
    let message = submission.message.as_deref().map(str::trim);
    let row = store::SubmissionRow {
        wave_id: id,
        number: store::last_submission(tx, id)? + 1,
        digest: digest.to_owned(),
        message: message.filter(|text| !text.is_empty()).map(str::to_owned),
        settings: wave.settings.clone(),
        awards: serde_json::to_string(&awards)?,
        submitted_by: actor.person,
        submitted_at: now,
        returned_by: None,
        returned_at: None,
        returned_reason: None,
    };
    store::insert_submission(tx, &row)?;
    let served = awards.iter().filter(|award| award.qty > 0);
    let message = Message::WaveToApprove {
        wave_id: Some(wave.id),
        wave: wave.name.clone(),
        programme: eligibility::programme(tx, wave.programme_id)?.name,
        submitted_by: identity::person(tx, actor.person)?
            .map(|person| person.name)
            .unwrap_or_default(),
        associations: i64::try_from(served.clone().count()).unwrap_or(i64::MAX),
        devices: i64::try_from(served.map(|award| award.qty).sum::<u64>()).unwrap_or(i64::MAX),
    };
    let others: Vec<_> = identity::staff_contacts(tx)?
        .into_iter()
        .filter(|recipient| recipient.person != Some(actor.person))
        .collect();
    notifications::push_all(tx, &others, &message)?;
    load(tx, id)
}

/// Sends a submitted wave back to draft; its pins stay.
///
/// # Errors
/// `required` without the digest; `wave_step_not_allowed`; `wave_out_of_date` for another plan
/// than was read; `invalid_fields` without a reason.
pub fn reject(tx: &mut Tx<'_>, actor: &Actor, id: WaveId, rejection: &Rejection) -> Result<Wave> {
    let wave = load(tx, id)?;
    let digest = rules::digest_named(rejection.digest.as_deref())?;
    let reason = rejection.reason.as_str();
    rules::reason_given(reason)?;
    if wave.status == WaveStatus::Draft && wave.reason.as_deref() == Some(reason.trim()) {
        return Ok(wave);
    }
    rules::may_reject(wave.status)?;
    rules::same_plan(&wave, digest)?;
    let now = tx.now();
    store::step(
        tx,
        &wave,
        Step::Reject {
            reason: reason.trim(),
        },
        now,
    )?;
    let number = store::last_submission(tx, id)?;
    store::note_return(tx, (id, number), (actor.person, reason.trim()), now)?;
    let message = Message::WaveRejected {
        wave_id: Some(wave.id),
        wave: wave.name.clone(),
        programme: eligibility::programme(tx, wave.programme_id)?.name,
        reason: reason.trim().to_owned(),
    };
    let submitter = wave.submitted_by.filter(|person| *person != actor.person);
    if let Some(submitter) = submitter {
        let staff = identity::staff_contacts(tx)?;
        let to: Vec<_> = staff
            .into_iter()
            .filter(|recipient| recipient.person == Some(submitter))
            .collect();
        notifications::push_all(tx, &to, &message)?;
    }
    load(tx, id)
}

/// The gifts of a plan that their donors tie otherwise than when it was made.
fn retied(db: &mut Db, wave: &Wave, instance: &Instance) -> Result<Vec<String>> {
    let tied: HashMap<&str, &[String]> = instance
        .classes
        .iter()
        .filter(|class| !class.any_of.iter().any(|tag| tag == rules::SMALL))
        .map(|class| (class.id.as_str(), class.any_of.as_slice()))
        .collect();
    let gifts = store::gifts(db, wave.id)?;
    let batches: Vec<BatchId> = gifts.iter().map(|gift| gift.batch).collect();
    let ties = ties(db, &batches)?;
    let mut retied: Vec<String> = gifts
        .into_iter()
        .filter(|gift| {
            let then = tied.get(gift.class.as_str()).copied().unwrap_or_default();
            let now = ties.get(&gift.batch).map(Vec::as_slice);
            then != now.unwrap_or_default()
        })
        .map(|gift| gift.reference)
        .collect();
    retied.dedup();
    Ok(retied)
}

/// Refuses a plan whose devices or applications are no longer what it was computed from.
pub(super) fn still_true(db: &mut Db, wave: &Wave, instance: &Instance) -> Result<()> {
    let (changes, _) = changed(db, wave, instance)?;
    Ok(rules::out_of_date(&changes)?)
}

/// What is no longer as it was when a plan was made, and the lines that there would be now.
pub(super) fn changed(
    db: &mut Db,
    wave: &Wave,
    instance: &Instance,
) -> Result<(Changes, Vec<Line>)> {
    let mut changes = Changes::default();
    let programme = eligibility::programme(db, wave.programme_id)?;
    let wanted = wanted(&wave.settings, &programme)?;
    for class in &instance.classes {
        let Some(kind) = rules::kind_of_class(&class.id) else {
            continue;
        };
        let (count, devices) = store::changed_devices(db, wave.id, (&class.id, kind), wanted)?;
        changes.device_count += count;
        changes.devices.extend(devices);
    }
    changes.gifts = retied(db, wave, instance)?;
    let now = without_devices(db, wave)?.instance(wave, &wave.settings, &[])?;
    changes.applications = rules::changed_lines(
        &rules::without_association_tags(&instance.lines),
        &now.lines,
    );
    Ok((changes, now.lines))
}
