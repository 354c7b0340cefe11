//! What two people accept though it proves nothing by itself: one proposes with a reason, another
//! confirms. A warning of hidden sectors that was false, a station whose clock was wrong, a drive
//! that is not there though the machine was seen with it, a report whose layout nobody verified.

use kernel::{Code, Instant, PersonId, Refusal, Text, squash};

use super::erasure::is_seen;
use super::evidence::{keep_the_past, settle};
use super::hardware::{check_reason, in_workshop};
use super::{Change, Decided, Facts};
use crate::model::{
    Acceptance, Accepted, AcceptedAs, Device, Drive, EraseMethod, EraseResult, Proof, Review,
    Statement,
};

/// A person proposes to accept what keeps a drive from being proven.
///
/// # Errors
/// `already_reserved`, `step_not_allowed`, `required`, `unknown_reference`; `nothing_to_resolve`
/// where nothing of the kind is open.
pub fn propose(
    facts: &Facts<'_>,
    person: PersonId,
    asked: &Acceptance,
    at: Instant,
) -> Result<Decided, Refusal> {
    in_workshop(facts.device)?;
    check_reason(&asked.reason)?;
    let mut change = Change::new(facts);
    let drive = named(&mut change.drives, asked)?;
    keep_the_past(drive);
    if let Some(review) = &drive.history.review
        && review.accepted_as == asked.accepted_as
    {
        return Ok(Decided::AlreadyDone);
    }
    if !is_open(facts.device, drive, asked.accepted_as) {
        return Err(Refusal::plain(Code::NothingToResolve));
    }
    drive.history.review = Some(Review {
        accepted_as: asked.accepted_as,
        reason: asked.reason.trim().to_owned(),
        by: person,
        at,
        line: facts.device.custody_seq + 1,
    });
    Ok(Decided::Apply(Box::new(change)))
}

/// Another person confirms it; what was said of the drive since the proposal is not accepted.
///
/// # Errors
/// As [`propose`], and `same_person`.
pub fn confirm(
    facts: &Facts<'_>,
    person: PersonId,
    asked: &Acceptance,
    at: Instant,
) -> Result<Decided, Refusal> {
    in_workshop(facts.device)?;
    let mut change = Change::new(facts);
    let drive = named(&mut change.drives, asked)?;
    let review = drive
        .history
        .review
        .take()
        .filter(|review| review.accepted_as == asked.accepted_as)
        .ok_or_else(|| Refusal::plain(Code::NothingToResolve))?;
    if review.by == person {
        return Err(Refusal::new(
            Code::SamePerson,
            Text::new(
                "Une autre personne que celle qui l'a proposé confirme.",
                "Somebody other than who proposed it confirms.",
            ),
        ));
    }
    accept(facts, drive, &review, at)?;
    settle(drive);
    if facts.device.stage != crate::model::Stage::Received {
        change.settle_proof(at);
    }
    Ok(Decided::Apply(Box::new(change)))
}

fn accept(
    facts: &Facts<'_>,
    drive: &mut Drive,
    review: &Review,
    at: Instant,
) -> Result<(), Refusal> {
    let accepted = Accepted {
        accepted_as: review.accepted_as,
        reason: review.reason.clone(),
        at,
    };
    if review.accepted_as == AcceptedAs::AbsentConfirmed {
        if !is_open(facts.device, drive, review.accepted_as) {
            return Err(Refusal::plain(Code::NothingToResolve));
        }
        drive.history.statements.push(absent(accepted, at));
        return Ok(());
    }
    let mut any = false;
    for statement in &mut drive.history.statements {
        if statement.told_at <= review.at && statement.acceptable_as(review.accepted_as) {
            statement.accepted.push(review.accepted_as);
            statement.proof.accepted = Some(accepted.clone());
            any = true;
        }
    }
    if any {
        Ok(())
    } else {
        Err(Refusal::plain(Code::NothingToResolve))
    }
}

fn absent(accepted: Accepted, at: Instant) -> Statement {
    Statement {
        clock: Some(at),
        local: false,
        by_hand: true,
        told_at: at,
        proof: Proof {
            method: EraseMethod::Absent,
            result: EraseResult::Success,
            tool: None,
            tool_version: None,
            at,
            report: None,
            grounds: Vec::new(),
            accepted: Some(accepted),
        },
        accepted: Vec::new(),
    }
}

/// What may be proposed about a drive.
pub fn open_acceptances(device: &Device, drive: &Drive) -> Vec<AcceptedAs> {
    let mut drive = drive.clone();
    keep_the_past(&mut drive);
    let all = AcceptedAs::ALL.iter().copied();
    all.filter(|wanted| is_open(device, &drive, *wanted))
        .collect()
}

fn is_open(device: &Device, drive: &Drive, wanted: AcceptedAs) -> bool {
    if drive.proven {
        return false;
    }
    match wanted {
        AcceptedAs::AbsentConfirmed => {
            is_seen(device, drive) || drive.media == crate::model::Media::Emmc
        }
        _ => drive
            .history
            .statements
            .iter()
            .any(|statement| statement.acceptable_as(wanted)),
    }
}

/// The drive with this serial number; without one, the only drive that gives none.
fn named<'a>(drives: &'a mut [Drive], asked: &Acceptance) -> Result<&'a mut Drive, Refusal> {
    let key = asked.drive.as_deref().map(squash).unwrap_or_default();
    let mut found = drives.iter_mut().filter(|drive| {
        if key.is_empty() {
            drive.serial.is_none()
        } else {
            drive.serial_key == key
        }
    });
    match (found.next(), found.next()) {
        (Some(drive), None) => Ok(drive),
        _ => Err(Refusal::field(
            "/drive",
            Code::UnknownReference,
            Text::new(
                "Cet appareil n'a pas ce disque, ou en a plusieurs sans numéro.",
                "This device has no such drive, or several without a number.",
            ),
        )),
    }
}
