//! `/waves/{id}/pins/{application_id}`: staff fix a line, or take it out.

use actix_web::{delete, put, web};
use allocation::{PinInput, ProposalView, WaveView};
use kernel::{ApplicationId, WaveId};

use super::PathApplication;
use crate::access::{Allowed, DecideWaves};
use crate::{Answer, ApiResult, Body, IfMatch, PathId, Problems, State};

/// Fixes what an application receives (`granted`), or takes it out of the wave (`null`);
/// the rest is planned again on the same devices and applications.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])),
    params(("id" = WaveId, Path), ("application_id" = ApplicationId, Path)),
    request_body = PinInput, responses((status = 200, body = ProposalView), Problems))]
#[put("/waves/{id}/pins/{application_id}")]
pub async fn put(
    state: web::Data<State>,
    who: Allowed<DecideWaves>,
    PathId(id): PathId<kernel::Wave>,
    PathApplication(application): PathApplication,
    if_match: IfMatch,
    body: Body<PinInput>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            if_match.of::<WaveView>(tx, actor, id)?;
            let proposal = allocation::pin(tx, actor, id, application, &body)?;
            Ok(Answer::ok(&proposal)?.version(proposal.version))
        })
        .await
}

/// Leaves an application to the plan again.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])),
    params(("id" = WaveId, Path), ("application_id" = ApplicationId, Path)),
    responses((status = 200, body = ProposalView), Problems))]
#[delete("/waves/{id}/pins/{application_id}")]
pub async fn remove(
    state: web::Data<State>,
    who: Allowed<DecideWaves>,
    PathId(id): PathId<kernel::Wave>,
    PathApplication(application): PathApplication,
    if_match: IfMatch,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            if_match.of::<WaveView>(tx, actor, id)?;
            let proposal = allocation::unpin(tx, actor, id, application)?;
            Ok(Answer::ok(&proposal)?.version(proposal.version))
        })
        .await
}
