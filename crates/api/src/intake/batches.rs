//! `/batches`: beginning one, finding one.

use actix_web::{get, post, web};
use intake::{Batch, BatchFilter, BatchStatus, NewBatch};
use kernel::{OrganisationId, Page, PageRequest};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::access::{Allowed, ReadBatches, RegisterBatches};
use crate::{
    Answer, ApiResult, Body, Csv, Paging, PagingParams, Params, PathId, Problems, State, Versioned,
};

/// Begins a batch, as a draft: a donor's own, or the donor's that staff name.
#[utoipa::path(tag = "Donor intake", security(("bearer" = [])), request_body = NewBatch,
    responses((status = 201, body = Batch), Problems))]
#[post("/batches")]
pub async fn create(
    state: web::Data<State>,
    who: Allowed<RegisterBatches>,
    body: Body<NewBatch>,
) -> ApiResult<Answer> {
    state
        .write(&who, move |tx, actor| {
            let batch = intake::register(tx, actor, &body)?;
            Ok(Answer::created(&batch)?.version(batch.version))
        })
        .await
}

/// Which batches to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// In this status.
    status: Option<BatchStatus>,
    /// Of this donor.
    #[param(value_type = Option<String>)]
    donor_id: Option<OrganisationId>,
    /// With these words in reference, title or donor.
    q: Option<String>,
}

/// Batches, the newest first: the city sees all, a donor its own, a workshop those it
/// fetches.
#[utoipa::path(tag = "Donor intake", security(("bearer" = [])), params(Filter, PagingParams, Csv),
    responses((status = 200, body = Page<Batch>), Problems))]
#[get("/batches")]
pub async fn list(
    state: web::Data<State>,
    who: Allowed<ReadBatches>,
    Params(filter): Params<Filter>,
    Paging(page): Paging,
    Csv(csv): Csv,
) -> ApiResult<Answer> {
    let filter = BatchFilter {
        status: filter.status,
        donor_id: filter.donor_id,
        q: filter.q,
    };
    let page = if csv { PageRequest::everything() } else { page };
    let page = state
        .read_table(&who, csv, move |db, actor| {
            intake::batches(db, actor, &filter, &page)
        })
        .await?;
    if csv {
        return Ok(table(page.items)?);
    }
    Ok(Answer::ok(&page)?)
}

/// One batch, within the same bounds.
#[utoipa::path(tag = "Donor intake", security(("bearer" = [])), params(("id" = kernel::BatchId, Path)),
    responses((status = 200, body = Batch), Problems))]
#[get("/batches/{id}")]
pub async fn get(
    state: web::Data<State>,
    who: Allowed<ReadBatches>,
    PathId(id): PathId<kernel::Batch>,
) -> ApiResult<Answer> {
    let batch = state
        .read(&who, move |db, actor| intake::batch(db, actor, id))
        .await?;
    Ok(batch.answer()?)
}

fn table(batches: Vec<Batch>) -> db::Result<Answer> {
    let header = [
        "id",
        "reference",
        "title",
        "status",
        "donor_id",
        "donor_name",
        "workshop_id",
        "workshop_name",
        "declared",
        "on_manifest",
        "from",
        "to",
        "collected_at",
        "pallets",
        "weight_kg",
        "created_at",
    ];
    let rows = batches.into_iter().map(|batch| {
        let declared = batch.declared_total().to_string();
        let text = |value: Option<String>| value.unwrap_or_default();
        [
            batch.id.to_string(),
            batch.reference,
            batch.title,
            batch.status.to_string(),
            batch.donor_id.to_string(),
            batch.donor_name,
            text(batch.workshop_id.map(|id| id.to_string())),
            text(batch.workshop_name),
            declared,
            text(batch.manifest.map(|manifest| manifest.rows.to_string())),
            text(batch.scheduled.map(|window| window.from.to_string())),
            text(batch.scheduled.map(|window| window.to.to_string())),
            text(batch.collected_at.map(|at| at.to_string())),
            text(batch.pallets.map(|pallets| pallets.to_string())),
            text(batch.weight_kg.map(|kilograms| kilograms.to_string())),
            batch.created_at.to_string(),
        ]
    });
    Answer::csv(&header, rows)
}
