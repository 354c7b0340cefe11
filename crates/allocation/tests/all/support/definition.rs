//! The policy once more, written from its definition alone: every set of classes is
//! looked at, every unit is written down and sorted.

use std::collections::BTreeSet;

use allocation::plan::Award;
use allocation::plan::instance::{Cap, Class, Instance, Line, Residual, Weight};
use sha2::{Digest, Sha256};

use super::KINDS;

/// `None` when the pins are impossible, else what each line gets in the public order.
pub fn brute_force(instance: &Instance) -> Option<Vec<Award>> {
    let lines = in_public_order(instance);
    let mut given: Vec<(Option<String>, u64)> = vec![(None, 0); lines.len()];
    let mut running = vec![true; lines.len()];
    for (place, line) in lines.iter().enumerate() {
        if let Some(pin) = instance.pins.iter().find(|pin| pin.line == line.id) {
            running[place] = false;
            given[place] = (pin.kind.clone(), pin.qty);
        }
        let (most, lot) = bounds(line);
        let excluded = instance
            .excludes
            .iter()
            .any(|exclude| exclude.line == line.id);
        running[place] &= !excluded && most >= i128::from(lot.max(1));
    }
    if !possible(instance, &lines, &given) {
        return None;
    }
    let mut skipped_kinds = BTreeSet::new();
    for (place, line) in lines
        .iter()
        .enumerate()
        .filter(|(place, _)| running[*place])
    {
        if line.already > 0 {
            given[place].0 = Some(line.kinds[0].clone());
            continue;
        }
        for kind in &line.kinds {
            given[place] = (Some(kind.clone()), bounds(line).1);
            if possible(instance, &lines, &given) {
                break;
            }
            given[place] = (None, 0);
        }
        if given[place].0.is_none() {
            skipped_kinds.extend(line.kinds.iter().cloned());
        }
    }
    if instance.params.residual == Residual::Grow {
        skipped_kinds.clear();
    }
    let mut units: Vec<(u128, u128, usize)> = Vec::new();
    for (place, line) in lines
        .iter()
        .enumerate()
        .filter(|(place, _)| running[*place])
    {
        let Some(kind) = &given[place].0 else {
            continue;
        };
        if !skipped_kinds.contains(kind) {
            let first = line.already + given[place].1 + 1;
            units.extend(
                (first..=line.requested.min(line.cap))
                    .map(|t| (2 * u128::from(t) - 1, weight(instance, line), place)),
            );
        }
    }
    units.sort_by(|a, b| (a.0 * b.1).cmp(&(b.0 * a.1)).then(a.2.cmp(&b.2)));
    for (_, _, place) in units {
        given[place].1 += 1;
        if !possible(instance, &lines, &given) {
            given[place].1 -= 1;
        }
    }
    let award = |(line, (kind, qty)): (&&Line, (Option<String>, u64))| Award {
        id: line.id.clone(),
        kind: kind.filter(|_| qty > 0),
        qty,
    };
    Some(lines.iter().zip(given).map(award).collect())
}

/// `(u, m)`.
fn bounds(line: &Line) -> (i128, u64) {
    let most = i128::from(line.requested.min(line.cap)) - i128::from(line.already);
    (
        most,
        if line.already == 0 {
            line.min_lot.max(1)
        } else {
            0
        },
    )
}

fn weight(instance: &Instance, line: &Line) -> u128 {
    let Weight {
        base,
        score,
        fragility,
    } = instance.params.weight;
    u128::from((base + score * line.score + fragility * line.fragility).max(1))
}

fn in_public_order(instance: &Instance) -> Vec<&Line> {
    let mut lines: Vec<&Line> = instance.lines.iter().collect();
    lines.sort_by_key(|line| {
        let draw = Sha256::digest(format!("{}|{}", instance.wave.seed, line.application));
        let hex: String = draw.iter().map(|byte| format!("{byte:02x}")).collect();
        (
            -(line.score as i64),
            -(line.fragility as i64),
            line.date.clone(),
            hex,
            line.id.clone(),
        )
    });
    lines
}

/// Gale/Hall over every set of classes of every kind, and every cap.
fn possible(instance: &Instance, lines: &[&Line], given: &[(Option<String>, u64)]) -> bool {
    let holds = |cap: &Cap| {
        let counted = lines.iter().zip(given).filter(|(line, (kind, _))| {
            line.tags.contains(&cap.tag) && (cap.kind.is_none() || cap.kind == *kind)
        });
        counted.map(|(_, (_, qty))| qty).sum::<u64>() <= cap.max
    };
    instance.caps.iter().all(holds)
        && KINDS
            .iter()
            .all(|kind| drawable(instance, lines, given, kind))
}

fn drawable(
    instance: &Instance,
    lines: &[&Line],
    given: &[(Option<String>, u64)],
    kind: &str,
) -> bool {
    let classes: Vec<&Class> = instance
        .classes
        .iter()
        .filter(|class| class.kind == kind)
        .collect();
    (0..1usize << classes.len()).all(|set| {
        let inside = |at: usize| set & (1 << at) != 0;
        let stock: u64 = classes
            .iter()
            .enumerate()
            .filter(|(at, _)| inside(*at))
            .map(|(_, class)| class.qty)
            .sum();
        let limited =
            |line: &Line| (0..classes.len()).all(|at| inside(at) || !serves(classes[at], line));
        let of_kind = lines
            .iter()
            .zip(given)
            .filter(|(_, (of, _))| of.as_deref() == Some(kind));
        let demand: u64 = of_kind
            .filter(|(line, _)| limited(line))
            .map(|(_, (_, qty))| qty)
            .sum();
        demand <= stock
    })
}

fn serves(class: &Class, line: &Line) -> bool {
    let has = |tag: &String| line.tags.contains(tag);
    (class.any_of.is_empty() || class.any_of.iter().any(has)) && !class.none_of.iter().any(has)
}

/// Whether awards, in the public order, can be drawn from the classes under the caps.
pub fn feasible(instance: &Instance, awards: &[Award]) -> bool {
    let given: Vec<_> = awards
        .iter()
        .map(|award| (award.kind.clone(), award.qty))
        .collect();
    possible(instance, &in_public_order(instance), &given)
}
