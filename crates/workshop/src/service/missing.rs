//! What keeps a device from being ready, and what may be done with it now.

use std::collections::BTreeMap;

use db::{Db, Result};
use kernel::{Actor, DeviceId, Grade, Refusal};

use super::ledger::{Ledger, Needs};
use super::limits::own_workshop;
use super::reading::visible;
use crate::Settings;
use crate::model::{
    CheckResult, DriveErasure, EraseMethod, EraseResult, Event, Media, Stage, Triage,
};
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
    Ok(rules::decide(&facts, &asking, Settings::in_use()?).err())
}

/// The steps that the rules take of a device now from this person, by the names of their events:
/// each is tried with an example, and nothing is written.
///
/// # Errors
/// `not_found`.
pub fn possible_steps(db: &mut Db, actor: &Actor, id: DeviceId) -> Result<Vec<&'static str>> {
    let device = visible(db, actor, id)?;
    if own_workshop(actor, &device).is_err() {
        return Ok(Vec::new());
    }
    let (at, settings) = (device.stage_at, Settings::in_use()?);
    let kind = device.kind;
    let mut ledger = Ledger::of(vec![device]);
    let needs = Needs {
        accessories: true,
        waste: true,
        ..Needs::default()
    };
    ledger.load_facts(db, needs)?;
    let Some(bench) = ledger.get(id) else {
        return Ok(Vec::new());
    };
    let facts = ledger.facts(bench, None, Some(actor.organisation));
    let checks = settings.checks(kind).iter();
    let mut checks: BTreeMap<String, CheckResult> = checks
        .map(|check| (check.name.clone(), CheckResult::Pass))
        .collect();
    if checks.is_empty() {
        checks.insert("all_checks".to_owned(), CheckResult::Pass);
    }
    let examples = examples(checks);
    let allowed = examples.iter().filter(|event| {
        let asking = Asking {
            person: actor.person,
            at,
            event,
            numbered: true,
            by_machine: false,
            key: None,
            operated_by: None,
        };
        rules::decide(&facts, &asking, settings).is_ok()
    });
    Ok(allowed.map(Event::name).collect())
}

/// One of each step, in the order of the work.
fn examples(checks: BTreeMap<String, CheckResult>) -> Vec<Event> {
    let text = || "-".to_owned();
    let drive = DriveErasure {
        serial: Some(text() + "0"),
        media: Some(Media::Hdd),
        method: EraseMethod::Destroy,
        standard: None,
        tool: None,
        tool_version: None,
        started_at: None,
        finished_at: None,
        result: EraseResult::Success,
        report: None,
        read: None,
    };
    vec![
        Event::Received {},
        Event::Triaged {
            outcome: Triage::Keep,
        },
        Event::Erased {
            drives: vec![drive],
        },
        Event::Tested {
            checks,
            battery_percent: None,
        },
        Event::RepairStarted {},
        Event::Repaired {
            description: text(),
            minutes: 1,
            parts: None,
        },
        Event::Graded { cosmetic: Grade::A },
        Event::QualityChecked { passed: true },
        Event::Ready {},
        Event::Moved { location: text() },
        Event::Scrapped {
            reason: text(),
            waste_reference: None,
            weight_grams: None,
            batteries: None,
        },
        Event::Harvested {
            parts: None,
            waste_reference: None,
            weight_grams: None,
            batteries: None,
        },
        Event::WasteNoted {
            waste_reference: Some(text()),
            weight_grams: None,
            batteries: None,
        },
        Event::Missing {},
        Event::Returned { reason: text() },
    ]
}
