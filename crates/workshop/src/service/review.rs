//! Two people accept what proves nothing by itself.

use std::collections::HashMap;

use db::{Db, Result, Tx};
use kernel::{Actor, Code, DeviceId, Refusal, Text, squash};
use serde_json::json;

use super::hardware::{apply, finish, on_bench_with, outcome, person_only};
use super::ledger::Needs;
use super::limits::{serves_here, unknown_device};
use super::reading::visible;
use crate::model::{Acceptance, AcceptedAs, OpenAcceptance, Recorded};
use crate::rules::{self, Decided};
use crate::store;

/// One person proposes to accept what keeps a drive from being proven, with a reason.
///
/// # Errors
/// `unknown_device`, `not_your_workshop`, `not_allowed` for the key of a station, and what
/// [`rules::propose`] says.
pub fn propose_acceptance(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DeviceId,
    asked: &Acceptance,
) -> Result<Recorded> {
    decide(tx, actor, id, asked, false)
}

/// Another person confirms it.
///
/// # Errors
/// As [`propose_acceptance`], `same_person`, `drive_proven_elsewhere`, and `erasure_not_proven`
/// where the donor wants drives destroyed.
pub fn confirm_acceptance(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DeviceId,
    asked: &Acceptance,
) -> Result<Recorded> {
    decide(tx, actor, id, asked, true)
}

fn decide(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DeviceId,
    asked: &Acceptance,
    confirmed: bool,
) -> Result<Recorded> {
    person_only(actor)?;
    let key = asked.drive.as_deref().map(squash).unwrap_or_default();
    let needs = Needs {
        drives: [key].into(),
        ..Needs::default()
    };
    let mut ledger = on_bench_with(tx, actor, id, needs)?;
    let bench = ledger
        .get(id)
        .ok_or_else(|| unknown_device(&id.to_string(), &[]))?;
    let (batch, now) = (bench.device.batch_id, tx.now());
    let drive = bench.drives.iter().find(|drive| match &asked.drive {
        Some(serial) => drive.serial_key == squash(serial),
        None => drive.serial.is_none(),
    });
    let review = drive.and_then(|drive| drive.history.review.clone());
    let facts = ledger.facts(bench, None, None);
    let verdict = if confirmed {
        rules::confirm(&facts, actor.person, asked, now)?
    } else {
        rules::propose(&facts, actor.person, asked, now)?
    };
    let status = outcome(&verdict);
    if let Decided::Apply(change) = verdict {
        serves_here(&ledger, id, &change)?;
        if confirmed && asked.accepted_as != AcceptedAs::AbsentConfirmed {
            not_to_be_destroyed(tx, batch)?;
        }
        let mut evidence = json!({
            "drive": asked.drive,
            "accepted_as": asked.accepted_as,
            "reason": asked.reason.trim(),
        });
        if let Some(review) = review.filter(|_| confirmed) {
            evidence["proposal"] = json!(review.line);
            evidence["proposed_reason"] = json!(review.reason);
        }
        let name = match confirmed {
            true => "erasure_accepted",
            false => "erasure_acceptance_proposed",
        };
        apply(tx, actor, &mut ledger, *change, name, |_| {
            evidence.to_string()
        })?;
    }
    finish(tx, ledger, id, status)
}

fn not_to_be_destroyed(tx: &mut Tx<'_>, batch: kernel::BatchId) -> Result<()> {
    let restrictions = intake::restrictions(tx, &[batch])?;
    if restrictions
        .get(&batch)
        .is_some_and(|one| one.drives_destroyed)
    {
        return Err(Refusal::new(
            Code::ErasureNotProven,
            Text::new(
                "Le donateur demande que les disques de ce lot soient détruits : un effacement n'en tient pas lieu.",
                "The donor asks that the drives of this batch be destroyed: erasing them does not stand for it.",
            ),
        )
        .into());
    }
    Ok(())
}

/// What two people may accept of a device's drives, and what one of them proposed.
///
/// # Errors
/// `not_found`.
pub fn acceptances(db: &mut Db, actor: &Actor, id: DeviceId) -> Result<Vec<OpenAcceptance>> {
    let device = visible(db, actor, id)?;
    let mut drives: HashMap<_, _> = store::of_devices(db, &[id])?;
    let own = drives.remove(&id).unwrap_or_default();
    let present = own
        .into_iter()
        .filter(|drive| drive.cycle == device.cycle && !drive.proven);
    let open = present.map(|drive| OpenAcceptance {
        options: match device.stage.in_workshop() {
            true => rules::open_acceptances(&device, &drive),
            false => Vec::new(),
        },
        proposed: drive.history.review,
        drive: drive.serial,
    });
    Ok(open
        .filter(|one| !one.options.is_empty() || one.proposed.is_some())
        .collect())
}
