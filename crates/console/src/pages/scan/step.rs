//! The steps that may be scanned, and what is chosen once for all scans of one.

use kernel::{DeviceKind, Grade, Language};
use serde::Serialize;
use workshop::{Media, Settings, Triage};

use crate::{Page, Visit};

/// A step, with what there is to choose below it.
#[derive(Serialize)]
pub(super) struct Offered {
    step: &'static str,
    choices: Vec<&'static str>,
}

/// The steps in the order of the work.
pub(super) fn offered() -> Vec<Offered> {
    let triage = Triage::ALL.iter().map(|one| one.as_str()).collect();
    let grades = Grade::ALL.iter().map(|one| one.as_str()).collect();
    let step = |step, choices| Offered { step, choices };
    vec![
        step("received", vec![]),
        step("triaged", triage),
        step("erased", vec!["purge", "clear", "destroy", "none"]),
        step("tested", templates().map(|kind| kind.as_str()).collect()),
        step("graded", grades),
        step("quality_checked", vec!["pass", "fail"]),
        step("ready", vec![]),
        step("moved", vec![]),
    ]
}

/// The kinds of machine that have a test template, and `other` for those that have none.
fn templates() -> impl Iterator<Item = DeviceKind> {
    let settings = Settings::in_use().ok();
    DeviceKind::ALL.iter().copied().filter(move |kind| {
        let checks = settings.map(|settings| settings.checks(*kind));
        *kind == DeviceKind::Other || checks.is_some_and(|checks| !checks.is_empty())
    })
}

/// Every step as the address names it: `triaged.keep`.
pub(super) fn all() -> Vec<String> {
    let names = offered().into_iter().flat_map(|offered| {
        let below = offered.choices.iter();
        let below = below.map(|choice| format!("{}.{choice}", offered.step));
        match offered.choices.is_empty() {
            true => vec![offered.step.to_owned()],
            false => below.collect(),
        }
    });
    names.collect()
}

/// A check of a test template, for the exceptions of the next machine.
#[derive(Serialize)]
pub(super) struct CheckView {
    name: String,
    text: String,
    may_be_na: bool,
}

/// The checks of a kind.
#[derive(Serialize)]
pub(super) struct TemplateView {
    kind: &'static str,
    checks: Vec<CheckView>,
}

/// The test templates; that of the chosen step alone where there is one.
pub(super) fn template_views(chosen: &str, language: Language) -> Vec<TemplateView> {
    let settings = Settings::in_use().ok();
    let wanted = chosen.strip_prefix("tested.");
    let templates = templates().filter(|kind| chosen.is_empty() || wanted == Some(kind.as_str()));
    let view = |kind: DeviceKind| {
        let checks = settings.map_or(&[][..], |settings| settings.checks(kind));
        TemplateView {
            kind: kind.as_str(),
            checks: checks
                .iter()
                .map(|check| CheckView {
                    name: check.name.clone(),
                    text: match language {
                        Language::French => check.fr.clone(),
                        Language::English => check.en.clone(),
                    },
                    may_be_na: check.may_be_na,
                })
                .collect(),
        }
    };
    templates.map(view).collect()
}

/// What holds for all scans until something else is chosen.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Chosen {
    /// As the address names it; empty for none.
    pub(super) step: String,
    /// The part of it before the point.
    pub(super) group: String,
    /// The part after it.
    pub(super) choice: String,
    /// Where the machines are put, for `moved`.
    pub(super) location: String,
    /// What erases their drives, and which kind of drive that is, for `erased`.
    pub(super) tool: String,
    pub(super) media: String,
}

impl Chosen {
    /// A step by its name, if there is such a step. A kind of machine without a test template has
    /// that of the others.
    pub(super) fn of(step: &str) -> Self {
        let kind = step.strip_prefix("tested.");
        let without = kind.is_some_and(|kind| templates().all(|one| one.as_str() != kind));
        let step = if without { "tested.other" } else { step };
        let known = all().into_iter().find(|one| one == step);
        let step = known.unwrap_or_default();
        let (group, choice) = step.split_once('.').unwrap_or((&step, ""));
        Self {
            group: group.to_owned(),
            choice: choice.to_owned(),
            step,
            ..Self::default()
        }
    }

    /// What the address says: `step=triaged.keep`, or what the form sends,
    /// `step=triaged&triaged=keep`.
    pub(super) fn asked<P>(page: &Page<P>) -> Self {
        let visit: &Visit = page;
        let step = visit.query("step");
        let below = visit.query(&step);
        let step = match below.is_empty() {
            true => step,
            false => format!("{step}.{below}"),
        };
        Self {
            location: visit.query("location").trim().to_owned(),
            tool: visit.query("tool").trim().to_owned(),
            media: visit.query("media"),
            ..Self::of(&step)
        }
    }

    /// Whether a drive is scanned with each machine.
    pub(super) fn takes_drive(&self) -> bool {
        self.group == "erased" && self.choice != "none"
    }

    /// The field that has to be chosen still.
    pub(super) fn lacks(&self) -> Option<&'static str> {
        let by_tool = ["erased.purge", "erased.clear"].contains(&&*self.step);
        let media = Media::ALL.iter().any(|media| media.as_str() == self.media);
        match () {
            () if self.step == "moved" && self.location.is_empty() => Some("location"),
            () if by_tool && self.tool.is_empty() => Some("tool"),
            () if by_tool && !media => Some("media"),
            () => None,
        }
    }

    /// Back to the page, with the same choices.
    pub(super) fn address(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let given = [
            ("step", &self.step),
            ("location", &self.location),
            ("tool", &self.tool),
            ("media", &self.media),
        ];
        query.extend_pairs(given.iter().filter(|(_, value)| !value.is_empty()));
        match self.step.is_empty() {
            true => "/atelier/scan".to_owned(),
            false => format!("/atelier/scan?{}", query.finish()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_step_needs_is_chosen_before_the_first_scan() {
        let mut chosen = Chosen::of("erased.purge");
        assert!(chosen.takes_drive());
        assert_eq!(chosen.lacks(), Some("tool"));
        chosen.tool = "nvme-cli".to_owned();
        assert_eq!(chosen.lacks(), Some("media"));
        chosen.media = "nvme".to_owned();
        assert_eq!(chosen.lacks(), None);
        assert_eq!(
            chosen.address(),
            "/atelier/scan?step=erased.purge&tool=nvme-cli&media=nvme"
        );
        assert_eq!(Chosen::of("moved").lacks(), Some("location"));
        assert_eq!(Chosen::of("erased.none").lacks(), None);
        assert_eq!(Chosen::of("nonsense").address(), "/atelier/scan");
    }
}
