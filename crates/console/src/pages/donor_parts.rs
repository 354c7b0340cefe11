//! What the pages about donations share: how far one has come, days and hours as they are typed,
//! what is announced in words.

use handover::{Fate, FateCounts};
use intake::{Batch, BatchStatus, Window};
use kernel::{Code, Date, DeviceKind, Instant, Language, Refusal, Text};
use serde::{Deserialize, Serialize};

use super::application_parts::kind_name;
use super::choices::Choice;

/// A step on the way of a donation, as one follows a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Step {
    /// Which: the template has its words.
    pub(crate) name: &'static str,
    /// `done`, `now`, `todo` or `stopped`.
    pub(crate) state: &'static str,
    /// When it was done.
    pub(crate) at: Option<Instant>,
    /// When it is planned.
    pub(crate) planned: Option<Window>,
    /// How many devices of how many.
    pub(crate) of: Option<(i64, i64)>,
}

/// The whole way of a donation.
pub(crate) fn steps(batch: &Batch, counts: &FateCounts) -> Vec<Step> {
    let step = |name, at| Step {
        name,
        state: "todo",
        at,
        planned: None,
        of: None,
    };
    let stopped = matches!(batch.status, BatchStatus::Refused | BatchStatus::Cancelled);
    let mut all = vec![
        step("offered", batch.submitted_at),
        step("accepted", batch.accepted_at),
    ];
    if stopped {
        all.retain(|step| step.at.is_some());
        mark(&mut all);
        all.push(Step {
            state: "stopped",
            ..step(batch.status.as_str(), Some(batch.updated_at))
        });
        return all;
    }
    let mut collected = step("collected", batch.collected_at);
    collected.planned = batch.scheduled.filter(|_| batch.collected_at.is_none());
    all.push(collected);
    all.push(step("counted", batch.closed_at));
    let settled = counts.of(Fate::Serving) + counts.of(Fate::Recycled) + counts.of(Fate::Parts);
    let counted = batch.closed_at.is_some();
    for (name, done) in [("erased", counts.proven), ("serving", settled)] {
        all.push(Step {
            of: counted.then_some((done, counts.received)),
            ..step(name, None)
        });
    }
    mark(&mut all);
    all
}

/// What is done, what comes now, what comes later.
fn mark(steps: &mut [Step]) {
    let done = |step: &Step| match step.of {
        Some((done, all)) => all > 0 && done == all,
        None => step.at.is_some(),
    };
    // a truck may be unloaded before anybody noted that it left
    let last = steps.iter().rposition(done);
    let mut now_given = false;
    for (at, step) in steps.iter_mut().enumerate() {
        let passed = step.of.is_none() && last.is_some_and(|last| at <= last);
        step.state = if done(step) || passed {
            "done"
        } else if now_given {
            "todo"
        } else {
            now_given = true;
            "now"
        };
    }
}

/// What is announced, a line a kind: `1 000 postes fixes`.
pub(crate) fn announced(batch: &Batch, language: Language) -> Vec<String> {
    let line = |line: &intake::Declared| {
        let count = u64::try_from(line.quantity).unwrap_or_default();
        let words = notifications::Quantity::of(line.kind, count);
        let words = match language {
            Language::French => words.fr,
            Language::English => words.en,
        };
        let names = [line.manufacturer.as_deref(), line.model.as_deref()];
        let names: Vec<&str> = names.into_iter().flatten().collect();
        match names.is_empty() {
            true => words,
            false => format!("{words} ({})", names.join(" ")),
        }
    };
    batch.declared.iter().map(line).collect()
}

/// Kinds to choose from.
pub(crate) fn kinds(language: Language) -> Vec<Choice> {
    let choice = |kind: &DeviceKind| Choice::new(kind, kind_name(*kind, 2, language));
    DeviceKind::ALL.iter().map(choice).collect()
}

/// A time as a form has it: a day, and hours in Paris.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct TypedWindow {
    pub(crate) day: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
}

