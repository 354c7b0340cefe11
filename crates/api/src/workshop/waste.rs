//! `/waste`: what was scrapped, or is left of what was taken apart.

use actix_web::{get, web};
use kernel::{Date, OrganisationId};
use serde::Deserialize;
use utoipa::IntoParams;
use workshop::{WASTE_COLUMNS, WasteFilter, WasteList};

use crate::access::{Allowed, ReadWaste};
use crate::{Answer, ApiResult, Csv, Paging, PagingParams, Params, Problems, State};

/// Which waste to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WasteParams {
    /// From this day on, by the clock of Paris.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// Up to and with this day.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
    /// Of this workshop.
    #[param(value_type = Option<String>)]
    workshop_id: Option<OrganisationId>,
    /// Of this category, such as `weee_2`.
    category: Option<String>,
    /// With a waste note (`true`), or still without one (`false`).
    noted: Option<bool>,
}

/// Devices that were scrapped or taken apart, the batteries that were taken out of them, and the
/// totals of the whole list per category of waste: a workshop's own, or all for the city. As CSV,
/// the whole list at once.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])),
    params(WasteParams, PagingParams, Csv), responses((status = 200, body = WasteList), Problems))]
#[get("/waste")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadWaste>,
    Params(params): Params<WasteParams>,
    Paging(page): Paging,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let filter = WasteFilter {
        from: params.from,
        to: params.to,
        workshop_id: params.workshop_id,
        category: params.category,
        noted: params.noted,
    };
    if csv {
        let rows = state
            .read_long(&who, move |db, actor| {
                workshop::waste_rows(db, actor, &filter)
            })
            .await?;
        return Ok(Answer::csv(&WASTE_COLUMNS, rows)?);
    }
    let found = state
        .read(&who, move |db, actor| {
            workshop::waste(db, actor, &filter, &page)
        })
        .await?;
    Ok(Answer::ok(&found)?)
}
