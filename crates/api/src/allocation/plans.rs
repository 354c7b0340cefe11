//! `POST /waves/{id}/propose` and `/simulate`: the machine proposes.

use actix_web::{post, web};
use allocation::{ProposalView, Simulation};
use kernel::WaveId;

use crate::access::{Allowed, ManageWaves};
use crate::{Answer, ApiResult, IfMatch, OptionalBody, PathId, Problems, State};

/// Computes the plan of a wave on what is ready and eligible now. Again, it takes the
/// place of the plan before, keeps its pins, and answers with the difference. `lines` are
/// the requests that receive something, `unserved` those that do not, both in the public
/// order.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])), params(("id" = WaveId, Path)),
    responses((status = 200, body = ProposalView), Problems))]
#[post("/waves/{id}/propose")]
pub async fn propose(
    state: web::Data<State>,
    who: Allowed<ManageWaves>,
    PathId(id): PathId<kernel::Wave>,
    if_match: IfMatch,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            super::check_version(tx, actor, id, if_match)?;
            let proposal = allocation::propose(tx, actor, id)?;
            Ok(Answer::ok(&proposal)?.version(proposal.version))
        })
        .await
}

/// Computes the plan of a wave with other settings, on what is ready and eligible now, and
/// answers with the difference to the current plan. Nothing is stored; what the body leaves
/// out stays as the wave has it.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])), params(("id" = WaveId, Path)),
    request_body = Simulation, responses((status = 200, body = ProposalView), Problems))]
#[post("/waves/{id}/simulate")]
pub async fn simulate(
    state: web::Data<State>,
    who: Allowed<ManageWaves>,
    PathId(id): PathId<kernel::Wave>,
    OptionalBody(body): OptionalBody<Simulation>,
) -> ApiResult<Answer> {
    let simulated = state
        .read(&who, move |db, _| allocation::simulate(db, id, &body))
        .await?;
    Ok(Answer::ok(&simulated)?)
}
