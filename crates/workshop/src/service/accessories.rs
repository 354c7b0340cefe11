//! The counted stock of a workshop.

use db::{Db, Result, Tx};
use kernel::{AccessoryKind, Actor, Code, Fields, OrganisationId, Refusal, Text};

use crate::model::{AccessoryCountView, AccessoryStock, StockChange};
use crate::store::{self, Movement};

/// The largest change of a count at once.
const LARGEST: i32 = 1_000_000;

/// A count at the most: what comes back out of kits still fits above it.
pub(super) const FULL: i32 = 1_000_000_000;

/// What a workshop has, of every kind.
///
/// # Errors
/// `not_found` for another's workshop, or none.
pub fn accessories(db: &mut Db, actor: &Actor, workshop: OrganisationId) -> Result<AccessoryStock> {
    own_stock(db, actor, workshop)?;
    view(db, workshop)
}

/// The columns of an exported stock of accessories.
pub const ACCESSORY_COLUMNS: [&str; 2] = ["kind", "quantity"];

/// The whole stock, as rows of [`ACCESSORY_COLUMNS`].
///
/// # Errors
/// `not_found` for another's workshop, or none.
pub fn accessory_rows(
    db: &mut Db,
    actor: &Actor,
    workshop: OrganisationId,
) -> Result<Vec<[String; 2]>> {
    let stock = accessories(db, actor, workshop)?;
    let cells = |count: AccessoryCountView| [count.kind.to_string(), count.quantity.to_string()];
    Ok(stock.items.into_iter().map(cells).collect())
}

/// Changes a count, never below zero, and keeps the reason.
///
/// # Errors
/// `stock_too_low`, `invalid_fields`, `not_found`.
pub fn change_accessories(
    tx: &mut Tx<'_>,
    actor: &Actor,
    workshop: OrganisationId,
    change: &StockChange,
) -> Result<AccessoryStock> {
    own_stock(tx, actor, workshop)?;
    check(change)?;
    let there = store::accessories(tx, workshop)?
        .get(&change.kind)
        .copied()
        .unwrap_or(0);
    counted(there, change.delta)?;
    let movement = Movement {
        id: tx.new_id(),
        workshop_id: workshop,
        kind: change.kind,
        delta: change.delta,
        reason: change.reason.trim().to_owned(),
        batch_id: None,
        device_id: None,
        actor_id: actor.person,
        at: tx.now(),
    };
    store::move_accessories(tx, &[movement])?;
    view(tx, workshop)
}

/// The count after a change, within its limits.
pub(super) fn counted(there: i32, delta: i32) -> Result<i32, Refusal> {
    let quantity = i64::from(there) + i64::from(delta);
    if quantity < 0 {
        return Err(Refusal::new(
            Code::StockTooLow,
            Text::new(
                format!("Il n'y en a que {there} en stock."),
                format!("There are only {there} in stock."),
            ),
        ));
    }
    i32::try_from(quantity)
        .ok()
        .filter(|quantity| *quantity <= FULL)
        .ok_or_else(too_many)
}

fn too_many() -> Refusal {
    Refusal::field(
        "/delta",
        Code::OutOfRange,
        Text::new(
            "Un compte ne dépasse pas un milliard.",
            "A count does not go above a billion.",
        ),
    )
}

fn check(change: &StockChange) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    fields.text("/reason", &change.reason, 500);
    if change.reason.contains('\0') {
        let detail = Text::new(
            "Ce texte contient un caractère nul.",
            "This text contains a NUL character.",
        );
        fields.push("/reason", Code::Invalid, detail);
    }
    fields.check()?;
    if change.delta == 0 || !(-LARGEST..=LARGEST).contains(&change.delta) {
        return Err(out_of_range());
    }
    Ok(())
}

fn out_of_range() -> Refusal {
    Refusal::field(
        "/delta",
        Code::OutOfRange,
        Text::new(
            "Indiquez un nombre non nul, d'un million au plus.",
            "Give a number other than zero, of a million at most.",
        ),
    )
}

/// A workshop's stock is its own and the city's.
pub(super) fn own_stock(db: &mut Db, actor: &Actor, workshop: OrganisationId) -> Result<()> {
    if actor.limited_to().is_some_and(|own| own != workshop) {
        return Err(Refusal::not_found().into());
    }
    match identity::organisation(db, workshop)? {
        Some(found) if found.kind == identity::OrganisationKind::Workshop => Ok(()),
        _ => Err(Refusal::not_found().into()),
    }
}

fn view(db: &mut Db, workshop: OrganisationId) -> Result<AccessoryStock> {
    let stock = store::accessories(db, workshop)?;
    let items = AccessoryKind::ALL
        .iter()
        .map(|kind| AccessoryCountView {
            kind: *kind,
            quantity: stock.get(kind).copied().unwrap_or(0),
        })
        .collect();
    Ok(AccessoryStock {
        workshop_id: workshop,
        items,
        next: None,
    })
}
