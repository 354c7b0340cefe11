//! Registering oneself, as both doors do it.

use actix_web::HttpRequest;
use db::Tx;
use identity::{OrganisationKind, Registration};
use kernel::{Actor, Code, PersonId, Role};

use crate::access::{Allowed, Anyone, CreateOrganisations};
use crate::answer::Answer;
use crate::problem::{ApiError, ApiResult};
use crate::record::Origin;
use crate::security::client_address;
use crate::state::State;

/// Its name in the audit log.
const DEED: &str = "post_registrations";

/// Who may register associations for others, when that is who asks.
pub fn helper_of(request: &HttpRequest) -> Option<Allowed<CreateOrganisations>> {
    let known = Allowed::<CreateOrganisations>::of(request).ok();
    known.filter(|who| who.actor().role == Role::Helper)
}

/// An association or a firm registers itself, or a helper registers an association. From one
/// network address so many may come in an hour, but for helpers. One that is there already is
/// refused, and staff have one case to settle.
///
/// # Errors
/// `too_many_requests`, and those of [`identity::register`].
pub async fn register(
    state: &State,
    who: &Anyone,
    request: &HttpRequest,
    registration: Registration,
) -> ApiResult<Answer> {
    let helper = helper_of(request);
    if helper.is_none() {
        let (signer, from) = (state.signer.clone(), client_address(request));
        let an_hour = state.security.registrations_per_hour;
        state
            .database
            .write(move |tx| identity::may_register(tx, &signer, from, an_hour))
            .await?;
    }
    let again = registration.clone();
    let origin = Origin::of(request).named(DEED);
    let outcome = match helper {
        Some(helper) => {
            let repeat = who.idempotency.clone();
            let helper = helper.named(DEED).with_repeat(repeat);
            let work = move |tx: &mut Tx<'_>, actor: &Actor| {
                enter(tx, &registration, Some(actor.person), &origin)
            };
            state.write(&helper, work).await
        }
        None => {
            let work = move |tx: &mut Tx<'_>| enter(tx, &registration, None, &origin);
            state.write_as_anyone(who, work).await
        }
    };
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

fn enter(
    tx: &mut Tx<'_>,
    registration: &Registration,
    helper: Option<PersonId>,
    origin: &Origin,
) -> db::Result<Answer> {
    let registered = identity::register(tx, registration, helper)?;
    if registered.same_mailbox {
        let origin = origin.clone().with("same_mailbox", true.into());
        identity::record(tx, origin.of_stranger(registered.person.id))?;
    }
    Answer::created(&registered)
}
