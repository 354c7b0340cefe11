//! Reading applications, submitting and withdrawing them.

use db::{Db, Result, Tx};
use identity::OrganisationStatus;
use kernel::{Actor, ApplicationId, Page, PageRequest, Verdict};
use notifications::{Message, Quantity};

use crate::Setup;
use crate::model::{Application, ApplicationFilter, ApplicationStatus, StoredCommitments};
use crate::rules;
use crate::store::{self, Record};

/// One application, as its reader may see it.
///
/// # Errors
/// `not_found`, also when it is another association's.
pub fn application(db: &mut Db, actor: &Actor, id: ApplicationId) -> Result<Application> {
    let record = store::application(db, actor, id)?;
    view(db, actor, record)
}

/// The application that people name so, as its reader may see it.
///
/// # Errors
/// `not_found`, also when it is another association's.
pub fn application_named(db: &mut Db, actor: &Actor, reference: &str) -> Result<Application> {
    let id = store::application_named(db, reference)?;
    application(db, actor, id)
}

/// A page of applications, the newest first, without their assessments.
///
/// # Errors
/// `invalid_page`.
pub fn applications(
    db: &mut Db,
    actor: &Actor,
    filter: &ApplicationFilter,
    page: &PageRequest,
) -> Result<Page<Application>> {
    Ok(store::applications(db, actor, filter, page)?.map(|record| for_reader(actor, record)))
}

/// Whose case it is, and what the desk has not looked at yet, is for the city.
fn for_reader(actor: &Actor, record: Record) -> Application {
    let mut application = to_application(record);
    if !actor.is_city() {
        application.assigned_to = None;
        application.answered_at = None;
    }
    application
}

/// With the assessments, when staff ask: those of others once the reader gave theirs.
pub(super) fn view(db: &mut Db, actor: &Actor, record: Record) -> Result<Application> {
    let register_check = record.association.register_check.clone();
    let mut application = for_reader(actor, record);
    if actor.is_city() {
        application.register_check = register_check;
        let all = store::assessments(db, application.id)?;
        let seen = rules::seen_by(all, actor.person, application.status);
        application.assessments = Some(seen);
    }
    Ok(application)
}

