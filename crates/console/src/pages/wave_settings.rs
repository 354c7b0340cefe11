//! The settings of a wave as fields of a form: with what the wave has, and back.

use std::collections::BTreeMap;

use allocation::{
    CapInput, PerKind, Picking, ReserveSmallInput, Residual, Settings, SettingsInput, Simulation,
    SmallShareInput, Supply, WeightInput,
};
use kernel::{DeviceKind, Grade};
use serde::{Deserialize, Serialize};

use crate::fields;

/// Caps that can be added at once.
const BLANK_CAPS: usize = 2;

/// Everything that staff decide about a wave, as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Tried {
    lot_min: Option<i64>,
    lot_max: Option<i64>,
    supply: TriedSupply,
    reserve_small: TriedShare,
    pub(crate) caps: Vec<TriedCap>,
    residual: Option<Residual>,
    picking: Option<Picking>,
    complements: bool,
    weight: TriedWeight,
    seed: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct TriedSupply {
    kinds: Vec<DeviceKind>,
    grades: Vec<Grade>,
    at_most: BTreeMap<DeviceKind, i64>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct TriedShare {
    quantity: BTreeMap<DeviceKind, i64>,
    below: Option<i64>,
    lot_min: Option<i64>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct TriedCap {
    tag: String,
    kind: Option<DeviceKind>,
    max: Option<i64>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct TriedWeight {
    base: i64,
    score: i64,
    fragility: i64,
}

impl Tried {
    /// The settings that a wave has.
    pub(crate) fn of(own: &Settings, kinds: &[DeviceKind]) -> Self {
        let share = own.reserve_small.as_ref();
        let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let cap = |cap: &allocation::Cap| TriedCap {
            tag: cap.tag.clone(),
            kind: cap.kind,
            max: Some(signed(cap.max)),
        };
        Self {
            lot_min: Some(own.lot_min.into()),
            lot_max: Some(own.lot_max.into()),
            supply: TriedSupply {
                kinds: own.supply.kinds.clone().unwrap_or_else(|| kinds.to_vec()),
                grades: own
                    .supply
                    .grades
                    .clone()
                    .unwrap_or_else(|| Grade::ALL.to_vec()),
                at_most: own.supply.at_most.clone().unwrap_or_default(),
            },
            reserve_small: TriedShare {
                quantity: share
                    .map(|share| share.quantity.iter().map(|(kind, n)| (*kind, signed(*n))))
                    .into_iter()
                    .flatten()
                    .collect(),
                below: share.map(|share| share.below.into()),
                lot_min: share.map(|share| share.lot_min.into()),
            },
            caps: own.caps.iter().map(cap).collect(),
            residual: Some(own.residual),
            picking: Some(own.picking),
            complements: own.complements,
            weight: TriedWeight {
                base: signed(own.weight.base),
                score: signed(own.weight.score),
                fragility: signed(own.weight.fragility),
            },
            seed: own.seed.clone(),
        }
    }

    /// As the rules take it. What the form does not show stays as the wave has it.
    pub(crate) fn input(&self, own: &Settings, kinds: &[DeviceKind]) -> SettingsInput {
        let all = |chosen: &[DeviceKind]| kinds.iter().all(|kind| chosen.contains(kind));
        let grades = &self.supply.grades;
        let every = grades.is_empty() || Grade::ALL.iter().all(|grade| grades.contains(grade));
        SettingsInput {
            supply: Supply {
                kinds: (!all(&self.supply.kinds)).then(|| self.supply.kinds.clone()),
                grades: (!every).then(|| grades.clone()),
                batch_ids: own.supply.batch_ids.clone(),
                at_most: Some(self.supply.at_most.clone()).filter(|most| !most.is_empty()),
                device_ids: own.supply.device_ids.clone(),
            },
            lot_min: self.lot_min,
            lot_max: self.lot_max,
            reserve_small: self.share(),
            caps: Some(self.caps(own)),
            residual: self.residual,
            picking: self.picking,
            complements: Some(self.complements),
            weight: Some(WeightInput {
                base: self.weight.base,
                score: self.weight.score,
                fragility: self.weight.fragility,
            }),
            seed: self.seed.clone(),
        }
    }

    /// The body that makes these the settings of the wave.
    pub(crate) fn change(&self, own: &Settings, kinds: &[DeviceKind]) -> Simulation {
        let input = self.input(own, kinds);
        Simulation {
            supply: Some(input.supply),
            lot_min: input.lot_min,
            lot_max: input.lot_max,
            reserve_small: Some(input.reserve_small),
            caps: input.caps,
            residual: input.residual,
            picking: input.picking,
            complements: input.complements,
            weight: input.weight,
            seed: Some(input.seed),
        }
    }

    fn share(&self) -> Option<ReserveSmallInput> {
        let share = &self.reserve_small;
        let quantity: BTreeMap<DeviceKind, i64> = share
            .quantity
            .iter()
            .filter(|(_, quantity)| **quantity != 0)
            .map(|(kind, quantity)| (*kind, *quantity))
            .collect();
        (!quantity.is_empty()).then_some(ReserveSmallInput::Detail(SmallShareInput {
            quantity: PerKind::By(quantity),
            below: share.below,
            lot_min: share.lot_min,
        }))
    }

    fn caps(&self, own: &Settings) -> Vec<CapInput> {
        let typed = self.caps.iter();
        let typed = typed.filter(|cap| !cap.tag.trim().is_empty() || cap.max.is_some());
        typed
            .map(|cap| {
                let known = own
                    .caps
                    .iter()
                    .find(|known| known.tag == cap.tag.trim() && known.kind == cap.kind);
                CapInput {
                    id: known.map(|known| known.id.clone()),
                    tag: cap.tag.clone(),
                    kind: cap.kind,
                    max: cap.max.unwrap_or(-1), // a cap says how many
                }
            })
            .collect()
    }

    /// The same as fields, for an address or a form.
    pub(crate) fn pairs(&self) -> Vec<(String, String)> {
        let json = serde_json::to_value(self).unwrap_or_default();
        let mut pairs = Vec::new();
        fields::flatten("", &json, &mut |name, value| {
            if !value.is_empty() {
                pairs.push((name.to_owned(), value));
            }
        });
        pairs
    }

    /// With places for caps to come.
    pub(crate) fn with_blanks(mut self) -> Self {
        let blanks = self.caps.len() + BLANK_CAPS;
        self.caps.resize(blanks, TriedCap::default());
        self
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use allocation::rules::{Limits, settings};

    use super::*;
    use crate::Form;

    fn limits() -> Limits {
        Limits {
            kinds: vec![DeviceKind::Desktop, DeviceKind::Laptop],
            lot_min: 10,
            lot_max: 30,
        }
    }

    fn own() -> Settings {
        let input = SettingsInput {
            seed: "s".to_owned(),
            reserve_small: Some(ReserveSmallInput::Devices(6)),
            caps: Some(vec![CapInput {
                id: Some("north".to_owned()),
                tag: "13015".to_owned(),
                kind: Some(DeviceKind::Desktop),
                max: 45,
            }]),
            ..SettingsInput::default()
        };
        settings(&input, &limits()).unwrap()
    }

    #[test]
    fn a_form_that_nobody_changed_gives_the_same_settings() {
        let own = own();
        let pairs = Tried::of(&own, &limits().kinds).with_blanks().pairs();
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs);
        let kind = "application/x-www-form-urlencoded";
        let form = Form::parse(kind, &query.finish().into()).unwrap();
        let read: Tried = form.read().unwrap();
        let again = settings(&read.input(&own, &limits().kinds), &limits()).unwrap();
        assert_eq!(again, own);
        let change = read.change(&own, &limits().kinds);
        assert_eq!(settings(&change.over(&own), &limits()).unwrap(), own);
    }

    #[test]
    fn a_share_that_is_emptied_is_taken_away() {
        let own = own();
        let mut tried = Tried::of(&own, &limits().kinds);
        tried.reserve_small.quantity.clear();
        let change = tried.change(&own, &limits().kinds);
        let changed = settings(&change.over(&own), &limits()).unwrap();
        assert_eq!(changed.reserve_small, None);
        tried.caps[0].max = None;
        let refused = settings(&tried.input(&own, &limits().kinds), &limits()).unwrap_err();
        assert_eq!(refused.errors[0].pointer.as_deref(), Some("/caps/0/max"));
    }
}
