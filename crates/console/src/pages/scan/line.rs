//! A machine at a step, as it was scanned, and the verdict on it.

use kernel::{Code, DeviceKind, Refusal, Text};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use workshop::{EventOutcome, EventResult, Settings};

use super::step::Chosen;
use crate::Form;

/// Characters of a scanned string that a verdict repeats.
const SHOWN: usize = 60;

/// A machine at a step. What was scanned by an older page lacks the later fields.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Line {
    pub(super) device: String,
    step: String,
    #[serde(default)]
    location: String,
    #[serde(default)]
    tool: String,
    #[serde(default)]
    media: String,
    /// The serial number of the drive that was erased.
    #[serde(default)]
    pub(super) drive: String,
    /// Checks of the template that failed, and those that the machine has nothing for.
    #[serde(default)]
    fails: Vec<String>,
    #[serde(default)]
    absent: Vec<String>,
    pub(super) client_id: String,
    /// When it was scanned; now when nothing is said.
    at: Option<String>,
}

impl Line {
    pub(super) fn of(form: &Form) -> Self {
        let text = |name: &str| form.get(name).to_owned();
        let all = |name: &str| form.all(name).into_iter().map(str::to_owned).collect();
        Self {
            device: text("device"),
            step: text("step"),
            location: text("location"),
            tool: text("tool"),
            media: text("media"),
            drive: text("drive"),
            fails: all("fails"),
            absent: all("absent"),
            client_id: form.key().to_owned(),
            at: None,
        }
    }

    #[cfg(test)]
    pub(super) fn at_step(step: &str) -> Self {
        Self {
            device: "RS-00001-V".to_owned(),
            step: step.to_owned(),
            location: "B-12".to_owned(),
            tool: "nwipe".to_owned(),
            media: "hdd".to_owned(),
            drive: "WD-1".to_owned(),
            client_id: "1".to_owned(),
            at: Some("2023-02-28T08:00:00Z".to_owned()),
            ..Self::default()
        }
    }

    /// What was chosen for it.
    pub(super) fn chosen(&self) -> Chosen {
        Chosen {
            location: self.location.clone(),
            tool: self.tool.clone(),
            media: self.media.clone(),
            ..Chosen::of(&self.step)
        }
    }

    /// As the workshop takes it.
    pub(super) fn event(&self) -> Value {
        let mut event = match self.step.split_once('.').unwrap_or((&self.step, "")) {
            ("triaged", outcome) => json!({"type": "triaged", "outcome": outcome}),
            ("erased", method) => json!({"type": "erased", "drives": [self.erasure(method)]}),
            ("tested", kind) => json!({"type": "tested", "checks": self.checks(kind)}),
            ("graded", grade) => json!({"type": "graded", "cosmetic": grade}),
            ("quality_checked", outcome) => {
                json!({"type": "quality_checked", "passed": outcome == "pass"})
            }
            ("moved", _) => json!({"type": "moved", "location": self.location}),
            (step, _) => json!({"type": step}),
        };
        event["device"] = json!(plain(&self.device));
        if !self.client_id.is_empty() {
            event["client_id"] = json!(self.client_id);
        }
        if let Some(at) = &self.at {
            event["at"] = json!(at);
        }
        event
    }

    fn erasure(&self, method: &str) -> Value {
        if method == "none" {
            return json!({"method": "absent", "result": "success"});
        }
        let mut drive =
            json!({"serial": plain(&self.drive), "method": method, "result": "success"});
        for (name, value) in [("tool", &self.tool), ("media", &self.media)] {
            if !value.is_empty() {
                drive[name] = json!(value);
            }
        }
        drive
    }

