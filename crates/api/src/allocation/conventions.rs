//! `PUT /organisations/{id}/conventions/{year}`: what is signed before a lot is handed over.

use actix_web::{put, web};
use allocation::{Convention, NewConvention};
use kernel::{OrganisationId, Refusal};

use crate::access::{Allowed, DecideWaves};
use crate::{Answer, ApiResult, Body, Problems, State};

/// Notes that a convention with an association is signed for a civil year: needed before it
/// is handed more than the law allows without (`convention_required`). Notes it again to
/// correct it.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])),
    params(("id" = OrganisationId, Path), ("year" = i32, Path)),
    request_body = NewConvention, responses((status = 200, body = Convention), Problems))]
#[put("/organisations/{id}/conventions/{year}")]
pub async fn put(
    state: web::Data<State>,
    who: Allowed<DecideWaves>,
    path: web::Path<(String, String)>,
    body: Body<NewConvention>,
) -> ApiResult<Answer> {
    // what is no id and no year names nothing
    let (Ok(id), Ok(year)) = (path.0.parse(), path.1.parse()) else {
        return Err(Refusal::not_found().into());
    };
    state
        .write(&who, move |tx, actor| {
            let convention = allocation::record_convention(tx, actor, (id, year), &body)?;
            Answer::ok(&convention)
        })
        .await
}
