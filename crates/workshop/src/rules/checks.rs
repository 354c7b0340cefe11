//! The checks of a `tested` event against the template of the device's kind.

use std::collections::BTreeMap;

use kernel::{Code, DeviceKind, Fields, Refusal, Text};

use crate::Settings;
use crate::model::{CheckResult, ChecksReport};

/// Which checks of the template were left out, and which the template does not have. A check
/// that is answered with `na` where no machine of the kind can be without it is left out.
pub fn report(
    kind: DeviceKind,
    results: &BTreeMap<String, CheckResult>,
    settings: &Settings,
) -> ChecksReport {
    let offered = settings.checks(kind);
    let answered = |name: &str| {
        results
            .get(name)
            .is_some_and(|result| *result != CheckResult::NotApplicable)
    };
    ChecksReport {
        left_out: offered
            .iter()
            .filter(|check| !check.may_be_na && !answered(&check.name))
            .map(|check| check.name.clone())
            .collect(),
        additional: results
            .keys()
            .filter(|name| offered.iter().all(|check| check.name != **name))
            .cloned()
            .collect(),
    }
}

/// A strict template takes its own checks, all that it expects, and no others.
pub(super) fn template(
    kind: DeviceKind,
    results: &BTreeMap<String, CheckResult>,
    settings: &Settings,
) -> Result<(), Refusal> {
    if !settings.template(kind).is_some_and(|known| known.strict) {
        return Ok(());
    }
    let report = report(kind, results, settings);
    let mut fields = Fields::default();
    for name in &report.left_out {
        let check = settings.checks(kind).iter().find(|one| one.name == *name);
        let (fr, en) = check.map_or(("", ""), |one| (one.fr.as_str(), one.en.as_str()));
        let detail = Text::new(
            format!("Indiquez « pass » ou « fail » pour : {fr}."),
            format!("Give `pass` or `fail` for: {en}."),
        );
        fields.push(pointer(name), Code::Required, detail);
    }
    for name in &report.additional {
        let detail = Text::new(
            "Ce contrôle n'est pas au modèle de ce type d'appareil.",
            "This check is not in the template of this kind of device.",
        );
        fields.push(pointer(name), Code::Invalid, detail);
    }
    fields.check()
}

fn pointer(name: &str) -> String {
    format!("/checks/{}", name.replace('~', "~0").replace('/', "~1"))
}
