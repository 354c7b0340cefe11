//! Proves the chain of custody of every device, and what its row owes to it.

use std::collections::HashMap;

use db::{Db, Result, Tx};
use kernel::{ChainKeys, DeviceId, Folds, Shown, Text};

use crate::custody::{self, Break, Head, Link};
use crate::model::{Device, Drive, Stage};
use crate::state::{Difference, Replayed};
use crate::store;

/// Devices checked at a time.
const PAGE: i64 = 500;
/// Lines read at a time, where a single device has no more.
const LINES: i64 = 20_000;

/// What the verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustodyReport {
    /// Devices whose log was walked.
    pub devices: u64,
    /// Lines of those logs.
    pub events: u64,
    /// Lines whose key is lost: their hashes hold, which shows less.
    pub unproven: u64,
    /// Devices whose seal may be of a key that is lost.
    pub unproven_seals: u64,
    /// The first link that does not hold; the walk ends there.
    pub broken: Option<BrokenLink>,
}

/// A link that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenLink {
    /// Of which device.
    pub device_id: DeviceId,
    /// Its tag.
    pub tag: String,
    /// Number of the line.
    pub seq: i32,
    /// What is wrong with it.
    pub what: Text,
}

impl std::fmt::Display for BrokenLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "device {}, event {}: {}",
            self.tag, self.seq, self.what.en
        )
    }
}

/// How a verification is done.
#[derive(Debug)]
pub struct Verification<'a> {
    /// The keys of the lines' marks.
    pub keys: &'a ChainKeys,
    /// Builds each device again from its log, and compares every column.
    pub replay: bool,
    /// Takes every line, for the heads that cover them.
    pub folds: &'a mut Folds,
}

/// Walks the logs of all devices in the order of their ids, and names the first link that
/// does not hold. `on_progress` hears of devices and events after each page. To be called in a
/// snapshot: nothing may change between one look and the next.
///
/// # Errors
/// When the database fails.
pub fn verify_custody(
    db: &mut Db,
    how: &mut Verification<'_>,
    mut on_progress: impl FnMut(u64, u64),
) -> Result<CustodyReport> {
    let mut report = CustodyReport::default();
    let mut after = None;
    loop {
        let page = store::devices_after(db, after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(report);
        };
        after = Some(last.id);
        for group in groups(&page) {
            walk(db, how, group, &mut report)?;
            if report.broken.is_some() {
                return Ok(report);
            }
            on_progress(report.devices, report.events);
        }
    }
}

/// Devices in a row whose logs are read at once: one at least, and not more lines than fit.
fn groups(page: &[Device]) -> Vec<&[Device]> {
    let mut groups = Vec::new();
    let (mut start, mut lines) = (0, 0_i64);
    for (n, device) in page.iter().enumerate() {
        lines += i64::from(device.custody_seq);
        if lines > LINES && n > start {
            groups.push(&page[start..n]);
            (start, lines) = (n, i64::from(device.custody_seq));
        }
    }
    groups.push(&page[start..]);
    groups
}

fn walk(
    db: &mut Db,
    how: &mut Verification<'_>,
    devices: &[Device],
    report: &mut CustodyReport,
) -> Result<()> {
    let (Some(first), Some(last)) = (devices.first(), devices.last()) else {
        return Ok(());
    };
    let links = match store::events_between(db, first.id, last.id) {
        Ok(links) => links,
        Err(cause) => {
            report.broken = Some(unreadable(db, devices)?.ok_or(cause)?);
            return Ok(());
        }
    };
    for link in &links {
        let key = link.mark.as_ref().map(|mark| mark.key.as_str());
        let chain = link.line.device.uuid().into_bytes();
        how.folds
            .add(link.epoch, chain, link.line.seq, &link.hash, key);
    }
    let mut logs: HashMap<DeviceId, Vec<Link>> = HashMap::new();
    for link in links {
        logs.entry(link.line.device).or_default().push(link);
    }
    let mut drives = HashMap::new();
    if how.replay {
        let ids: Vec<_> = devices.iter().map(|device| device.id).collect();
        drives = store::of_devices(db, &ids)?;
    }
    for device in devices {
        let links = logs.remove(&device.id).unwrap_or_default();
        report.devices += 1;
        report.events += links.len() as u64;
        let mut found = chain(device, &links, how.keys, report);
        let own = drives.remove(&device.id).unwrap_or_default();
        let sealed = found.as_ref().is_none_or(|(_, what)| *what != Break::Seal);
        if how.replay && (found.is_none() || !sealed) {
            found = match replay(device, &links, &own) {
                Some(column) => {
                    report.broken = Some(broken(device, device.custody_seq, column));
                    return Ok(());
                }
                None => found,
            };
        }
        if let Some((seq, what)) = found {
            report.broken = Some(broken(device, seq, what.text()));
            return Ok(());
        }
    }
    Ok(())
}

