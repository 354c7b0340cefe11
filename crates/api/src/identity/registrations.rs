//! `POST /registrations`, and what staff settle when it meets an association that is there.

use actix_web::{HttpRequest, get, post, web};
use identity::{
    CaseStatus, NewRegistrationCase, RegisteredOrganisation, Registration, RegistrationCase,
    Settlement,
};
use kernel::{Page, PageRequest, RegistrationCaseId};
use serde::Deserialize;
use utoipa::IntoParams;

use ::web::columns;

use crate::access::{Allowed, Anyone, ReadRegistrationCases, SettleRegistrations};
use crate::{Answer, ApiResult, Body, Csv, Paging, PagingParams, Params, PathId, Problems, State};

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

/// Registrations of associations that were there already, the newest first. As CSV, all that the
/// filter finds.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(Filter, PagingParams, Csv),
    responses((status = 200, body = Page<RegistrationCase>), Problems))]
#[get("/registration-cases")]
pub async fn cases(
    state: web::Data<State>,
    who: Allowed<ReadRegistrationCases>,
    Params(filter): Params<Filter>,
    Paging(page): Paging,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let page = if csv { PageRequest::everything() } else { page };
    let page = state
        .read_table(&who, csv, move |db, _| {
            identity::registration_cases(db, filter.status, &page)
        })
        .await?;
    match csv {
        true => Ok(columns::registration_cases(page.items)?),
        false => Ok(Answer::ok(&page)?),
    }
}

/// Opens a case by hand: staff noticed that two associations may be one.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), request_body = NewRegistrationCase,
    responses((status = 201, body = RegistrationCase), Problems))]
#[post("/registration-cases")]
pub async fn open(
    state: web::Data<State>,
    who: Allowed<SettleRegistrations>,
    body: Body<NewRegistrationCase>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, _| {
            Answer::created(&identity::open_case(tx, &body)?)
        })
        .await
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
            Answer::ok(&eligibility::settle_registration(tx, actor, id, &body)?)
        })
        .await
}