    /// Every check of the template, but for the exceptions.
    fn checks(&self, kind: &str) -> Map<String, Value> {
        let settings = Settings::in_use().ok();
        let kind = DeviceKind::ALL.iter().find(|one| one.as_str() == kind);
        let checks = settings.zip(kind).map(|(it, kind)| it.checks(*kind));
        let mut names: Vec<&str> = checks
            .unwrap_or_default()
            .iter()
            .map(|it| &*it.name)
            .collect();
        if names.is_empty() {
            names.push("all_checks");
        }
        let has = |list: &[String], name: &str| list.iter().any(|one| one == name);
        let result = |name: &str| match () {
            () if has(&self.fails, name) => "fail",
            () if has(&self.absent, name) => "na",
            () => "pass",
        };
        let checks = names.into_iter();
        checks
            .map(|name| (name.to_owned(), json!(result(name))))
            .collect()
    }

    /// The verdict on it, in words, and how it is marked.
    pub(super) fn verdict(&self, result: &EventResult) -> (Text, &'static str) {
        let device: String = self.device.chars().take(SHOWN).collect();
        let stage = result.stage;
        let french = stage.map_or("enregistré", workshop::Stage::french);
        let english = stage.map_or("saved".to_owned(), |stage| stage.as_str().replace('_', " "));
        match result.status {
            EventOutcome::Applied => {
                let (more_french, more_english, kind) = self.remarks(result);
                let text = Text::new(
                    format!("{device} : {french}{more_french}"),
                    format!("{device}: {english}{more_english}"),
                );
                (text, kind)
            }
            EventOutcome::AlreadyApplied => (
                Text::new(
                    format!("{device} : déjà enregistré ({french})"),
                    format!("{device}: saved before ({english})"),
                ),
                "info",
            ),
            EventOutcome::Refused => {
                let detail = result.detail.clone();
                let unsaid = || Refusal::plain(result.code.unwrap_or(Code::Internal)).detail;
                (detail.unwrap_or_else(unsaid), "danger")
            }
        }
    }

    /// What failed, and what the template of the machine's own kind expects beside.
    fn remarks(&self, result: &EventResult) -> (String, String, &'static str) {
        let (mut french, mut english) = (String::new(), String::new());
        let mut add = |names: &[String], fr: &str, en: &str| {
            if !names.is_empty() {
                let labels = |say: fn(&workshop::Check) -> &str| labels(names, say).join(", ");
                french.push_str(&format!(". {fr} : {}", labels(|check| &check.fr)));
                english.push_str(&format!(". {en}: {}", labels(|check| &check.en)));
            }
        };
        add(&self.fails, "En panne", "Does not work");
        add(&result.left_out, "Pas contrôlé", "Not checked");
        let kind = match english.is_empty() {
            true => "success",
            false => "warning",
        };
        (french, english, kind)
    }
}

/// What checks are called in any of the templates.
fn labels(names: &[String], say: fn(&workshop::Check) -> &str) -> Vec<String> {
    let settings = Settings::in_use().ok();
    let find = |name: &String| {
        let kinds = DeviceKind::ALL.iter();
        let checks = kinds.flat_map(|kind| settings.map_or(&[][..], |it| it.checks(*kind)));
        let found = checks.into_iter().find(|check| check.name == *name);
        found.map_or_else(|| name.replace('_', " "), |check| say(check).to_owned())
    };
    names.iter().map(find).collect()
}

/// Some readers end with a zero, which no database takes in a text.
fn plain(scanned: &str) -> String {
    scanned.replace('\0', "")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::pages::scan::step;

    #[test]
    fn every_step_is_one_that_the_workshop_reads() {
        for step in step::all() {
            let line = Line::at_step(&step);
            assert!(workshop::read_event(&line.event()).is_ok(), "{step}");
        }
        // as it waited in a browser before there were templates
        let older = Line::at_step("tested.pass").event();
        assert_eq!(older["checks"], json!({"all_checks": "pass"}));
    }

    #[test]
    fn a_template_passes_but_for_its_exceptions() {
        let line = Line {
            fails: vec!["screen".to_owned(), "nonsense".to_owned()],
            absent: vec!["camera".to_owned()],
            ..Line::at_step("tested.laptop")
        };
        let checks = line.checks("laptop");
        assert_eq!(checks["screen"], "fail");
        assert_eq!(checks["camera"], "na");
        assert_eq!(checks["boot"], "pass");
        assert!(!checks.contains_key("nonsense"));
    }
}
