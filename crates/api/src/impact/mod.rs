//! Figures that anyone may read.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, get, web};
use impact::{Counted, Figures, Given};
use kernel::ProgrammeId;

use crate::Routes;
use crate::{Answer, ApiResult, Once, PathId, Problems, Published, State};

/// What the waves of programmes gave: a part of their figures that seldom changes.
pub(crate) type KeptGiven = Once<Arc<Given>>;

/// The operations of this area.
pub fn routes(config: &mut Routes<'_, '_>) {
    config.service(figures);
}

/// What a programme did so far: devices by stage, lots, associations, territories. It names
/// no association and no person. Made once a change; `If-None-Match` is answered with 304.
#[utoipa::path(tag = "Figures", params(("id" = ProgrammeId, Path)),
    responses((status = 200, body = Figures), (status = 304), Problems))]
#[get("/programmes/{id}/figures")]
pub async fn figures(
    request: HttpRequest,
    state: web::Data<State>,
    published: web::Data<Published>,
    given: web::Data<KeptGiven>,
    PathId(id): PathId<kernel::Programme>,
) -> ApiResult<HttpResponse> {
    let (published, kept) = (published.into_inner(), given.into_inner());
    let (database, again) = (Arc::clone(&state.database), Arc::clone(&state.database));
    let version = async move {
        let counted = database.read(move |db| impact::counted(db, id)).await?;
        Ok((format!("{counted:?}"), counted))
    };
    let make = async move |counted: Counted| {
        let version = counted.given.to_string();
        let version = async { Ok((version, ())) };
        let make = async move |()| {
            let given = again.read_long(None, move |db| impact::given(db, id));
            given.await.map(Arc::new)
        };
        let given = kept.get(&id.to_string(), version, make).await?;
        Answer::ok(&Figures::of(counted, (*given).clone()))
    };
    let name = format!("figures of {id}");
    Ok(published.answer(&request, name, version, make).await?)
}
