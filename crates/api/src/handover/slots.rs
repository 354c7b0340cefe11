//! `/handover-slots`, and `/handovers/{id}/slots` and `/slot`: times that a workshop offers, and an
//! association chooses from.

use actix_web::{delete, get, post, web};
use handover::{HandoverSlot, HandoverView, SlotChoice, SlotFilter, SlotSeries};
use kernel::{HandoverId, HandoverSlotId, OrganisationId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::access::{Allowed, ChooseSlots, ReadHandovers, RunHandovers};
use crate::{Answer, ApiResult, Body, IfMatch, Params, PathId, Problems, State};

/// Which slots to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Of this workshop.
    #[param(value_type = Option<String>)]
    workshop_id: Option<OrganisationId>,
}

/// Offers times at which a workshop hands lots over; one that is offered already is not offered
/// twice. Answers with the slots of the workshop that are to come. Associations whose lots wait
/// there without an appointment are told when there was nothing to choose from before.
#[utoipa::path(tag = "Handover", operation_id = "offer_slots", security(("bearer" = [])),
    request_body = SlotSeries, responses((status = 201, body = Vec<HandoverSlot>), Problems))]
#[post("/handover-slots")]
pub async fn offer(
    state: web::Data<State>,
    who: Allowed<RunHandovers>,
    body: Body<SlotSeries>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            Answer::created(&handover::offer(tx, actor, &body)?)
        })
        .await
}

/// The slots to come, 500 at the most, with how many lots chose each: the city sees all, a workshop
/// its own.
#[utoipa::path(tag = "Handover", operation_id = "list_slots", security(("bearer" = [])),
    params(Filter), responses((status = 200, body = Vec<HandoverSlot>), Problems))]
#[get("/handover-slots")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<RunHandovers>,
    Params(filter): Params<Filter>,
) -> ApiResult<Answer> {
    let filter = SlotFilter {
        workshop_id: filter.workshop_id,
    };
    let now = state.database.now();
    let slots = state
        .read(&who, move |db, actor| {
            handover::slots::slots(db, actor, &filter, now)
        })
        .await?;
    Ok(Answer::ok(&slots)?)
}

/// Withdraws a slot that no association chose.
#[utoipa::path(tag = "Handover", operation_id = "withdraw_slot", security(("bearer" = [])),
    params(("id" = HandoverSlotId, Path)), responses((status = 204), Problems))]
#[delete("/handover-slots/{id}")]
pub async fn withdraw(
    state: web::Data<State>,
    who: Allowed<RunHandovers>,
    PathId(id): PathId<kernel::HandoverSlot>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            handover::withdraw_slot(tx, actor, id)?;
            Ok(Answer::no_content())
        })
        .await
}

/// The slots that a lot may be collected in: those of its workshop that have room, and the one that
/// it has.
#[utoipa::path(tag = "Handover", operation_id = "list_slots_of_handover", security(("bearer" = [])),
    params(("id" = HandoverId, Path)), responses((status = 200, body = Vec<HandoverSlot>), Problems))]
#[get("/handovers/{id}/slots")]
pub async fn of_handover(
    state: web::Data<State>,
    who: Allowed<ReadHandovers>,
    PathId(id): PathId<kernel::Handover>,
) -> ApiResult<Answer> {
    let now = state.database.now();
    let slots = state
        .read(&who, move |db, actor| {
            handover::slots_for(db, actor, id, now)
        })
        .await?;
    Ok(Answer::ok(&slots)?)
}

/// Chooses when the lot is collected, or moves its appointment to another slot. Association and
/// workshop get the calendar entry by mail.
#[utoipa::path(tag = "Handover", operation_id = "choose_slot", security(("bearer" = [])),
    params(("id" = HandoverId, Path)), request_body = SlotChoice,
    responses((status = 200, body = HandoverView), Problems))]
#[post("/handovers/{id}/slot")]
pub async fn choose(
    state: web::Data<State>,
    who: Allowed<ChooseSlots>,
    PathId(id): PathId<kernel::Handover>,
    if_match: IfMatch,
    body: Body<SlotChoice>,
) -> ApiResult<Answer> {
    state
        .change(&who, id, if_match, move |tx, actor, id| {
            handover::choose_slot(tx, actor, id, &body)
        })
        .await
}
