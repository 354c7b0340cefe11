//! After approval: a device that fails gives its place to an equivalent one, and a lot that
//! comes back is passed on by the same rule.

use std::collections::BTreeMap;

use db::{Error, Result, Tx};
use kernel::{Actor, ApplicationId, BatchId, Code, DeviceId, Refusal, Text, WaveId};

use super::ground::{ties, wanted};
use super::{draft, load, propose, stored_plan};
use crate::model::{Cap, LotDevice, Pin, ProposalView, Settings, Wave};
use crate::plan::instance::Instance;
use crate::rules::{self, SMALL, Spare};
use crate::store;

/// Puts an equivalent device that is ready in the place of one of a lot: same kind, same
/// workshop, a grade at least as good, tied by its donor in no other way, with drives that the
/// rubric takes. Returns it.
///
/// # Errors
/// `wave_step_not_allowed` when the wave is not approved; `no_replacement`.
pub fn replace_device(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: WaveId,
    failed: &LotDevice,
    reason: &str,
) -> Result<DeviceId> {
    let wave = load(tx, id)?;
    rules::may_hand_over(wave.status)?;
    let (tags, spares) = equivalent(tx, &wave, failed)?;
    let device_id =
        rules::replacement(&tags, &spares).ok_or_else(|| Refusal::plain(Code::NoReplacement))?;
    let now = tx.now();
    workshop::release(tx, actor, &[failed.device_id], reason)?;
    store::mark_released(tx, id, &[failed.device_id], now)?;
    store::insert_devices(tx, id, &[(failed.line_id, device_id)], now)?;
    let reservation = workshop::ReservationRef {
        wave: id,
        wave_name: wave.name,
        application: failed.application_id,
        association_name: failed.association.clone(),
    };
    workshop::reserve(tx, actor, &[device_id], &reservation)?;
    Ok(device_id)
}

/// What is ready in the place of a device, and the tags of the gift that it is of.
fn equivalent(
    tx: &mut Tx<'_>,
    wave: &Wave,
    failed: &LotDevice,
) -> Result<(Vec<String>, Vec<Spare>)> {
    let programme = eligibility::programme(tx, wave.programme_id)?;
    let mut spares = store::spares(tx, wave.id, failed, wanted(&wave.settings, &programme)?)?;
    let mut batches: Vec<BatchId> = spares.iter().map(|spare| spare.batch).collect();
    batches.push(failed.batch_id);
    batches.sort_unstable();
    batches.dedup();
    let ties = ties(tx, &batches)?;
    for spare in &mut spares {
        spare.tags = ties.get(&spare.batch).cloned().unwrap_or_default();
    }
    let tags = ties.get(&failed.batch_id).cloned().unwrap_or_default();
    Ok((tags, spares))
}

/// A device that came back after it was handed over leaves its line, and an equivalent one that is
/// ready takes it and is handed over at once: the one that is named, else the one that is the most
/// like it. The award stays that of its year. Returns it.
///
/// # Errors
/// `no_replacement`.
pub fn give_instead(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: WaveId,
    old: &LotDevice,
    named: Option<DeviceId>,
    reference: &str,
) -> Result<DeviceId> {
    let wave = load(tx, id)?;
    let (tags, mut spares) = equivalent(tx, &wave, old)?;
    if let Some(named) = named {
        spares.retain(|spare| spare.device == named);
    }
    let device = rules::replacement(&tags, &spares).ok_or_else(|| match named {
        Some(_) => Refusal::field(
            "/replacement",
            Code::NoReplacement,
            Text::new(
                "Cet appareil n'est pas prêt, ou n'est pas équivalent : même type, même atelier, au moins aussi bon.",
                "This device is not ready, or not equivalent: same kind, same workshop, at least as good.",
            ),
        ),
        None => Refusal::plain(Code::NoReplacement),
    })?;
    let now = tx.now();
    store::take_line(tx, id, (old.line_id, old.device_id), device, now)?;
    let reservation = workshop::ReservationRef {
        wave: id,
        wave_name: wave.name,
        application: old.application_id,
        association_name: old.association.clone(),
    };
    workshop::reserve(tx, actor, &[device], &reservation)?;
    workshop::hand_over(tx, actor, &[device], reference)?;
    Ok(device)
}

