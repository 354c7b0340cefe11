//! What clients send about a batch: everything that is wrong with it, at once.

use kernel::phone::e164;
use kernel::{Code, Fields, Instant, Refusal, Text};

use crate::model::{
    Collection, Declared, MoveRequest, NewBatch, NewPickup, Pickup, PickupChange, Restrictions,
    Schedule, TitleRoute, Window,
};

/// So many of a kind at the most in one line: beyond, it is a slip of the finger.
const QUANTITY_MAX: i64 = 1_000_000;
/// Lines of a list in a body at the most.
pub(crate) const LINES_MAX: usize = 200;
const NAME_MAX: usize = 100;
/// What happened may be entered so many days later, not years.
const ENTERED_LATE_DAYS: i64 = 31;
/// Times that a donor proposes at the most.
const WINDOWS_MAX: usize = 5;
/// A clock of a phone may be ahead of ours by this much.
const CLOCK_SKEW_SECONDS: i64 = 300;

/// What of a new batch is good to store.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedBatch {
    pub(crate) title: String,
    pub(crate) title_route: TitleRoute,
    pub(crate) declared: Vec<Declared>,
    pub(crate) pickup: Pickup,
    pub(crate) restrictions: Restrictions,
}

/// Reads a new batch and says everything that is wrong with it at once.
///
/// # Errors
/// `invalid_fields`.
pub fn check_new(new: &NewBatch, now: Instant) -> Result<CheckedBatch, Refusal> {
    let mut fields = Fields::default();
    fields.text("/title", &tidy(&new.title), 200);
    let declared = check_declared(&mut fields, &new.declared);
    if new.accessories.len() > LINES_MAX {
        fields.push("/accessories", Code::OutOfRange, too_many_lines());
    }
    for (at, line) in new.accessories.iter().enumerate() {
        check_quantity(
            &mut fields,
            &format!("/accessories/{at}/quantity"),
            line.quantity,
        );
    }
    let (from, to) = (new.pickup.from, new.pickup.to);
    not_past(&mut fields, ("/pickup/from", from), ("/pickup/to", to), now);
    let pickup = check_pickup(&mut fields, "/pickup", &new.pickup);
    let restrictions = new.restrictions.clone().unwrap_or_default();
    let restrictions = restrictions_of(&mut fields, "/restrictions", restrictions);
    fields.check()?;
    // `check_pickup` gives nothing only after it noted why
    let pickup = pickup.ok_or_else(|| Refusal::plain(Code::InvalidFields))?;
    Ok(CheckedBatch {
        title: tidy(&new.title),
        title_route: new.title_route.unwrap_or(TitleRoute::DonorToAssociation),
        declared,
        pickup,
        restrictions,
    })
}

/// Reads what a gift is tied to. That the associations are there, the service looks up.
///
/// # Errors
/// `out_of_range` for more than a list can be.
pub fn check_restrictions(new: &Restrictions) -> Result<Restrictions, Refusal> {
    let mut fields = Fields::default();
    let restrictions = restrictions_of(&mut fields, "", new.clone());
    fields.check()?;
    Ok(restrictions)
}

fn restrictions_of(fields: &mut Fields, pointer: &str, mut new: Restrictions) -> Restrictions {
    if new.association_ids.len() > LINES_MAX {
        fields.push(
            format!("{pointer}/association_ids"),
            Code::OutOfRange,
            too_many_lines(),
        );
    }
    new.themes.sort_unstable();
    new.themes.dedup();
    let mut seen = std::collections::HashSet::new();
    new.association_ids.retain(|id| seen.insert(*id));
    new
}

fn check_declared(fields: &mut Fields, lines: &[Declared]) -> Vec<Declared> {
    if lines.len() > LINES_MAX {
        fields.push("/declared", Code::OutOfRange, too_many_lines());
    }
    let mut read = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        check_quantity(fields, &format!("/declared/{at}/quantity"), line.quantity);
        let mut name = |field: &str, value: &Option<String>| {
            let value = value
                .as_deref()
                .map(tidy)
                .filter(|value| !value.is_empty())?;
            fields.text(&format!("/declared/{at}/{field}"), &value, NAME_MAX);
            Some(value)
        };
        read.push(Declared {
            kind: line.kind,
            quantity: line.quantity,
            manufacturer: name("manufacturer", &line.manufacturer),
            model: name("model", &line.model),
        });
    }
    read
}

fn check_quantity(fields: &mut Fields, pointer: &str, quantity: i64) {
    if !(1..=QUANTITY_MAX).contains(&quantity) {
        fields.push(
            pointer,
            Code::OutOfRange,
            Text::new(
                format!("Une quantité va de 1 à {QUANTITY_MAX}."),
                format!("A quantity goes from 1 to {QUANTITY_MAX}."),
            ),
        );
    }
}

