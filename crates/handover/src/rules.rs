//! The decisions about handovers: facts in, decision out.

use std::collections::{HashMap, HashSet};

use identity::OrganisationStatus;
use kernel::{Code, DeviceId, Fields, Instant, Refusal, Text, Verdict, squash};
use serde_json::json;

use crate::model::{
    Completion, DeviceFailure, Handover, HandoverSchedule, HandoverStatus, NotGiven,
};

pub(crate) fn not_now(status: HandoverStatus) -> Refusal {
    Refusal::new(
        Code::HandoverStepNotAllowed,
        Text::new(
            format!("Cette remise est dans l'état « {status} », qui ne permet pas cette étape."),
            format!("This handover is in the state `{status}`, which does not allow this step."),
        ),
    )
}

/// A handover has an appointment to come until it is completed; a missed one gets another.
///
/// # Errors
/// `invalid_fields`; `handover_step_not_allowed` once it is completed or called off.
pub fn may_schedule(
    handover: &Handover,
    body: &HandoverSchedule,
    now: Instant,
) -> Result<Verdict, Refusal> {
    let mut fields = Fields::default();
    fields.text("/place", &body.place, 500);
    // an appointment that took place today may still be entered
    if body.to < now.plus_days(-1) {
        for pointer in ["/from", "/to"] {
            fields.push(pointer, Code::DateInPast, Code::DateInPast.help());
        }
    }
    if body.to <= body.from {
        fields.push(
            "/to",
            Code::OutOfRange,
            Text::new(
                "La fin vient après le début.",
                "The end comes after the beginning.",
            ),
        );
    }
    fields.check()?;
    match handover.status {
        HandoverStatus::Scheduled if same_appointment(handover, body) => Ok(Verdict::AlreadyDone),
        HandoverStatus::Planned | HandoverStatus::Scheduled | HandoverStatus::Missed => {
            Ok(Verdict::Go)
        }
        other => Err(not_now(other)),
    }
}

fn same_appointment(handover: &Handover, body: &HandoverSchedule) -> bool {
    handover.appointment_from == Some(body.from)
        && handover.appointment_to == Some(body.to)
        && handover.place.as_deref() == Some(body.place.trim())
}

/// A lot is handed over once. It may be collected without an appointment. A repeat is one
/// when it names the devices of the lot, see [`scanned`].
///
/// # Errors
/// `handover_step_not_allowed` when it was called off, or missed and not scheduled again.
pub fn may_complete(handover: &Handover) -> Result<Verdict, Refusal> {
    match handover.status {
        HandoverStatus::Planned | HandoverStatus::Scheduled => Ok(Verdict::Go),
        HandoverStatus::Completed => Ok(Verdict::AlreadyDone),
        other => Err(not_now(other)),
    }
}

/// A handover is missed before it is completed.
///
/// # Errors
/// `invalid_fields` without a reason; `handover_step_not_allowed`.
pub fn may_miss(handover: &Handover, reason: &str) -> Result<Verdict, Refusal> {
    let mut fields = Fields::default();
    fields.text("/reason", reason, 2_000);
    fields.check()?;
    match handover.status {
        HandoverStatus::Planned | HandoverStatus::Scheduled => Ok(Verdict::Go),
        HandoverStatus::Missed => Ok(Verdict::AlreadyDone),
        other => Err(not_now(other)),
    }
}

/// A lot is taken back as long as it was not handed over.
///
/// # Errors
/// `invalid_fields` without a reason; `handover_step_not_allowed`.
pub fn may_release(handover: &Handover, reason: &str) -> Result<Verdict, Refusal> {
    let mut fields = Fields::default();
    fields.text("/reason", reason, 2_000);
    fields.check()?;
    match handover.status {
        HandoverStatus::Completed => Err(not_now(handover.status)),
        HandoverStatus::Cancelled => Ok(Verdict::AlreadyDone),
        _ => Ok(Verdict::Go),
    }
}

