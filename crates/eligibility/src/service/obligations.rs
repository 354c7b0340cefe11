//! What associations owe from what they received: a report on each lot, and what staff note.

use db::{Db, Error, Result, Tx};
use identity::OrganisationKind;
use kernel::{Actor, Code, Fields, ObligationId, OrganisationId, Page, PageRequest, Refusal, Text};
use notifications::Message;

use crate::model::{FollowUpReport, NewObligation, Obligation, ObligationFilter, Received};
use crate::{Delays, store};

/// A lot was handed over: the association owes a report on it, as many months later as the
/// programme says. To be called in the transaction that completes the handover; doing it
/// again changes nothing.
///
/// # Errors
/// When the database fails.
pub fn owe_follow_up(tx: &mut Tx<'_>, actor: &Actor, received: &Received<'_>) -> Result<()> {
    let terms = store::follow_up_terms(tx, received.application)?;
    let (association_id, association, months) = terms.ok_or_else(|| {
        Error::Inconsistent(format!(
            "handover {} is for no application",
            received.handover
        ))
    })?;
    let devices = match received.devices {
        1 => "un appareil".to_owned(),
        many => format!("{many} appareils"),
    };
    let now = tx.now();
    let obligation = Obligation {
        id: tx.new_id(),
        association_id,
        association,
        what: format!("Bilan d'usage du lot {} ({devices})", received.reference),
        due_at: now.plus_months(u32::try_from(months).unwrap_or(0)),
        handover_id: Some(received.handover),
        met_at: None,
        met_by: None,
        report: None,
        created_at: now,
    };
    store::insert_obligation(tx, &obligation, actor.person)
}

/// Notes an obligation of an association.
///
/// # Errors
/// `not_found`, `invalid_fields`.
pub fn note_obligation(
    tx: &mut Tx<'_>,
    actor: &Actor,
    association: OrganisationId,
    new: &NewObligation,
) -> Result<Obligation> {
    let known = identity::organisation(tx, association)?
        .filter(|organisation| organisation.kind == OrganisationKind::Association);
    let known = known.ok_or_else(Refusal::not_found)?;
    let mut fields = Fields::default();
    fields.text("/what", &new.what, 500);
    fields.check()?;
    let obligation = Obligation {
        id: tx.new_id(),
        association_id: association,
        association: known.name,
        what: new.what.trim().to_owned(),
        due_at: new.due_at,
        handover_id: None,
        met_at: None,
        met_by: None,
        report: None,
        created_at: tx.now(),
    };
    store::insert_obligation(tx, &obligation, actor.person)?;
    Ok(obligation)
}

/// The obligations of an association, the first due first: the city sees all, an
/// association its own.
///
/// # Errors
/// `not_found`, also when it is another association.
pub fn obligations_of(
    db: &mut Db,
    actor: &Actor,
    association: OrganisationId,
) -> Result<Vec<Obligation>> {
    if actor.limited_to().is_some_and(|own| own != association) {
        return Err(Refusal::not_found().into());
    }
    identity::organisation(db, association)?.ok_or_else(Refusal::not_found)?;
    store::obligations_of(db, association)
}

/// One obligation.
///
/// # Errors
/// `not_found`, also when it is another association's.
pub fn obligation(db: &mut Db, actor: &Actor, id: ObligationId) -> Result<Obligation> {
    store::obligation(db, actor, id)
}

/// A page of obligations, the newest first: the city sees all, an association its own.
///
/// # Errors
/// `invalid_page`.
pub fn obligations(
    db: &mut Db,
    actor: &Actor,
    filter: &ObligationFilter,
    now: kernel::Instant,
    page: &PageRequest,
) -> Result<Page<Obligation>> {
    store::obligations(db, actor, filter, now, page)
}

/// A page of what associations still owe the city, the first due first: what is due before a
/// moment, from a moment on, or all.
///
/// # Errors
/// `invalid_page`.
pub fn open_obligations(
    db: &mut Db,
    due: (Option<kernel::Instant>, Option<kernel::Instant>),
    page: &PageRequest,
) -> Result<Page<Obligation>> {
    store::open_obligations(db, due, page)
}

/// An association says what became of what it received; staff may write it down for it. That
/// meets the obligation.
///
/// # Errors
/// `not_found`, `invalid_fields`, `obligation_met`.
pub fn report_follow_up(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ObligationId,
    report: &FollowUpReport,
) -> Result<Obligation> {
    store::obligation(tx, actor, id)?;
    let mut fields = Fields::default();
    fields.text("/summary", &report.summary, 4000);
    for (pointer, figure) in [
        ("/devices_in_use", report.devices_in_use),
        ("/people_reached", report.people_reached),
    ] {
        if figure.is_some_and(|figure| !(0..=10_000_000).contains(&figure)) {
            fields.push(
                pointer,
                Code::OutOfRange,
                Text::new("Un nombre de 0 à 10000000.", "A number from 0 to 10000000."),
            );
        }
    }
    fields.check()?;
    let report = FollowUpReport {
        summary: report.summary.trim().to_owned(),
        ..report.clone()
    };
    let now = tx.now();
    store::meet_obligation(tx, id, Some(&report), actor.person, now)?;
    store::obligation(tx, actor, id)
}

/// Staff note that an obligation is met. Scores that were decided keep what they used.
///
/// # Errors
/// `not_found`, `obligation_met`.
pub fn meet_obligation(tx: &mut Tx<'_>, actor: &Actor, id: ObligationId) -> Result<Obligation> {
    store::obligation(tx, actor, id)?;
    let now = tx.now();
    store::meet_obligation(tx, id, None, actor.person, now)?;
    store::obligation(tx, actor, id)
}

/// Reminds of reports that are due soon, and once of those that are overdue; returns how many.
pub(super) fn remind_follow_ups(
    tx: &mut Tx<'_>,
    delays: &Delays,
    past: kernel::Instant,
    most: i64,
) -> Result<usize> {
    let now = tx.now();
    let soon = now.plus_days(i64::from(delays.follow_up_reminder_days));
    let mut sent = 0;
    for (overdue, from, to) in [(false, now, soon), (true, past, now.plus_seconds(-1))] {
        for it in store::due_obligations(tx, overdue, from, to, most)? {
            store::note_reminded(tx, it.id, overdue, now)?;
            let people = identity::contacts(tx, it.association_id)?;
            let message = Message::FollowUpDue {
                obligation: Some(it.id),
                what: it.what,
                due_at: it.due_at,
                overdue,
            };
            notifications::push_all(tx, &people, &message)?;
            sent += 1;
        }
    }
    Ok(sent)
}
