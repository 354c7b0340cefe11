//! Recording who saw and changed what, reading it, and proving that it is whole.

use std::collections::HashMap;

use db::{Db, Result, Tx};
use kernel::{Id, Page, PageRequest};

use crate::audit::{self, AuditLine, AuditLink, Deed, Subject};
use crate::model::{AuditEvent, AuditFilter, AuditReport};
use crate::store;

/// Chains that are checked at a time.
const CHAINS: i64 = 200;

/// Records what happened, in the transaction in which it does.
///
/// # Errors
/// When the database fails.
pub fn record(tx: &mut Tx<'_>, deed: Deed) -> Result<()> {
    let head = store::audit_head(tx, deed.subject)?;
    let (seq, prev_hash) = head.map_or_else(|| (0, Vec::new()), |head| (head.seq, head.hash));
    let line = AuditLine {
        deed,
        seq: seq + 1,
        id: tx.new_id(),
        at: tx.now(),
    };
    let hash = line.hash(&prev_hash);
    store::append(
        tx,
        &AuditLink {
            line,
            prev_hash,
            hash,
        },
    )
}

/// A page of what was recorded, the newest first.
///
/// # Errors
/// `invalid_page`.
pub fn audit_events(
    db: &mut Db,
    filter: &AuditFilter,
    page: &PageRequest,
) -> Result<Page<AuditEvent>> {
    store::audit_events(db, filter, page)
}

/// Recomputes every hash, and stops at the first line that does not hold.
///
/// # Errors
/// When the database fails.
pub fn verify_audit(db: &mut Db) -> Result<AuditReport> {
    let mut report = AuditReport::default();
    let mut after = None;
    loop {
        let heads = store::audit_heads(db, after, CHAINS)?;
        let Some(last) = heads.last() else {
            return Ok(report);
        };
        after = Some(last.subject);
        let subjects: Vec<Id<Subject>> = heads.iter().map(|head| head.subject).collect();
        let mut links: HashMap<Id<Subject>, Vec<AuditLink>> = HashMap::new();
        for link in store::audit_links(db, &subjects)? {
            links.entry(link.line.deed.subject).or_default().push(link);
        }
        for head in heads {
            let links = links.remove(&head.subject).unwrap_or_default();
            report.chains += 1;
            report.events += links.len();
            if let Err((seq, what)) = audit::check(&head, &links) {
                report.broken = Some(format!("{}, line {seq}: {what}", head.subject));
                return Ok(report);
            }
        }
    }
}