fn check_pickup(fields: &mut Fields, at: &str, pickup: &NewPickup) -> Option<Pickup> {
    fields.text(&format!("{at}/address"), &tidy(&pickup.address), 300);
    fields.text(&format!("{at}/commune"), &tidy(&pickup.commune), NAME_MAX);
    let contact_name = tidy(&pickup.contact_name);
    fields.text(&format!("{at}/contact_name"), &contact_name, 200);
    let postal_code = pickup.postal_code.trim();
    let postal_code_at = format!("{at}/postal_code");
    if postal_code.is_empty() {
        fields.push(postal_code_at, Code::Required, Code::Required.help());
    } else if postal_code.len() != 5 || !postal_code.bytes().all(|b| b.is_ascii_digit()) {
        fields.push(
            postal_code_at,
            Code::Invalid,
            Text::new(
                "Un code postal a 5 chiffres.",
                "A postal code has 5 digits.",
            ),
        );
    }
    let phone_at = format!("{at}/contact_phone");
    let contact_phone = check_phone(fields, &phone_at, &pickup.contact_phone);
    for (name, moment) in [("from", pickup.from), ("to", pickup.to)] {
        if moment.is_none() {
            fields.push(
                format!("{at}/{name}"),
                Code::Required,
                Code::Required.help(),
            );
        }
    }
    let (from, to) = (pickup.from?, pickup.to?);
    check_window(fields, &format!("{at}/to"), from, to);
    Some(Pickup {
        address: tidy(&pickup.address),
        postal_code: postal_code.to_owned(),
        commune: tidy(&pickup.commune),
        contact_name,
        contact_phone: contact_phone.unwrap_or_default(),
        from,
        to,
        windows: Vec::new(),
        answer: None,
    })
}

/// A pickup with what is different now.
///
/// # Errors
/// `invalid_fields`.
pub fn check_pickup_change(known: &Pickup, change: &PickupChange) -> Result<Pickup, Refusal> {
    let or = |new: &Option<String>, known: &str| new.clone().unwrap_or_else(|| known.to_owned());
    let whole = NewPickup {
        address: or(&change.address, &known.address),
        postal_code: or(&change.postal_code, &known.postal_code),
        commune: or(&change.commune, &known.commune),
        contact_name: or(&change.contact_name, &known.contact_name),
        contact_phone: or(&change.contact_phone, &known.contact_phone),
        from: change.from.or(Some(known.from)),
        to: change.to.or(Some(known.to)),
    };
    let mut fields = Fields::default();
    let pickup = check_pickup(&mut fields, "", &whole);
    let windows = change.windows.as_ref().unwrap_or(&known.windows);
    check_windows(&mut fields, windows);
    fields.check()?;
    // `check_pickup` gives nothing only after it noted why
    let pickup = pickup.ok_or_else(|| Refusal::plain(Code::InvalidFields))?;
    Ok(Pickup {
        windows: windows.clone(),
        answer: known.answer.clone(),
        ..pickup
    })
}

/// Why a donor asks for another time, and the times that it proposes.
///
/// # Errors
/// `invalid_fields`, with `required` without a reason.
pub fn check_move(asked: &MoveRequest) -> Result<String, Refusal> {
    let mut fields = Fields::default();
    fields.text("/reason", &asked.reason, 2000);
    check_windows(&mut fields, &asked.windows);
    fields.check()?;
    check_reason(&asked.reason)
}

fn check_windows(fields: &mut Fields, windows: &[Window]) {
    if windows.len() > WINDOWS_MAX {
        fields.push(
            "/windows",
            Code::OutOfRange,
            Text::new(
                format!("{WINDOWS_MAX} créneaux au plus."),
                format!("At most {WINDOWS_MAX} times."),
            ),
        );
    }
    for (at, window) in windows.iter().enumerate() {
        check_window(fields, &format!("/windows/{at}/to"), window.from, window.to);
    }
}

fn check_phone(fields: &mut Fields, pointer: &str, phone: &str) -> Option<String> {
    if phone.trim().is_empty() {
        fields.push(pointer, Code::Required, Code::Required.help());
        return None;
    }
    let number = e164(phone);
    if number.is_none() {
        fields.push(
            pointer,
            Code::Invalid,
            Text::new(
                "Un numéro français a 10 chiffres (04 91 00 00 00) ; un autre commence par + et l'indicatif du pays.",
                "A French number has 10 digits (04 91 00 00 00); any other begins with + and the country's code.",
            ),
        );
    }
    number
}

