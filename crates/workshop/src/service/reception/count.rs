//! The end of the count, and the two-sided count that comes of it.

use std::collections::BTreeMap;

use db::{Db, Result, Tx};
use intake::{Batch, Difference};
use kernel::{Actor, BatchId, DeviceKind};
use serde_json::json;

use crate::model::{AccessoryReconciliation, KindReconciliation, Reconciliation};
use crate::rules;
use crate::service::ledger::{Ledger, Record};
use crate::store::{self, KindCount};

/// Ends the count: what was announced and not seen is missing, and the donor is told. Of a
/// batch that is closed already, nothing changes.
///
/// # Errors
/// `batch_step_not_allowed`, `not_found`.
pub fn close(tx: &mut Tx<'_>, actor: &Actor, batch_id: BatchId) -> Result<Reconciliation> {
    let batch = intake::batch(tx, actor, batch_id)?;
    let already = batch.status == intake::BatchStatus::Closed;
    intake::mark_closed(tx, actor, &batch)?;
    if already {
        return reconciliation(tx, actor, batch_id);
    }
    let absent = store::expected_of_batch(tx, batch_id)?;
    let mut ledger = Ledger::of(absent.clone());
    let now = tx.now();
    for device in absent {
        let record = Record {
            event_type: "missing".to_owned(),
            evidence: json!({"batch": batch.reference}).to_string(),
            at: now,
            note: None,
            client_id: None,
            operated_by: None,
        };
        ledger.apply(tx, actor, rules::give_up(device, now), None, record)?;
    }
    ledger.write(tx)?;
    let view = reconciliation(tx, actor, batch_id)?;
    let difference = Difference {
        expected: view.on_manifest,
        received: view.received,
        missing: view.missing,
        unexpected: view.unexpected,
    };
    intake::ask_donor(tx, &batch, difference)?;
    Ok(view)
}

/// A batch as it was announced and as it came.
///
/// # Errors
/// `not_found`.
pub fn reconciliation(db: &mut Db, actor: &Actor, batch_id: BatchId) -> Result<Reconciliation> {
    let batch = intake::batch(db, actor, batch_id)?;
    let mut counts: BTreeMap<DeviceKind, (i64, KindCount)> = BTreeMap::new();
    for (kind, count) in store::counts_by_kind(db, batch_id)? {
        counts.entry(kind).or_default().1 = count;
    }
    for declared in &batch.declared {
        counts.entry(declared.kind).or_default().0 += declared.quantity;
    }
    let per_kind: Vec<_> = counts
        .into_iter()
        .map(|(kind, (declared, count))| KindReconciliation {
            kind,
            declared,
            on_manifest: count.on_manifest,
            received: count.received,
            missing: count.on_manifest - count.received,
            unexpected: count.unexpected,
        })
        .collect();
    let sum = |of: fn(&KindReconciliation) -> i64| per_kind.iter().map(of).sum();
    Ok(Reconciliation {
        declared: sum(|kind| kind.declared),
        on_manifest: sum(|kind| kind.on_manifest),
        received: sum(|kind| kind.received),
        missing: sum(|kind| kind.missing),
        unexpected: sum(|kind| kind.unexpected),
        per_kind,
        accessories: accessories(db, &batch)?,
        batch_id,
        reference: batch.reference,
        status: batch.status.to_string(),
        version: batch.version,
    })
}

fn accessories(db: &mut Db, batch: &Batch) -> Result<Vec<AccessoryReconciliation>> {
    let mut counts: BTreeMap<_, (i64, i64)> = BTreeMap::new();
    for declared in &batch.accessories {
        counts.entry(declared.kind).or_default().0 += declared.quantity;
    }
    for (kind, received) in store::accessories_received(db, batch.id)? {
        counts.entry(kind).or_default().1 = received;
    }
    let counts = counts.into_iter();
    Ok(counts
        .map(|(kind, (declared, received))| AccessoryReconciliation {
            kind,
            declared,
            received,
        })
        .collect())
}
