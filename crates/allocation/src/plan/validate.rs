//! What makes an instance malformed (`invalid_instance`) or contradictory (the
//! codes of pins and histories). A request below its lot, a lot above its cap or a
//! kind that is not in stock are none of these: the policy says what becomes of them.

use std::collections::HashSet;

use super::answer::{Code, Refused};
use super::instance::{Instance, Line, SCHEMA};

/// The largest quantity of devices that is taken seriously.
pub const QUANTITY_MAX: u64 = 1_000_000_000_000;
/// The largest score, fragility or coefficient that is taken seriously.
pub const NUMBER_MAX: u64 = 1_000_000_000;

type Checked = Result<(), Refused>;

fn is_blank(name: &str) -> bool {
    name.chars().all(char::is_whitespace)
}

/// Refuses a malformed or contradictory instance.
///
/// # Errors
/// The first fault found, with its place.
pub fn validate(instance: &Instance) -> Checked {
    if instance.schema != SCHEMA {
        return malformed(format!(
            "schema: expected \"{SCHEMA}\", found \"{}\"",
            instance.schema
        ));
    }
    if is_blank(&instance.wave.id) {
        return malformed("wave.id: must not be empty".to_owned());
    }
    weight(instance)?;
    classes(instance)?;
    caps(instance)?;
    lines(instance)?;
    overrides(instance)
}

fn malformed(detail: String) -> Checked {
    Err(Refused::new(Code::InvalidInstance, detail))
}

/// Where a value stands; only written out when something is wrong with it.
#[derive(Clone, Copy)]
struct Place<'a> {
    what: &'a str,
    id: &'a str,
}

impl Place<'_> {
    fn named(self, field: &str, name: &str) -> Checked {
        if is_blank(name) {
            self.says(field, "must not be empty")
        } else {
            Ok(())
        }
    }

    fn within(self, field: &str, number: u64, most: u64) -> Checked {
        if number > most {
            self.says(
                field,
                &format!("{number} is beyond {most}, the largest number that is accepted"),
            )
        } else {
            Ok(())
        }
    }

    fn says(self, field: &str, fault: &str) -> Checked {
        malformed(format!("{} {}: {field}: {fault}", self.what, self.id))
    }
}

fn unique<'a>(what: &str, ids: impl Iterator<Item = &'a str>) -> Checked {
    let mut seen = HashSet::with_capacity(ids.size_hint().0);
    for (at, id) in ids.enumerate() {
        if is_blank(id) {
            return malformed(format!("{what}[{at}].id: must not be empty"));
        }
        if !seen.insert(id) {
            return malformed(format!(
                "{what}[{at}].id: \"{id}\" is already used by another of {what}"
            ));
        }
    }
    Ok(())
}

fn weight(instance: &Instance) -> Checked {
    let weight = &instance.params.weight;
    let numbers = [
        ("base", weight.base),
        ("score", weight.score),
        ("fragility", weight.fragility),
    ];
    match numbers.iter().find(|(_, number)| *number > NUMBER_MAX) {
        None => Ok(()),
        Some((field, number)) => malformed(format!(
            "params.weight.{field}: {number} is beyond {NUMBER_MAX}, the largest number that is accepted"
        )),
    }
}

fn classes(instance: &Instance) -> Checked {
    unique(
        "classes",
        instance.classes.iter().map(|class| class.id.as_str()),
    )?;
    instance.classes.iter().try_for_each(|class| {
        let place = Place {
            what: "class",
            id: &class.id,
        };
        place.named("kind", &class.kind)?;
        place.within("qty", class.qty, QUANTITY_MAX)?;
        class
            .any_of
            .iter()
            .try_for_each(|tag| place.named("any_of", tag))?;
        class
            .none_of
            .iter()
            .try_for_each(|tag| place.named("none_of", tag))
    })
}

fn caps(instance: &Instance) -> Checked {
    unique("caps", instance.caps.iter().map(|cap| cap.id.as_str()))?;
    instance.caps.iter().try_for_each(|cap| {
        let place = Place {
            what: "cap",
            id: &cap.id,
        };
        place.named("tag", &cap.tag)?;
        cap.kind
            .as_ref()
            .map_or(Ok(()), |kind| place.named("kind", kind))?;
        place.within("max", cap.max, QUANTITY_MAX)
    })
}