/// A device of a lot that was handed over was not given: it leaves its line, ready as it was. The
/// one that was given in its place takes the line, and is handed over.
///
/// # Errors
/// `correction_not_possible` when the wave is not decided, or the other is of another kind or
/// workshop; `device_not_ready`.
pub fn not_given(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: WaveId,
    wrong: &LotDevice,
    instead: Option<DeviceId>,
    (reference, reason): (&str, &str),
) -> Result<()> {
    let wave = load(tx, id)?;
    if !wave.status.is_decided() {
        return Err(Code::CorrectionNotPossible.into());
    }
    let now = tx.now();
    workshop::not_given(tx, actor, wrong.device_id, (reference, reason))?;
    store::mark_released(tx, id, &[wrong.device_id], now)?;
    let Some(device) = instead else {
        return Ok(());
    };
    if !store::is_like(tx, wrong, device)? {
        return Err(Refusal::new(
            Code::CorrectionNotPossible,
            Text::new(
                "L'appareil remis à la place est du même type et du même atelier.",
                "The device that was given in its place is of the same kind and workshop.",
            ),
        )
        .into());
    }
    store::insert_devices(tx, id, &[(wrong.line_id, device)], now)?;
    let reservation = workshop::ReservationRef {
        wave: id,
        wave_name: wave.name,
        application: wrong.application_id,
        association_name: wrong.association.clone(),
    };
    workshop::reserve(tx, actor, &[device], &reservation)?;
    workshop::hand_over(tx, actor, &[device], reference)
}

/// Passes a lot that came back on to the next in the order: a wave of its own on these
/// devices alone, in which everyone keeps what they have. By the rule that two waves give
/// what one with all the stock would, that is the plan continued; it is submitted and
/// approved by two people as every wave is.
///
/// # Errors
/// `nothing_to_allocate` when nobody may receive one of these devices.
pub fn pass_on(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: WaveId,
    (application, devices): (ApplicationId, Vec<DeviceId>),
    reason: &str,
) -> Result<ProposalView> {
    let wave = load(tx, id)?;
    let (instance, ..) = stored_plan(tx, &wave)?
        .ok_or_else(|| Error::Inconsistent(format!("wave {id} is decided without a plan")))?;
    let settings = continued(tx, &wave, &instance, devices)?;
    let name = format!("{} (suite)", wave.name);
    let next = draft::insert(tx, actor.person, wave.programme_id, &name, settings)?;
    let now = tx.now();
    // what staff fixed stays as it is, and who gave the lot back does not get it again
    let mut out: BTreeMap<ApplicationId, String> = store::pins(tx, id)?
        .into_iter()
        .map(|pin| (pin.application, pin.reason))
        .collect();
    out.insert(application, reason.to_owned());
    for (application, reason) in out {
        let pin = Pin {
            application,
            granted: None,
            reason,
            actor: actor.person,
            at: now,
        };
        store::put_pin(tx, next.id, &pin)?;
    }
    propose::propose(tx, actor, next.id)
}

/// The settings of a wave for what is left of it: what its caps and its reserved share
/// gave stays given.
fn continued(
    tx: &mut Tx<'_>,
    wave: &Wave,
    instance: &Instance,
    devices: Vec<DeviceId>,
) -> Result<Settings> {
    let live = store::live_counts(tx, wave.id)?;
    let lines = store::served_lines(tx, wave.id)?;
    let mut settings = wave.settings.clone();
    for cap in &mut settings.caps {
        let used: u64 = lines
            .iter()
            .filter(|line| cap.kind.is_none_or(|kind| line.kind == Some(kind)))
            .filter(|line| concerns(cap, instance, line.application_id, line.request))
            .filter_map(|line| live.get(&line.id))
            .map(|count| count.unsigned_abs())
            .sum();
        cap.max = cap.max.saturating_sub(used);
    }
    if let Some(share) = &mut settings.reserve_small {
        share.quantity = store::classes_of(tx, wave.id, &devices)?
            .into_iter()
            .filter_map(|class| {
                let name = class.split_once('/')?.1;
                (name == SMALL).then(|| rules::kind_of_class(&class))?
            })
            .fold(BTreeMap::new(), |mut sum, kind| {
                *sum.entry(kind).or_default() += 1;
                sum
            });
    }
    settings.complements = true;
    settings.supply.at_most = None;
    settings.supply.device_ids = Some(devices);
    Ok(settings)
}

fn concerns(cap: &Cap, instance: &Instance, application: ApplicationId, request: i32) -> bool {
    let id = rules::line_id(application, request);
    instance
        .lines
        .iter()
        .any(|line| line.id == id && line.tags.contains(&cap.tag))
}
