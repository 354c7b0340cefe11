//! `/labels` and `/labels/test`: labels for devices, as PDF or ZPL.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, get, web};
use kernel::{BatchId, Refusal};
use serde::Deserialize;
use utoipa::IntoParams;
use workshop::LabelChoice;

use crate::access::{Allowed, ReadEvidence};
use crate::problem::language_of;
use crate::{ApiResult, Params, Problems, State};
use ::web::labels::{self, Form, Print};

/// Which labels, for what printer.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Options {
    /// Tags, serial numbers or ids, separated by commas, in the order in which they are printed;
    /// at most 2000.
    devices: Option<String>,
    /// Every device of this batch, the missing ones left out.
    #[param(value_type = Option<String>)]
    batch_id: Option<BatchId>,
    /// What is in the printer: `a4-24`, `62x29`, `57x32`, or a size of the settings; the first of
    /// these when not said.
    stock: Option<String>,
    /// Labels of the first sheet that are used already.
    used: Option<u16>,
    /// `pdf`, which it is when not said, or `zpl`.
    form: Option<String>,
}

/// What a printer is tried with.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TestOptions {
    /// As for `/labels`.
    stock: Option<String>,
    /// As for `/labels`.
    form: Option<String>,
}

fn print(
    state: &State,
    request: &HttpRequest,
    (stock, form): (Option<&str>, Option<&str>),
    used: Option<u16>,
) -> Result<Print, Refusal> {
    Ok(Print {
        stock: labels::stock(&state.labels, stock)?,
        form: Form::said(form)?,
        used: usize::from(used.unwrap_or_default()),
        language: language_of(request.headers()),
    })
}

fn file(form: Form, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, form.media_type()))
        .insert_header((
            CONTENT_DISPOSITION,
            format!("inline; filename=\"{}\"", form.file_name()),
        ))
        .body(bytes)
}

/// Labels for devices: the tag in large letters, as a bar code (Code 128) and as a QR code, the
/// model, and how far the erasure of the drives is. As PDF of the exact size, to be printed at
/// 100 %, or as ZPL for a label printer of 203 dpi.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])), params(Options),
    responses((status = 200, body = String, content_type = "application/pdf"), Problems))]
#[get("/labels")]
pub async fn devices(
    request: HttpRequest,
    state: web::Data<State>,
    who: Allowed<ReadEvidence>,
    Params(options): Params<Options>,
) -> ApiResult<HttpResponse> {
    let asked = (options.stock.as_deref(), options.form.as_deref());
    let print = print(&state, &request, asked, options.used)?;
    let names = options.devices.unwrap_or_default();
    let names = names.split(',').map(str::trim).filter(|it| !it.is_empty());
    let choice = LabelChoice {
        devices: names.map(str::to_owned).collect(),
        batch: options.batch_id,
    };
    let found = state
        .read_long(&who, move |db, actor| workshop::labels(db, actor, &choice))
        .await?;
    let form = print.form;
    let bytes = labels::print(&state, who.asks(), print, found).await?;
    Ok(file(form, bytes))
}

/// A label with a frame at its edge and a scale of millimetres, to hold beside a ruler.
#[utoipa::path(tag = "Workshop", security(("bearer" = [])), params(TestOptions),
    responses((status = 200, body = String, content_type = "application/pdf"), Problems))]
#[get("/labels/test")]
pub async fn test(
    request: HttpRequest,
    state: web::Data<State>,
    who: Allowed<ReadEvidence>,
    Params(options): Params<TestOptions>,
) -> ApiResult<HttpResponse> {
    let asked = (options.stock.as_deref(), options.form.as_deref());
    let print = print(&state, &request, asked, None)?;
    // whoever is signed out gets none
    state.read(&who, |_, _| Ok(())).await?;
    let form = print.form;
    let bytes = labels::print_test(&state, who.asks(), print).await?;
    Ok(file(form, bytes))
}
