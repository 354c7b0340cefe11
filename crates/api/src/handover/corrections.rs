//! `POST /handovers/{id}/collector`, `/allow`, `/correct`.

use actix_web::{post, web};
use handover::{Collector, HandoverView, Missed, NotGiven};
use kernel::HandoverId;

use crate::access::{Allowed, DecideWaves, NameCollectors};
use crate::{Answer, ApiResult, Body, IfMatch, PathId, Problems, State};

/// Says who collects the lot for the association, before it is handed over. An empty name takes
/// it back.
#[utoipa::path(tag = "Handover", security(("bearer" = [])), params(("id" = HandoverId, Path)),
    request_body = Collector, responses((status = 200, body = HandoverView), Problems))]
#[post("/handovers/{id}/collector")]
pub async fn collector(
    state: web::Data<State>,
    who: Allowed<NameCollectors>,
    PathId(id): PathId<kernel::Handover>,
    if_match: IfMatch,
    body: Body<Collector>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            handover::name_collector(tx, actor, id, &body)
        })
        .await
}

/// Decides, with a reason, that a lot is handed over although its association was suspended
/// since the award.
#[utoipa::path(tag = "Handover", security(("bearer" = [])), params(("id" = HandoverId, Path)),
    request_body = Missed, responses((status = 200, body = HandoverView), Problems))]
#[post("/handovers/{id}/allow")]
pub async fn allow(
    state: web::Data<State>,
    who: Allowed<DecideWaves>,
    PathId(id): PathId<kernel::Handover>,
    if_match: IfMatch,
    body: Body<Missed>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            handover::allow(tx, actor, id, &body)
        })
        .await
}

/// Corrects a lot that was signed for: a device of it was not given, and another one perhaps was
/// in its place. The association is told.
#[utoipa::path(tag = "Handover", security(("bearer" = [])), params(("id" = HandoverId, Path)),
    request_body = NotGiven, responses((status = 200, body = HandoverView), Problems))]
#[post("/handovers/{id}/correct")]
pub async fn correct(
    state: web::Data<State>,
    who: Allowed<DecideWaves>,
    PathId(id): PathId<kernel::Handover>,
    if_match: IfMatch,
    body: Body<NotGiven>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            handover::not_given(tx, actor, id, &body)
        })
        .await
}
