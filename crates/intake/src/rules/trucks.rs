//! When a further truck may come, leave, or be called off.

use kernel::{Code, Fields, Instant, Refusal, Text, Verdict};

use super::bodies::{check_collection, check_span};
use crate::model::{Batch, BatchStatus, Collection, NewTruck, Truck, TruckLoad, Window};

/// Trucks of one batch at the most, the first included.
const MOST_TRUCKS: usize = 20;

/// A further truck comes once the first is planned, and until the count ended.
///
/// # Errors
/// `batch_step_not_allowed`, `invalid_fields`.
pub fn may_send_truck(
    status: BatchStatus,
    trucks: &[Truck],
    new: &NewTruck,
    now: Instant,
) -> Result<Verdict, Refusal> {
    let open = [
        BatchStatus::Scheduled,
        BatchStatus::Collected,
        BatchStatus::Received,
    ];
    if !open.contains(&status) {
        return Err(Refusal::new(
            Code::BatchStepNotAllowed,
            Text::new(
                "Un autre camion vient une fois l'enlèvement fixé, et jusqu'à la fin du comptage.",
                "A further truck comes once the pickup is set, and until the count has ended.",
            ),
        ));
    }
    let mut fields = Fields::default();
    check_span(&mut fields, new.from, new.to, now);
    if trucks.len() + 2 > MOST_TRUCKS {
        let detail = Text::new(
            format!("{MOST_TRUCKS} camions au plus pour un don."),
            format!("{MOST_TRUCKS} trucks at the most for a donation."),
        );
        fields.push("/from", Code::OutOfRange, detail);
    }
    fields.check()?;
    let same = |truck: &Truck| truck.is_awaited() && (truck.from, truck.to) == (new.from, new.to);
    Ok(match trucks.iter().any(same) {
        true => Verdict::AlreadyDone,
        false => Verdict::Go,
    })
}

/// A truck leaves the donor once, and not when it was called off.
///
/// # Errors
/// `batch_step_not_allowed`, `invalid_fields`.
pub fn may_load_truck(
    batch: &Batch,
    truck: &Truck,
    load: &TruckLoad,
    now: Instant,
) -> Result<Verdict, Refusal> {
    let collection = Collection {
        collected_at: load.collected_at,
        pallets: load.pallets,
        weight_kg: None,
    };
    let window = Window {
        from: truck.from,
        to: truck.to,
    };
    // what it brings is counted after what came with the first
    check_collection(&collection, Some(window), (batch.created_at, None), now)?;
    match (truck.collected_at, truck.cancelled_at) {
        (None, None) => Ok(Verdict::Go),
        (Some(_), _) => Ok(Verdict::AlreadyDone),
        (None, Some(_)) => Err(called_off()),
    }
}

/// A truck that has not left may be called off.
///
/// # Errors
/// `batch_step_not_allowed` once it has left.
pub fn may_call_truck_off(truck: &Truck) -> Result<Verdict, Refusal> {
    match (truck.collected_at, truck.cancelled_at) {
        (None, None) => Ok(Verdict::Go),
        (None, Some(_)) => Ok(Verdict::AlreadyDone),
        (Some(_), _) => Err(Refusal::new(
            Code::BatchStepNotAllowed,
            Text::new("Ce camion est déjà parti.", "This truck has left already."),
        )),
    }
}

fn called_off() -> Refusal {
    Refusal::new(
        Code::BatchStepNotAllowed,
        Text::new("Ce camion est annulé.", "This truck was called off."),
    )
}

/// The count ends when no truck is to come.
///
/// # Errors
/// `truck_to_come`.
pub fn no_truck_to_come(trucks: &[Truck]) -> Result<(), Refusal> {
    match trucks.iter().any(Truck::is_awaited) {
        true => Err(Refusal::new(Code::TruckToCome, Code::TruckToCome.help())),
        false => Ok(()),
    }
}
