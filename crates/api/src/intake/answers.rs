//! `POST /batches/{id}/confirm`, `/contest`, `PUT /batches/{id}/restrictions`: what the
//! donor says of its gift.

use actix_web::{post, put, web};
use intake::{Batch, Comment, DonorAnswer, Restrictions};

use crate::access::{Allowed, AnswerReceptions, RegisterBatches};
use crate::{Answer, ApiResult, Body, IfMatch, OptionalBody, PathId, Problems, State};

/// The donor confirms the count at the dock. Confirming again changes nothing.
#[utoipa::path(tag = "Donor intake", security(("bearer" = [])), params(("id" = kernel::BatchId, Path)),
    request_body = Comment,
    responses((status = 200, body = Batch), Problems))]
#[post("/batches/{id}/confirm")]
pub async fn confirm(
    state: web::Data<State>,
    who: Allowed<AnswerReceptions>,
    PathId(id): PathId<kernel::Batch>,
    if_match: IfMatch,
    body: OptionalBody<Comment>,
) -> ApiResult<Answer> {
    answer(&state, &who, id, if_match, DonorAnswer::Confirmed, body.0).await
}

/// The donor does not agree with the count at the dock, and says why: staff and the
/// workshop are told. What was contested may be confirmed later, not the other way round.
#[utoipa::path(tag = "Donor intake", security(("bearer" = [])), params(("id" = kernel::BatchId, Path)),
    request_body = Comment,
    responses((status = 200, body = Batch), Problems))]
#[post("/batches/{id}/contest")]
pub async fn contest(
    state: web::Data<State>,
    who: Allowed<AnswerReceptions>,
    PathId(id): PathId<kernel::Batch>,
    if_match: IfMatch,
    body: OptionalBody<Comment>,
) -> ApiResult<Answer> {
    answer(&state, &who, id, if_match, DonorAnswer::Contested, body.0).await
}

async fn answer(
    state: &State,
    who: &Allowed<AnswerReceptions>,
    id: kernel::BatchId,
    if_match: IfMatch,
    answer: DonorAnswer,
    said: Comment,
) -> ApiResult<Answer> {
    state
        .change(who, id, if_match, move |tx, actor, id| {
            intake::answer_reception(tx, actor, id, answer, &said)
        })
        .await
}

/// Ties a gift to themes, to associations, or to the destruction of its drives, in place of
/// what was said before. Until the city has answered; every later step keeps to it.
#[utoipa::path(tag = "Donor intake", security(("bearer" = [])), params(("id" = kernel::BatchId, Path)),
    request_body = Restrictions,
    responses((status = 200, body = Batch), Problems))]
#[put("/batches/{id}/restrictions")]
pub async fn restrict(
    state: web::Data<State>,
    who: Allowed<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
    if_match: IfMatch,
    body: Body<Restrictions>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            intake::restrict(tx, actor, id, &body)
        })
        .await
}
