//! Personal data (GDPR): `GET /me/data`, `GET /people/{id}/data`, `POST /people/{id}/erase`.

use actix_web::{get, post, web};
use identity::PersonalData;
use kernel::PersonId;

use crate::access::{Allowed, ManageAccount, ManagePeople};
use crate::{Answer, ApiResult, PathId, Problems, State};

/// Everything that is held about oneself.
#[utoipa::path(tag = "Identity", security(("bearer" = [])),
    responses((status = 200, body = PersonalData), Problems))]
#[get("/me/data")]
pub async fn mine(state: web::Data<State>, who: Allowed<ManageAccount>) -> ApiResult<Answer> {
    let data = state
        .read_long(&who, |db, actor| identity::personal_data(db, actor.person))
        .await?;
    Ok(Answer::ok(&data)?)
}

/// Everything that is held about somebody who asked for it by letter.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(("id" = PersonId, Path)),
    responses((status = 200, body = PersonalData), Problems))]
#[get("/people/{id}/data")]
pub async fn of_person(
    state: web::Data<State>,
    who: Allowed<ManagePeople>,
    PathId(id): PathId<kernel::Person>,
) -> ApiResult<Answer> {
    let data = state
        .read_long(&who, move |db, _| identity::personal_data(db, id))
        .await?;
    Ok(Answer::ok(&data)?)
}

/// Erases somebody: no name, address, password, session or mail of theirs is left. What they
/// did for their organization or the city stays, under an id that names nobody. A repeat
/// changes nothing. It takes a sign-in or a proof of a few minutes ago (`proof_required`).
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(("id" = PersonId, Path)),
    responses((status = 204, description = "Erased"), Problems))]
#[post("/people/{id}/erase")]
pub async fn erase(
    state: web::Data<State>,
    who: Allowed<ManagePeople>,
    PathId(id): PathId<kernel::Person>,
) -> ApiResult<Answer> {
    let signer = state.signer.clone();
    state
        .write(&who, move |tx, actor| {
            identity::freshly_proven(tx, &signer, actor)?;
            identity::erase_person(tx, id)?;
            Ok(Answer::no_content())
        })
        .await
}