fn lines(instance: &Instance) -> Checked {
    unique("lines", instance.lines.iter().map(|line| line.id.as_str()))?;
    instance.lines.iter().try_for_each(line)?;
    match instance
        .lines
        .iter()
        .find(|line| line.already > 0 && line.kinds.len() != 1)
    {
        None => Ok(()),
        Some(line) => Err(Refused::new(
            Code::HistoryNeedsOneKind,
            format!(
                "line {}: it already received {} and lists {} kinds; name only the kind it received",
                line.id,
                line.already,
                line.kinds.len()
            ),
        )),
    }
}

fn line(line: &Line) -> Checked {
    let place = Place {
        what: "line",
        id: &line.id,
    };
    place.named("application", &line.application)?;
    if line.kinds.is_empty() {
        return place.says("kinds", "at least one kind is needed");
    }
    for (at, kind) in line.kinds.iter().enumerate() {
        place.named("kinds", kind)?;
        if line.kinds[..at].contains(kind) {
            return place.says("kinds", &format!("\"{kind}\" is listed twice"));
        }
    }
    line.tags
        .iter()
        .try_for_each(|tag| place.named("tags", tag))?;
    place.within("requested", line.requested, QUANTITY_MAX)?;
    place.within("min_lot", line.min_lot, QUANTITY_MAX)?;
    place.within("cap", line.cap, QUANTITY_MAX)?;
    place.within("already", line.already, QUANTITY_MAX)?;
    place.within("score", line.score, NUMBER_MAX)?;
    place.within("fragility", line.fragility, NUMBER_MAX)?;
    if is_day(&line.date) {
        Ok(())
    } else {
        place.says(
            "date",
            &format!("\"{}\" is not a day written YYYY-MM-DD", line.date),
        )
    }
}

fn overrides(instance: &Instance) -> Checked {
    if instance.pins.is_empty() && instance.excludes.is_empty() {
        return Ok(());
    }
    let known: HashSet<&str> = instance.lines.iter().map(|line| line.id.as_str()).collect();
    let excluded = excludes(instance, &known)?;
    let mut pinned = HashSet::new();
    for pin in &instance.pins {
        let line = pin.line.as_str();
        let place = Place {
            what: "pin of",
            id: line,
        };
        place.within("qty", pin.qty, QUANTITY_MAX)?;
        match &pin.kind {
            Some(kind) => place.named("kind", kind)?,
            None if pin.qty > 0 => {
                return place.says("kind", &format!("missing for {} devices", pin.qty));
            }
            None => {}
        }
        if !known.contains(line) {
            return Err(Refused::new(
                Code::PinUnknown,
                format!("pins: there is no line \"{line}\""),
            ));
        }
        if !pinned.insert(line) {
            return Err(Refused::new(
                Code::PinUnknown,
                format!("pins: line \"{line}\" is pinned twice"),
            ));
        }
        if excluded.contains(line) {
            return Err(Refused::new(
                Code::PinExcluded,
                format!("pins: line \"{line}\" is excluded"),
            ));
        }
    }
    Ok(())
}

fn excludes<'a>(
    instance: &'a Instance,
    known: &HashSet<&str>,
) -> Result<HashSet<&'a str>, Refused> {
    let mut excluded = HashSet::new();
    for exclude in &instance.excludes {
        let line = exclude.line.as_str();
        if !known.contains(line) {
            malformed(format!("excludes: there is no line \"{line}\""))?;
        }
        if !excluded.insert(line) {
            malformed(format!("excludes: line \"{line}\" is excluded twice"))?;
        }
    }
    Ok(excluded)
}

/// Whether a text is a day of the calendar, written `YYYY-MM-DD`.
fn is_day(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return false;
    }
    let number = |from: usize, to: usize| {
        bytes[from..to].iter().try_fold(0u32, |sum, digit| {
            digit
                .is_ascii_digit()
                .then(|| sum * 10 + u32::from(digit - b'0'))
        })
    };
    let (Some(year), Some(month), Some(day)) = (number(0, 4), number(5, 7), number(8, 10)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}
