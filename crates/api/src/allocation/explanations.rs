//! `/waves/{id}/lines/{application_id}/explanation`, `/waves/{id}/notice`, `/waves/{id}/file`:
//! why, for those concerned and for everyone.

use actix_web::http::header::ACCEPT;
use actix_web::{HttpRequest, get, web};
use allocation::explain::{Explanation, Notice};
use kernel::{ApplicationId, Language, WaveId};

use super::PathApplication;
use crate::access::{Allowed, ReadWaveLines};
use crate::problem::language_of;
use crate::{Answer, ApiResult, PathId, Problems, State};

/// Why an application has what it has, in numbers and in sentences: for staff from the plan
/// on, for the association once the wave is approved. With `Accept: text/plain` the
/// sentences alone, with `Accept: text/html` a page to print, in French or English.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])),
    params(("id" = WaveId, Path), ("application_id" = ApplicationId, Path)),
    responses((status = 200, body = Explanation), Problems))]
#[get("/waves/{id}/lines/{application_id}/explanation")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadWaveLines>,
    PathId(id): PathId<kernel::Wave>,
    PathApplication(application): PathApplication,
    request: HttpRequest,
) -> ApiResult<Answer> {
    let now = state.database.now();
    let explanation = state
        .read(&who, move |db, actor| {
            allocation::explanation(db, actor, id, application, now)
        })
        .await?;
    Ok(match form(&request) {
        Form::Page(language) => Answer::text(
            "text/html; charset=utf-8",
            allocation::explanation_page(&explanation, language),
        ),
        Form::Text(language) => Answer::text(
            "text/plain; charset=utf-8",
            match language {
                Language::French => explanation.text.fr,
                Language::English => explanation.text.en,
            },
        ),
        Form::Json => Answer::ok(&explanation)?,
    })
}

/// How an answer is to be written, by `Accept` and `Accept-Language`.
enum Form {
    Json,
    Text(Language),
    Page(Language),
}

fn form(request: &HttpRequest) -> Form {
    let language = language_of(request.headers());
    let accept = request.headers().get(ACCEPT);
    let accept = accept.and_then(|value| value.to_str().ok());
    let accept = accept.unwrap_or_default().to_ascii_lowercase();
    let first = accept.split(',').next().unwrap_or_default().trim();
    if first.starts_with("text/html") {
        Form::Page(language)
    } else if first.starts_with("text/plain") {
        Form::Text(language)
    } else {
        Form::Json
    }
}

/// The public notice on the algorithm of a wave; with figures once the wave is approved. It
/// names no association and no person. With `Accept: text/html` a page to print.
#[utoipa::path(tag = "Allocation", params(("id" = WaveId, Path)),
    responses((status = 200, body = Notice), Problems))]
#[get("/waves/{id}/notice")]
pub async fn notice(
    state: web::Data<State>,
    PathId(id): PathId<kernel::Wave>,
    request: HttpRequest,
) -> ApiResult<Answer> {
    let notice = state
        .database
        .read(move |db| allocation::notice(db, id))
        .await?;
    Ok(match form(&request) {
        Form::Page(language) => Answer::text(
            "text/html; charset=utf-8",
            allocation::notice_page(&notice, language),
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