/// A device is replaced as long as the lot was not handed over or called off.
///
/// # Errors
/// `invalid_fields` without device and reason; `handover_step_not_allowed`.
pub fn may_replace(handover: &Handover, body: &DeviceFailure) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    fields.text("/device", &body.device, 200);
    fields.text("/reason", &body.reason, 2_000);
    fields.check()?;
    match handover.status {
        HandoverStatus::Completed | HandoverStatus::Cancelled => Err(not_now(handover.status)),
        _ => Ok(()),
    }
}

/// Which device of the lot a tag, serial number or id names.
///
/// # Errors
/// `device_not_in_lot`.
pub fn named(name: &str, lot: &[Expected]) -> Result<usize, Refusal> {
    keys(lot)
        .get(&squash(name))
        .copied()
        .ok_or_else(|| not_in_lot(&[name.trim().to_owned()]))
}

/// A device of the lot that is to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Its id.
    pub id: DeviceId,
    /// Its tag.
    pub tag: String,
    /// Its serial number.
    pub serial: Option<String>,
}

/// An association that is suspended or gone meanwhile receives nothing, unless the city decided
/// for this lot that it does.
///
/// # Errors
/// `organisation_suspended`.
pub fn may_be_given_to(status: OrganisationStatus, allowed: bool) -> Result<(), Refusal> {
    match status {
        OrganisationStatus::Suspended | OrganisationStatus::Dissolved if !allowed => {
            Err(Refusal::new(
                Code::OrganisationSuspended,
                Text::new(
                    "Cette association est suspendue ou dissoute depuis l'attribution : la ville décide d'abord si ce lot lui est remis.",
                    "This association was suspended or dissolved since the award: the city decides first whether this lot is handed over to it.",
                ),
            ))
        }
        _ => Ok(()),
    }
}

/// The city decides with a reason, before the lot is handed over.
///
/// # Errors
/// `invalid_fields` without a reason; `handover_step_not_allowed`.
pub fn may_allow(handover: &Handover, reason: &str) -> Result<Verdict, Refusal> {
    open_with_reason(handover, "/reason", reason)?;
    match &handover.allowed_reason {
        Some(known) if known == reason.trim() => Ok(Verdict::AlreadyDone),
        _ => Ok(Verdict::Go),
    }
}

/// Somebody is named to collect a lot before it is handed over.
///
/// # Errors
/// `invalid_fields`; `handover_step_not_allowed`.
pub fn may_name_collector(handover: &Handover, name: &str) -> Result<Verdict, Refusal> {
    let name = name.trim();
    if name.chars().count() > 200 {
        return Err(Refusal::field("/name", Code::TooLong, Code::TooLong.help()));
    }
    match handover.status {
        HandoverStatus::Completed | HandoverStatus::Cancelled => Err(not_now(handover.status)),
        _ if handover.collector.as_deref().unwrap_or_default() == name => Ok(Verdict::AlreadyDone),
        _ => Ok(Verdict::Go),
    }
}

fn open_with_reason(handover: &Handover, pointer: &str, reason: &str) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    fields.text(pointer, reason, 2_000);
    fields.check()?;
    match handover.status {
        HandoverStatus::Completed | HandoverStatus::Cancelled => Err(not_now(handover.status)),
        _ => Ok(()),
    }
}

/// What was logged as given and was not is corrected once the lot was handed over. A lot of
/// which nothing is left was never handed over: that is another case.
///
/// # Errors
/// `invalid_fields`; `handover_step_not_allowed`; `correction_not_possible` for the last device.
pub fn may_correct(handover: &Handover, body: &NotGiven) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    fields.text("/device", &body.device, 200);
    fields.text("/reason", &body.reason, 2_000);
    if let Some(instead) = &body.instead {
        fields.text("/instead", instead, 200);
    }
    fields.check()?;
    if handover.status != HandoverStatus::Completed {
        return Err(not_now(handover.status));
    }
    if body.instead.is_none() && handover.devices <= 1 {
        return Err(Refusal::new(
            Code::CorrectionNotPossible,
            Text::new(
                "C'est le dernier appareil du lot : dites lequel a été remis à sa place.",
                "It is the last device of the lot: say which one was given in its place.",
            ),
        ));
    }
    Ok(())
}

