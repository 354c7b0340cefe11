//! `POST /registrations`, and what staff settle when it meets an association that is there.

use actix_web::{HttpRequest, get, post, web};
use identity::{
    CaseOutcome, CaseStatus, RegisteredOrganisation, Registration, RegistrationCase, Settlement,
};
use kernel::{Page, RegistrationCaseId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::access::{Allowed, Anyone, ReadRegistrationCases, SettleRegistrations};
use crate::{Answer, ApiResult, Body, Paging, PagingParams, Params, PathId, Problems, State};

/// An association registers itself, or a firm that gives (`kind`: `donor`). What the copy of
/// the public register knows is filled in and verified; what it does not know is accepted, and only the decision waits for staff.
/// One that is there already is refused, and staff have one case to settle. From one network
/// address so many may come in an hour (`auth.registrations_per_hour`). With the credentials of a
/// helper the association is one for which they may apply.
#[utoipa::path(tag = "Identity", security((), ("bearer" = [])), request_body = Registration,
    responses((status = 201, body = RegisteredOrganisation), Problems))]
#[post("/registrations")]
pub async fn register(
    state: web::Data<State>,
    who: Anyone,
    request: HttpRequest,
    body: Body<Registration>,
) -> ApiResult<Answer> {
    ::web::registration::register(&state, &who, &request, body.0).await
}

/// Which cases to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Where they stand.
    status: Option<CaseStatus>,
}

/// Registrations of associations that were there already, the newest first.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(Filter, PagingParams),
    responses((status = 200, body = Page<RegistrationCase>), Problems))]
#[get("/registration-cases")]
pub async fn cases(
    state: web::Data<State>,
    who: Allowed<ReadRegistrationCases>,
    Params(filter): Params<Filter>,
    Paging(page): Paging,
) -> ApiResult<Answer> {
    let page = state
        .read(&who, move |db, _| {
            identity::registration_cases(db, filter.status, &page)
        })
        .await?;
    Ok(Answer::ok(&page)?)
}

/// Settles a case: `join` invites the person into the association that was there, `merge`
/// makes two registrations one, `dismiss` leaves them.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(("id" = RegistrationCaseId, Path)),
    request_body = Settlement, responses((status = 200, body = RegistrationCase), Problems))]
#[post("/registration-cases/{id}/settle")]
pub async fn settle(
    state: web::Data<State>,
    who: Allowed<SettleRegistrations>,
    PathId(id): PathId<kernel::RegistrationCase>,
    body: Body<Settlement>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            let case = identity::settle_case(tx, actor, id, &body)?;
            if let (CaseOutcome::Merge, Some(other)) = (body.outcome, case.other_id) {
                eligibility::adopt_applications(tx, other, case.organisation_id)?;
            }
            Answer::ok(&case)
        })
        .await
}
