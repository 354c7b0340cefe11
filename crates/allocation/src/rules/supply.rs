//! Which devices a wave may give: what is named exists in the programme, and is not too much.

use std::collections::BTreeSet;

use kernel::{Code, DeviceKind, Fields, Text};

use super::limits::{Limits, number, out_of_range};
use crate::model::Supply;

/// The most batches that a supply names.
const BATCHES_MAX: usize = 1_000;
/// The most devices that a supply names.
const NAMED_DEVICES_MAX: usize = 100_000;

/// Checks the supply and returns the kinds of the wave.
pub(super) fn supply(supply: &Supply, limits: &Limits, fields: &mut Fields) -> Vec<DeviceKind> {
    let kinds = match &supply.kinds {
        Some(kinds) => {
            kinds_of_programme(kinds, limits, fields);
            kinds
        }
        None => &limits.kinds,
    };
    list(&supply.grades, "/supply/grades", BATCHES_MAX, fields);
    list(&supply.batch_ids, "/supply/batch_ids", BATCHES_MAX, fields);
    list(
        &supply.device_ids,
        "/supply/device_ids",
        NAMED_DEVICES_MAX,
        fields,
    );
    at_most(supply, kinds, fields);
    kinds.clone()
}

fn kinds_of_programme(kinds: &[DeviceKind], limits: &Limits, fields: &mut Fields) {
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
}

/// A list that is there names something, and not too much.
fn list<T>(list: &Option<Vec<T>>, pointer: &str, most: usize, fields: &mut Fields) {
    match list.as_ref().map_or(1, Vec::len) {
        0 => required(fields, pointer),
        length if length > most => out_of_range(
            fields,
            pointer,
            format!("Au plus {most} ; il y en a {length}."),
            format!("At most {most}; there are {length}."),
        ),
        _ => {}
    }
}

/// The supply with nothing named twice.
pub(super) fn distinct(supply: &Supply) -> Supply {
    fn once<T: Ord + Copy>(list: &Option<Vec<T>>) -> Option<Vec<T>> {
        let set: BTreeSet<T> = list.as_ref()?.iter().copied().collect();
        Some(set.into_iter().collect())
    }
    Supply {
        grades: once(&supply.grades),
        batch_ids: once(&supply.batch_ids),
        device_ids: once(&supply.device_ids),
        ..supply.clone()
    }
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

pub(super) fn not_in_wave(fields: &mut Fields, pointer: String, kind: DeviceKind) {
    fields.push(
        pointer,
        Code::Invalid,
        Text::new(
            format!("Cette vague n'attribue pas ce type d'appareil ({kind})."),
            format!("This wave does not give this kind of device ({kind})."),
        ),
    );
}
