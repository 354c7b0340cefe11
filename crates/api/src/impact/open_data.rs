//! Open data: files for everybody and for machines, each made once a change. Pages of other sites may
//! read them.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, get, web};
use impact::Figures;
use impact::open_data::{self, Measure, Words};
use workshop::Stage;

use super::sharing::for_other_sites;
use crate::{Answer, ApiResult, Problems, Published, Routes, State};

/// The operations.
pub(super) fn routes(config: &mut Routes<'_, '_>) {
    config
        .service(awards)
        .service(figures_csv)
        .service(figures_json)
        .service(figures_schema);
}

/// Writes a table aside: it may have tens of thousands of rows.
async fn written(work: impl FnOnce() -> db::Result<Answer> + Send + 'static) -> db::Result<Answer> {
    web::block(work).await.map_err(db::Error::internal)?
}

/// The awards, as the national schema *subventions* 2.1.1 (SCDL) wants them: one row for what a
/// decision gives an application. Made once a change; `If-None-Match` is answered with 304.
#[utoipa::path(tag = "Open data",
    responses((status = 200, body = String, content_type = "text/csv"), (status = 304), Problems))]
#[get("/donnees/attributions.csv")]
async fn awards(
    request: HttpRequest,
    state: web::Data<State>,
    published: web::Data<Published>,
) -> ApiResult<HttpResponse> {
    let (published, state) = (published.into_inner(), state.into_inner());
    let database = Arc::clone(&state.database);
    let version = async move {
        let versions = database.read(open_data::versions).await?;
        Ok((format!("{versions:?}"), versions))
    };
    let make = async move |programmes| {
        let mut parts = Vec::new();
        for programme in programmes {
            parts.push((state.awards(&programme).await?, programme));
        }
        let publisher = Arc::clone(&state.publisher);
        written(move || {
            let rows = parts.iter().flat_map(|(awards, programme)| {
                let cells = |award| open_data::award_cells(award, &publisher, &programme.name);
                awards.iter().map(cells)
            });
            Answer::csv(&open_data::AWARD_COLUMNS, rows)
        })
        .await
    };
    let name = "open data: awards".to_owned();
    let answer = published.answer(&request, name, version, make).await?;
    Ok(for_other_sites(answer))
}

/// The figures of all programmes, a row a measure; `/donnees/chiffres.schema.json` says what they
/// mean. Made once a change; `If-None-Match` is answered with 304.
#[utoipa::path(tag = "Open data",
    responses((status = 200, body = String, content_type = "text/csv"), (status = 304), Problems))]
#[get("/donnees/chiffres.csv")]
async fn figures_csv(
    request: HttpRequest,
    state: web::Data<State>,
    published: web::Data<Published>,
) -> ApiResult<HttpResponse> {
    let table = |measures: Vec<Measure>| {
        let rows = measures.into_iter().map(open_data::measure_cells);
        Answer::csv(&open_data::MEASURE_COLUMNS, rows)
    };
    figures(&request, (state, published), "csv", table).await
}

/// The same rows as JSON, with the same fields.
#[utoipa::path(tag = "Open data",
    responses((status = 200, body = Vec<Measure>), (status = 304), Problems))]
#[get("/donnees/chiffres.json")]
async fn figures_json(
    request: HttpRequest,
    state: web::Data<State>,
    published: web::Data<Published>,
) -> ApiResult<HttpResponse> {
    let list = |measures: Vec<Measure>| Answer::ok(&measures);
    figures(&request, (state, published), "json", list).await
}

async fn figures(
    request: &HttpRequest,
    (state, published): (web::Data<State>, web::Data<Published>),
    form: &str,
    write: fn(Vec<Measure>) -> db::Result<Answer>,
) -> ApiResult<HttpResponse> {
    let (published, state) = (published.into_inner(), state.into_inner());
    let database = Arc::clone(&state.database);
    let version = async move {
        let counted = database.read(impact::counted_of_all).await?;
        Ok((format!("{counted:?}"), counted))
    };
    let make = async move |counted| {
        let mut all = Vec::new();
        for counted in counted {
            all.push(state.figures_of(counted).await?);
        }
        written(move || write(measured(&state, &all))).await
    };
    let name = format!("open data: figures as {form}");
    let answer = published.answer(request, name, version, make).await?;
    Ok(for_other_sites(answer))
}

fn measured(state: &State, all: &[Figures]) -> Vec<Measure> {
    let stage = |code: &str| match code.parse::<Stage>() {
        Ok(stage) => stage.french().to_owned(),
        Err(_) => code.to_owned(),
    };
    let themes = &state.eligibility.lists.themes;
    let theme = |code: &str| {
        let known = themes.iter().find(|term| term.code == code);
        known.map_or_else(|| code.to_owned(), |term| term.fr.clone())
    };
    let words = Words {
        stage: &stage,
        theme: &theme,
    };
    let measures = all
        .iter()
        .flat_map(|figures| open_data::measures(figures, &words));
    measures.collect()
}

/// The data dictionary of the figures: a Table Schema.
#[utoipa::path(tag = "Open data", responses((status = 200, body = Object), (status = 304), Problems))]
#[get("/donnees/chiffres.schema.json")]
async fn figures_schema(
    request: HttpRequest,
    published: web::Data<Published>,
) -> ApiResult<HttpResponse> {
    let name = "open data: dictionary of the figures".to_owned();
    let version = async { Ok((String::new(), ())) };
    let make = async |()| Answer::ok(&open_data::measure_schema());
    let answer = published.into_inner().answer(&request, name, version, make);
    Ok(for_other_sites(answer.await?))
}