/// The first link of a device's chain that does not hold, or its seal.
fn chain(
    device: &Device,
    links: &[Link],
    keys: &ChainKeys,
    report: &mut CustodyReport,
) -> Option<(i32, Break)> {
    let head = Head {
        seq: device.custody_seq,
        hash: device.custody_hash(),
        stage: device.stage,
    };
    match custody::check(head, links, keys) {
        Err(found) => return Some(found),
        Ok(unproven) => report.unproven += unproven.lines,
    }
    // what was announced and has not come yet has no log, and no seal
    let announced = links.is_empty() && device.stage == Stage::Expected;
    match custody::check_seal(device, keys) {
        Shown::Forged if !announced => Some((device.custody_seq, Break::Seal)),
        Shown::Unknown => {
            report.unproven_seals += 1;
            None
        }
        Shown::Genuine | Shown::Forged => None,
    }
}

/// What the row has otherwise than the log, in words.
fn replay(device: &Device, links: &[Link], drives: &[Drive]) -> Option<Text> {
    let mut replayed = Replayed::new();
    for link in links {
        if !replayed.take(link.line.state.as_deref(), link.line.to_stage) {
            let seq = link.line.seq;
            return Some(Text::new(
                format!("la ligne {seq} ne dit pas ce que l'appareil est devenu"),
                format!("line {seq} does not say what became of the device"),
            ));
        }
    }
    let Difference { column, log, row } = replayed.difference(device, drives)?;
    Some(Text::new(
        format!("{column} vaut {row}, {log} selon le journal"),
        format!("{column} is {row}, and {log} by its log"),
    ))
}

fn broken(device: &Device, seq: i32, what: Text) -> BrokenLink {
    BrokenLink {
        device_id: device.id,
        tag: device.tag.clone(),
        seq,
        what,
    }
}

/// The first line of these devices that cannot even be read. Line by line: it is looked for
/// only when reading them at once failed.
fn unreadable(db: &mut Db, devices: &[Device]) -> Result<Option<BrokenLink>> {
    for device in devices {
        for seq in store::line_numbers(db, device.id)? {
            if !store::is_readable(db, device.id, seq) {
                return Ok(Some(BrokenLink {
                    device_id: device.id,
                    tag: device.tag.clone(),
                    seq,
                    what: Break::Altered.text(),
                }));
            }
        }
    }
    Ok(None)
}

/// Seals the next devices after one as they stand, whose logs were written before there were
/// keys; the last of them, none when all are sealed.
///
/// # Errors
/// When the database fails.
pub fn seal_devices(tx: &mut Tx<'_>, after: Option<DeviceId>) -> Result<Option<DeviceId>> {
    let page = store::devices_after(tx, after, PAGE)?;
    for device in &page {
        let logged = device.custody_seq > 0 || device.stage != Stage::Expected;
        if device.custody_seal().is_none()
            && logged
            && let Some(head) = custody::sealed_at_upgrade(device, tx.chain_keys())
        {
            store::seal(tx, device, &head)?;
        }
    }
    Ok(page.last().map(|device| device.id))
}