/// The most characters of a signature.
const SIGNATURE_MAX: usize = 500_000;

/// Every device of the lot was scanned, and no other.
///
/// # Errors
/// `invalid_fields`; `device_not_in_lot` and `lot_incomplete` with the devices in question.
pub fn scanned(body: &Completion, lot: &[Expected]) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    fields.text("/recipient_name", &body.recipient_name, 200);
    signed(&mut fields, body);
    fields.check()?;
    let known = keys(lot);
    let mut seen = HashSet::new();
    let mut strangers = Vec::new();
    for scan in &body.devices {
        match known.get(&squash(scan)) {
            Some(at) => {
                seen.insert(*at);
            }
            None => strangers.push(scan.trim().to_owned()),
        }
    }
    if !strangers.is_empty() {
        return Err(not_in_lot(&strangers));
    }
    let missing: Vec<&str> = lot
        .iter()
        .enumerate()
        .filter(|(at, _)| !seen.contains(at))
        .map(|(_, device)| device.tag.as_str())
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(incomplete(&missing, lot.len()))
    }
}

/// There is a signature, or a reason why there is none: one or the other.
fn signed(fields: &mut Fields, body: &Completion) {
    let signature = body.signature.as_deref().map(str::trim).unwrap_or_default();
    match (&body.signature_waived, signature) {
        (None, "") => fields.push(
            "/signature",
            Code::Required,
            Text::new(
                "Il faut la signature de qui reçoit le lot, ou la raison pour laquelle il n'y en a pas (signature_waived).",
                "The signature of whoever receives the lot is needed, or the reason why there is none (signature_waived).",
            ),
        ),
        (None, signature) if signature.len() > SIGNATURE_MAX => {
            fields.push("/signature", Code::TooLong, Code::TooLong.help());
        }
        (None, signature) if signature.starts_with("data:") && !signature.starts_with("data:image/") => {
            fields.push(
                "/signature",
                Code::Invalid,
                Text::new(
                    "Une signature dessinée est une image.",
                    "A drawn signature is an image.",
                ),
            );
        }
        (None, _) => {}
        (Some(waived), "") => fields.text("/signature_waived/reason", &waived.reason, 2_000),
        (Some(_), _) => fields.push(
            "/signature_waived",
            Code::Invalid,
            Text::new(
                "Une signature, ou la raison de son absence : pas les deux.",
                "A signature, or the reason why there is none: not both.",
            ),
        ),
    }
}

/// Every way in which a device of the lot can be named.
fn keys(lot: &[Expected]) -> HashMap<String, usize> {
    let mut keys = HashMap::with_capacity(lot.len() * 3);
    for (at, device) in lot.iter().enumerate() {
        if let Some(serial) = &device.serial {
            keys.insert(squash(serial), at);
        }
    }
    for (at, device) in lot.iter().enumerate() {
        keys.insert(squash(&device.id.to_string()), at);
        keys.insert(squash(&device.tag), at);
    }
    keys.remove("");
    keys
}

fn not_in_lot(strangers: &[String]) -> Refusal {
    let list = some(strangers.iter().map(String::as_str), strangers.len());
    Refusal::new(
        Code::DeviceNotInLot,
        Text::new(
            format!("Pas dans ce lot : {list}."),
            format!("Not in this lot: {list}."),
        ),
    )
    .with_extra(json!({"devices": strangers}))
}

