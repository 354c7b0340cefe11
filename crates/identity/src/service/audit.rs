//! Recording who saw and changed what, reading it, and proving that it is whole.

use std::collections::HashMap;

use db::{Db, Result, Tx};
use kernel::{ChainKeys, Folds, Id, Page, PageRequest, PersonId};

use crate::audit::{self, AuditHead, AuditLine, AuditLink, Deed, Subject};
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
    let epoch = tx.epoch()?;
    let keys = tx.chain_keys();
    let link = AuditLink::after(prev_hash, line, keys, epoch);
    let head = AuditHead {
        subject: link.line.deed.subject,
        seq: link.line.seq,
        hash: link.hash.clone(),
        seal: None,
    };
    store::append(tx, &link, &head.sealed(keys))
}

/// Records what was done to an account by whoever held its link or its token.
pub(super) fn note(
    tx: &mut Tx<'_>,
    action: &str,
    person: PersonId,
    network: Option<&str>,
) -> Result<()> {
    let deed = Deed {
        action: action.to_owned(),
        subject: Id::from_uuid(person.uuid()),
        actor: Some(person),
        organisation: None,
        key: None,
        network: network.map(str::to_owned),
        detail: "{}".to_owned(),
    };
    record(tx, deed)
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

/// Recomputes every hash and mark, and stops at the first line that does not hold. Each line goes
/// into the fold of the head that covers it. To be called in a snapshot.
///
/// # Errors
/// When the database fails.
pub fn verify_audit(db: &mut Db, keys: &ChainKeys, folds: &mut Folds) -> Result<AuditReport> {
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
            let key = link.mark.as_ref().map(|mark| mark.key.as_str());
            let chain = link.line.deed.subject.uuid().into_bytes();
            folds.add(link.epoch, chain, link.line.seq, &link.hash, key);
            links.entry(link.line.deed.subject).or_default().push(link);
        }
        for head in heads {
            let links = links.remove(&head.subject).unwrap_or_default();
            report.chains += 1;
            report.events += links.len();
            match audit::check(&head, &links, keys) {
                Ok(unproven) => report.unproven += unproven,
                Err((seq, what)) => {
                    report.broken = Some(format!("{}, line {seq}: {what}", head.subject));
                    return Ok(report);
                }
            }
        }
    }
}

/// Seals the next chains after one, which were written before there were keys; the last of them,
/// none when all are sealed.
///
/// # Errors
/// When the database fails.
pub fn seal_audit(tx: &mut Tx<'_>, after: Option<Id<Subject>>) -> Result<Option<Id<Subject>>> {
    let heads = store::audit_heads(tx, after, CHAINS)?;
    let last = heads.last().map(|head| head.subject);
    for head in heads.into_iter().filter(|head| head.seal.is_none()) {
        let sealed = head.sealed(tx.chain_keys());
        store::seal_chain(tx, &sealed)?;
    }
    Ok(last)
}
