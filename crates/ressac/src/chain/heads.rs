//! Heads: made from time to time, kept in a file beside the database, and mailed once a day.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use db::Database;
use identity::heads::{self, HeadSigner, SignedHead, Steps};
use kernel::{Fold, Folded};

use super::timestamp;
use crate::settings::ChainSection;

/// Looks for transactions that still write to an epoch that is closed.
const LOOKS: u32 = 100;
/// Between two of these.
const PAUSE: Duration = Duration::from_millis(100);
/// Heads that are read at a time.
const PAGE: i64 = 500;

/// Closes the present epoch if it has lines, and signs what has no head yet; the last head.
///
/// # Errors
/// A line for the operator.
pub async fn make(
    database: &Database,
    signer: &Arc<HeadSigner>,
) -> Result<Option<SignedHead>, String> {
    // of two nodes that close it at once, one finds it closed
    if let Err(cause) = database.write(heads::close_epoch).await {
        tracing::debug!(%cause, "the epoch is closed by another node");
    }
    let pending = database.read(heads::pending_epochs).await;
    let pending = pending.map_err(|cause| cause.to_string())?;
    if !pending.is_empty() && wait_for_writers(database).await? {
        for epoch in pending {
            sign(database, signer, epoch).await?;
        }
    }
    let last = database.read(heads::last_head).await;
    last.map_err(|cause| cause.to_string())
}

/// Signs the head of an epoch to which nobody writes any more.
///
/// # Errors
/// A line for the operator.
pub async fn sign(database: &Database, signer: &Arc<HeadSigner>, epoch: i64) -> Result<(), String> {
    let (custody, audit) = fold(database, epoch)
        .await
        .map_err(|cause| cause.to_string())?;
    let signer = Arc::clone(signer);
    let signed = database
        .write(move |tx| heads::insert_head(tx, epoch, (&custody, &audit), &signer).map(drop));
    let Err(cause) = signed.await else {
        return Ok(());
    };
    // another node may have done it at the same moment
    let last = database.read(heads::last_head).await;
    match last.map_err(|cause| cause.to_string())? {
        Some(last) if last.head.number >= epoch => Ok(()),
        _ => Err(cause.to_string()),
    }
}

async fn fold(database: &Database, epoch: i64) -> db::Result<(Folded, Folded)> {
    let (mut custody, mut after) = (Fold::default(), None);
    loop {
        let folded = database
            .read(move |db| heads::fold_custody(db, epoch, Steps::default(), after, custody));
        (custody, after) = folded.await?;
        if after.is_none() {
            break;
        }
    }
    let audit = database.read(move |db| heads::fold_audit(db, epoch));
    Ok((custody.finish(), audit.await?))
}

async fn wait_for_writers(database: &Database) -> Result<bool, String> {
    let mut since = None;
    for _ in 0..LOOKS {
        let asked = database.read(move |db| {
            let done = heads::settled(db, &mut since)?;
            Ok((done, since))
        });
        let (done, kept) = asked.await.map_err(|cause| cause.to_string())?;
        if done {
            return Ok(true);
        }
        since = kept;
        tokio::time::sleep(PAUSE).await;
    }
    tracing::info!("a transaction has been open for long: the next head waits for it");
    Ok(false)
}

/// Appends to the file what it does not have yet.
///
/// # Errors
/// A line for the operator.
pub async fn keep(database: &Database, chain: &ChainSection) -> Result<(), String> {
    let file = &chain.heads_file;
    if file.as_os_str().is_empty() {
        return Ok(());
    }
    let at_fault = |cause: std::io::Error| format!("chain.heads_file {}: {cause}", file.display());
    let mut after = read(file)?.keys().next_back().copied();
    loop {
        let lines = database.read(move |db| heads::head_lines(db, after, PAGE));
        let lines = lines.await.map_err(|cause| cause.to_string())?;
        let Some((last, _)) = lines.last() else {
            return Ok(());
        };
        after = Some(*last);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(at_fault)?;
        }
        let mut options = std::fs::OpenOptions::new();
        let mut open = options
            .append(true)
            .create(true)
            .open(file)
            .map_err(at_fault)?;
        let text: String = lines
            .iter()
            .flat_map(|(_, line)| [line.as_str(), "\n"])
            .collect();
        open.write_all(text.as_bytes())
            .and_then(|()| open.sync_all())
            .map_err(at_fault)?;
    }
}

/// Has the last head stamped with the time by an authority, if there is one and it has not yet.
///
/// # Errors
/// A line for the operator.
pub async fn stamp(database: &Database, chain: &ChainSection) -> Result<(), String> {
    let url = chain.timestamp_url.clone();
    if url.is_empty() {
        return Ok(());
    }
    let text = |cause: db::Error| cause.to_string();
    let last = database.read(heads::unstamped_head).await.map_err(text)?;
    let Some(head) = last else {
        return Ok(());
    };
    let number = head.head.number;
    let asked = tokio::task::spawn_blocking(move || timestamp::stamp(&url, &head.line));
    let token = asked.await.map_err(|cause| cause.to_string())??;
    let kept = database.write(move |tx| heads::note_token(tx, number, &token));
    kept.await.map_err(text)
}

/// Heads that were kept in a file, by their numbers; none when it is not there.
///
/// # Errors
/// A line for the operator: which line is no head, or differs from another of its number.
pub fn read(file: &Path) -> Result<BTreeMap<i64, String>, String> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(cause) => return Err(format!("{}: {cause}", file.display())),
    };
    let mut found = BTreeMap::new();
    let lines = (1..).zip(text.lines());
    for (n, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let at_fault = |cause: &str| format!("{}, line {n}: {cause}", file.display());
        let head = SignedHead::parse(line).map_err(|cause| at_fault(&cause))?;
        let known = found.insert(head.head.number, head.line.clone());
        if known.is_some_and(|known| known != head.line) {
            return Err(at_fault("there is another head of this number"));
        }
    }
    Ok(found)
}
