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

type Verdict = Result<(), Refused>;

/// Refuses a malformed or contradictory instance.
///
/// # Errors
/// The first fault found, with its place.
pub fn validate(instance: &Instance) -> Verdict {
    if instance.schema != SCHEMA {
        return malformed(format!("schema: expected \"{SCHEMA}\", found \"{}\"", instance.schema));
    }
    named("wave.id", &instance.wave.id)?;
    weight(instance)?;
    classes(instance)?;
    caps(instance)?;
    lines(instance)?;
    overrides(instance)
}

fn malformed(detail: String) -> Verdict {
    Err(Refused::new(Code::InvalidInstance, detail))
}

fn named(place: &str, name: &str) -> Verdict {
    if name.trim().is_empty() { malformed(format!("{place}: must not be empty")) } else { Ok(()) }
}

fn within(place: &str, number: u64, most: u64) -> Verdict {
    if number > most {
        malformed(format!("{place}: {number} is beyond {most}, the largest number that is accepted"))
    } else {
        Ok(())
    }
}

fn unique<'a>(what: &str, ids: impl Iterator<Item = &'a str>) -> Verdict {
    let mut seen = HashSet::new();
    for (at, id) in ids.enumerate() {
        if id.trim().is_empty() {
            return malformed(format!("{what}[{at}].id: must not be empty"));
        }
        if !seen.insert(id) {
            return malformed(format!("{what}[{at}].id: \"{id}\" is already used by another of {what}"));
        }
    }
    Ok(())
}

fn weight(instance: &Instance) -> Verdict {
    let weight = &instance.params.weight;
    within("params.weight.base", weight.base, NUMBER_MAX)?;
    within("params.weight.score", weight.score, NUMBER_MAX)?;
    within("params.weight.fragility", weight.fragility, NUMBER_MAX)
}

fn classes(instance: &Instance) -> Verdict {
    unique("classes", instance.classes.iter().map(|class| class.id.as_str()))?;
    instance.classes.iter().try_for_each(|class| {
        let place = |field: &str| format!("class {}: {field}", class.id);
        named(&place("kind"), &class.kind)?;
        within(&place("qty"), class.qty, QUANTITY_MAX)?;
        class.any_of.iter().try_for_each(|tag| named(&place("any_of"), tag))?;
        class.none_of.iter().try_for_each(|tag| named(&place("none_of"), tag))
    })
}

fn caps(instance: &Instance) -> Verdict {
    unique("caps", instance.caps.iter().map(|cap| cap.id.as_str()))?;
    instance.caps.iter().try_for_each(|cap| {
        let place = |field: &str| format!("cap {}: {field}", cap.id);
        named(&place("tag"), &cap.tag)?;
        cap.kind.as_ref().map_or(Ok(()), |kind| named(&place("kind"), kind))?;
        within(&place("max"), cap.max, QUANTITY_MAX)
    })
}

fn lines(instance: &Instance) -> Verdict {
    unique("lines", instance.lines.iter().map(|line| line.id.as_str()))?;
    instance.lines.iter().try_for_each(line)?;
    match instance.lines.iter().find(|line| line.already > 0 && line.kinds.len() != 1) {
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

fn line(line: &Line) -> Verdict {
    let place = |field: &str| format!("line {}: {field}", line.id);
    named(&place("application"), &line.application)?;
    if line.kinds.is_empty() {
        return malformed(format!("{}: at least one kind is needed", place("kinds")));
    }
    for (at, kind) in line.kinds.iter().enumerate() {
        named(&place("kinds"), kind)?;
        if line.kinds[..at].contains(kind) {
            return malformed(format!("{}: \"{kind}\" is listed twice", place("kinds")));
        }
    }
    line.tags.iter().try_for_each(|tag| named(&place("tags"), tag))?;
    for (field, number) in [
        ("requested", line.requested),
        ("min_lot", line.min_lot),
        ("cap", line.cap),
        ("already", line.already),
    ] {
        within(&place(field), number, QUANTITY_MAX)?;
    }
    within(&place("score"), line.score, NUMBER_MAX)?;
    within(&place("fragility"), line.fragility, NUMBER_MAX)?;
    if is_day(&line.date) {
        Ok(())
    } else {
        malformed(format!("{}: \"{}\" is not a day written YYYY-MM-DD", place("date"), line.date))
    }
}

fn overrides(instance: &Instance) -> Verdict {
    let known: HashSet<&str> = instance.lines.iter().map(|line| line.id.as_str()).collect();
    let mut excluded = HashSet::new();
    for exclude in &instance.excludes {
        let line = exclude.line.as_str();
        if !known.contains(line) {
            return malformed(format!("excludes: there is no line \"{line}\""));
        }
        if !excluded.insert(line) {
            return malformed(format!("excludes: line \"{line}\" is excluded twice"));
        }
    }
    let mut pinned = HashSet::new();
    for pin in &instance.pins {
        let line = pin.line.as_str();
        within(&format!("pin of {line}: qty"), pin.qty, QUANTITY_MAX)?;
        match &pin.kind {
            Some(kind) => named(&format!("pin of {line}: kind"), kind)?,
            None if pin.qty > 0 => return malformed(format!("pin of {line}: kind: missing for {} devices", pin.qty)),
            None => {}
        }
        if !known.contains(line) {
            return Err(Refused::new(Code::PinUnknown, format!("pins: there is no line \"{line}\"")));
        }
        if !pinned.insert(line) {
            return Err(Refused::new(Code::PinUnknown, format!("pins: line \"{line}\" is pinned twice")));
        }
        if excluded.contains(line) {
            return Err(Refused::new(Code::PinExcluded, format!("pins: line \"{line}\" is excluded")));
        }
    }
    Ok(())
}

/// Whether a text is a day of the calendar, written `YYYY-MM-DD`.
fn is_day(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return false;
    }
    let number = |from: usize, to: usize| {
        bytes[from..to].iter().try_fold(0u32, |sum, digit| {
            digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0'))
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
