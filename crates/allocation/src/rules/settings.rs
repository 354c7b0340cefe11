//! The settings of a wave: every mistake is named, what is absent comes from the programme.

use std::collections::{BTreeMap, HashSet};

use kernel::{Code, DeviceKind, Fields, Refusal};

use crate::model::{
    Cap, CapInput, NewWave, PerKind, Picking, ReserveSmallInput, Residual, Settings, SettingsInput,
    SmallShare, SmallShareInput, Weight, WeightInput,
};

use super::limits::{Limits, number, out_of_range};
use super::supply::{distinct, not_in_wave, supply};

/// The largest coefficient that is taken seriously.
const COEFFICIENT_MAX: i64 = 1_000_000;

/// Checks the body of a new wave.
///
/// # Errors
/// `invalid_fields` with every mistake.
pub fn new_wave(body: &NewWave, limits: &Limits) -> Result<Settings, Refusal> {
    let mut fields = Fields::default();
    fields.text("/name", &body.name, 200);
    let settings = complete(&SettingsInput::from(body), limits, &mut fields);
    fields.check()?;
    Ok(settings)
}

/// Checks settings, of a wave or of a simulation.
///
/// # Errors
/// `invalid_fields` with every mistake.
pub fn settings(input: &SettingsInput, limits: &Limits) -> Result<Settings, Refusal> {
    let mut fields = Fields::default();
    let settings = complete(input, limits, &mut fields);
    fields.check()?;
    Ok(settings)
}

