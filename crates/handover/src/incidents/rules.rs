//! What may be reported of a device after its lot was handed over, and how it is dealt with.

use kernel::{Code, Fields, Instant, Refusal, Text};

use super::model::{Incident, IncidentClosing, IncidentKind, IncidentOutcome, NewIncident};
use crate::model::HandoverStatus;
use crate::rules::{Verdict, not_now};

/// # Errors
/// `invalid_fields`; `handover_step_not_allowed` before the lot was handed over.
pub fn may_report(status: HandoverStatus, new: &NewIncident) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    fields.text("/device", &new.device, 200);
    fields.text("/description", &new.description, 2_000);
    fields.check()?;
    match status {
        HandoverStatus::Completed => Ok(()),
        other => Err(not_now(other)),
    }
}

/// A device of the lot that went elsewhere meanwhile.
pub(super) fn not_with_association(tag: &str) -> Refusal {
    Refusal::new(
        Code::DeviceNotInLot,
        Text::new(
            format!("{tag} n'est plus chez l'association."),
            format!("{tag} is not with the association any more."),
        ),
    )
}

/// Whether a device that breaks now is under guarantee, its last day included; one that is not
/// needed never is.
#[must_use]
pub fn is_guaranteed(
    kind: IncidentKind,
    given_at: Option<Instant>,
    months: u32,
    now: Instant,
) -> bool {
    kind == IncidentKind::Broken
        && months > 0
        && given_at.is_some_and(|given| now.date() <= given.plus_months(months).date())
}

/// A report is dealt with once. What is not needed is taken back or stays; after the guarantee,
/// the city alone gives another device, since it is one less for those who wait.
///
/// # Errors
/// `invalid_fields`, `incident_closed`, `guarantee_over`.
pub fn may_close(
    incident: &Incident,
    closing: &IncidentClosing,
    is_city: bool,
) -> Result<Verdict, Refusal> {
    use IncidentOutcome::{Repaired, Replaced};
    let mut fields = Fields::default();
    fields.text("/note", &closing.note, 2_000);
    let mends = matches!(closing.outcome, Repaired | Replaced);
    if mends && incident.kind == IncidentKind::NotNeeded {
        fields.push(
            "/outcome",
            Code::Invalid,
            Text::new(
                "Un appareil qui ne sert plus est repris, ou reste où il est.",
                "A device that is not needed any more is taken back, or stays where it is.",
            ),
        );
    }
    match &closing.replacement {
        Some(name) if closing.outcome == Replaced => fields.text("/replacement", name, 200),
        Some(_) => fields.push("/replacement", Code::Invalid, Code::Invalid.help()),
        None => {}
    }
    fields.check()?;
    match incident.outcome {
        Some(known) if known == closing.outcome => return Ok(Verdict::AlreadyDone),
        Some(_) => return Err(Refusal::plain(Code::IncidentClosed)),
        None => {}
    }
    if closing.outcome == Replaced && !incident.guaranteed && !is_city {
        return Err(Refusal::plain(Code::GuaranteeOver));
    }
    Ok(Verdict::Go)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::model::IncidentStatus;
    use super::*;

    fn incident(guaranteed: bool, outcome: Option<IncidentOutcome>) -> Incident {
        let id = "0190a000-0000-7000-8000-000000000000";
        Incident {
            id: id.parse().unwrap(),
            reference: "S-2023-0001".to_owned(),
            status: IncidentStatus::Open,
            handover_id: id.parse().unwrap(),
            handover: "R-2023-00001".to_owned(),
            programme_id: id.parse().unwrap(),
            association_id: id.parse().unwrap(),
            association: "Alpha".to_owned(),
            workshop_id: None,
            device_id: id.parse().unwrap(),
            tag: "RS-0001-A".to_owned(),
            manufacturer: None,
            model: None,
            kind: IncidentKind::Broken,
            description: "Ne démarre plus.".to_owned(),
            guaranteed,
            reported_by: id.parse().unwrap(),
            reported_at: "2023-03-01T09:00:00Z".parse().unwrap(),
            outcome,
            note: None,
            replacement_id: None,
            replacement: None,
            closed_at: None,
            version: 1,
        }
    }

    fn closing(outcome: IncidentOutcome, replacement: Option<&str>) -> IncidentClosing {
        IncidentClosing {
            outcome,
            note: "Carte mère.".to_owned(),
            replacement: replacement.map(str::to_owned),
        }
    }

    #[test]
    fn guarantee_over() {
        use IncidentOutcome::{Replaced, TakenBack};
        let late = incident(false, None);
        let refused = may_close(&late, &closing(Replaced, None), false).unwrap_err();
        assert_eq!(refused.code, Code::GuaranteeOver);
        may_close(&late, &closing(Replaced, None), true).unwrap();
        may_close(&late, &closing(TakenBack, None), false).unwrap();
        may_close(
            &incident(true, None),
            &closing(Replaced, Some("RS-2")),
            false,
        )
        .unwrap();
    }

    #[test]
    fn a_guarantee_ends_with_its_last_day() {
        let given = "2023-02-28T09:00:00Z".parse().ok();
        let on = |months, day: &str| {
            is_guaranteed(IncidentKind::Broken, given, months, day.parse().unwrap())
        };
        assert!(on(12, "2024-02-28T22:00:00Z") && !on(12, "2024-02-28T23:00:00Z"));
        assert!(!on(0, "2023-02-28T10:00:00Z"));
        let now = "2023-03-01T09:00:00Z".parse().unwrap();
        assert!(!is_guaranteed(IncidentKind::NotNeeded, given, 12, now));
    }

    #[test]
    fn incident_closed() {
        use IncidentOutcome::{Repaired, TakenBack};
        let known = incident(true, Some(Repaired));
        let again = may_close(&known, &closing(Repaired, None), false);
        assert_eq!(again, Ok(Verdict::AlreadyDone));
        let other = may_close(&known, &closing(TakenBack, None), true).unwrap_err();
        assert_eq!(other.code, Code::IncidentClosed);
    }

    #[test]
    fn what_is_not_needed_is_neither_repaired_nor_replaced() {
        let unneeded = Incident {
            kind: IncidentKind::NotNeeded,
            ..incident(false, None)
        };
        for outcome in IncidentOutcome::ALL {
            let mends = matches!(
                outcome,
                IncidentOutcome::Repaired | IncidentOutcome::Replaced
            );
            let may = may_close(&unneeded, &closing(*outcome, None), true);
            assert_eq!(may.is_err(), mends, "{outcome}");
        }
        let odd = closing(IncidentOutcome::TakenBack, Some("RS-2"));
        let refused = may_close(&unneeded, &odd, true).unwrap_err();
        assert_eq!(refused.errors[0].pointer.as_deref(), Some("/replacement"));
    }
}
