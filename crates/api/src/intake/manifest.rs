//! `PUT /batches/{id}/manifest`: the donor's list, as its spreadsheet program writes it.

use actix_web::{HttpRequest, put, web};
use intake::{Batch, ManifestReport};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::upload::UploadedList;
use crate::access::{Allowed, RegisterBatches};
use crate::problem::{ProblemField, language_of};
use crate::{Answer, ApiResult, IfMatch, Params, PathId, Problems, State};

/// What to do with the file.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Options {
    /// True to be told what was understood and what is wrong, without storing anything.
    #[serde(default)]
    dry_run: bool,
}

/// What was understood of a file, and what is wrong with it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ManifestAnswer {
    /// What was understood.
    #[serde(flatten)]
    report: ManifestReport,
    /// Every mistake, by line and column.
    errors: Vec<ProblemField>,
}

/// Uploads the list of devices, a line each, in place of an earlier one: all of it or
/// nothing. A workbook (`.xlsx`, `.ods`), of which the sheet of devices is read, or CSV: semicolons, commas or tabs; UTF-8, UTF-16 or Windows-1252; column names in
/// French or English, in any order. The same file again changes nothing.
#[utoipa::path(tag = "Donor intake", security(("bearer" = [])),
    params(("id" = kernel::BatchId, Path), Options),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = ManifestAnswer), Problems))]
#[put("/batches/{id}/manifest")]
pub async fn put(
    request: HttpRequest,
    state: web::Data<State>,
    who: Allowed<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
    Params(options): Params<Options>,
    if_match: IfMatch,
    upload: UploadedList,
) -> ApiResult<Answer> {
    let language = language_of(request.headers());
    let answer = move |mut report: ManifestReport| {
        let errors = std::mem::take(&mut report.errors);
        let errors = errors
            .into_iter()
            .map(|error| ProblemField::new(error, language))
            .collect();
        Answer::ok(&ManifestAnswer { report, errors })
    };
    if options.dry_run {
        let now = state.database.now();
        let report = state
            .read(&who, move |db, actor| {
                if_match.of::<Batch>(db, actor, id)?;
                intake::check_manifest(db, actor, id, &upload.0, now)
            })
            .await?;
        return Ok(answer(report)?);
    }
    state
        .write(&who, move |tx, actor| {
            if_match.of::<Batch>(tx, actor, id)?;
            let report = intake::put_manifest(tx, actor, id, &upload.0)?;
            let batch = intake::batch(tx, actor, id)?;
            Ok(answer(report)?.version(batch.version))
        })
        .await
}
