//! The counted stock as people look at it: its movements, and a stocktake.

use std::collections::HashMap;

use db::{Db, Result, Tx};
use kernel::{
    AccessoryMovementId, Actor, Code, Fields, OrganisationId, Page, PageRequest, Refusal, Text,
};

use super::accessories::own_stock;
use super::parts::change_parts;
use super::{accessories, change_accessories};
use crate::model::{Difference, MovementView, PartChange, StockChange, Stocktake};
use crate::store;

/// Lines of a stocktake at the most.
const LINES: usize = 300;

/// A page of what went in and out of a workshop's accessories, the newest first.
///
/// # Errors
/// `not_found` for another's workshop, or none; `invalid_page`.
pub fn accessory_movements(
    db: &mut Db,
    actor: &Actor,
    workshop: OrganisationId,
    request: &PageRequest,
) -> Result<Page<MovementView>> {
    own_stock(db, actor, workshop)?;
    let before = request.after::<AccessoryMovementId>()?;
    let page = store::movements(db, workshop, request, before)?;
    let devices: Vec<_> = page.items.iter().filter_map(|one| one.device_id).collect();
    let batches: Vec<_> = page.items.iter().filter_map(|one| one.batch_id).collect();
    let tags: HashMap<_, _> = store::by_ids(db, &devices)?
        .into_iter()
        .map(|device| (device.id, device.tag))
        .collect();
    let references: HashMap<_, _> = store::batch_references(db, &batches)?.into_iter().collect();
    Ok(page.map(|movement| MovementView {
        kind: movement.kind,
        delta: movement.delta,
        at: movement.at,
        device: movement
            .device_id
            .and_then(|id| Some((id, tags.get(&id)?.clone()))),
        batch: movement
            .batch_id
            .and_then(|id| Some((id, references.get(&id)?.clone()))),
        reason: movement.reason,
    }))
}

/// Counts what is there: each difference to what was booked is booked, with the reason. What was
/// not counted stays as it is.
///
/// # Errors
/// `invalid_fields`, `not_found`.
pub fn stocktake(
    tx: &mut Tx<'_>,
    actor: &Actor,
    workshop: OrganisationId,
    counted: &Stocktake,
) -> Result<Vec<Difference>> {
    own_stock(tx, actor, workshop)?;
    check(counted)?;
    let booked = accessories(tx, actor, workshop)?;
    let mut differences = Vec::new();
    for part in &counted.accessories {
        let there = booked.items.iter().find(|one| one.kind == part.kind);
        let there = there.map_or(0, |one| one.quantity);
        let delta = part.quantity - there;
        if delta == 0 {
            continue;
        }
        let change = StockChange {
            kind: part.kind,
            delta,
            reason: counted.reason.clone(),
        };
        change_accessories(tx, actor, workshop, &change)?;
        differences.push(Difference {
            name: part.kind.to_string(),
            booked: there,
            counted: part.quantity,
        });
    }
    for part in &counted.parts {
        let key = crate::model::part_key(&part.kind, &part.label);
        let known = store::parts(tx, workshop, &[key.clone()].into())?;
        let there = known.get(&key).copied().unwrap_or(0);
        if part.quantity == there && known.contains_key(&key) {
            continue;
        }
        let change = PartChange {
            kind: part.kind.clone(),
            label: part.label.clone(),
            delta: part.quantity - there,
            reason: counted.reason.clone(),
        };
        change_parts(tx, actor, workshop, &change)?;
        differences.push(Difference {
            name: format!("{} {}", part.kind, part.label).trim().to_owned(),
            booked: there,
            counted: part.quantity,
        });
    }
    Ok(differences)
}

fn check(counted: &Stocktake) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    fields.text("/reason", &counted.reason, 500);
    let lines = counted.accessories.len() + counted.parts.len();
    if lines == 0 || lines > LINES {
        let detail = Text::new(
            "Comptez au moins une ligne, et trois cents au plus à la fois.",
            "Count at least one line, and three hundred at a time at most.",
        );
        fields.push("/accessories", Code::Required, detail);
    }
    let accessories = counted.accessories.iter();
    let named = accessories.map(|one| (format!("/accessories/{}", one.kind), one.quantity));
    let parts = counted.parts.iter().enumerate();
    let parts = parts.map(|(n, one)| (format!("/parts/{n}/quantity"), one.quantity));
    for (pointer, quantity) in named.chain(parts) {
        if !(0..=1_000_000).contains(&quantity) {
            let detail = Text::new("De 0 à 1 000 000.", "From 0 to 1,000,000.");
            fields.push(pointer, Code::OutOfRange, detail);
        }
    }
    fields.check()
}
