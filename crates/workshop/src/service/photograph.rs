//! Photographs of a device: of a drive that was destroyed, of an empty bay, of a broken screen.
//! They support what people say, and never replace it.

use db::{Result, Tx};
use kernel::{Actor, Code, DeviceId, Refusal, Text};
use serde_json::json;

use super::evidence::note_file;
use super::hardware::{finish, on_bench};
use super::ledger::Record;
use super::limits::unknown_device;
use crate::model::{AttachedPhotograph, EventOutcome, FileKind, NewFile};
use crate::store;

/// Photographs of one device in one cycle, at the most.
const PHOTOGRAPHS: usize = 20;

/// Attaches a photograph that was kept, and notes it in the device's log. The same file again
/// changes nothing.
///
/// # Errors
/// `unknown_device`, `not_your_workshop`, `step_not_allowed`; `out_of_range` when the device has
/// twenty already.
pub fn attach_photograph(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: DeviceId,
    file: &NewFile,
) -> Result<AttachedPhotograph> {
    let mut ledger = on_bench(tx, actor, id)?;
    let bench = ledger
        .get(id)
        .ok_or_else(|| unknown_device(&id.to_string(), &[]))?;
    let device = bench.device.clone();
    let kind = FileKind::Photograph;
    let of_this_cycle: Vec<_> = store::files_of(tx, id, kind)?
        .into_iter()
        .filter(|known| known.cycle == device.cycle)
        .collect();
    let known = of_this_cycle.iter().any(|one| one.sha256 == file.sha256);
    let recorded = if known {
        finish(tx, ledger, id, EventOutcome::AlreadyApplied)?
    } else if of_this_cycle.len() >= PHOTOGRAPHS {
        return Err(Refusal::new(
            Code::OutOfRange,
            Text::new(
                "Un appareil a vingt photographies au plus.",
                "A device has at most twenty photographs.",
            ),
        )
        .into());
    } else {
        note_file(tx, actor, id, device.cycle, kind, file)?;
        let record = Record {
            event_type: "photograph_attached".to_owned(),
            evidence: json!({
                "sha256": file.sha256,
                "media_type": file.media_type,
                "size": file.size,
                "name": file.name,
            })
            .to_string(),
            at: tx.now(),
            note: None,
            client_id: None,
            operated_by: None,
        };
        ledger.apply(tx, actor, device, None, record)?;
        finish(tx, ledger, id, EventOutcome::Applied)?
    };
    Ok(AttachedPhotograph {
        sha256: file.sha256.clone(),
        media_type: file.media_type,
        size: file.size,
        status: recorded.status,
        device: recorded.device,
    })
}
