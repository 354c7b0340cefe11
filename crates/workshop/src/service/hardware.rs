//! What a machine says of itself.

use std::fmt::Write as _;

use db::{Result, Tx};
use kernel::{Actor, DeviceId};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::events::{own_workshop, unknown_device};
use super::ledger::{Ledger, Needs, Record};
use crate::lshw;
use crate::model::{Device, DeviceView, Hardware};
use crate::rules::{self, Verdict};
use crate::store;

/// Takes the output of `lshw -json` of a device, and notes its drives as seen.
///
/// # Errors
/// `invalid_fields` for anything else, `unknown_device`, `not_your_workshop`,
/// `already_reserved`, `step_not_allowed`.
pub fn put_hardware(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DeviceId,
    raw: &[u8],
) -> Result<DeviceView> {
    let mut ledger = Ledger::of(store::by_ids(tx, &[id])?);
    ledger.load_facts(tx, Needs::default())?;
    let bench = ledger
        .get(id)
        .ok_or_else(|| unknown_device(&id.to_string()))?;
    own_workshop(actor, &bench.device)?;
    let hardware = Hardware {
        raw_sha256: hex(&Sha256::digest(raw)),
        captured_at: tx.now(),
        summary: lshw::read(raw)?,
        contradictions: Vec::new(),
    };
    let facts = ledger.facts(bench, None);
    if let Verdict::Apply(change) = rules::capture(&facts, hardware, tx.now())? {
        let (mut device, drives, stock) = change.into_parts();
        device.search_key = search_key(&device);
        ledger.move_stock(tx, actor, &device, &stock);
        let record = Record {
            event_type: "hardware_seen".to_owned(),
            evidence: json!(device.hardware).to_string(),
            at: tx.now(),
            note: None,
            client_id: None,
        };
        ledger.apply(tx, actor, device, Some(drives), record)?;
    }
    let bench = ledger
        .get(id)
        .ok_or_else(|| unknown_device(&id.to_string()))?;
    let view = DeviceView::new(bench.device.clone(), bench.drives.clone());
    ledger.write(tx)?;
    Ok(view)
}

/// What a search looks through.
pub(super) fn search_key(device: &Device) -> String {
    intake::search_key(
        &device.tag,
        device.serial.as_deref(),
        device.manufacturer.as_deref(),
        device.model.as_deref(),
    )
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