fn complete(input: &SettingsInput, limits: &Limits, fields: &mut Fields) -> Settings {
    fields.text("/seed", &input.seed, 200);
    let kinds = supply(&input.supply, limits, fields);
    let lot_min = number(
        fields,
        "/lot_min",
        input.lot_min.unwrap_or(limits.lot_min.into()),
        1,
    );
    let lot_max = number(
        fields,
        "/lot_max",
        input.lot_max.unwrap_or(limits.lot_max.into()),
        1,
    );
    if lot_max < lot_min {
        let pointer = if input.lot_max.is_some() {
            "/lot_max"
        } else {
            "/lot_min"
        };
        out_of_range(
            fields,
            pointer,
            format!(
                "Le plus grand lot ({lot_max}) ne peut pas être inférieur au plus petit ({lot_min})."
            ),
            format!("The largest lot ({lot_max}) cannot be below the smallest ({lot_min})."),
        );
    }
    Settings {
        supply: distinct(&input.supply),
        lot_min: narrow(lot_min),
        lot_max: narrow(lot_max),
        reserve_small: input
            .reserve_small
            .as_ref()
            .map(|share| small_share(share, &kinds, limits, fields)),
        caps: caps(input.caps.as_deref().unwrap_or_default(), fields),
        residual: input.residual.unwrap_or(Residual::Grow),
        picking: input.picking.unwrap_or(Picking::SiteFirst),
        complements: input.complements.unwrap_or(false),
        weight: weight(input.weight, fields),
        seed: input.seed.trim().to_owned(),
    }
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The most caps of a wave.
const CAPS_MAX: usize = 500;
fn small_share(
    input: &ReserveSmallInput,
    kinds: &[DeviceKind],
    limits: &Limits,
    fields: &mut Fields,
) -> SmallShare {
    let detail = match input {
        ReserveSmallInput::Devices(count) => &SmallShareInput {
            quantity: PerKind::Each(*count),
            below: None,
            lot_min: None,
        },
        ReserveSmallInput::Detail(detail) => detail,
    };
    let quantity: BTreeMap<DeviceKind, u64> = match &detail.quantity {
        PerKind::Each(count) => {
            let count = number(fields, "/reserve_small/quantity", *count, 0);
            kinds.iter().map(|kind| (*kind, count)).collect()
        }
        PerKind::By(by) => by
            .iter()
            .map(|(kind, count)| {
                let pointer = format!("/reserve_small/quantity/{kind}");
                if !kinds.contains(kind) {
                    not_in_wave(fields, pointer.clone(), *kind);
                }
                (*kind, number(fields, &pointer, *count, 0))
            })
            .collect(),
    };
    let below = detail.below.unwrap_or(limits.lot_min.into());
    SmallShare {
        quantity,
        below: narrow(number(fields, "/reserve_small/below", below, 1)),
        lot_min: narrow(number(
            fields,
            "/reserve_small/lot_min",
            detail.lot_min.unwrap_or(1),
            1,
        )),
    }
}

fn caps(input: &[CapInput], fields: &mut Fields) -> Vec<Cap> {
    if input.len() > CAPS_MAX {
        out_of_range(
            fields,
            "/caps",
            format!("Au plus {CAPS_MAX} plafonds."),
            format!("At most {CAPS_MAX} caps."),
        );
    }
    let mut ids = HashSet::new();
    let mut caps = Vec::with_capacity(input.len());
    for (at, cap) in input.iter().enumerate() {
        fields.text(&format!("/caps/{at}/tag"), &cap.tag, 100);
        let tag = cap.tag.trim().to_owned();
        let id = match (&cap.id, cap.kind) {
            (Some(id), _) => {
                fields.text(&format!("/caps/{at}/id"), id, 100);
                id.trim().to_owned()
            }
            (None, Some(kind)) => format!("{tag}/{kind}"),
            (None, None) => tag.clone(),
        };
        if !ids.insert(id.clone()) {
            fields.push(
                format!("/caps/{at}/id"),
                Code::Duplicate,
                Code::Duplicate.help(),
            );
        }
        let max = number(fields, &format!("/caps/{at}/max"), cap.max, 0);
        caps.push(Cap {
            id,
            tag,
            kind: cap.kind,
            max,
        });
    }
    caps
}

fn weight(input: Option<WeightInput>, fields: &mut Fields) -> Weight {
    let input = input.unwrap_or(WeightInput {
        base: 0,
        score: 1,
        fragility: 0,
    });
    let mut coefficient = |name: &str, value: i64| {
        if !(0..=COEFFICIENT_MAX).contains(&value) {
            out_of_range(
                fields,
                &format!("/weight/{name}"),
                format!("De 0 à {COEFFICIENT_MAX}."),
                format!("From 0 to {COEFFICIENT_MAX}."),
            );
        }
        value.clamp(0, COEFFICIENT_MAX).unsigned_abs()
    };
    Weight {
        base: coefficient("base", input.base),
        score: coefficient("score", input.score),
        fragility: coefficient("fragility", input.fragility),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use kernel::Grade;

    use super::*;
    use crate::model::Supply;

    fn limits() -> Limits {
        Limits {
            kinds: vec![DeviceKind::Desktop, DeviceKind::Laptop],
            lot_min: 10,
            lot_max: 30,
        }
    }

    #[test]
    fn what_is_absent_comes_from_the_programme() {
        let input = SettingsInput {
            seed: "s".into(),
            ..SettingsInput::default()
        };
        let settings = settings(&input, &limits()).unwrap();
        assert_eq!((settings.lot_min, settings.lot_max), (10, 30));
        assert_eq!(
            settings.weight,
            Weight {
                base: 0,
                score: 1,
                fragility: 0
            }
        );
        assert!(!settings.complements && settings.caps.is_empty());
        assert_eq!(settings.residual, Residual::Grow);
    }

    #[test]
    fn every_mistake_is_named_at_once() {
        let input = SettingsInput {
            supply: Supply {
                kinds: Some(vec![DeviceKind::Printer]),
                at_most: Some([(DeviceKind::Desktop, -1)].into()),
                ..Supply::default()
            },
            lot_min: Some(0),
            caps: Some(vec![
                CapInput {
                    id: None,
                    tag: String::new(),
                    kind: None,
                    max: -1,
                },
                CapInput {
                    id: Some("a".into()),
                    tag: "x".into(),
                    kind: None,
                    max: 1,
                },
                CapInput {
                    id: Some("a".into()),
                    tag: "y".into(),
                    kind: None,
                    max: 1,
                },
            ]),
            weight: Some(WeightInput {
                base: -1,
                score: 1,
                fragility: 0,
            }),
            ..SettingsInput::default()
        };
        let refusal = settings(&input, &limits()).unwrap_err();
        let pointers: Vec<_> = refusal
            .errors
            .iter()
            .filter_map(|error| error.pointer.as_deref())
            .collect();
        for pointer in [
            "/seed",
            "/supply/kinds/0",
            "/supply/at_most/desktop",
            "/lot_min",
            "/caps/0/tag",
            "/caps/0/max",
            "/caps/2/id",
            "/weight/base",
        ] {
            assert!(pointers.contains(&pointer), "{pointer} in {pointers:?}");
        }
    }

    #[test]
    fn lists_of_a_supply_name_something_once_and_not_too_much() {
        let batches = |count: u128| {
            let id = |number: u128| format!("{number:032x}").parse().unwrap();
            Some((0..count).map(id).collect::<Vec<kernel::BatchId>>())
        };
        let check = |supply: Supply| {
            let seed = "s".to_owned();
            let input = SettingsInput {
                supply,
                seed,
                ..SettingsInput::default()
            };
            settings(&input, &limits())
        };
        let twice = Supply {
            grades: Some(vec![Grade::B, Grade::A, Grade::B]),
            batch_ids: Some([batches(3).unwrap(), batches(2).unwrap()].concat()),
            ..Supply::default()
        };
        let kept = check(twice).unwrap().supply;
        assert_eq!(kept.grades, Some(vec![Grade::A, Grade::B]));
        assert_eq!(kept.batch_ids, batches(3));
        for (supply, pointer) in [
            (
                Supply {
                    batch_ids: batches(1_001),
                    ..Supply::default()
                },
                "/supply/batch_ids",
            ),
            (
                Supply {
                    grades: Some(Vec::new()),
                    ..Supply::default()
                },
                "/supply/grades",
            ),
        ] {
            let refusal = check(supply).unwrap_err();
            assert_eq!(refusal.errors[0].pointer.as_deref(), Some(pointer));
        }
    }

    #[test]
    fn a_simulation_over_settings_without_changes_gives_the_same_settings() {
        let input = SettingsInput {
            seed: "s".into(),
            reserve_small: Some(ReserveSmallInput::Devices(5)),
            caps: Some(vec![CapInput {
                id: None,
                tag: "13015".into(),
                kind: Some(DeviceKind::Desktop),
                max: 3,
            }]),
            ..SettingsInput::default()
        };
        let first = settings(&input, &limits()).unwrap();
        let again = settings(&crate::model::Simulation::default().over(&first), &limits()).unwrap();
        assert_eq!(first, again);
    }
}
