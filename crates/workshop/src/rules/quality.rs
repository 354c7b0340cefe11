//! Tests, grade, quality check by another person, and the kit that makes a device ready.

use std::collections::BTreeMap;

use kernel::{Code, DeviceKind, Grade, Refusal, Text};

use super::erasure::proven;
use super::stages::{from, in_workshop, leave_with_proof};
use super::{Asking, Change, Facts, Stock, checks};
use crate::Settings;
use crate::model::{CheckResult, Device, Kit, KitPart, Stage, Triage};

/// Records the checks, passed or not. Whoever ran them has to be told from whoever signs
/// the quality check, so an earlier signature and grade say nothing any more.
pub(super) fn tested(
    facts: &Facts<'_>,
    asking: &Asking<'_>,
    results: &BTreeMap<String, CheckResult>,
    settings: &Settings,
) -> Result<Change, Refusal> {
    from(
        facts,
        asking,
        &[Stage::Erased, Stage::Tested, Stage::Graded],
    )?;
    checks::template(facts.device.kind, results, settings)?;
    let mut change = Change::new(facts);
    change.void_work();
    change.device.tests_passed = Some(passed(facts.device.kind, results, settings));
    change.device.tested_by = asking.by_hand();
    change.go(Stage::Tested, asking.at);
    Ok(change)
}

/// Something passed, and nothing failed that has to pass.
fn passed(kind: DeviceKind, checks: &BTreeMap<String, CheckResult>, settings: &Settings) -> bool {
    let fails = |(name, result): (&String, &CheckResult)| {
        *result == CheckResult::Fail && settings.must_pass(kind, name)
    };
    checks.values().any(|result| *result == CheckResult::Pass) && !checks.iter().any(fails)
}

pub(super) fn graded(
    facts: &Facts<'_>,
    asking: &Asking<'_>,
    grade: Grade,
) -> Result<Change, Refusal> {
    from(facts, asking, &[Stage::Tested, Stage::Graded])?;
    tests_passed(facts.device)?;
    let mut change = Change::new(facts);
    change.device.grade = Some(grade);
    change.go(Stage::Graded, asking.at);
    Ok(change)
}

/// A check that does not pass voids an earlier one, and takes a device out of `ready`.
pub(super) fn quality_checked(
    facts: &Facts<'_>,
    asking: &Asking<'_>,
    passed: bool,
) -> Result<Change, Refusal> {
    let mut stages = vec![Stage::Tested, Stage::Graded];
    if !passed {
        stages.push(Stage::Ready);
    }
    from(facts, asking, &stages)?;
    another_person(facts.device, asking, passed)?;
    if passed {
        tests_passed(facts.device)?;
    }
    let mut change = Change::new(facts);
    change.device.quality_checked_by = passed.then_some(asking.person);
    if facts.device.stage == Stage::Ready {
        change.give_kit_back();
        change.go(Stage::Graded, asking.at);
    }
    Ok(change)
}

/// A person signs, and not the one who tested. A test by a machine's key counts for whoever
/// proved that they stood there; where nobody did, a person tests again before another signs.
fn another_person(device: &Device, asking: &Asking<'_>, passed: bool) -> Result<(), Refusal> {
    if asking.by_machine {
        return Err(Refusal::new(
            Code::SamePerson,
            Text::new(
                "Une personne signe le contrôle qualité, avec son propre compte ; la clé d'un poste ne le peut pas.",
                "A person signs the quality check, with an account of their own; the key of a station cannot.",
            ),
        ));
    }
    if passed && device.tests_passed.is_some() && device.tested_by.is_none() {
        return Err(Refusal::new(
            Code::SamePerson,
            Text::new(
                format!(
                    "Le test de {} vient d'un poste, sans personne nommée : une personne le teste à nouveau sous son nom, puis une autre signe le contrôle qualité.",
                    device.name()
                ),
                format!(
                    "The test of {} came from a station and names nobody: a person tests it again under their own name, then another signs the quality check.",
                    device.name()
                ),
            ),
        ));
    }
    if device.tested_by != Some(asking.person) {
        return Ok(());
    }
    Err(Refusal::new(
        Code::SamePerson,
        Text::new(
            format!(
                "Vous avez testé {} ; une autre personne doit signer son contrôle qualité.",
                device.name()
            ),
            format!(
                "You tested {}; another person must sign its quality check.",
                device.name()
            ),
        ),
    ))
}

