//! The donor and the count at the dock: it is sent the difference, and confirms or contests.

use db::{Db, Result, Tx};
use identity::token;
use kernel::{Actor, BatchId, Code, Fields, Instant, Refusal, Role, Text, Verdict};
use notifications::Message;

use super::tell;
use crate::model::{Batch, Comment, Difference, DonorAnswer, ReceptionAnswer, ReceptionLink};
use crate::rules;
use crate::store::{self, Change};

/// Days in which a link in the mail about the count works.
const LINK_DAYS: i64 = 30;

/// Sends the donor's people the count, each with a link of their own by which they confirm
/// or contest it.
///
/// # Errors
/// When the database fails.
pub fn ask_donor(tx: &mut Tx<'_>, batch: &Batch, difference: Difference) -> Result<()> {
    let now = tx.now();
    let expires_at = now.plus_days(LINK_DAYS);
    for recipient in identity::contacts(tx, batch.donor_id)? {
        let Some(person) = recipient.person else {
            continue;
        };
        let token = token::random()?;
        store::insert_link(
            tx,
            &token::hash(&token),
            batch.id,
            person,
            (now, expires_at),
        )?;
        let message = Message::BatchClosed {
            reference: batch.reference.clone(),
            title: batch.title.clone(),
            expected: difference.expected,
            received: difference.received,
            missing: difference.missing,
            unexpected: difference.unexpected,
            token,
            answer_until: Some(expires_at),
        };
        notifications::push(tx, &recipient, &message)?;
    }
    Ok(())
}

/// Tells the donor that machines of a closed batch turned up after all.
///
/// # Errors
/// When the database fails.
pub fn tell_late(tx: &mut Tx<'_>, batch: &Batch, received: i64, missing: i64) -> Result<()> {
    let message = Message::BatchLate {
        reference: batch.reference.clone(),
        title: batch.title.clone(),
        received,
        missing,
    };
    let people = identity::contacts(tx, batch.donor_id)?;
    notifications::push_all(tx, &people, &message)
}

/// Whether the count of a batch has ended.
///
/// # Errors
/// When the database fails.
pub fn is_closed(db: &mut Db, id: BatchId) -> Result<bool> {
    store::is_closed(db, id)
}

/// What a link opens. Opening it changes nothing.
///
/// # Errors
/// `invalid_token` when it is none of ours, is too old, or its person is gone.
pub fn reception_link(db: &mut Db, token: &str, now: Instant) -> Result<ReceptionLink> {
    let invalid = || Refusal::plain(Code::InvalidToken);
    let link = store::link(db, &token::hash(token))?
        .filter(|link| now < link.expires_at)
        .ok_or_else(invalid)?;
    let person = identity::person(db, link.person_id)?
        .filter(|person| person.role == Role::Donor)
        .ok_or_else(invalid)?;
    let active = identity::contacts(db, person.organisation_id)?
        .iter()
        .any(|contact| contact.person == Some(person.id));
    let donor = identity::organisation(db, person.organisation_id)?.ok_or_else(invalid)?;
    if !active || super::may_act(donor.status).is_err() {
        return Err(invalid().into());
    }
    let actor = Actor {
        person: person.id,
        role: person.role,
        organisation: person.organisation_id,
        session: None,
        key: None,
    };
    Ok(ReceptionLink {
        batch: store::batch(db, &actor, link.batch_id)?,
        actor,
        language: person.language,
        expires_at: link.expires_at,
    })
}

/// The donor confirms or contests the count, of the whole batch or of some devices. Who contests
/// says why; the city and the workshop are told.
///
/// # Errors
/// `batch_step_not_allowed`, `reception_confirmed`, `required` without a comment,
/// `unknown_reference` for a device that is not of the batch.
pub fn answer_reception(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: BatchId,
    answer: DonorAnswer,
    said: &Comment,
) -> Result<Batch> {
    let batch = store::batch(tx, actor, id)?;
    let comment = rules::check_comment(answer, said.comment.as_deref())?;
    let devices = match answer {
        DonorAnswer::Contested => contested_devices(tx, id, &said.devices)?,
        DonorAnswer::Confirmed => Vec::new(),
    };
    let new = ReceptionAnswer {
        answer,
        comment,
        devices,
        answered_at: tx.now(),
        answered_by: actor.person,
    };
    let verdict = rules::answer(batch.status, batch.reception.as_ref(), &new)?;
    if verdict == Verdict::AlreadyDone {
        return Ok(batch);
    }
    store::update(
        tx,
        &batch,
        &Change::to(&batch, batch.status, new.answered_at),
    )?;
    store::put_answer(tx, batch.id, &new)?;
    if answer == DonorAnswer::Contested {
        tell::contested(tx, &batch, &new)?;
    }
    store::batch(tx, actor, id)
}

/// The tags of the devices that are contested, each of them of the batch.
fn contested_devices(db: &mut Db, batch: BatchId, named: &[String]) -> Result<Vec<String>> {
    let names: Vec<String> = named.iter().map(|name| name.trim().to_owned()).collect();
    rules::check_named(&names)?;
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let found = store::tags_of(db, batch, &names)?;
    let (mut tags, mut fields) = (Vec::new(), Fields::default());
    for (at, name) in names.iter().enumerate() {
        let is_named = |(tag, serial): &&(String, Option<String>)| {
            tag.eq_ignore_ascii_case(name) || serial.as_ref() == Some(name)
        };
        match found.iter().find(is_named) {
            Some((tag, _)) => tags.push(tag.clone()),
            None => fields.push(
                format!("/devices/{at}"),
                Code::UnknownReference,
                Text::new(
                    format!("Aucun appareil de ce don ne porte le numéro {name}."),
                    format!("No device of this donation has the number {name}."),
                ),
            ),
        }
    }
    fields.check()?;
    tags.sort_unstable();
    tags.dedup();
    Ok(tags)
}
