//! Proves the chain of custody of every device.

use std::collections::HashMap;

use db::{Db, Result};
use kernel::{DeviceId, Text};

use crate::custody::{self, Head, Link};
use crate::store;

/// Devices checked at a time.
const PAGE: i64 = 500;

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
        let (Some(first), Some(last)) = (page.first(), page.last()) else {
            return Ok(report);
        };
        let mut logs: HashMap<DeviceId, Vec<Link>> = HashMap::new();
        for link in store::events_between(db, first.id, last.id)? {
            logs.entry(link.line.device).or_default().push(link);
        }
        after = Some(last.id);
        for device in page {
            let links = logs.remove(&device.id).unwrap_or_default();
            report.devices += 1;
            report.events += links.len() as u64;
            let head = Head {
                seq: device.seq,
                hash: &device.head,
                stage: device.stage,
            };
            if let Err((seq, what)) = custody::check(head, &links) {
                report.broken = Some(BrokenLink {
                    device_id: device.id,
                    tag: device.tag,
                    seq,
                    what: what.text(),
                });
                return Ok(report);
            }
        }
        on_progress(report.devices, report.events);
    }
}
