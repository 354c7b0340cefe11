//! `POST /territories`.

use actix_web::{HttpRequest, post, web};
use eligibility::TerritoryReport;
use kernel::Language;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Allowed, ManageProgrammes};
use crate::problem::{ProblemField, language_of};
use crate::{Answer, ApiResult, Params, Problems, State, Upload};

/// Where the table comes from.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Origin {
    /// The publication, as explanations cite it.
    source: Option<String>,
}

/// What a table was worth.
#[derive(Debug, Serialize, ToSchema)]
pub struct Loaded {
    /// Rows of the file.
    rows: usize,
    /// Rows that were taken.
    accepted: usize,
    /// Rows that were not.
    rejected: usize,
    /// Why, by line.
    errors: Vec<ProblemField>,
}

impl Loaded {
    fn new(report: TerritoryReport, language: Language) -> Self {
        let errors = report
            .errors
            .into_iter()
            .map(|error| ProblemField::new(error, language));
        Self {
            rows: report.rows,
            accepted: report.accepted,
            rejected: report.rejected,
            errors: errors.collect(),
        }
    }
}

/// Loads the table of the digital fragility index in the place of the one before. Rows that
/// are impossible are named and left out; the others are taken.
#[utoipa::path(tag = "Eligibility", security(("bearer" = [])), params(Origin),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = Loaded), Problems))]
#[post("/territories")]
pub async fn load(
    state: web::Data<State>,
    who: Allowed<ManageProgrammes>,
    Params(origin): Params<Origin>,
    request: HttpRequest,
    file: Upload,
) -> ApiResult<Answer> {
    file.of_type(&["text/csv", "application/csv", "application/vnd.ms-excel"])?;
    let language = language_of(request.headers());
    let read = state.database.compute(Some(who.asks()), move || {
        eligibility::read_territories(&file.bytes)
    });
    let table = read.await?;
    state
        .write_long(&who, move |tx, _| {
            let report = eligibility::load_territories(tx, &table, origin.source.as_deref())?;
            Answer::ok(&Loaded::new(report, language))
        })
        .await
}
