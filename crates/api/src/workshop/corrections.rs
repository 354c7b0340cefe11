//! `/devices/{id}/corrections`: a mistake is put right by a new line of the log.

use actix_web::{post, web};
use serde_json::Value;
use workshop::{DeviceView, Incoming, Recorded};

use super::hardware::answer;
use crate::access::{Allowed, CorrectDevices};
use crate::{Answer, ApiResult, Body, IfMatch, PathId, Problems, State};

/// Puts a mistake right: the event `corrected`, which a workshop may also send with its others.
/// `event_id` names a `scrapped`, `harvested` or `missing` that was said of the wrong device;
/// `kind`, `serial`, `manufacturer` and `model` say what it is in truth; `same_as` names the
/// announced device that a machine nobody had announced turned out to be. Once something
/// irrevocable followed, such as a waste note, only the city can.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])), params(("id" = kernel::DeviceId, Path)),
    request_body = Incoming, responses((status = 200, body = Recorded), Problems))]
#[post("/devices/{id}/corrections")]
pub async fn post(
    state: web::Data<State>,
    who: Allowed<CorrectDevices>,
    PathId(id): PathId<kernel::Device>,
    if_match: IfMatch,
    body: Body<Value>,
) -> ApiResult<Answer> {
    let correction = workshop::read_correction(&body)?;
    state
        .write(&who, move |tx, actor| {
            workshop::lock(tx, id)?;
            if_match.of::<DeviceView>(tx, actor, id)?;
            answer(&workshop::correct(tx, actor, id, &correction)?)
        })
        .await
}