fn tests_passed(device: &Device) -> Result<(), Refusal> {
    if device.tests_passed == Some(true) {
        return Ok(());
    }
    let (fr, en) = match device.tests_passed {
        Some(_) => (
            "un contrôle a échoué ; réparez, puis testez de nouveau",
            "a check failed; repair it, then test again",
        ),
        None => (
            "il n'a pas été testé depuis son effacement ou sa réparation",
            "it was not tested since its erasure or repair",
        ),
    };
    Err(Refusal::new(
        Code::TestsNotPassed,
        Text::new(
            format!("{} : {fr}.", device.name()),
            format!("{}: {en}.", device.name()),
        ),
    ))
}

/// The most telling refusal comes first: where it is, its drives, its tests, what else is
/// missing, its kit.
pub(super) fn ready(
    facts: &Facts<'_>,
    asking: &Asking<'_>,
    settings: &Settings,
) -> Result<Change, Refusal> {
    let device = facts.device;
    if device.stage == Stage::Ready {
        return Err(incomplete(
            device,
            "il est déjà prêt",
            "it is ready already",
        ));
    }
    in_workshop(facts, asking)?;
    let proof = proven(facts.drives)?;
    if device.stage == Stage::InRepair {
        return Err(incomplete(
            device,
            "la réparation n'est pas terminée",
            "the repair is not finished",
        ));
    }
    tests_passed(device)?;
    if device.triage != Some(Triage::Keep) {
        return Err(incomplete(
            device,
            "le tri ne l'a pas retenu (« keep »)",
            "triage did not `keep` it",
        ));
    }
    if device.grade.is_none() || device.stage != Stage::Graded {
        return Err(incomplete(
            device,
            "son état n'est pas noté (« graded »)",
            "it is not graded (`graded`)",
        ));
    }
    if device.quality_checked_by.is_none() {
        return Err(incomplete(
            device,
            "il manque le contrôle qualité par une autre personne (« quality_checked »)",
            "the quality check by another person (`quality_checked`) is missing",
        ));
    }
    let kit = kit(device, settings.kit(device.kind), facts.stock)?;
    let mut change = Change::new(facts);
    change.effects.accessories = kit
        .0
        .iter()
        .map(|part| (part.kind, -part.quantity))
        .collect();
    change.device.kit = Some(kit);
    change.device.ready_at = Some(asking.at);
    leave_with_proof(&mut change, Stage::Ready, &proof, asking);
    Ok(change)
}

fn incomplete(device: &Device, fr: &str, en: &str) -> Refusal {
    Refusal::new(
        Code::StepNotAllowed,
        Text::new(
            format!("{} : {fr}.", device.name()),
            format!("{}: {en}.", device.name()),
        ),
    )
}

/// Everything that goes with the device is in stock.
fn kit(device: &Device, parts: &[KitPart], stock: &Stock) -> Result<Kit, Refusal> {
    let lacking: Vec<_> = parts
        .iter()
        .filter(|part| stock.accessories.get(&part.kind).copied().unwrap_or(0) < part.quantity)
        .collect();
    if lacking.is_empty() {
        return Ok(Kit(parts.to_vec()));
    }
    let list = |name: fn(kernel::AccessoryKind) -> &'static str| {
        let named: Vec<_> = lacking
            .iter()
            .map(|part| format!("{} × {}", part.quantity, name(part.kind)))
            .collect();
        named.join(", ")
    };
    Err(Refusal::new(
        Code::KitIncomplete,
        Text::new(
            format!(
                "Il manque en stock pour {} : {}.",
                device.name(),
                list(french)
            ),
            format!(
                "Missing from the stock for {}: {}.",
                device.name(),
                list(kernel::AccessoryKind::as_str)
            ),
        ),
    ))
}

fn french(kind: kernel::AccessoryKind) -> &'static str {
    use kernel::AccessoryKind as Kind;
    match kind {
        Kind::Keyboard => "clavier",
        Kind::Mouse => "souris",
        Kind::Charger => "chargeur",
        Kind::PowerCable => "câble d'alimentation",
        Kind::VideoCable => "câble vidéo",
        Kind::Other => "autre accessoire",
    }
}
