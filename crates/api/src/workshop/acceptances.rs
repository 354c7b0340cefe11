//! Two people accept what proves nothing by itself: one proposes, another confirms.

use actix_web::{post, web};
use workshop::{Acceptance, DeviceView, Recorded};

use super::hardware::answer;
use crate::access::{Allowed, DecideEvidence};
use crate::{Answer, ApiResult, Body, IfMatch, PathId, Problems, State};

/// Proposes to accept, with a reason, what keeps a drive from being proven: a false warning of
/// hidden sectors (`hidden_area_false_alarm`), a date outside the device's cycle or none at all
/// (`wrong_clock`), a drive that is not there though the machine was seen with it
/// (`absent_confirmed`), a success in a report whose layout nobody verified (`layout_confirmed`).
/// It counts once another person confirms it; both stand in the log.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])), params(("id" = kernel::DeviceId, Path)),
    request_body = Acceptance, responses((status = 200, body = Recorded), Problems))]
#[post("/devices/{id}/erasure-acceptances")]
pub async fn propose(
    state: web::Data<State>,
    who: Allowed<DecideEvidence>,
    PathId(id): PathId<kernel::Device>,
    if_match: IfMatch,
    asked: Body<Acceptance>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            if_match.of::<DeviceView>(tx, actor, id)?;
            answer(&workshop::propose_acceptance(tx, actor, id, &asked)?)
        })
        .await
}

/// Confirms what somebody else proposed about a drive. What was said of the drive since the
/// proposal is not accepted with it.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])), params(("id" = kernel::DeviceId, Path)),
    request_body = Acceptance, responses((status = 200, body = Recorded), Problems))]
#[post("/devices/{id}/erasure-acceptances/confirm")]
pub async fn confirm(
    state: web::Data<State>,
    who: Allowed<DecideEvidence>,
    PathId(id): PathId<kernel::Device>,
    if_match: IfMatch,
    asked: Body<Acceptance>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            if_match.of::<DeviceView>(tx, actor, id)?;
            answer(&workshop::confirm_acceptance(tx, actor, id, &asked)?)
        })
        .await
}
