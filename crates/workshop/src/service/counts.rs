//! How many devices stand where, what waits too long, and what the bench goes by.

use std::collections::{BTreeMap, HashMap};

use db::{Db, Result};
use kernel::{Actor, DeviceKind, Instant};

use crate::Settings;
use crate::model::{
    CountBy, CountGroup, DeviceCounts, DeviceFilter, KindTemplate, Stage, WaitingCount,
    WorkshopTemplates,
};
use crate::store::{self, Group, Scope};

/// Groups of an answer at the most.
const GROUPS: usize = 1_000;

/// Since when a device may at the latest stand at its stage.
pub(super) fn limits(settings: &Settings, now: Instant) -> BTreeMap<Stage, Instant> {
    let before = |days: &u16| now.plus_days(-i64::from(*days));
    let limits = settings.waiting.iter();
    limits.map(|(stage, days)| (*stage, before(days))).collect()
}

/// Counts the devices that the actor may see by stage and, when asked for, by workshop, batch
/// or kind; and what waits too long.
///
/// # Errors
/// When the database fails.
pub fn counts(
    db: &mut Db,
    actor: &Actor,
    filter: &DeviceFilter,
    by: Option<CountBy>,
    now: Instant,
) -> Result<DeviceCounts> {
    let settings = Settings::in_use()?;
    let scope = Scope::of(actor);
    let mut stages: BTreeMap<Stage, i64> = Stage::ALL.iter().map(|stage| (*stage, 0)).collect();
    for (_, stage, count) in store::counts(db, scope, filter, None)? {
        *stages.entry(stage).or_default() += count;
    }
    let waiting = store::waiting(db, scope, filter, &limits(settings, now))?;
    let waiting = waiting.into_iter().map(|(stage, (devices, since))| {
        let limit_days = settings.waiting.get(&stage).copied().unwrap_or_default();
        WaitingCount {
            stage,
            limit_days,
            devices,
            since,
        }
    });
    Ok(DeviceCounts {
        total: stages.values().sum(),
        stages,
        waiting: waiting.collect(),
        groups: by.map(|by| groups(db, scope, filter, by)).transpose()?,
    })
}

fn groups(
    db: &mut Db,
    scope: Scope,
    filter: &DeviceFilter,
    by: CountBy,
) -> Result<Vec<CountGroup>> {
    let mut groups: BTreeMap<Group, BTreeMap<Stage, i64>> = BTreeMap::new();
    for (group, stage, count) in store::counts(db, scope, filter, Some(by))? {
        groups.entry(group).or_default().insert(stage, count);
    }
    let keys: Vec<Group> = groups.keys().copied().take(GROUPS).collect();
    let names = names(db, &keys)?;
    Ok(groups
        .into_iter()
        .take(GROUPS)
        .map(|(group, stages)| CountGroup {
            key: match group {
                Group::Workshop(Some(id)) => Some(id.to_string()),
                Group::Batch(id) => Some(id.to_string()),
                Group::Kind(kind) => Some(kind.to_string()),
                Group::All | Group::Workshop(None) => None,
            },
            name: names.get(&group).cloned(),
            total: stages.values().sum(),
            stages,
        })
        .collect())
}

fn names(db: &mut Db, groups: &[Group]) -> Result<HashMap<Group, String>> {
    let mut names = HashMap::new();
    let (mut workshops, mut batches) = (Vec::new(), Vec::new());
    for group in groups {
        match group {
            Group::Workshop(Some(id)) => workshops.push(*id),
            Group::Batch(id) => batches.push(*id),
            Group::Kind(kind) => {
                names.insert(*group, kind.french(2).to_owned());
            }
            Group::All | Group::Workshop(None) => {}
        }
    }
    for (id, name) in identity::names(db, &workshops)? {
        names.insert(Group::Workshop(Some(id)), name);
    }
    for (id, reference) in store::batch_references(db, &batches)? {
        names.insert(Group::Batch(id), reference);
    }
    Ok(names)
}

/// What the bench goes by: checks and kits per kind, what grades say, how long is too long.
///
/// # Errors
/// When the settings that are built in cannot be read, which a test excludes.
pub fn templates() -> Result<WorkshopTemplates> {
    let settings = Settings::in_use()?;
    let kinds = DeviceKind::ALL.iter().map(|kind| {
        let template = settings.template(*kind).cloned().unwrap_or_default();
        KindTemplate {
            kind: *kind,
            strict: template.strict,
            checks: template.checks,
            kit: settings.kit(*kind).to_vec(),
        }
    });
    Ok(WorkshopTemplates {
        kinds: kinds.collect(),
        grades: settings.grades.clone(),
        waiting_days: settings.waiting.clone(),
        clock_ahead_minutes: settings.clock_ahead_seconds / 60,
    })
}