fn incomplete(missing: &[&str], all: usize) -> Refusal {
    let list = some(missing.iter().copied(), missing.len());
    let count = missing.len();
    Refusal::new(
        Code::LotIncomplete,
        Text::new(
            format!("Il manque {count} appareil(s) sur {all} : {list}."),
            format!("{count} of {all} devices are missing: {list}."),
        ),
    )
    .with_extra(json!({"missing": missing}))
}

/// The first names of a list.
fn some<'a>(names: impl Iterator<Item = &'a str>, count: usize) -> String {
    let mut list = names.take(20).collect::<Vec<_>>().join(", ");
    if count > 20 {
        list.push_str(", …");
    }
    list
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn lot() -> Vec<Expected> {
        let id = |number: u128| DeviceId::from_uuid(format!("{number:032x}").parse().unwrap());
        vec![
            Expected {
                id: id(1),
                tag: "RS-0001-A".into(),
                serial: Some("CZC-40 w".into()),
            },
            Expected {
                id: id(2),
                tag: "RS-0002-B".into(),
                serial: None,
            },
        ]
    }

    fn completion(devices: &[&str]) -> Completion {
        Completion {
            recipient_name: "Aïcha".into(),
            devices: devices.iter().map(|&device| device.to_owned()).collect(),
            signature: Some("Aïcha".into()),
            signature_waived: None,
        }
    }

    #[test]
    fn a_lot_is_signed_for_or_says_why_not() {
        let lot = lot();
        let scans = ["RS-0001-A", "RS-0002-B"];
        let with = |signature: Option<&str>, waived: Option<&str>| {
            let body = Completion {
                signature: signature.map(str::to_owned),
                signature_waived: waived.map(|reason| crate::model::Waived {
                    reason: reason.to_owned(),
                }),
                ..completion(&scans)
            };
            scanned(&body, &lot).map_err(|refusal| refusal.errors[0].pointer.clone().unwrap())
        };
        assert_eq!(with(Some("Aïcha"), None), Ok(()));
        assert_eq!(with(None, Some("Tablette en panne.")), Ok(()));
        assert_eq!(with(None, None).unwrap_err(), "/signature");
        assert_eq!(with(Some(" "), None).unwrap_err(), "/signature");
        assert_eq!(
            with(None, Some("")).unwrap_err(),
            "/signature_waived/reason"
        );
        assert_eq!(with(Some("A"), Some("B")).unwrap_err(), "/signature_waived");
        let script = with(Some("data:text/html,<b>"), None);
        assert_eq!(script.unwrap_err(), "/signature");
    }

    #[test]
    fn organisation_suspended_receives_nothing_unless_the_city_decides() {
        use OrganisationStatus::{Dissolved, Suspended, Verified};
        may_be_given_to(Verified, false).unwrap();
        for status in [Suspended, Dissolved] {
            let refusal = may_be_given_to(status, false).unwrap_err();
            assert_eq!(refusal.code, Code::OrganisationSuspended);
            may_be_given_to(status, true).unwrap();
        }
    }

    #[test]
    fn tags_serials_and_ids_name_the_devices_of_a_lot() {
        scanned(&completion(&["czc40W", "rs-0002-b"]), &lot()).unwrap();
        let id = lot()[1].id.to_string();
        scanned(&completion(&["RS-0001-A", &id, "RS-0001-A"]), &lot()).unwrap();
    }

    #[test]
    fn device_not_in_lot() {
        let refusal = scanned(
            &completion(&["RS-0001-A", "RS-0002-B", "RS-0009-Z"]),
            &lot(),
        )
        .unwrap_err();
        assert_eq!(refusal.code, Code::DeviceNotInLot);
        assert!(refusal.detail.fr.contains("RS-0009-Z"));
    }

    #[test]
    fn lot_incomplete() {
        let refusal = scanned(&completion(&["RS-0001-A"]), &lot()).unwrap_err();
        assert_eq!(refusal.code, Code::LotIncomplete);
        assert!(
            refusal.detail.fr.contains("RS-0002-B") && !refusal.detail.fr.contains("RS-0001-A")
        );
    }
}
