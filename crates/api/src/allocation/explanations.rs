//! `/waves/{id}/lines/{application_id}/explanation`, `/waves/{id}/notice`, `/waves/{id}/file`:
//! why, for those concerned and for everyone.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use allocation::explain::{Explanation, Notice};
use kernel::{ApplicationId, Language, WaveId};

use super::{PathApplication, to_page};
use crate::access::{Allowed, ReadWaveLines};
use crate::reading::{Form, LanguageParams, Reading};
use crate::{Answer, ApiResult, PathId, Problems, Published, State};

/// Why an application has what it has, in numbers and in sentences: for staff from the plan
/// on, for the association once the wave is approved. With `Accept: text/plain` the
/// sentences alone, in French or English; with `Accept: text/html` leads to its page.
#[utoipa::path(tag = "Allocation", security(("bearer" = [])),
    params(("id" = WaveId, Path), ("application_id" = ApplicationId, Path), LanguageParams),
    responses((status = 200, body = Explanation), (status = 303), Problems))]
#[get("/waves/{id}/lines/{application_id}/explanation")]
pub async fn get(
    request: HttpRequest,
    state: web::Data<State>,
    who: Allowed<ReadWaveLines>,
    PathId(id): PathId<kernel::Wave>,
    PathApplication(application): PathApplication,
    reading: Reading,
) -> ApiResult<HttpResponse> {
    let now = state.database.now();
    let is_city = who.actor().is_city();
    let explanation = state
        .read_long(&who, move |db, actor| {
            allocation::explanation(db, actor, id, application, now)
        })
        .await?;
    let answer = match (reading.form, reading.language) {
        (Form::Page, _) if is_city => {
            let page = format!("/ville/vagues/{id}/lignes/{application}");
            return Ok(to_page(&request, &page));
        }
        (Form::Page, _) => {
            let page = format!("/demandes/{application}/explication/{id}");
            return Ok(to_page(&request, &page));
        }
        (Form::Text, language) => Answer::text(
            "text/plain; charset=utf-8",
            match language {
                Language::French => explanation.text.fr,
                Language::English => explanation.text.en,
            },
        ),
        _ => Answer::ok(&explanation)?,
    };
    Ok(answer.respond_to(&request))
}

/// The public notice on the algorithm of a wave; with figures once the wave is approved. It
/// names no association and no person. With `Accept: text/html` leads to its page. Made once a
/// change; `If-None-Match` is answered with 304.
#[utoipa::path(tag = "Allocation", params(("id" = WaveId, Path), LanguageParams),
    responses((status = 200, body = Notice), (status = 303), (status = 304), Problems))]
#[get("/waves/{id}/notice")]
pub async fn notice(
    request: HttpRequest,
    state: web::Data<State>,
    published: web::Data<Published>,
    PathId(id): PathId<kernel::Wave>,
    reading: Reading,
) -> ApiResult<HttpResponse> {
    if reading.form == Form::Page {
        version(&state, id, false).await?;
        return Ok(to_page(&request, &format!("/vagues/{id}")));
    }
    let database = Arc::clone(&state.database);
    let make = async move |()| {
        let notice = database.read_long(None, move |db| allocation::notice(db, id));
        Answer::ok(&notice.await?)
    };
    let name = format!("notice of {id}");
    let published = published.into_inner();
    let version = version(&state, id, false);
    Ok(published.answer(&request, name, version, make).await?)
}

/// By what to know whether what is published of a wave is still so.
fn version(
    state: &State,
    id: WaveId,
    decided: bool,
) -> impl Future<Output = db::Result<(String, ())>> + use<> {
    let database = Arc::clone(&state.database);
    async move {
        let version = database.read(move |db| allocation::published_version(db, id, decided));
        Ok((version.await?, ()))
    }
}

/// The inputs and the result of an approved wave, as `ressac plan` reads them: with this
/// file anyone can compute the wave again. `If-None-Match` is answered with 304.
#[utoipa::path(tag = "Allocation", params(("id" = WaveId, Path)),
    responses((status = 200, body = Object), (status = 304), Problems))]
#[get("/waves/{id}/file")]
pub async fn file(
    request: HttpRequest,
    state: web::Data<State>,
    published: web::Data<Published>,
    PathId(id): PathId<kernel::Wave>,
) -> ApiResult<HttpResponse> {
    let database = Arc::clone(&state.database);
    let make = async move |()| {
        let file = database.read_long(None, move |db| allocation::published(db, id));
        Answer::ok(&file.await?)
    };
    let (published, version) = (published.into_inner(), version(&state, id, true));
    let name = format!("file of {id}");
    Ok(published.answer(&request, name, version, make).await?)
}
