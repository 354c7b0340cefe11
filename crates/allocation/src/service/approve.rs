//! A person approves: devices are named and reserved, decisions are written and mailed,
//! all in one transaction.

use std::collections::{BTreeMap, HashMap};

use db::{Error, Result, Tx};
use kernel::{Actor, ApplicationId, DeviceId, Verdict, WaveId, WaveLineId};

use super::submit::still_true;
use super::{explanation, load, mail, stored_plan};
use crate::model::{Approval, Remark, Wave, WaveLine};
use crate::plan::check_plan;
use crate::plan::instance::{Class, Instance};
use crate::rules::{self, Pick};
use crate::store::{self, Step};

/// Approves a submitted wave and reserves its devices.
///
/// # Errors
/// `required` without the digest; `same_person`; `wave_step_not_allowed`; `wave_out_of_date` for
/// another plan than was read, and with what changed.
pub fn approve(tx: &mut Tx<'_>, actor: &Actor, id: WaveId, decision: &Remark) -> Result<Approval> {
    let wave = load(tx, id)?;
    let digest = rules::digest_named(decision.digest.as_deref())?;
    let pinned = store::had_a_hand(tx, id, actor.person)?;
    let verdict = rules::may_approve(&wave, actor.person, pinned)?;
    rules::same_plan(&wave, digest)?;
    if verdict == Verdict::AlreadyDone {
        return Ok(Approval {
            wave: id,
            newly: false,
        });
    }
    let (instance, awards, left) = stored_plan(tx, &wave)?
        .ok_or_else(|| Error::Inconsistent(format!("wave {id} is submitted without a plan")))?;
    let broken = check_plan(&instance, &awards, &left);
    if let Some(first) = broken.first() {
        return Err(Error::Inconsistent(format!(
            "plan of wave {id}: {}",
            first.detail
        )));
    }
    still_true(tx, &wave, &instance)?;
    let planned = store::named_lines(tx, id)?;
    let kinds = planned.iter().filter(|(line, _)| line.quantity > 0);
    rules::every_kind_has_a_value(kinds.filter_map(|(line, _)| line.kind))?;
    let now = tx.now();
    let comment = decision
        .comment
        .as_deref()
        .map(str::trim)
        .filter(|comment| !comment.is_empty());
    store::step(
        tx,
        &wave,
        Step::Approve {
            by: actor.person,
            comment,
        },
        now,
    )?;
    let wave = load(tx, id)?;
    let lines = store::named_lines(tx, id)?;
    reserve(tx, actor, &wave, &instance, &lines)?;
    explanation::write_down(tx, &wave, &instance, &lines)?;
    mail::approved(tx, &wave, &instance, &lines)?;
    Ok(Approval {
        wave: id,
        newly: true,
    })
}

/// Names the devices of each line and reserves them.
fn reserve(
    tx: &mut Tx<'_>,
    actor: &Actor,
    wave: &Wave,
    instance: &Instance,
    lines: &[(WaveLine, String)],
) -> Result<()> {
    let shelves = store::shelves(tx, wave.id)?;
    let picks = picks(instance, lines);
    let picked = rules::pick(&shelves, &picks, wave.settings.picking).ok_or_else(|| {
        Error::Inconsistent(format!(
            "the supply of wave {} does not hold its plan",
            wave.id
        ))
    })?;
    let now = tx.now();
    store::insert_devices(tx, wave.id, &picked, now)?;
    let lot = |(application, (association, devices)): (ApplicationId, (&str, Vec<DeviceId>))| {
        let reference = workshop::ReservationRef {
            wave: wave.id,
            wave_name: wave.name.clone(),
            application,
            association_name: association.to_owned(),
        };
        (reference, devices)
    };
    let lots: Vec<_> = by_application(lines, &picked)
        .into_iter()
        .map(lot)
        .collect();
    workshop::reserve_lots(tx, actor, &lots)
}

/// What each served line may draw from, in the public order.
fn picks(instance: &Instance, lines: &[(WaveLine, String)]) -> Vec<Pick> {
    let tags: HashMap<&str, &[String]> = instance
        .lines
        .iter()
        .map(|line| (line.id.as_str(), line.tags.as_slice()))
        .collect();
    let mut classes: Vec<&Class> = instance.classes.iter().collect();
    classes.sort_by_key(|class| {
        (
            class.any_of.is_empty(),
            class.none_of.is_empty(),
            class.id.as_str(),
        )
    });
    let pick = |line: &WaveLine| {
        let kind = line.kind.filter(|_| line.quantity > 0)?.to_string();
        let tags = tags
            .get(rules::line_id(line.application_id, line.request).as_str())
            .copied()
            .unwrap_or_default();
        let usable = classes
            .iter()
            .filter(|class| class.kind == kind && class.serves(tags));
        Some(Pick {
            line: line.id,
            quantity: usize::try_from(line.quantity).unwrap_or(0),
            classes: usable.map(|class| class.id.clone()).collect(),
        })
    };
    lines.iter().filter_map(|(line, _)| pick(line)).collect()
}

type Lots<'a> = BTreeMap<ApplicationId, (&'a str, Vec<DeviceId>)>;

fn by_application<'a>(
    lines: &'a [(WaveLine, String)],
    picked: &[(WaveLineId, DeviceId)],
) -> Lots<'a> {
    let of: HashMap<WaveLineId, (ApplicationId, &str)> = lines
        .iter()
        .map(|(line, name)| (line.id, (line.application_id, name.as_str())))
        .collect();
    let mut lots = Lots::new();
    for (line, device) in picked {
        if let Some(&(application, name)) = of.get(line) {
            lots.entry(application)
                .or_insert_with(|| (name, Vec::new()))
                .1
                .push(*device);
        }
    }
    lots
}
