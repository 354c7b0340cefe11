//! `/atelier/etiquettes`: labels for devices, one, several or all of a batch, on sheets and rolls.

use ::web::access::ReadEvidence;
use ::web::labels::{self, Form as Output, Print};
use ::web::{ApiError, ApiResult};
use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use kernel::{BatchId, Language, Refusal};
use serde::{Deserialize, Serialize};
use workshop::LabelChoice;

use crate::{Form, FormView, Page, PageResult, Sample, View};

#[derive(Serialize)]
struct LabelsPage {
    stocks: Vec<Row>,
    /// The batch whose devices are printed, as people call it.
    batch: Option<String>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    /// In millimetres.
    width: String,
    height: String,
    /// Labels of a sheet; none on a roll.
    places: Option<usize>,
}

impl View for LabelsPage {
    const TEMPLATE: &'static str = "labels.html";
}

/// What the address says.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Asked {
    /// Numbers, one a line.
    devices: Option<String>,
    batch: Option<BatchId>,
    stock: Option<String>,
    used: Option<u16>,
    form: Option<String>,
}

/// The address as a form: it changes nothing, so it is asked for by GET.
fn asked(page: &Page<ReadEvidence>) -> Result<Form, Refusal> {
    let query = page.request().query_string().to_owned();
    Form::parse("application/x-www-form-urlencoded", &query.into())
}

async fn load(page: &Page<ReadEvidence>, batch: Option<BatchId>) -> ApiResult<LabelsPage> {
    let language = page.language();
    let millimetres = |length: f32| match language {
        Language::French => length.to_string().replace('.', ","),
        Language::English => length.to_string(),
    };
    let stocks = page.state().labels.iter().map(|stock| Row {
        name: stock.name.clone(),
        width: millimetres(stock.label.width),
        height: millimetres(stock.label.height),
        places: stock.sheet.as_ref().map(|sheet| sheet.places()),
    });
    Ok(LabelsPage {
        stocks: stocks.collect(),
        batch: match batch {
            Some(id) => {
                let batch = page.read(move |db, actor| intake::batch(db, actor, id));
                Some(batch.await?.reference)
            }
            None => None,
        },
    })
}

pub(crate) async fn show(page: Page<ReadEvidence>) -> PageResult {
    let form = asked(&page)?;
    let asked: Asked = form.read()?;
    let view = load(&page, asked.batch).await?;
    page.show_form(&view, &FormView::filled(&asked)?)
}

fn print_of(page: &Page<ReadEvidence>, asked: &Asked) -> Result<Print, Refusal> {
    Ok(Print {
        stock: labels::stock(&page.state().labels, asked.stock.as_deref())?,
        used: usize::from(asked.used.unwrap_or_default()),
        form: Output::said(asked.form.as_deref())?,
        language: page.language(),
    })
}

async fn labels_of(page: &Page<ReadEvidence>, asked: &Asked) -> ApiResult<(Output, Vec<u8>)> {
    let print = print_of(page, asked)?;
    let names = asked.devices.as_deref().unwrap_or_default();
    let names = names.split(['\n', ',', ';']).map(str::trim);
    let choice = LabelChoice {
        devices: names
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
            .collect(),
        batch: asked.batch,
    };
    let found = page
        .state()
        .read_long(page.who(), move |db, actor| {
            workshop::labels(db, actor, &choice)
        })
        .await?;
    let form = print.form;
    let bytes = labels::print(page.state(), page.who().asks(), print, found).await?;
    Ok((form, bytes))
}

fn file((form, bytes): (Output, Vec<u8>)) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, form.media_type()))
        .insert_header((
            CONTENT_DISPOSITION,
            format!("inline; filename=\"{}\"", form.file_name()),
        ))
        .body(bytes)
}

pub(crate) async fn print(page: Page<ReadEvidence>) -> PageResult {
    let form = asked(&page)?;
    let made: Result<_, ApiError> = match form.read::<Asked>() {
        Ok(asked) => labels_of(&page, &asked).await,
        Err(cause) => Err(cause),
    };
    match made {
        Ok(made) => Ok(file(made)),
        Err(cause) => {
            let batch = form.get("batch").parse().ok();
            page.retry(&load(&page, batch).await?, &form, cause)
        }
    }
}

pub(crate) async fn test(page: Page<ReadEvidence>) -> PageResult {
    let asked: Asked = asked(&page)?.read()?;
    let print = print_of(&page, &asked)?;
    page.read(|_, _| Ok(())).await?;
    let form = print.form;
    let bytes = labels::print_test(page.state(), page.who().asks(), print).await?;
    Ok(file((form, bytes)))
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |batch: Option<&str>| LabelsPage {
        stocks: vec![
            Row {
                name: "a4-24".to_owned(),
                width: "70".to_owned(),
                height: "37".to_owned(),
                places: Some(24),
            },
            Row {
                name: "62x29".to_owned(),
                width: "62".to_owned(),
                height: "29".to_owned(),
                places: None,
            },
        ],
        batch: batch.map(str::to_owned),
    };
    let wrong = |form: FormView| {
        form.with_mistake("devices", "123")
            .with_mistake("stock", "123")
    };
    vec![
        Sample::of("labels", &page(None)).with_form(wrong),
        Sample::of("labels of a batch", &page(Some("LOT-2023-0007"))),
    ]
}
