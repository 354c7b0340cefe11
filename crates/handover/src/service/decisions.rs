//! A decision about an application that already has a lot.

use db::{Result, Tx};
use eligibility::{Application, Decision, Outcome};
use kernel::{Actor, ApplicationId};

use super::release;
use crate::model::Missed;
use crate::store;

/// Decides an application. When what was found eligible is not any more, the lots that wait for
/// it are taken back first, for the reasons that the decision gives.
///
/// # Errors
/// As [`eligibility::decide`] and [`release`].
pub fn decide_application(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ApplicationId,
    decision: &Decision,
    version_named: bool,
) -> Result<Application> {
    let reasons = decision.reasons();
    if decision.outcome == Outcome::Ineligible && !reasons.is_empty() {
        let body = Missed {
            reason: reasons.join(" "),
        };
        for handover in store::open_of_application(tx, id)? {
            release(tx, actor, handover, &body)?;
        }
    }
    eligibility::decide(tx, actor, id, decision, version_named)
}
