//! What staff fix about single applications, in the words of the planner.

use kernel::{ApplicationId, Code, Fields, Refusal, Text};

use super::line_ids::line_parts;
use crate::model::{Granted, Pin, PinInput};
use crate::plan::instance::{Exclude, Instance, Pin as LinePin};
use crate::plan::{Code as PlanCode, Refused};

/// Checks the body of a pin. Quantities of zero say nothing and are dropped.
///
/// # Errors
/// `invalid_fields` for an empty reason or a negative quantity.
pub fn pin_input(body: &PinInput) -> Result<Option<Granted>, Refusal> {
    let mut fields = Fields::default();
    fields.text("/reason", &body.reason, 2_000);
    let mut granted = Granted::new();
    for (kind, &quantity) in body.granted.iter().flatten() {
        match u64::try_from(quantity) {
            Ok(0) => {}
            Ok(quantity) if quantity <= 1_000_000 => {
                granted.insert(*kind, quantity);
            }
            _ => fields.push(
                format!("/granted/{kind}"),
                Code::OutOfRange,
                Text::new("De 0 à 1 000 000.", "From 0 to 1,000,000."),
            ),
        }
    }
    fields.check()?;
    Ok(body.granted.as_ref().map(|_| granted))
}

/// Replaces the pins and exclusions of an instance. A pin of an application that has no
/// line in it is left out.
///
/// # Errors
/// `pin_not_possible` when an application has fewer requests than the pin has kinds.
pub fn apply_pins(instance: &mut Instance, pins: &[Pin]) -> Result<(), Refusal> {
    instance.pins.clear();
    instance.excludes.clear();
    for pin in pins {
        let lines = lines_of(instance, pin.application);
        match &pin.granted {
            None => instance
                .excludes
                .extend(lines.into_iter().map(|(line, _)| Exclude {
                    line,
                    reason: pin.reason.clone(),
                })),
            Some(granted) if !lines.is_empty() => {
                let fixed = fix(lines, granted, &pin.reason)?;
                instance.pins.extend(fixed);
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// The lines of an application with the kinds they list, in the order of its requests.
fn lines_of(instance: &Instance, application: ApplicationId) -> Vec<(String, Vec<String>)> {
    let own = instance.lines.iter().filter_map(|line| {
        let (of, request) = line_parts(&line.id)?;
        (of == application).then(|| (request, line.id.clone(), line.kinds.clone()))
    });
    let mut own: Vec<_> = own.collect();
    own.sort_by_key(|(request, ..)| *request);
    own.into_iter().map(|(_, id, kinds)| (id, kinds)).collect()
}

/// Gives each kind to the request that asks it, else to one that accepts it, else to the
/// first that is free. Requests without a kind are fixed at nothing.
fn fix(
    mut free: Vec<(String, Vec<String>)>,
    granted: &Granted,
    reason: &str,
) -> Result<Vec<LinePin>, Refusal> {
    let mut pins = Vec::with_capacity(free.len());
    for (kind, &qty) in granted {
        let name = kind.to_string();
        let asks = free
            .iter()
            .position(|(_, kinds)| kinds.first() == Some(&name));
        let accepts = || free.iter().position(|(_, kinds)| kinds.contains(&name));
        let any = if free.is_empty() { None } else { Some(0) };
        let at = asks.or_else(accepts).or(any).ok_or_else(too_many_kinds)?;
        let (line, _) = free.remove(at);
        pins.push(LinePin {
            line,
            kind: Some(name),
            qty,
            reason: reason.to_owned(),
        });
    }
    pins.extend(free.into_iter().map(|(line, _)| LinePin {
        line,
        kind: None,
        qty: 0,
        reason: reason.to_owned(),
    }));
    Ok(pins)
}

fn too_many_kinds() -> Refusal {
    Refusal::new(
        Code::PinNotPossible,
        Text::new(
            "Un lot ne mélange pas les types d'appareils : fixez au plus un type par ligne de la demande.",
            "A lot never mixes kinds: fix at most one kind for each request of the application.",
        ),
    )
}

/// What a refusal of the planner means to who pinned.
#[must_use]
pub fn refused(refused: &Refused) -> Refusal {
    match refused.code {
        PlanCode::PinNotPossible | PlanCode::PinUnknown | PlanCode::PinExcluded => Refusal::new(
            Code::PinNotPossible,
            Text::new(
                format!(
                    "Cette quantité ne peut pas être fixée : le stock, les réserves ou les plafonds de la vague \
                     ne le permettent pas ({}).",
                    refused.detail
                ),
                format!(
                    "This quantity cannot be fixed: the stock, the reserved shares or the caps of the wave do not \
                     allow it ({}).",
                    refused.detail
                ),
            ),
        ),
        PlanCode::HistoryNeedsOneKind | PlanCode::InvalidInstance => Refusal::new(
            Code::NothingToAllocate,
            Text::new(
                format!("Le plan ne peut pas être calculé : {}.", refused.detail),
                format!("The plan cannot be computed: {}.", refused.detail),
            ),
        ),
    }
}
