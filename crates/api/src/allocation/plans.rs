//! `POST /waves/{id}/propose` and `/simulate`: the machine proposes.

use actix_web::{post, web};
use allocation::{Comparison, ProposalView, SimulationBody, WaveView};
use kernel::WaveId;
use serde::Serialize;
use utoipa::ToSchema;

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
        .write_long(&who, move |tx, actor| {
            if_match.of::<WaveView>(tx, actor, id)?;
            let proposal = allocation::propose(tx, actor, id)?;
            Ok(Answer::ok(&proposal)?.version(proposal.version))
        })
        .await
}

/// One simulated plan, or several side by side.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[allow(clippy::large_enum_variant)] // made once, and written at once
pub enum Simulated {
    /// As a proposal.
    One(ProposalView),
    /// Compared.
    Several(Comparison),
}

/// Computes the plan of a wave with other settings, on what is ready and eligible now, and
/// answers with the difference to the current plan. Nothing is stored; what the body leaves
/// out stays as the wave has it. With several settings in `settings`, answers with a
/// comparison instead: the wave's own settings first, then each of them.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])), params(("id" = WaveId, Path)),
    request_body = SimulationBody, responses(
        (status = 200, body = inline(Simulated)), Problems))]
#[post("/waves/{id}/simulate")]
pub async fn simulate(
    state: web::Data<State>,
    who: Allowed<ManageWaves>,
    PathId(id): PathId<kernel::Wave>,
    OptionalBody(body): OptionalBody<SimulationBody>,
) -> ApiResult<Answer> {
    let simulated = state
        .read_long(&who, move |db, _| match &body.settings {
            Some(several) => Ok(Simulated::Several(allocation::compare(db, id, several)?)),
            None => Ok(Simulated::One(allocation::simulate(db, id, &body.one)?)),
        })
        .await?;
    Ok(Answer::ok(&simulated)?)
}
