//! `/waves/{id}/lines/{application_id}/explanation`, `/waves/{id}/notice`, `/waves/{id}/file`:
//! why, for those concerned and for everyone.

use actix_web::{get, web};
use allocation::explain::{Explanation, Notice};
use kernel::{ApplicationId, Language, WaveId};

use super::PathApplication;
use crate::access::{Allowed, ReadWaveLines};
use crate::reading::{Form, LanguageParams, Reading};
use crate::{Answer, ApiResult, PathId, Problems, State};

/// Why an application has what it has, in numbers and in sentences: for staff from the plan
/// on, for the association once the wave is approved. With `Accept: text/plain` the
/// sentences alone, with `Accept: text/html` a page to print, in French or English.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])),
    params(("id" = WaveId, Path), ("application_id" = ApplicationId, Path), LanguageParams),
    responses((status = 200, body = Explanation), Problems))]
#[get("/waves/{id}/lines/{application_id}/explanation")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadWaveLines>,
    PathId(id): PathId<kernel::Wave>,
    PathApplication(application): PathApplication,
    reading: Reading,
) -> ApiResult<Answer> {
    let now = state.database.now();
    let explanation = state
        .read(&who, move |db, actor| {
            allocation::explanation(db, actor, id, application, now)
        })
        .await?;
    Ok(match (reading.form, reading.language) {
        (Form::Page, language) => Answer::text(
            "text/html; charset=utf-8",
            allocation::explanation_page(&explanation, language),
        ),
        (Form::Text, language) => Answer::text(
            "text/plain; charset=utf-8",
            match language {
                Language::French => explanation.text.fr,
                Language::English => explanation.text.en,
            },
        ),
        _ => Answer::ok(&explanation)?,
    })
}

/// The public notice on the algorithm of a wave; with figures once the wave is approved. It
/// names no association and no person. With `Accept: text/html` a page to print.
#[utoipa::path(tag = "Allocation", params(("id" = WaveId, Path), LanguageParams),
    responses((status = 200, body = Notice), Problems))]
#[get("/waves/{id}/notice")]
pub async fn notice(
    state: web::Data<State>,
    PathId(id): PathId<kernel::Wave>,
    reading: Reading,
) -> ApiResult<Answer> {
    let notice = state
        .database
        .read(move |db| allocation::notice(db, id))
        .await?;
    Ok(match reading.form {
        Form::Page => Answer::text(
            "text/html; charset=utf-8",
            allocation::notice_page(&notice, reading.language),
        ),
        _ => Answer::ok(&notice)?,
    })
}

/// The inputs and the result of an approved wave, as `ressac plan` reads them: with this
/// file anyone can compute the wave again.
#[utoipa::path(tag = "Allocation", params(("id" = WaveId, Path)),
    responses((status = 200, body = Object), Problems))]
#[get("/waves/{id}/file")]
pub async fn file(state: web::Data<State>, PathId(id): PathId<kernel::Wave>) -> ApiResult<Answer> {
    let file = state
        .database
        .read(move |db| allocation::published(db, id))
        .await?;
    Ok(Answer::ok(&file)?)
}
