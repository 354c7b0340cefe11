//! `/notifications/templates`: how messages read, with examples.

use std::sync::Arc;

use actix_web::{HttpRequest, get, web};
use kernel::{Language, Refusal};
use notifications::{Preview, TemplateRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Allowed, ReadOutbox};
use crate::problem::language_of;
use crate::{Answer, ApiResult, Params, Problems, State};

/// Every message that the program sends.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateList {
    /// In the order of the table « who hears what ».
    items: Vec<TemplateRow>,
}

/// Every message that the program sends, and the examples that a preview is made with.
#[utoipa::path(tag = "Notifications", operation_id = "list_templates", security(("bearer" = [])),
    responses((status = 200, body = TemplateList), Problems))]
#[get("/notifications/templates")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadOutbox>,
    request: HttpRequest,
) -> ApiResult<Answer> {
    let templates = Arc::clone(&state.templates);
    let language = language_of(request.headers());
    let items = state
        .read(&who, move |_, _| Ok(templates.list(language)))
        .await?;
    Ok(Answer::ok(&TemplateList { items })?)
}

/// How to show a message.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// `fr` or `en`; else by `Accept-Language`.
    lang: Option<Language>,
    /// Which of its examples; else the first.
    variant: Option<String>,
}

/// How a message reads, with an example, in plain text and in HTML.
#[utoipa::path(tag = "Notifications", operation_id = "preview_template", security(("bearer" = [])),
    params(("kind" = String, Path, description = "Such as `lot_granted`."), Wanted),
    responses((status = 200, body = Preview), Problems))]
#[get("/notifications/templates/{kind}/preview")]
pub async fn preview(
    state: web::Data<State>,
    who: Allowed<ReadOutbox>,
    request: HttpRequest,
    kind: web::Path<String>,
    Params(wanted): Params<Wanted>,
) -> ApiResult<Answer> {
    let templates = Arc::clone(&state.templates);
    let language = wanted
        .lang
        .unwrap_or_else(|| language_of(request.headers()));
    let preview = state
        .read(&who, move |_, _| {
            let preview = templates.preview(&kind, wanted.variant.as_deref(), language);
            Ok(preview.ok_or_else(Refusal::not_found)?)
        })
        .await?;
    Ok(Answer::ok(&preview)?)
}
