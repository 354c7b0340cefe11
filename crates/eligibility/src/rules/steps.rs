//! The states of an application: which step may follow.

use identity::OrganisationStatus;
use kernel::{Code, Refusal, Text, Verdict};

use crate::model::{ApplicationStatus, Outcome};

use ApplicationStatus::{
    ChangesRequested, Draft, Eligible, InReview, Ineligible, Submitted, Withdrawn,
};

/// An association that is not verified yet may apply; only the decision waits.
///
/// # Errors
/// `organisation_suspended`, also when it is dissolved.
pub(crate) fn may_apply(status: OrganisationStatus) -> Result<(), Refusal> {
    match status {
        OrganisationStatus::Pending | OrganisationStatus::Verified => Ok(()),
        OrganisationStatus::Suspended => Err(Refusal::plain(Code::OrganisationSuspended)),
        OrganisationStatus::Dissolved => Err(Refusal::new(
            Code::OrganisationSuspended,
            Text::new(
                "Cette association est dissoute.",
                "This association is dissolved.",
            ),
        )),
    }
}

/// # Errors
/// `application_not_editable` once it was submitted, unless changes are requested.
pub(crate) fn may_edit(status: ApplicationStatus) -> Result<(), Refusal> {
    match status {
        Draft | ChangesRequested => Ok(()),
        _ => Err(Refusal::plain(Code::ApplicationNotEditable)),
    }
}

/// More or less may be asked for once the application is sent, until a wave that has it is
/// closed: what a wave grants is decided on what stands in its list.
///
/// # Errors
/// `application_not_editable` when it is no longer in the running, or in a closed wave.
pub(crate) fn may_ask_otherwise(
    status: ApplicationStatus,
    closed_wave: Option<&str>,
) -> Result<(), Refusal> {
    if !matches!(status, Submitted | InReview | Eligible) {
        return Err(Refusal::new(
            Code::ApplicationNotEditable,
            not_now(status).detail,
        ));
    }
    match closed_wave {
        None => Ok(()),
        Some(wave) => Err(Refusal::new(
            Code::ApplicationNotEditable,
            Text::new(
                format!(
                    "La vague « {wave} », qui compte cette demande, est close et attend son approbation : changez la quantité après elle."
                ),
                format!(
                    "The wave \"{wave}\", which has this application, is closed and waits for its approval: change the quantity after it."
                ),
            ),
        )),
    }
}

/// # Errors
/// `application_step_not_allowed` once it is decided or withdrawn.
pub(crate) fn may_submit(status: ApplicationStatus) -> Result<Verdict, Refusal> {
    match status {
        Draft | ChangesRequested => Ok(Verdict::Go),
        Submitted | InReview => Ok(Verdict::AlreadyDone),
        Eligible | Ineligible | Withdrawn => Err(not_now(status)),
    }
}

/// # Errors
/// `application_step_not_allowed` when it was decided not eligible.
pub(crate) fn may_withdraw(status: ApplicationStatus) -> Result<Verdict, Refusal> {
    match status {
        Draft | Submitted | InReview | ChangesRequested | Eligible => Ok(Verdict::Go),
        Withdrawn => Ok(Verdict::AlreadyDone),
        Ineligible => Err(not_now(status)),
    }
}

/// # Errors
/// `application_step_not_allowed` unless it is with the city.
pub(crate) fn may_request_changes(status: ApplicationStatus) -> Result<(), Refusal> {
    with_the_city(status)
}

/// # Errors
/// `application_step_not_allowed` unless it is with the city.
pub(crate) fn may_assess(status: ApplicationStatus) -> Result<(), Refusal> {
    with_the_city(status)
}

/// An application whose association does not answer may be found not eligible. What is decided
/// may be decided otherwise, as long as no lot was handed over and no appeal waits for an answer.
///
/// # Errors
/// `application_step_not_allowed` unless it is with the city, or decided.
pub(crate) fn may_decide(
    status: ApplicationStatus,
    outcome: Outcome,
    since: Since,
) -> Result<Verdict, Refusal> {
    match (status, outcome) {
        (Eligible, Outcome::Eligible) | (Ineligible, Outcome::Ineligible) => {
            Ok(Verdict::AlreadyDone)
        }
        (Submitted | InReview, _) | (ChangesRequested, Outcome::Ineligible) => Ok(Verdict::Go),
        (Eligible, Outcome::Ineligible) | (Ineligible, Outcome::Eligible) => {
            may_decide_again(since)
        }
        _ => Err(not_now(status)),
    }
}

/// What happened to an application since it was decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Since {
    /// A lot was handed over.
    pub handed_over: bool,
    /// An appeal waits for an answer.
    pub under_appeal: bool,
    /// Whoever decides named the version that they read, so the decision that they change is known
    /// to them.
    pub version_named: bool,
}

