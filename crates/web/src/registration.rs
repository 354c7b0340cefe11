//! Registering oneself, as both doors do it.

use actix_web::HttpRequest;
use identity::{OrganisationKind, Registration};
use kernel::Code;

use crate::access::Anyone;
use crate::answer::Answer;
use crate::problem::{ApiError, ApiResult};
use crate::record::Origin;
use crate::security::client_address;
use crate::state::State;

/// An association or a firm registers itself. From one network address so many may come in an
/// hour. One that is there already is refused, and staff have one case to settle.
///
/// # Errors
/// `too_many_requests`, and those of [`identity::register`].
pub async fn register(
    state: &State,
    who: &Anyone,
    request: &HttpRequest,
    registration: Registration,
) -> ApiResult<Answer> {
    let (signer, from) = (state.signer.clone(), client_address(request));
    let an_hour = state.security.registrations_per_hour;
    state
        .database
        .write(move |tx| identity::may_register(tx, &signer, from, an_hour))
        .await?;
    let (again, origin) = (
        registration.clone(),
        Origin::of(request).named("post_registrations"),
    );
    let outcome = state
        .write_as_anyone(who, move |tx| {
            let registered = identity::register(tx, &registration)?;
            if registered.same_mailbox {
                let origin = origin.clone().with("same_mailbox", true.into());
                identity::record(tx, origin.of_stranger(registered.person.id))?;
            }
            Answer::created(&registered)
        })
        .await;
    let refused = outcome.as_ref().err().and_then(ApiError::code);
    if refused == Some(Code::AlreadyRegistered) {
        // in a transaction of its own: what is refused keeps nothing
        let noted = state
            .database
            .write(move |tx| identity::note_case(tx, &again))
            .await;
        if let Err(cause) = noted {
            tracing::error!(%cause, "a double registration cannot be noted");
        }
    }
    outcome
}

/// An organization may have another name: what is found by it follows.
///
/// # Errors
/// When the database fails.
pub fn renamed(tx: &mut db::Tx<'_>, organisation: &identity::Organisation) -> db::Result<()> {
    match organisation.kind {
        OrganisationKind::Association => {
            eligibility::rename_applicant(tx, organisation.id, &organisation.name)
        }
        OrganisationKind::Donor => intake::rename_donor(tx, organisation.id, &organisation.name),
        OrganisationKind::Workshop | OrganisationKind::City => Ok(()),
    }
}
