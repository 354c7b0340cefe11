//! `PUT /batches/{id}/manifest`: the donor's list, as its spreadsheet program writes it.

use actix_web::{HttpRequest, put, web};
use intake::manifest::{DateOrder, Sheets};
use intake::{Answers, Batch, ManifestReport};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::upload::UploadedList;
use crate::access::{Allowed, RegisterBatches};
use crate::problem::{ProblemField, language_of};
use crate::{Answer, ApiResult, IfMatch, ManifestLimit, Params, PathId, Problems, State};

/// What to do with the file.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Options {
    /// True to be told what was understood and what is wrong, without storing anything.
    #[serde(default)]
    dry_run: bool,
    /// Of a workbook with several lists, the sheet to read; `*` for all that list devices.
    sheet: Option<String>,
    /// In which order days and months are written where the list does not tell: `dmy`
    /// (31/12/2019) or `mdy` (12/31/2019).
    #[param(inline)]
    dates: Option<DateOrder>,
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
/// nothing. A workbook (`.xlsx`, `.ods`), of which the sheet of devices is read, or CSV:
/// semicolons, commas or tabs; UTF-8, UTF-16 or Windows-1252; column names in French or English,
/// in any order. The same file again changes nothing. Until the truck has come the list may be
/// replaced, also after the batch was submitted; `difference` says how, devices on both lists
/// keep their tags, and staff are written to.
///
/// `warnings` say what to know: lines left out as totals or titles (`lines_left_out`), rows
/// hidden in the spreadsheet program and read all the same (`hidden_rows`), formulas without a
/// stored value (`formulas_without_value`), column names on two lines (`two_line_header`), days
/// read with the month first (`month_first`), sheets not read (`other_sheets`). `questions` are
/// answered by a parameter of the next upload: `ambiguous_dates` by `dates` (without an answer
/// the day comes first), `several_sheets` by `sheet` (without an answer nothing is stored: 422
/// `several_sheets`).
#[utoipa::path(tag = "Donor intake", security(("bearer" = [])),
    params(("id" = kernel::BatchId, Path), Options),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = ManifestAnswer), Problems))]
#[put("/batches/{id}/manifest")]
#[allow(clippy::too_many_arguments)] // each is an extractor
pub async fn put(
    request: HttpRequest,
    state: web::Data<State>,
    who: Allowed<RegisterBatches>,
    PathId(id): PathId<kernel::Batch>,
    Params(options): Params<Options>,
    limit: web::Data<ManifestLimit>,
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
    let answers = Answers {
        sheets: Sheets::said(options.sheet),
        dates: options.dates,
    };
    let (bounds, asked) = ((state.database.now(), limit.rows), answers.clone());
    let reading = state
        .read(&who, move |db, actor| {
            if_match.of::<Batch>(db, actor, id)?;
            intake::manifest_reading(db, actor, id, bounds, &asked)
        })
        .await?;
    let read = state
        .database
        .compute(Some(who.asks()), move || {
            intake::read_manifest(&upload.0, reading, answers)
        })
        .await?;
    if options.dry_run {
        let report = state
            .read_long(&who, move |db, actor| {
                intake::check_manifest(db, actor, id, &read)
            })
            .await?;
        return Ok(answer(report)?);
    }
    state
        .write_long(&who, move |tx, actor| {
            if_match.of::<Batch>(tx, actor, id)?;
            let report = intake::put_manifest(tx, actor, id, &read)?;
            let batch = intake::batch(tx, actor, id)?;
            Ok(answer(report)?.version(batch.version))
        })
        .await
}
