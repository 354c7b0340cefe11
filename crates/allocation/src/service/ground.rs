//! Loads the facts that a plan is computed from.

use db::{Db, Result};
use eligibility::{Candidate, Programme};
use kernel::{DeviceId, DeviceKind, Theme};

use std::collections::BTreeMap;

use crate::model::{Granted, Pin, Settings, Wave};
use crate::plan::instance::Instance;
use crate::rules::{self, Applicant, Ask, Facts, History, Limits};
use crate::store;

/// Everything about the moment: who asks, what is there, what was given.
pub(super) struct Ground {
    pub programme: Programme,
    pub applicants: Vec<Applicant>,
    pub history: History,
    /// By kind, those ready for longest first.
    pub devices: BTreeMap<DeviceKind, Vec<DeviceId>>,
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

pub(super) fn gather(db: &mut Db, wave: &Wave, settings: &Settings) -> Result<Ground> {
    let programme = eligibility::programme(db, wave.programme_id)?;
    let devices = store::ready_devices(db, kinds(settings, &programme), &settings.supply)?;
    let mut ground = without_devices(db, wave)?;
    ground.devices = devices;
    Ok(ground)
}

/// What submitting and approving compare with: the applicants alone.
pub(super) fn without_devices(db: &mut Db, wave: &Wave) -> Result<Ground> {
    let programme = eligibility::programme(db, wave.programme_id)?;
    let candidates = eligibility::candidates(db, wave.programme_id)?;
    let history = store::history(db, wave.programme_id, wave.id)?;
    let applicants = candidates.iter().map(applicant).collect();
    Ok(Ground {
        programme,
        applicants,
        history,
        devices: BTreeMap::new(),
    })
}

impl Ground {
    pub(super) fn supply(&self) -> Granted {
        self.devices
            .iter()
            .map(|(kind, devices)| (*kind, devices.len() as u64))
            .collect()
    }

    pub(super) fn instance(
        &self,
        wave: &Wave,
        settings: &Settings,
        pins: &[Pin],
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
            supply: &self.supply(),
            pins,
        };
        Ok(rules::instance(&facts)?)
    }

    /// Which class each device counts for: the oldest for the reserved share.
    pub(super) fn classed<'a>(&self, instance: &'a Instance) -> Vec<(DeviceId, &'a str)> {
        let mut classed = Vec::new();
        for (kind, devices) in &self.devices {
            let mut devices = devices.iter();
            let kind = kind.to_string();
            for class in instance.classes.iter().filter(|class| class.kind == kind) {
                let share = devices
                    .by_ref()
                    .take(usize::try_from(class.qty).unwrap_or(usize::MAX));
                classed.extend(share.map(|device| (*device, class.id.as_str())));
            }
        }
        classed
    }
}

fn applicant(candidate: &Candidate) -> Applicant {
    let mut tags = vec![candidate.postal_code.clone()];
    tags.extend(candidate.commune_code.clone());
    tags.extend(candidate.themes.iter().map(Theme::to_string));
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
