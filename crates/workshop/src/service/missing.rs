//! What keeps a device from being ready.

use db::{Db, Result};
use kernel::{Actor, DeviceId, Refusal};

use super::ledger::{Ledger, Needs};
use super::reading::visible;
use crate::Settings;
use crate::model::{Event, Stage};
use crate::rules::{self, Asking};

/// The first thing that is missing on a device that is worked on, as the rule for `ready` says
/// it; none when nothing is, or when it stands elsewhere.
///
/// # Errors
/// `not_found`.
pub fn missing(db: &mut Db, actor: &Actor, id: DeviceId) -> Result<Option<Refusal>> {
    let device = visible(db, actor, id)?;
    if !device.stage.in_workshop() || device.stage == Stage::Ready {
        return Ok(None);
    }
    let at = device.stage_at;
    let mut ledger = Ledger::of(vec![device]);
    let needs = Needs {
        accessories: true,
        ..Needs::default()
    };
    ledger.load_facts(db, needs)?;
    let Some(bench) = ledger.get(id) else {
        return Ok(None);
    };
    let asking = Asking {
        person: actor.person,
        at,
        event: &Event::Ready {},
        numbered: true,
        by_machine: false,
        key: None,
        operated_by: None,
    };
    let facts = ledger.facts(bench, None, None);
    Ok(rules::decide(&facts, &asking, Settings::built_in()?).err())
}
