//! What may be reported of a device after its lot was handed over, and how it is dealt with.

use eligibility::ApplicationStatus;
use identity::OrganisationStatus;
use kernel::{Code, Fields, Instant, OrganisationId, ProgrammeId, Refusal, Text, Verdict};

use super::model::{Incident, IncidentClosing, IncidentKind, IncidentOutcome, NewIncident};
use crate::model::HandoverStatus;
use crate::rules::not_now;

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

/// A report is dealt with once. What is not needed is taken back, passed on or stays; after the
/// guarantee, the city alone gives another device, since it is one less for those who wait, and it
/// alone says who gets what another association does not need.
///
/// # Errors
/// `invalid_fields`, `incident_closed`, `guarantee_over`, `passing_on_needs_city`.
pub fn may_close(
    incident: &Incident,
    closing: &IncidentClosing,
    is_city: bool,
) -> Result<Verdict, Refusal> {
    use IncidentOutcome::{PassedOn, Repaired, Replaced};
    let mut fields = Fields::default();
    fields.text("/note", &closing.note, 2_000);
    let mends = matches!(closing.outcome, Repaired | Replaced);
    if mends && incident.kind == IncidentKind::NotNeeded {
        fields.push(
            "/outcome",
            Code::Invalid,
            Text::new(
                "Un appareil qui ne sert plus est repris, transmis, ou reste où il est.",
                "A device that is not needed any more is taken back, passed on, or stays where it is.",
            ),
        );
    }
    if closing.outcome == PassedOn && incident.kind == IncidentKind::Broken {
        fields.push(
            "/outcome",
            Code::Invalid,
            Text::new(
                "Un appareil en panne n'est pas transmis à une autre association.",
                "A device that does not work is not passed on to another association.",
            ),
        );
    }
    match closing.application {
        None if closing.outcome == PassedOn => fields.push(
            "/application",
            Code::Required,
            Text::new(
                "Dites à quelle demande va cet appareil.",
                "Say which application gets this device.",
            ),
        ),
        Some(_) if closing.outcome != PassedOn => {
            fields.push("/application", Code::Invalid, Code::Invalid.help());
        }
        _ => {}
    }
    match &closing.replacement {
        Some(name) if closing.outcome == Replaced => fields.text("/replacement", name, 200),
        Some(_) => fields.push("/replacement", Code::Invalid, Code::Invalid.help()),
        None => {}
    }
    fields.check()?;
    if closing.outcome == PassedOn && !is_city {
        return Err(Refusal::plain(Code::PassingOnNeedsCity));
    }
    let recipient = incident.passed_on_to.as_ref().map(|to| to.application_id);
    match incident.outcome {
        Some(known) if known == closing.outcome && recipient == closing.application => {
            return Ok(Verdict::AlreadyDone);
        }
        Some(_) => return Err(Refusal::plain(Code::IncidentClosed)),
        None => {}
    }
    if closing.outcome == Replaced && !incident.guaranteed && !is_city {
        return Err(Refusal::plain(Code::GuaranteeOver));
    }
    Ok(Verdict::Go)
}

/// Whom a device is to be passed on to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipient {
    /// The programme of the application.
    pub programme: ProgrammeId,
    /// Where the application stands.
    pub application: ApplicationStatus,
    /// Whose it is.
    pub association: OrganisationId,
    /// Whether that association may act.
    pub organisation: OrganisationStatus,
}

