//! A device that an association received and does not need any more goes to another one, by decision
//! of the city: a wave of its own, of one line and without a plan, so that lot, award and figures
//! of the second association come from the same tables as any other.

use db::{Db, Result, Tx};
use eligibility::Candidate;
use kernel::{
    Actor, ApplicationId, Code, Instant, OrganisationId, ProgrammeId, Refusal, Text, WaveId,
};

use super::ground::{applicant, ties};
use super::{conventions, load};
use crate::model::{LineReason, LotDevice, Wave, WaveLine, WaveStatus};
use crate::{rules, store};

/// Takes a device off the line on which it was given and gives it to another application. The first
/// association counts it as received; its award is that of the second, in the year of the decision.
///
/// # Errors
/// `recipient_not_eligible` when its donor tied it to others; `commitment_missing`,
/// `convention_required`, `city_gift_not_allowed` as for a lot that is handed over.
pub fn give_on(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: WaveId,
    device: &LotDevice,
    to: &Candidate,
    (reference, reason): (&str, &str),
) -> Result<WaveId> {
    let first = load(tx, id)?;
    tied_to(tx, device, to)?;
    let history = store::history_of(tx, &[to.application_id])?;
    let counted = rules::request_for(to.application_id, &to.requests, &history, device.kind)
        .ok_or_else(|| Refusal::plain(Code::RecipientNotEligible))?;
    let now = tx.now();
    let wave = Wave {
        id: tx.new_id(),
        programme_id: first.programme_id,
        ordinal: store::passing_ordinal(tx, first.programme_id)?,
        name: format!("Transmission {reference}"),
        status: WaveStatus::Completed,
        settings: first.settings,
        digest: None,
        created_by: actor.person,
        proposed_at: None,
        submitted_by: None,
        submitted_at: None,
        approved_by: Some(actor.person),
        approved_at: Some(now),
        comment: None,
        reason: Some(reason.to_owned()),
        version: 1,
        created_at: now,
    };
    let counted_as = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
    let line = WaveLine {
        id: tx.new_id(),
        wave_id: wave.id,
        application_id: to.application_id,
        association_id: to.association_id,
        request: counted.request,
        rank: 1,
        score: to.score,
        requested: counted_as(counted.asked),
        lot: 1,
        already: counted_as(counted.received),
        kind: Some(device.kind),
        quantity: 1,
        pinned: true,
        reason: LineReason::Pinned,
    };
    store::insert_passing(tx, &wave, &line, actor.person)?;
    store::mark_passed_on(tx, id, device.device_id, now)?;
    store::insert_devices(tx, wave.id, &[(line.id, device.device_id)], now)?;
    conventions::may_receive(tx, wave.id, to.application_id)?;
    Ok(wave.id)
}

/// What a donor tied to some associations stays with one of these.
fn tied_to(db: &mut Db, device: &LotDevice, to: &Candidate) -> Result<()> {
    let tags = ties(db, &[device.batch_id])?.remove(&device.batch_id);
    let own = applicant(to).tags;
    match tags {
        Some(tags) if !tags.iter().any(|tag| own.contains(tag)) => Err(Refusal::field(
            "/application",
            Code::RecipientNotEligible,
            Text::new(
                "Le donateur a réservé cet appareil à d'autres associations que celle-ci.",
                "The donor reserved this device for other associations than this one.",
            ),
        )
        .into()),
        _ => Ok(()),
    }
}

/// Whether a wave passes a single device on.
///
/// # Errors
/// When there is no such wave.
pub fn passes_on(db: &mut Db, id: WaveId) -> Result<bool> {
    store::passes_on(db, id)
}

/// What an application was given by a wave in one workshop and passed on since, and when.
///
/// # Errors
/// When the database fails.
pub fn passed_on(
    db: &mut Db,
    wave: WaveId,
    application: ApplicationId,
    workshop: Option<OrganisationId>,
) -> Result<Vec<(LotDevice, Instant)>> {
    store::passed_on(db, wave, application, workshop)
}

/// What associations of a programme have from another one: a line for each device.
///
/// # Errors
/// When the database fails.
pub fn passed_on_lines(db: &mut Db, programme: ProgrammeId) -> Result<Vec<WaveLine>> {
    store::passed_on_lines(db, programme)
}
