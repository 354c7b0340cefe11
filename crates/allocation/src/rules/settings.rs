//! The settings of a wave: every mistake is named, what is absent comes from the programme.

use std::collections::{BTreeMap, HashSet};

use kernel::{Code, DeviceKind, Fields, Refusal, Text};

use crate::model::{
    Cap, CapInput, NewWave, PerKind, ReserveSmallInput, Residual, Settings, SettingsInput,
    SmallShare, SmallShareInput, Supply, Weight, WeightInput,
};

/// What the programme says.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The kinds it gives.
    pub kinds: Vec<DeviceKind>,
    /// Its smallest lot.
    pub lot_min: u32,
    /// Its largest lot.
    pub lot_max: u32,
}

/// The largest lot or stock that is taken seriously.
const DEVICES_MAX: i64 = 10_000_000;
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
        supply: input.supply.clone(),
        lot_min: narrow(lot_min),
        lot_max: narrow(lot_max),
        reserve_small: input
            .reserve_small
            .as_ref()
            .map(|share| small_share(share, &kinds, limits, fields)),
        caps: caps(input.caps.as_deref().unwrap_or_default(), fields),
        residual: input.residual.unwrap_or(Residual::Grow),
        complements: input.complements.unwrap_or(false),
        weight: weight(input.weight, fields),
        seed: input.seed.trim().to_owned(),
    }
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn out_of_range(fields: &mut Fields, pointer: &str, fr: String, en: String) {
    fields.push(pointer, Code::OutOfRange, Text::new(fr, en));
}

/// A number of devices, at least `least`; noted when it is not.
fn number(fields: &mut Fields, pointer: &str, value: i64, least: i64) -> u64 {
    if !(least..=DEVICES_MAX).contains(&value) {
        out_of_range(
            fields,
            pointer,
            format!("De {least} à {DEVICES_MAX}."),
            format!("From {least} to {DEVICES_MAX}."),
        );
    }
    value.clamp(least, DEVICES_MAX).unsigned_abs()
}

/// Checks the supply and returns the kinds of the wave.
fn supply(supply: &Supply, limits: &Limits, fields: &mut Fields) -> Vec<DeviceKind> {
    let Some(kinds) = &supply.kinds else {
        at_most(supply, &limits.kinds, fields);
        return limits.kinds.clone();
    };
    if kinds.is_empty() {
        required(fields, "/supply/kinds");
    }
    for (at, kind) in kinds.iter().enumerate() {
        let pointer = format!("/supply/kinds/{at}");
        if !limits.kinds.contains(kind) {
            fields.push(
                pointer,
                Code::Invalid,
                Text::new(
                    format!("Ce dispositif n'attribue pas ce type d'appareil ({kind})."),
                    format!("This programme does not give this kind of device ({kind})."),
                ),
            );
        } else if kinds[..at].contains(kind) {
            fields.push(pointer, Code::Duplicate, Code::Duplicate.help());
        }
    }
    for (list, pointer) in [
        (supply.grades.as_ref().map(Vec::is_empty), "/supply/grades"),
        (
            supply.batch_ids.as_ref().map(Vec::is_empty),
            "/supply/batch_ids",
        ),
    ] {
        if list == Some(true) {
            required(fields, pointer);
        }
    }
    at_most(supply, kinds, fields);
    kinds.clone()
}

fn required(fields: &mut Fields, pointer: &str) {
    fields.push(
        pointer,
        Code::Required,
        Text::new(
            "Une liste vide ne laisserait rien à attribuer ; retirez ce champ pour tout prendre.",
            "An empty list would leave nothing to give; leave this field out to take everything.",
        ),
    );
}

fn at_most(supply: &Supply, kinds: &[DeviceKind], fields: &mut Fields) {
    for (kind, most) in supply.at_most.iter().flatten() {
        let pointer = format!("/supply/at_most/{kind}");
        if !kinds.contains(kind) {
            not_in_wave(fields, pointer.clone(), *kind);
        }
        number(fields, &pointer, *most, 0);
    }
}

fn not_in_wave(fields: &mut Fields, pointer: String, kind: DeviceKind) {
    fields.push(
        pointer,
        Code::Invalid,
        Text::new(
            format!("Cette vague n'attribue pas ce type d'appareil ({kind})."),
            format!("This wave does not give this kind of device ({kind})."),
        ),
    );
}

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
    use super::*;

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
