//! Loads the facts that a plan is computed from.

use db::{Db, Result};
use eligibility::{Candidate, Programme};
use kernel::{BatchId, DeviceId, DeviceKind, Theme};

use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::model::{Granted, Pin, Settings, Wave};
use crate::plan::instance::Instance;
use crate::rules::{self, Applicant, Ask, Facts, History, Limits, Tied};
use crate::store::{self, Wanted};

/// Everything about the moment: who asks, what is there, what was given.
pub(super) struct Ground {
    pub programme: Programme,
    pub candidates: Vec<Candidate>,
    pub applicants: Vec<Applicant>,
    pub history: History,
    /// By kind, those ready for longest first.
    pub devices: BTreeMap<DeviceKind, Vec<Ready>>,
}

/// A device that may be given.
pub(super) struct Ready {
    pub id: DeviceId,
    /// Of which an applicant needs one; none when it is for everyone.
    pub tags: Vec<String>,
}

pub(super) fn limits(programme: &Programme) -> Limits {
    Limits {
        kinds: programme.kinds.clone(),
        lot_min: u32::try_from(programme.lot_min).unwrap_or(1),
        lot_max: u32::try_from(programme.lot_max).unwrap_or(1),
    }
}

/// The kinds that a wave gives.
pub(super) fn kinds<'a>(settings: &'a Settings, programme: &'a Programme) -> &'a [DeviceKind] {
    settings.supply.kinds.as_deref().unwrap_or(&programme.kinds)
}

/// What a wave may give, by its settings and by the rubric of its programme.
pub(super) fn wanted<'a>(settings: &'a Settings, programme: &'a Programme) -> Result<Wanted<'a>> {
    Ok(Wanted {
        kinds: kinds(settings, programme),
        supply: &settings.supply,
        clear_counts: eligibility::clear_counts(programme)?,
    })
}

/// The ready devices that these settings would take, and the rubric does not.
pub(super) fn left_out(db: &mut Db, wave: &Wave, settings: &Settings) -> Result<Granted> {
    let programme = eligibility::programme(db, wave.programme_id)?;
    store::left_out(db, wanted(settings, &programme)?)
}

pub(super) fn gather(db: &mut Db, wave: &Wave, settings: &Settings) -> Result<Ground> {
    let programme = eligibility::programme(db, wave.programme_id)?;
    let found = store::ready_devices(db, wanted(settings, &programme)?)?;
    let mut batches: Vec<BatchId> = found.values().flatten().map(|(_, batch)| *batch).collect();
    batches.sort_unstable();
    batches.dedup();
    let ties = ties(db, &batches)?;
    let ready = |(id, batch): (DeviceId, BatchId)| Ready {
        id,
        tags: ties.get(&batch).cloned().unwrap_or_default(),
    };
    let mut ground = without_devices(db, wave)?;
    ground.devices = found
        .into_iter()
        .map(|(kind, devices)| (kind, devices.into_iter().map(ready).collect()))
        .collect();
    Ok(ground)
}

/// Of these batches, the tags of which an applicant needs one.
pub(super) fn ties(db: &mut Db, batches: &[BatchId]) -> Result<HashMap<BatchId, Vec<String>>> {
    let restrictions = intake::restrictions(db, batches)?;
    let tags = restrictions
        .into_iter()
        .map(|(batch, tied)| (batch, tied.tags()));
    Ok(tags.filter(|(_, tags)| !tags.is_empty()).collect())
}

/// What submitting and approving compare with: the applicants alone.
pub(super) fn without_devices(db: &mut Db, wave: &Wave) -> Result<Ground> {
    let programme = eligibility::programme(db, wave.programme_id)?;
    let candidates = eligibility::candidates(db, wave.programme_id)?;
    let history = store::history(db, wave.programme_id, wave.id)?;
    let applicants = candidates.iter().map(applicant).collect();
    Ok(Ground {
        programme,
        candidates,
        applicants,
        history,
        devices: BTreeMap::new(),
    })
}

impl Ground {
    /// What is there for everyone, and what is there for some.
    pub(super) fn supply(&self) -> (Granted, Tied) {
        let (mut open, mut tied) = (Granted::new(), Tied::new());
        for (kind, devices) in &self.devices {
            for device in devices {
                let count = match device.tags.is_empty() {
                    true => open.entry(*kind).or_default(),
                    false => tied
                        .entry(*kind)
                        .or_default()
                        .entry(device.tags.clone())
                        .or_default(),
                };
                *count += 1;
            }
        }
        (open, tied)
    }

    pub(super) fn instance(
        &self,
        wave: &Wave,
        settings: &Settings,
        pins: &[Pin],
    ) -> Result<Instance> {
        let supply = self.supply();
        self.instance_of(wave, settings, pins, &supply)
    }

    /// The same with a supply that was counted.
    pub(super) fn instance_of(
        &self,
        wave: &Wave,
        settings: &Settings,
        pins: &[Pin],
        (supply, tied): &(Granted, Tied),
    ) -> Result<Instance> {
        let programme_min = u64::try_from(self.programme.lot_min).unwrap_or(1);
        let facts = Facts {
            wave: wave.id,
            settings,
            small_below: settings
                .reserve_small
                .as_ref()
                .map_or(programme_min, |share| share.below.into()),
            kinds: kinds(settings, &self.programme),
            applicants: &self.applicants,
            history: &self.history,
            supply,
            tied,
            pins,
        };
        Ok(rules::instance(&facts)?)
    }

    /// Which class each device counts for: what a donor tied for its own, of the others the
    /// oldest for the reserved share.
    pub(super) fn classed<'a>(&self, instance: &'a Instance) -> Vec<(DeviceId, &'a str)> {
        let mut classed = Vec::new();
        for (kind, devices) in &self.devices {
            let mut by_tags: BTreeMap<&[String], VecDeque<DeviceId>> = BTreeMap::new();
            for device in devices {
                let same = by_tags.entry(&device.tags).or_default();
                same.push_back(device.id);
            }
            let kind = kind.to_string();
            for class in instance.classes.iter().filter(|class| class.kind == kind) {
                let tied = by_tags.contains_key(class.any_of.as_slice());
                let tags: &[String] = if tied { &class.any_of } else { &[] };
                let Some(devices) = by_tags.get_mut(tags) else {
                    continue;
                };
                let share = usize::try_from(class.qty).unwrap_or(usize::MAX);
                let share = devices.drain(..share.min(devices.len()));
                classed.extend(share.map(|device| (device, class.id.as_str())));
            }
        }
        classed
    }
}

pub(super) fn applicant(candidate: &Candidate) -> Applicant {
    let mut tags = vec![candidate.postal_code.clone()];
    tags.extend(candidate.commune_code.clone());
    tags.extend(candidate.themes.iter().map(Theme::to_string));
    tags.push(intake::association_tag(candidate.association_id));
    tags.retain(|tag| !tag.trim().is_empty());
    tags.sort_unstable();
    tags.dedup();
    Applicant {
        application: candidate.application_id,
        reference: candidate.reference.clone(),
        association: candidate.association_id,
        name: candidate.association.clone(),
        asks: candidate.requests.iter().map(ask).collect(),
        score: u64::try_from(candidate.score).unwrap_or(0),
        fragility: u64::try_from(candidate.fragility).unwrap_or(0),
        day: candidate.submitted_at.date(),
        tags,
    }
}

fn ask(request: &eligibility::Request) -> Ask {
    let kinds = std::iter::once(request.kind)
        .chain(request.accepts.iter().copied())
        .collect();
    Ask {
        kinds,
        quantity: u64::try_from(request.quantity).unwrap_or(0),
    }
}
