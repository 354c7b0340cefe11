//! From the facts of the moment to the instance that is planned: who asks, what is
//! ready, what earlier waves gave, what staff decided.

use std::collections::{BTreeMap, HashMap};

use kernel::{ApplicationId, Date, DeviceKind, OrganisationId, Refusal, WaveId};

use super::line_ids::line_id;
use super::pins::apply_pins;
use crate::model::{Granted, Pin, Residual, Settings};
use crate::plan::instance as file;

/// The tag of a request for fewer devices than the programme's smallest lot.
pub const SMALL: &str = "small";

/// An eligible application, as a wave sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applicant {
    /// Its id.
    pub application: ApplicationId,
    /// How people name it; decides the public draw.
    pub reference: String,
    /// Whose it is.
    pub association: OrganisationId,
    /// Whose it is, by name.
    pub name: String,
    /// What it asks.
    pub asks: Vec<Ask>,
    /// Hundredths of a point.
    pub score: u64,
    /// Tenths of the fragility index.
    pub fragility: u64,
    /// The day of submission.
    pub day: Date,
    /// What classes and caps look at.
    pub tags: Vec<String>,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The kind asked, then those accepted instead.
    pub kinds: Vec<DeviceKind>,
    /// How many.
    pub quantity: u64,
}

/// What earlier waves of the programme gave, by application and request.
pub type History = HashMap<(ApplicationId, i32), (DeviceKind, u64)>;

/// Stock that donors tied, by kind and by the tags of which an applicant needs one.
pub type Tied = BTreeMap<DeviceKind, BTreeMap<Vec<String>, u64>>;

/// Everything an instance is made of.
#[derive(Debug)]
pub struct Facts<'a> {
    /// Which wave.
    pub wave: WaveId,
    /// What staff decided before.
    pub settings: &'a Settings,
    /// A request for fewer devices than this is small.
    pub small_below: u64,
    /// The kinds of the wave.
    pub kinds: &'a [DeviceKind],
    /// Who asks.
    pub applicants: &'a [Applicant],
    /// What they already have.
    pub history: &'a History,
    /// What is there for everyone.
    pub supply: &'a Granted,
    /// What is there for some.
    pub tied: &'a Tied,
    /// What staff decided about single applications.
    pub pins: &'a [Pin],
}

/// The kind of a class that [`instance`] made.
#[must_use]
pub fn kind_of_class(class: &str) -> Option<DeviceKind> {
    class.split_once('/')?.0.parse().ok()
}

/// Makes the instance of a wave.
///
/// # Errors
/// `pin_not_possible` when a pin names what cannot be fixed.
pub fn instance(facts: &Facts<'_>) -> Result<file::Instance, Refusal> {
    let settings = facts.settings;
    let mut instance = file::Instance {
        schema: file::SCHEMA.to_owned(),
        wave: file::Wave {
            id: facts.wave.to_string(),
            seed: settings.seed.clone(),
        },
        params: file::Params {
            weight: file::Weight {
                base: settings.weight.base,
                score: settings.weight.score,
                fragility: settings.weight.fragility,
            },
            residual: match settings.residual {
                Residual::Grow => file::Residual::Grow,
                Residual::Hold => file::Residual::Hold,
            },
        },
        classes: classes(settings, facts.supply, facts.tied),
        caps: settings.caps.iter().map(cap).collect(),
        lines: facts
            .applicants
            .iter()
            .flat_map(|applicant| lines(facts, applicant))
            .collect(),
        pins: Vec::new(),
        excludes: Vec::new(),
    };
    for line in &mut instance.lines {
        let named = |tag: &String| {
            let mut classes = instance.classes.iter();
            !is_association(tag) || classes.any(|class| class.any_of.contains(tag))
        };
        line.tags.retain(named);
    }
    apply_pins(&mut instance, facts.pins)?;
    Ok(instance)
}

/// A tag that names an association: it stands in an instance only where a gift does so too.
fn is_association(tag: &str) -> bool {
    tag.starts_with("association:")
}

/// The lines of a plan as they would be if no gift named an association.
#[must_use]
pub fn without_association_tags(lines: &[file::Line]) -> Vec<file::Line> {
    let mut lines = lines.to_vec();
    for line in &mut lines {
        line.tags.retain(|tag| !is_association(tag));
    }
    lines
}

fn cap(cap: &crate::model::Cap) -> file::Cap {
    file::Cap {
        id: cap.id.clone(),
        tag: cap.tag.clone(),
        kind: cap.kind.map(|kind| kind.to_string()),
        max: cap.max,
    }
}

/// For each kind the share of small requests, if there is one, the open stock, and what
/// donors tied to themes or associations.
fn classes(
    settings: &Settings,
    supply: &BTreeMap<DeviceKind, u64>,
    tied: &Tied,
) -> Vec<file::Class> {
    let class = |kind: DeviceKind, name: &str, qty: u64, any_of: &[&str]| file::Class {
        id: format!("{kind}/{name}"),
        kind: kind.to_string(),
        qty,
        any_of: any_of.iter().map(|&tag| tag.to_owned()).collect(),
        none_of: Vec::new(),
    };
    let mut classes = Vec::new();
    for (&kind, &stock) in supply {
        let share = settings
            .reserve_small
            .as_ref()
            .and_then(|share| share.quantity.get(&kind));
        let reserved = share.copied().unwrap_or(0).min(stock);
        if reserved > 0 {
            classes.push(class(kind, SMALL, reserved, &[SMALL]));
        }
        classes.push(class(kind, "open", stock - reserved, &[]));
    }
    for (&kind, gifts) in tied {
        for (tags, &stock) in gifts {
            let any_of: Vec<&str> = tags.iter().map(String::as_str).collect();
            classes.push(class(kind, &tags.join("+"), stock, &any_of));
        }
    }
    classes
}

fn lines(facts: &Facts<'_>, applicant: &Applicant) -> Vec<file::Line> {
    let asks = applicant.asks.iter().zip(1..);
    asks.filter_map(|(ask, request)| line(facts, applicant, ask, request))
        .collect()
}

/// A request that takes part; none when the wave is not for it.
fn line(facts: &Facts<'_>, applicant: &Applicant, ask: &Ask, request: i32) -> Option<file::Line> {
    let settings = facts.settings;
    let history = facts.history.get(&(applicant.application, request));
    if history.is_some() && !settings.complements {
        return None;
    }
    let kinds = history.map_or_else(|| ask.kinds.clone(), |(kind, _)| vec![*kind]);
    if !kinds.iter().any(|kind| facts.kinds.contains(kind)) {
        return None;
    }
    let small = ask.quantity < facts.small_below;
    let mut tags = applicant.tags.clone();
    if small {
        tags.push(SMALL.to_owned());
    }
    let share = settings.reserve_small.as_ref().filter(|_| small);
    Some(file::Line {
        id: line_id(applicant.application, request),
        application: applicant.reference.clone(),
        kinds: distinct(&kinds),
        requested: ask.quantity,
        min_lot: share.map_or(settings.lot_min, |share| share.lot_min).into(),
        cap: settings.lot_max.into(),
        already: history.map_or(0, |(_, quantity)| *quantity),
        score: applicant.score,
        fragility: applicant.fragility,
        date: applicant.day.format("%Y-%m-%d").to_string(),
        tags,
    })
}

fn distinct(kinds: &[DeviceKind]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(kinds.len());
    for kind in kinds.iter().map(ToString::to_string) {
        if !names.contains(&kind) {
            names.push(kind);
        }
    }
    names
}