impl TypedWindow {
    /// As it is typed.
    pub(crate) fn of(window: &Window) -> Self {
        Self {
            day: Some(day(window.from)),
            from: Some(hour(window.from)),
            to: Some(hour(window.to)),
        }
    }

    fn is_empty(&self) -> bool {
        self.day.is_none()
    }
}

/// The times of a form; rows without a day are none.
///
/// # Errors
/// `invalid_fields`, at `/windows/0/day`.
pub(crate) fn windows(typed: &[TypedWindow]) -> Result<Vec<Window>, Refusal> {
    let mut all = Vec::new();
    for (at, row) in typed.iter().enumerate().filter(|(_, row)| !row.is_empty()) {
        let pointer = |name: &str| format!("/windows/{at}/{name}");
        let day = read_day(&pointer("day"), row.day.as_deref().unwrap_or_default())?;
        let moment = |name: &str, text: &Option<String>, usual: &str| {
            let text = text.as_deref().unwrap_or(usual);
            read_hour(day, text).ok_or_else(|| wrong_hour(&pointer(name)))
        };
        all.push(Window {
            from: moment("from", &row.from, "08:00")?,
            to: moment("to", &row.to, "12:00")?,
        });
    }
    Ok(all)
}

/// The day of a moment in Paris, as a form has it.
pub(crate) fn day(at: Instant) -> String {
    at.in_paris().format("%Y-%m-%d").to_string()
}

fn hour(at: Instant) -> String {
    at.in_paris().format("%H:%M").to_string()
}

/// A day as a browser sends it, or as people write it where it has no field for days.
///
/// # Errors
/// `unreadable_date`.
pub(crate) fn read_day(pointer: &str, text: &str) -> Result<Date, Refusal> {
    let text = text.trim();
    let formats = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y"];
    let read = formats
        .iter()
        .find_map(|format| Date::parse_from_str(text, format).ok());
    read.ok_or_else(|| {
        Refusal::field(
            pointer,
            Code::UnreadableDate,
            Text::new(
                "Écrivez la date comme 31/12/2026.",
                "Write the date as 31/12/2026.",
            ),
        )
    })
}

/// An hour of a day in Paris.
pub(crate) fn read_hour(day: Date, text: &str) -> Option<Instant> {
    let text = text.trim().to_lowercase().replace('h', ":");
    let (hours, minutes) = text.split_once(':').unwrap_or((&text, "0"));
    let minutes = if minutes.is_empty() { "0" } else { minutes };
    let time = day.and_hms_opt(hours.trim().parse().ok()?, minutes.trim().parse().ok()?, 0)?;
    Some(Instant::from_paris(time))
}

fn wrong_hour(pointer: &str) -> Refusal {
    Refusal::field(
        pointer,
        Code::Invalid,
        Text::new("Écrivez l’heure comme 08:30.", "Write the time as 08:30."),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn times_are_read_as_browsers_and_people_write_them() {
        let typed = |day: &str, from: &str, to: &str| TypedWindow {
            day: Some(day.to_owned()),
            from: Some(from.to_owned()).filter(|text| !text.is_empty()),
            to: Some(to.to_owned()).filter(|text| !text.is_empty()),
        };
        let read = windows(&[
            TypedWindow::default(),
            typed("2023-03-01", "09:00", "11:30"),
            typed("01/03/2023", "9h", "11h30"),
        ]);
        let read = read.unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(read[0], read[1]);
        assert_eq!(read[0].from.to_string(), "2023-03-01T08:00:00Z");
        assert_eq!(
            TypedWindow::of(&read[0]),
            typed("2023-03-01", "09:00", "11:30")
        );
        let wrong = windows(&[TypedWindow::default(), typed("demain", "", "")]).unwrap_err();
        assert_eq!(wrong.errors[0].pointer.as_deref(), Some("/windows/1/day"));
        let wrong = windows(&[typed("2023-03-01", "25:00", "")]).unwrap_err();
        assert_eq!(wrong.errors[0].pointer.as_deref(), Some("/windows/0/from"));
    }
}
