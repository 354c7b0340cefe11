//! Proves the chain of custody of every device.

use std::collections::HashMap;

use db::{Db, Result};
use kernel::{DeviceId, Text};

use crate::custody::{self, Break, Head, Link};
use crate::store::{self, Chained};

/// Devices checked at a time.
const PAGE: i64 = 500;
/// Lines read at a time, where a single device has no more.
const LINES: i64 = 20_000;
/// Looks at a device that somebody is working on.
const LOOKS: usize = 20;

/// What the verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustodyReport {
    /// Devices whose log was walked.
    pub devices: u64,
    /// Lines of those logs.
    pub events: u64,
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

/// Walks the logs of all devices in the order of their ids, and names the first link that
/// does not hold. `on_progress` hears of devices and events after each page.
///
/// # Errors
/// When the database fails.
pub fn verify_custody(db: &mut Db, mut on_progress: impl FnMut(u64, u64)) -> Result<CustodyReport> {
    let mut report = CustodyReport {
        devices: 0,
        events: 0,
        broken: None,
    };
    let mut after = None;
    loop {
        let page = store::chained_after(db, after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(report);
        };
        after = Some(last.id);
        for group in groups(&page) {
            walk(db, group, &mut report)?;
            if report.broken.is_some() {
                return Ok(report);
            }
            on_progress(report.devices, report.events);
        }
    }
}

/// Devices in a row whose logs are read at once: one at least, and not more lines than fit.
fn groups(page: &[Chained]) -> Vec<&[Chained]> {
    let mut groups = Vec::new();
    let (mut start, mut lines) = (0, 0_i64);
    for (n, device) in page.iter().enumerate() {
        lines += i64::from(device.seq);
        if lines > LINES && n > start {
            groups.push(&page[start..n]);
            (start, lines) = (n, i64::from(device.seq));
        }
    }
    groups.push(&page[start..]);
    groups
}

fn walk(db: &mut Db, devices: &[Chained], report: &mut CustodyReport) -> Result<()> {
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
    let mut logs: HashMap<DeviceId, Vec<Link>> = HashMap::new();
    for link in links {
        logs.entry(link.line.device).or_default().push(link);
    }
    for device in devices {
        let links = logs.remove(&device.id).unwrap_or_default();
        report.devices += 1;
        report.events += links.len() as u64;
        report.broken = match broken(device, &links) {
            // it may have changed between one look and the other
            Some(_) => settled(db, device.id)?,
            None => None,
        };
        if report.broken.is_some() {
            return Ok(());
        }
    }
    Ok(())
}

/// The first line of these devices that cannot even be read. Line by line: it is looked for
/// only when reading them at once failed.
fn unreadable(db: &mut Db, devices: &[Chained]) -> Result<Option<BrokenLink>> {
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

fn broken(device: &Chained, links: &[Link]) -> Option<BrokenLink> {
    let head = Head {
        seq: device.seq,
        hash: &device.head,
        stage: device.stage,
    };
    let (seq, what) = custody::check(head, links).err()?;
    Some(BrokenLink {
        device_id: device.id,
        tag: device.tag.clone(),
        seq,
        what: what.text(),
    })
}

/// Looks at one device until nobody changes it meanwhile.
fn settled(db: &mut Db, id: DeviceId) -> Result<Option<BrokenLink>> {
    for _ in 0..LOOKS {
        let Some(before) = store::chained(db, id)? else {
            return Ok(None);
        };
        let links = store::events_between(db, id, id)?;
        let after = store::chained(db, id)?;
        if after.is_some_and(|after| after.seq == before.seq) {
            return Ok(broken(&before, &links));
        }
    }
    Err(db::Error::Unavailable(format!(
        "device {id} changes all the time"
    )))
}
