//! The counted spare parts of a workshop, and the repairs of a device.

use db::{Db, Result, Tx};
use kernel::{
    Actor, Code, DeviceId, Fields, OrganisationId, Page, PageRequest, Refusal, Text, fold,
};

use super::accessories::{counted, own_stock};
use super::reading::visible;
use crate::model::{Part, PartChange, PartCount, RepairView, Repairs};
use crate::store::{self, PartMovement};

/// The largest change of a count at once.
const LARGEST: i32 = 1_000_000;

/// A page of the parts that a workshop counts, by kind and label; `q` is any part of these.
///
/// # Errors
/// `not_found` for another's workshop, or none; `invalid_page`.
pub fn part_stock(
    db: &mut Db,
    actor: &Actor,
    workshop: OrganisationId,
    q: Option<&str>,
    request: &PageRequest,
) -> Result<Page<PartCount>> {
    own_stock(db, actor, workshop)?;
    let after = request.after::<String>()?;
    store::part_page(db, workshop, &fold(q.unwrap_or_default()), request, after)
}

/// The columns of an exported list of parts.
pub const PART_COLUMNS: [&str; 3] = ["kind", "label", "quantity"];

/// The whole list, as rows of [`PART_COLUMNS`].
///
/// # Errors
/// `not_found` for another's workshop, or none.
pub fn part_rows(
    db: &mut Db,
    actor: &Actor,
    workshop: OrganisationId,
    q: Option<&str>,
) -> Result<Vec<[String; 3]>> {
    let page = part_stock(db, actor, workshop, q, &PageRequest::everything())?;
    let cells = |part: PartCount| [part.kind, part.label, part.quantity.to_string()];
    Ok(page.items.into_iter().map(cells).collect())
}

/// Changes the count of a part, never below zero, and keeps the reason. Nothing more or less
/// begins to keep a count: repairs take the part from it from then on.
///
/// # Errors
/// `stock_too_low`, `invalid_fields`, `not_found`.
pub fn change_parts(
    tx: &mut Tx<'_>,
    actor: &Actor,
    workshop: OrganisationId,
    change: &PartChange,
) -> Result<PartCount> {
    own_stock(tx, actor, workshop)?;
    check(change)?;
    let part = Part {
        kind: change.kind.trim().to_owned(),
        label: change.label.trim().to_owned(),
        quantity: change.delta,
        recovered: false,
    };
    let there = in_stock(tx, workshop, &part)?;
    let quantity = counted(there, change.delta)?;
    let movement = PartMovement {
        id: tx.new_id(),
        workshop_id: workshop,
        part: part.clone(),
        delta: change.delta,
        reason: change.reason.trim().to_owned(),
        device_id: None,
        actor_id: actor.person,
        at: tx.now(),
    };
    store::move_parts(tx, &[movement])?;
    Ok(PartCount {
        kind: part.kind,
        label: part.label,
        quantity,
    })
}

/// How many of a part there are; none of one that nobody counts.
fn in_stock(db: &mut Db, workshop: OrganisationId, part: &Part) -> Result<i32> {
    let key = part.key();
    let known = store::parts(db, workshop, &[key.clone()].into())?;
    Ok(known.get(&key).copied().unwrap_or(0))
}

fn check(change: &PartChange) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    fields.text("/kind", &change.kind, 100);
    if !change.kind.trim().is_empty() && fold(&change.kind).is_empty() {
        fields.push("/kind", Code::Invalid, Code::Invalid.help());
    }
    if !change.label.trim().is_empty() {
        fields.text("/label", &change.label, 100);
    }
    fields.text("/reason", &change.reason, 500);
    fields.check()?;
    if (-LARGEST..=LARGEST).contains(&change.delta) {
        return Ok(());
    }
    Err(out_of_range())
}

fn out_of_range() -> Refusal {
    Refusal::field(
        "/delta",
        Code::OutOfRange,
        Text::new(
            "Indiquez un nombre d'un million au plus.",
            "Give a number of a million at most.",
        ),
    )
}

/// The repairs of a device as they stand, and how long they took together.
///
/// # Errors
/// `not_found`.
pub fn repairs(db: &mut Db, actor: &Actor, id: DeviceId) -> Result<Repairs> {
    visible(db, actor, id)?;
    let repairs = store::repairs_of(db, &[id])?;
    let items: Vec<_> = repairs
        .into_iter()
        .map(|(_, repair)| RepairView::from(repair))
        .collect();
    Ok(Repairs {
        device_id: id,
        minutes: items.iter().map(|repair| i64::from(repair.minutes)).sum(),
        items,
        next: None,
    })
}
