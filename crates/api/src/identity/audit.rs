//! `GET /audit`.

use actix_web::{get, web};
use identity::audit::Subject;
use identity::{AuditEvent, AuditFilter};
use kernel::{Id, Page, PageRequest, PersonId};
use serde::Deserialize;
use utoipa::IntoParams;

use ::web::columns;

use crate::access::{Allowed, ReadAudit};
use crate::{Answer, ApiResult, Csv, Paging, PagingParams, Params, Problems, State};

/// Which events to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// About this person, application, wave …
    #[param(value_type = Option<String>, format = "uuid")]
    subject: Option<Id<Subject>>,
    /// By this person.
    actor: Option<PersonId>,
}

/// Who saw and changed what, the newest first. Each line carries the hash of the one before
/// of the same subject; `ressac audit verify` proves them all. As CSV, the newest 50 000.
#[utoipa::path(tag = "Identity", security(("bearer" = [])), params(Filter, PagingParams, Csv),
    responses((status = 200, body = Page<AuditEvent>), Problems))]
#[get("/audit")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadAudit>,
    Params(filter): Params<Filter>,
    Paging(page): Paging,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let page = if csv {
        PageRequest::first(columns::MOST)
    } else {
        page
    };
    let filter = AuditFilter {
        subject: filter.subject,
        actor: filter.actor,
    };
    let page = state
        .read_table(&who, csv, move |db, _| {
            identity::audit_events(db, &filter, &page)
        })
        .await?;
    match csv {
        true => Ok(columns::audit(page.items)?),
        false => Ok(Answer::ok(&page)?),
    }
}