fn to_application(record: Record) -> Application {
    let Record {
        row,
        association,
        programme,
    } = record;
    Application {
        id: row.id,
        reference: row.reference,
        programme_id: row.programme_id,
        programme,
        association_id: row.association_id,
        association: association.name,
        register_check: None,
        status: row.status,
        form: row.form.form,
        committed: row.form.committed,
        assisted: row.assisted,
        late: row.form.late,
        asked_before: row.form.asked_before,
        created_by: row.created_by,
        changes: row.changes,
        submitted_at: row.submitted_at,
        silence_at: row.silence_at,
        decided_at: row.decided_at,
        reasons: row.reasons.map(|reasons| reasons.0).unwrap_or_default(),
        score: row.score,
        fragility: row.fragility,
        assigned_to: row.assigned_to,
        answered_at: row.answered_at,
        assessments: None,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// Hands an application in, or in again after changes were requested.
///
/// # Errors
/// `not_found`, `application_step_not_allowed`, `organisation_suspended`, `programme_closed`,
/// `application_incomplete` with everything that is missing, `changes_open`.
pub fn submit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    setup: &Setup,
    id: ApplicationId,
) -> Result<Application> {
    let mut record = store::application(tx, actor, id)?;
    if rules::may_submit(record.row.status)? == Verdict::AlreadyDone {
        return view(tx, actor, record);
    }
    rules::may_apply(record.association.status)?;
    let programme = store::programme(tx, record.row.programme_id)?;
    let now = tx.now();
    let first = record.row.submitted_at.is_none();
    if first {
        match rules::check_open(&programme, now) {
            // staff take what somebody was kept from sending in time
            Err(_) if actor.is_city() && programme.closes_at.is_some_and(|at| now >= at) => {
                record.row.form.late = true;
            }
            other => other?,
        }
    }
    rules::check_complete(&record.row.form.form, &programme.kinds, &setup.lists)?;
    if let Some(changes) = record.row.changes.as_mut().filter(|_| !first) {
        rules::open_items(changes)?;
        rules::resolve_others(changes, actor.person, now);
    }
    record
        .row
        .form
        .committed
        .get_or_insert_with(|| StoredCommitments {
            at: now,
            version: setup.lists.commitments.version.clone(),
            by: actor.person,
        });
    if first {
        record.row.status = ApplicationStatus::Submitted;
        record.row.submitted_at = Some(now);
        record.row.silence_at = Some(now.plus_months(setup.delays.silence_months));
    } else {
        record.row.status = ApplicationStatus::InReview;
        record.row.answered_at = Some(now);
        resume(&mut record, now);
    }
    store::save_application(tx, &mut record.row, now)?;
    tell_submitted(tx, &record, first)?;
    view(tx, actor, record)
}

/// The delay after which silence decides stood still while the association had to act.
fn resume(record: &mut Record, now: kernel::Instant) {
    if let Some(changes) = &mut record.row.changes {
        changes.answered_at = Some(now);
        let waited = now.seconds_since(changes.requested_at);
        record.row.silence_at = record
            .row
            .silence_at
            .map(|silence| silence.plus_seconds(waited));
    }
}

fn tell_submitted(tx: &mut Tx<'_>, record: &Record, first: bool) -> Result<()> {
    let row = &record.row;
    if let (true, Some(submitted_at), Some(silence_at)) = (first, row.submitted_at, row.silence_at)
    {
        let requests = row.form.form.requests.iter().flatten();
        let message = Message::ApplicationReceived {
            reference: row.reference.clone(),
            programme: record.programme.clone(),
            association: record.association.name.clone(),
            submitted_at,
            silence_at,
            requests: requests
                .map(|request| Quantity::of(request.kind, request.quantity.unsigned_abs()))
                .collect(),
            missing: still_missing(record),
            assisted: row.assisted,
        };
        tell_association(tx, record, &message)?;
    }
    let message = Message::ApplicationToReview {
        reference: row.reference.clone(),
        programme: record.programme.clone(),
        association: record.association.name.clone(),
    };
    let staff = identity::staff_contacts(tx)?;
    notifications::push_all(tx, &staff, &message)
}

/// What the decision still waits for, when everything that is asked was filled in.
fn still_missing(record: &Record) -> Vec<Quantity> {
    let mut missing = Vec::new();
    if record.association.status == OrganisationStatus::Pending {
        missing.push(Quantity {
            fr: "La vérification de l'existence de l'association : la ville s'en charge. Vous pouvez l'aider en joignant à la demande le récépissé de la préfecture ou les statuts.".to_owned(),
            en: "The verification that the association exists: the city sees to it. You can help by attaching the receipt of the prefecture or the statutes to the application.".to_owned(),
        });
    }
    missing
}

/// Writes to everyone of the association.
pub(super) fn tell_association(tx: &mut Tx<'_>, record: &Record, message: &Message) -> Result<()> {
    let people = identity::contacts(tx, record.row.association_id)?;
    notifications::push_all(tx, &people, message)
}

/// Takes an application back. Another one may be opened then.
///
/// # Errors
/// `not_found`, `application_step_not_allowed`, `lot_reserved`.
pub fn withdraw(tx: &mut Tx<'_>, actor: &Actor, id: ApplicationId) -> Result<Application> {
    let mut record = store::application(tx, actor, id)?;
    if rules::may_withdraw(record.row.status)? == Verdict::AlreadyDone {
        return view(tx, actor, record);
    }
    rules::no_lot_reserved(store::reserved_devices(tx, id)?)?;
    let was_draft = record.row.status == ApplicationStatus::Draft;
    record.row.status = ApplicationStatus::Withdrawn;
    record.row.answered_at = None;
    let now = tx.now();
    store::save_application(tx, &mut record.row, now)?;
    if !was_draft {
        let message = Message::ApplicationWithdrawn {
            reference: record.row.reference.clone(),
            programme: record.programme.clone(),
        };
        tell_association(tx, &record, &message)?;
    }
    view(tx, actor, record)
}