fn may_decide_again(since: Since) -> Result<Verdict, Refusal> {
    if !since.version_named {
        return Err(Refusal::new(
            Code::ApplicationStepNotAllowed,
            Text::new(
                "Cette demande est déjà décidée. Pour changer la décision, envoyez la version que vous avez lue (If-Match) avec vos raisons.",
                "This application is decided already. To change the decision, send the version that you read (If-Match) with your reasons.",
            ),
        ));
    }
    if since.under_appeal {
        return Err(Refusal::new(
            Code::ApplicationStepNotAllowed,
            Text::new(
                "Un recours attend une réponse sur cette demande : c'est lui que l'on tranche.",
                "An appeal on this application waits for an answer: that is what is decided.",
            ),
        ));
    }
    if since.handed_over {
        return Err(Refusal::new(
            Code::ApplicationStepNotAllowed,
            Text::new(
                "Un lot a déjà été remis à cette association : la décision ne se retire plus.",
                "A lot was handed over to this association already: the decision is not withdrawn any more.",
            ),
        ));
    }
    Ok(Verdict::Go)
}

impl ApplicationStatus {
    /// The association may fill it in.
    pub fn is_editable(self) -> bool {
        may_edit(self).is_ok()
    }

    /// The association may be asked for changes.
    pub fn may_be_asked(self) -> bool {
        may_request_changes(self).is_ok()
    }

    /// The association may take it back, unless a lot is reserved for it.
    pub fn is_withdrawable(self) -> bool {
        may_withdraw(self) == Ok(Verdict::Go)
    }
}

fn with_the_city(status: ApplicationStatus) -> Result<(), Refusal> {
    match status {
        Submitted | InReview => Ok(()),
        _ => Err(not_now(status)),
    }
}

/// Who has a lot reserved does not simply withdraw: devices are set aside.
///
/// # Errors
/// `lot_reserved`.
pub(crate) fn no_lot_reserved(devices: i64) -> Result<(), Refusal> {
    if devices == 0 {
        return Ok(());
    }
    Err(Refusal::new(
        Code::LotReserved,
        Text::new(
            format!(
                "{devices} appareils sont réservés pour cette demande : écrivez à la ville pour y renoncer."
            ),
            format!(
                "{devices} devices are reserved for this application: write to the city to give them up."
            ),
        ),
    ))
}

fn not_now(status: ApplicationStatus) -> Refusal {
    let (fr, en) = match status {
        Draft => (
            "Cette demande est encore un brouillon.",
            "This application is still a draft.",
        ),
        Submitted => (
            "Cette demande est envoyée.",
            "This application is submitted.",
        ),
        InReview => (
            "Cette demande est en cours d'instruction.",
            "This application is in review.",
        ),
        ChangesRequested => (
            "Cette demande attend des compléments de l'association.",
            "This application waits for changes by the association.",
        ),
        Eligible => (
            "Cette demande a été déclarée éligible.",
            "This application was found eligible.",
        ),
        Ineligible => (
            "Cette demande a été déclarée non éligible.",
            "This application was found not eligible.",
        ),
        Withdrawn => (
            "Cette demande a été retirée.",
            "This application was withdrawn.",
        ),
    };
    Refusal::new(Code::ApplicationStepNotAllowed, Text::new(fr, en))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn application_step_not_allowed_and_repeats_have_a_name() {
        let code = Code::ApplicationStepNotAllowed;
        assert_eq!(may_submit(Submitted), Ok(Verdict::AlreadyDone));
        assert_eq!(may_submit(Eligible).unwrap_err().code, code);
        assert_eq!(may_withdraw(Withdrawn), Ok(Verdict::AlreadyDone));
        assert_eq!(may_withdraw(Ineligible).unwrap_err().code, code);
        assert_eq!(
            may_decide(Eligible, Outcome::Eligible, Since::default()),
            Ok(Verdict::AlreadyDone)
        );
        let read = Since {
            version_named: true,
            ..Since::default()
        };
        assert_eq!(
            may_decide(Eligible, Outcome::Ineligible, read),
            Ok(Verdict::Go)
        );
        let handed_over = Since {
            handed_over: true,
            ..read
        };
        let under_appeal = Since {
            under_appeal: true,
            ..read
        };
        for since in [Since::default(), handed_over, under_appeal] {
            let again = may_decide(Eligible, Outcome::Ineligible, since);
            assert_eq!(again.unwrap_err().code, code);
        }
        assert_eq!(
            may_decide(Draft, Outcome::Eligible, Since::default())
                .unwrap_err()
                .code,
            code
        );
        assert_eq!(
            may_decide(ChangesRequested, Outcome::Ineligible, Since::default()),
            Ok(Verdict::Go)
        );
        assert_eq!(
            may_decide(ChangesRequested, Outcome::Eligible, Since::default())
                .unwrap_err()
                .code,
            code
        );
        assert_eq!(may_assess(Draft).unwrap_err().code, code);
    }

    #[test]
    fn application_not_editable_once_submitted() {
        may_edit(Draft).unwrap();
        may_edit(ChangesRequested).unwrap();
        for status in [Submitted, InReview, Eligible, Ineligible, Withdrawn] {
            assert_eq!(
                may_edit(status).unwrap_err().code,
                Code::ApplicationNotEditable
            );
        }
    }

    #[test]
    fn organisation_suspended_may_not_apply_but_pending_may() {
        may_apply(OrganisationStatus::Pending).unwrap();
        for status in [OrganisationStatus::Suspended, OrganisationStatus::Dissolved] {
            assert_eq!(
                may_apply(status).unwrap_err().code,
                Code::OrganisationSuspended
            );
        }
    }
}
