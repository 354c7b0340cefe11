//! Whether the database still has what heads counted.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use db::{Db, Result};
use kernel::{ChainKeys, Fold, Folded};

use super::{HeadSigner, Part, SignedHead, head_lines, sha256};

/// Heads that are read at a time.
const PAGE: i64 = 500;

/// What comparing the chains with the heads found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Anchored {
    /// Heads of the database.
    pub heads: u64,
    /// Lines that they cover.
    pub covered: u64,
    /// Lines that no head covers yet.
    pub uncovered: u64,
    /// The first head that does not hold.
    pub broken: Option<String>,
}

/// Compares what was folded with every head of the database, and these with heads that were kept
/// elsewhere: each of those has to be here, byte for byte.
///
/// # Errors
/// When the database fails.
pub fn verify_heads(
    db: &mut Db,
    signer: &HeadSigner,
    keys: &ChainKeys,
    (mut custody, mut audit): (BTreeMap<i64, Folded>, BTreeMap<i64, Folded>),
    outside: &BTreeMap<i64, String>,
) -> Result<Anchored> {
    let mut found = Anchored::default();
    let mut before: Option<SignedHead> = None;
    let mut kept = outside.clone();
    loop {
        let after = before.as_ref().map(|head| head.head.number);
        let lines = head_lines(db, after, PAGE)?;
        if lines.is_empty() {
            break;
        }
        for (number, line) in lines {
            let parts = (custody.remove(&number), audit.remove(&number));
            let elsewhere = kept.remove(&number);
            match check(signer, &line, number, before.as_ref(), &parts, elsewhere) {
                Ok(head) => {
                    found.heads += 1;
                    found.covered += head.head.custody.lines + head.head.audit.lines;
                    before = Some(head);
                }
                Err(cause) => {
                    found.broken = Some(format!("head {number}: {cause}"));
                    return Ok(found);
                }
            }
        }
    }
    if let Some(number) = kept.keys().next() {
        found.broken = Some(format!(
            "head {number} was kept elsewhere and is not in the database: it and what it covers were removed"
        ));
        return Ok(found);
    }
    let last = before.map_or(-1, |head| head.head.number);
    for (name, folds) in [("custody", custody), ("the audit log", audit)] {
        for (epoch, folded) in folds {
            found.uncovered += folded.lines;
            if found.broken.is_none() {
                found.broken = left_over(name, epoch, &folded, last, keys);
            }
        }
    }
    Ok(found)
}

fn check(
    signer: &HeadSigner,
    line: &str,
    number: i64,
    before: Option<&SignedHead>,
    (custody, audit): &(Option<Folded>, Option<Folded>),
    elsewhere: Option<String>,
) -> std::result::Result<SignedHead, String> {
    let head = SignedHead::parse(line)?;
    if !signer.holds(&head) {
        return Err("its signature is not one of a key that is trusted here".to_owned());
    }
    if elsewhere.is_some_and(|elsewhere| elsewhere.trim_end() != head.line) {
        return Err("it is not the one that was kept elsewhere".to_owned());
    }
    let expected = before.map_or(0, |before| before.head.number + 1);
    let follows = match before {
        Some(before) => head.head.previous == sha256(&before.line),
        // where keys were set by hand, nothing is older than the first epoch
        None => head.head.previous.is_empty() && number <= 1,
    };
    if head.head.number != number || !follows || (before.is_some() && number != expected) {
        return Err(
            "it does not follow the head before: one is missing or was replaced".to_owned(),
        );
    }
    compare(
        "custody",
        &head.head.custody,
        custody.as_ref(),
        before.map(|it| &it.head.custody),
    )?;
    compare(
        "the audit log",
        &head.head.audit,
        audit.as_ref(),
        before.map(|it| &it.head.audit),
    )?;
    Ok(head)
}

fn compare(
    name: &str,
    said: &Part,
    folded: Option<&Folded>,
    before: Option<&Part>,
) -> std::result::Result<(), String> {
    let nothing = Fold::default().finish();
    let there = folded.unwrap_or(&nothing);
    if said.lines != there.lines || said.chains != there.chains {
        return Err(format!(
            "it counts {} lines of {name} in {} chains, the database has {} in {}: lines were \
             removed or added",
            said.lines, said.chains, there.lines, there.chains
        ));
    }
    if said.root != HEXLOWER.encode(&there.root) {
        return Err(format!(
            "lines of {name} are not those that it covers: they were replaced"
        ));
    }
    if said.lines_in_all != before.map_or(0, |before| before.lines_in_all) + said.lines {
        return Err(format!("its count of all lines of {name} is wrong"));
    }
    Ok(())
}

/// Lines that belong to no head: only the newest may.
fn left_over(
    name: &str,
    epoch: i64,
    folded: &Folded,
    last: i64,
    keys: &ChainKeys,
) -> Option<String> {
    if epoch == 0 {
        return Some(format!(
            "{} lines of {name} are from before there were keys and no head covers them: run \
             `ressac audit seal` once they are known to be sound",
            folded.lines
        ));
    }
    if epoch <= last {
        return Some(format!(
            "{} lines of {name} belong to head {epoch}, which is missing",
            folded.lines
        ));
    }
    let lost = folded.keys.iter().find(|key| keys.is_lost(key))?;
    Some(format!(
        "{name} has lines with the mark of the lost key {lost} that no head covers"
    ))
}