fn check_window(fields: &mut Fields, pointer: &str, from: Instant, to: Instant) {
    if from >= to {
        fields.push(
            pointer,
            Code::OutOfRange,
            Text::new(
                "La fin vient après le début.",
                "The end comes after the beginning.",
            ),
        );
    }
}

/// Nobody comes at a time that is over.
fn not_past(
    fields: &mut Fields,
    (from_pointer, from): (&str, Option<Instant>),
    (to_pointer, to): (&str, Option<Instant>),
    earliest: Instant,
) {
    for (pointer, moment) in [(from_pointer, from), (to_pointer, to)] {
        let over = to.is_some_and(|to| to < earliest);
        if over && moment.is_some_and(|moment| moment < earliest) {
            fields.push(pointer, Code::DateInPast, Code::DateInPast.help());
        }
    }
}

/// The time of a pickup has a length, and is to come; one that took place may be entered within a
/// month.
///
/// # Errors
/// `invalid_fields`.
pub fn check_schedule(schedule: &Schedule, now: Instant) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    check_span(&mut fields, schedule.from, schedule.to, now);
    fields.check()
}

pub(super) fn check_span(fields: &mut Fields, from: Instant, to: Instant, now: Instant) {
    check_window(fields, "/to", from, to);
    let earliest = now.plus_days(-ENTERED_LATE_DAYS);
    not_past(fields, ("/from", Some(from)), ("/to", Some(to)), earliest);
}

/// What was loaded is possible, and happened before now, or at the latest within the time
/// that was agreed, which people note beforehand; and before the first device of it was
/// counted. Gives the weight in grams.
///
/// # Errors
/// `invalid_fields`, with `date_in_future` for a moment to come, `date_in_past` for one long before
/// the batch was registered, `out_of_range` for one after the count began.
pub fn check_collection(
    collection: &Collection,
    agreed: Option<Window>,
    (registered, counted_from): (Instant, Option<Instant>),
    now: Instant,
) -> Result<Option<i64>, Refusal> {
    let mut fields = Fields::default();
    let latest = now.plus_seconds(CLOCK_SKEW_SECONDS);
    let latest = agreed.map_or(latest, |window| latest.max(window.to));
    let after_count = counted_from.is_some_and(|first| collection.collected_at > first);
    if collection.collected_at > latest {
        fields.push(
            "/collected_at",
            Code::DateInFuture,
            Code::DateInFuture.help(),
        );
    } else if collection.collected_at < registered.plus_days(-ENTERED_LATE_DAYS) {
        fields.push(
            "/collected_at",
            Code::DateInPast,
            Text::new(
                "Le lot n'était pas encore proposé à cette date.",
                "The batch had not been offered yet on that date.",
            ),
        );
    } else if after_count {
        fields.push(
            "/collected_at",
            Code::OutOfRange,
            Text::new(
                "Le camion est parti avant le comptage du premier appareil.",
                "The truck left before the first device was counted.",
            ),
        );
    }
    if collection
        .pallets
        .is_some_and(|pallets| !(0..=10_000).contains(&pallets))
    {
        fields.push(
            "/pallets",
            Code::OutOfRange,
            Text::new("De 0 à 10 000 palettes.", "From 0 to 10,000 pallets."),
        );
    }
    let grams = collection.weight_kg.map(grams);
    if grams == Some(None) {
        fields.push(
            "/weight_kg",
            Code::OutOfRange,
            Text::new(
                "Un poids en kilogrammes, de 0 à 1 000 000.",
                "A weight in kilograms, from 0 to 1,000,000.",
            ),
        );
    }
    fields.check()?;
    Ok(grams.flatten())
}

fn grams(kilograms: f64) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation)] // within the range just checked
    (0.0..=1_000_000.0)
        .contains(&kilograms)
        .then(|| (kilograms * 1000.0).round() as i64)
}

/// A reason is given, in words.
///
/// # Errors
/// `required` or `too_long` at `/reason`.
pub fn check_reason(reason: &str) -> Result<String, Refusal> {
    let mut fields = Fields::default();
    fields.text("/reason", reason, 2000);
    fields.check()?;
    let visible = |c: &char| !kernel::is_unprintable(*c) || matches!(c, '\n' | '\t');
    Ok(reason.trim().chars().filter(visible).collect())
}

/// Without spaces at the ends, one at a time between words, and nothing invisible.
fn tidy(text: &str) -> String {
    let visible: String = text
        .chars()
        .filter(|c| !kernel::is_unprintable(*c) || c.is_whitespace())
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn too_many_lines() -> Text {
    Text::new(
        format!("{LINES_MAX} lignes au plus."),
        format!("At most {LINES_MAX} lines."),
    )
}