/// A device goes to another association, whose application of the same programme is eligible.
///
/// # Errors
/// At `/application`: `same_association`, `recipient_not_eligible`, `organisation_suspended`,
/// `organisation_not_verified`.
pub fn may_take(incident: &Incident, to: &Recipient) -> Result<(), Refusal> {
    let refused = |code: Code, detail: Text| Err(Refusal::field("/application", code, detail));
    if to.association == incident.association_id {
        return refused(Code::SameAssociation, Code::SameAssociation.help());
    }
    if to.programme != incident.programme_id {
        return refused(
            Code::RecipientNotEligible,
            Text::new(
                "Cette demande est d'un autre dispositif que l'appareil.",
                "This application is of another programme than the device.",
            ),
        );
    }
    if to.application != ApplicationStatus::Eligible {
        return refused(
            Code::RecipientNotEligible,
            Text::new(
                "Cette demande n'est pas éligible : choisissez-en une qui l'est.",
                "This application is not eligible: choose one that is.",
            ),
        );
    }
    match to.organisation {
        OrganisationStatus::Verified => Ok(()),
        OrganisationStatus::Suspended | OrganisationStatus::Dissolved => refused(
            Code::OrganisationSuspended,
            Text::new(
                "Cette association est suspendue ou dissoute : elle ne reçoit rien.",
                "This association is suspended or dissolved: it receives nothing.",
            ),
        ),
        OrganisationStatus::Pending => refused(
            Code::OrganisationNotVerified,
            Code::OrganisationNotVerified.help(),
        ),
    }
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
            passed_on_to: None,
            closed_at: None,
            version: 1,
        }
    }

    fn closing(outcome: IncidentOutcome, replacement: Option<&str>) -> IncidentClosing {
        IncidentClosing {
            outcome,
            note: "Carte mère.".to_owned(),
            replacement: replacement.map(str::to_owned),
            application: None,
        }
    }

    fn passing(application: &str) -> IncidentClosing {
        IncidentClosing {
            application: application.parse().ok(),
            ..closing(IncidentOutcome::PassedOn, None)
        }
    }

    const BETA: &str = "0190a000-0000-7000-8000-00000000000b";
    const GAMMA: &str = "0190a000-0000-7000-8000-00000000000c";

    fn unneeded() -> Incident {
        Incident {
            kind: IncidentKind::NotNeeded,
            ..incident(false, None)
        }
    }

    #[test]
    fn passing_on_needs_city() {
        let refused = may_close(&unneeded(), &passing(BETA), false).unwrap_err();
        assert_eq!(refused.code, Code::PassingOnNeedsCity);
        assert_eq!(
            may_close(&unneeded(), &passing(BETA), true),
            Ok(Verdict::Go)
        );
        let done = Incident {
            outcome: Some(IncidentOutcome::PassedOn),
            passed_on_to: Some(super::super::model::PassedOnTo {
                handover_id: BETA.parse().unwrap(),
                handover: "R-2023-00002".to_owned(),
                application_id: BETA.parse().unwrap(),
                association: "Beta".to_owned(),
            }),
            ..unneeded()
        };
        let again = may_close(&done, &passing(BETA), true);
        assert_eq!(again, Ok(Verdict::AlreadyDone));
        let other = may_close(&done, &passing(GAMMA), true).unwrap_err();
        assert_eq!(other.code, Code::IncidentClosed);
    }

    #[test]
    fn what_is_passed_on_works_and_says_to_whom() {
        let pointer = |refused: Refusal| refused.errors[0].pointer.clone().unwrap();
        let broken = may_close(&incident(true, None), &passing(BETA), true);
        assert_eq!(pointer(broken.unwrap_err()), "/outcome");
        let nobody = may_close(&unneeded(), &passing(""), true).unwrap_err();
        assert_eq!(pointer(nobody), "/application");
        let odd = IncidentClosing {
            application: BETA.parse().ok(),
            ..closing(IncidentOutcome::TakenBack, None)
        };
        let refused = may_close(&unneeded(), &odd, true).unwrap_err();
        assert_eq!(pointer(refused), "/application");
    }

    fn beta() -> Recipient {
        Recipient {
            programme: unneeded().programme_id,
            application: ApplicationStatus::Eligible,
            association: BETA.parse().unwrap(),
            organisation: OrganisationStatus::Verified,
        }
    }

    fn refused(to: &Recipient) -> Code {
        may_take(&unneeded(), to).unwrap_err().errors[0].code
    }

    #[test]
    fn same_association() {
        may_take(&unneeded(), &beta()).unwrap();
        let own = Recipient {
            association: unneeded().association_id,
            ..beta()
        };
        assert_eq!(refused(&own), Code::SameAssociation);
    }

    #[test]
    fn recipient_not_eligible() {
        let elsewhere = Recipient {
            programme: BETA.parse().unwrap(),
            ..beta()
        };
        assert_eq!(refused(&elsewhere), Code::RecipientNotEligible);
        for status in ApplicationStatus::ALL {
            let to = Recipient {
                application: *status,
                ..beta()
            };
            let eligible = *status == ApplicationStatus::Eligible;
            assert_eq!(may_take(&unneeded(), &to).is_ok(), eligible, "{status}");
        }
    }

    #[test]
    fn who_is_suspended_gets_nothing() {
        use OrganisationStatus::{Dissolved, Pending, Suspended};
        for (organisation, code) in [
            (Suspended, Code::OrganisationSuspended),
            (Dissolved, Code::OrganisationSuspended),
            (Pending, Code::OrganisationNotVerified),
        ] {
            let to = Recipient {
                organisation,
                ..beta()
            };
            assert_eq!(refused(&to), code);
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
            let mut said = closing(*outcome, None);
            said.application =
                (*outcome == IncidentOutcome::PassedOn).then(|| BETA.parse().unwrap());
            let may = may_close(&unneeded, &said, true);
            assert_eq!(may.is_err(), mends, "{outcome}");
        }
        let odd = closing(IncidentOutcome::TakenBack, Some("RS-2"));
        let refused = may_close(&unneeded, &odd, true).unwrap_err();
        assert_eq!(refused.errors[0].pointer.as_deref(), Some("/replacement"));
    }
}
