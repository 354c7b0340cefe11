//! `GET /lists`.

use actix_web::{get, web};
use eligibility::Lists;

use crate::access::Anyone;
use crate::{Answer, ApiResult, State};

/// What the forms offer to choose from, and the text of the commitments.
#[utoipa::path(tag = "Eligibility", responses((status = 200, body = Lists)))]
#[get("/lists")]
pub async fn get(state: web::Data<State>, _who: Anyone) -> ApiResult<Answer> {
    Ok(Answer::ok(&state.eligibility.lists)?)
}
