//! `/demandes/{id}/pieces`: the documents of an application; `/pieces/{id}`: one of them.

use std::sync::Arc;

use ::web::access::{Apply, ReadApplications};
use ::web::{ApiResult, PathId, files};
use eligibility::{Document, DocumentKind, NewDocument};
use kernel::{ApplicationId, Code, Refusal, Text};
use serde::Serialize;

use super::application_parts::SAMPLE_ID;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct DocumentsPage {
    id: String,
    reference: String,
    /// More may be attached.
    open: bool,
    /// What is there may be taken off.
    editable: bool,
    documents: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    kind: &'static str,
    kilobytes: i64,
}

impl View for DocumentsPage {
    const TEMPLATE: &'static str = "application_documents.html";
}

impl From<Document> for Row {
    fn from(document: Document) -> Self {
        Self {
            id: document.id.to_string(),
            name: document.name,
            kind: document.kind.as_str(),
            kilobytes: (document.size + 1023) / 1024,
        }
    }
}

async fn load<P: ::web::access::Permission>(
    page: &Page<P>,
    id: ApplicationId,
) -> ApiResult<DocumentsPage> {
    let setup = Arc::clone(&page.state().eligibility);
    page.read(move |db, actor| {
        let application = eligibility::application(db, actor, id)?;
        Ok(DocumentsPage {
            id: id.to_string(),
            reference: application.reference,
            open: eligibility::may_attach(db, actor, &setup, id, 1).is_ok(),
            editable: application.status.is_editable(),
            documents: eligibility::documents(db, actor, id)?
                .into_iter()
                .map(Row::from)
                .collect(),
        })
    })
    .await
}

pub(crate) async fn show(
    page: Page<ReadApplications>,
    PathId(id): PathId<kernel::Application>,
) -> PageResult {
    let view = load(&page, id).await?;
    page.show_form(&view, &FormView::empty()?)
}

/// Takes in what was chosen: each file is recognized and looked at before any is attached.
async fn keep(page: &Page<Apply>, id: ApplicationId, form: &Form) -> ApiResult<Vec<NewDocument>> {
    let setup = Arc::clone(&page.state().eligibility);
    let files = form.files().len();
    page.read(move |db, actor| eligibility::may_attach(db, actor, &setup, id, files))
        .await?;
    if form.files().is_empty() {
        let detail = Text::new(
            "Choisissez un fichier ou prenez une photo.",
            "Choose a file or take a picture.",
        );
        return Err(Refusal::field("/document", Code::Required, detail).into());
    }
    let kind = form.get("kind").parse().unwrap_or(DocumentKind::Other);
    let mut kept = Vec::new();
    for file in form.files() {
        let at_field = |cause: ::web::ApiError| match cause.refused() {
            Some(refusal) if refusal.errors.is_empty() => Refusal::field(
                format!("/{}", file.field),
                refusal.code,
                refusal.detail.clone(),
            )
            .into(),
            _ => cause,
        };
        let bytes = file.bytes.clone();
        let document = files::keep_document(page.state(), kind, &file.name, bytes).await;
        kept.push(document.map_err(at_field)?);
    }
    Ok(kept)
}

pub(crate) async fn attach(
    page: Page<Apply>,
    PathId(id): PathId<kernel::Application>,
    form: Form,
) -> PageResult {
    let saved = match keep(&page, id, &form).await {
        Err(cause) => Err(cause),
        Ok(documents) => {
            let setup = Arc::clone(&page.state().eligibility);
            page.write(&form, "post_applications_id_documents", move |tx, actor| {
                for new in &documents {
                    eligibility::attach_document(tx, actor, &setup, id, new)?;
                }
                Ok(Saved::at(format!("/demandes/{id}/pieces"))
                    .about(id)
                    .saying("La pièce est jointe.", "The document is attached."))
            })
            .await
        }
    };
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => page.retry(&load(&page, id).await?, &form, cause),
    }
}

pub(crate) async fn download(
    page: Page<ReadApplications>,
    PathId(id): PathId<kernel::Document>,
) -> PageResult {
    let document = page
        .read(move |db, actor| eligibility::document(db, actor, id))
        .await?;
    files::send(
        page.state(),
        document.sha256,
        document.media_type,
        &document.name,
    )
    .await
}

pub(crate) async fn remove(
    page: Page<Apply>,
    PathId(id): PathId<kernel::Document>,
    form: Form,
) -> PageResult {
    let document = page
        .read(move |db, actor| eligibility::document(db, actor, id))
        .await?;
    let application = document.application_id;
    let saved = page
        .write(&form, "delete_documents_id", move |tx, actor| {
            eligibility::remove_document(tx, actor, id)?;
            Ok(Saved::at(format!("/demandes/{application}/pieces"))
                .about(id)
                .saying("La pièce est retirée.", "The document is removed."))
        })
        .await;
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => page.retry(&load(&page, application).await?, &form, cause),
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let kinds = DocumentKind::ALL.iter();
    let row = |kind: &DocumentKind| Row {
        id: SAMPLE_ID.to_owned(),
        name: "statuts.pdf".to_owned(),
        kind: kind.as_str(),
        kilobytes: 120,
    };
    let page = |documents, open| DocumentsPage {
        id: SAMPLE_ID.to_owned(),
        reference: "D-2023-0042".to_owned(),
        open,
        editable: open,
        documents,
    };
    let wrong = |form: FormView| form.with_mistake("document", "123");
    vec![
        Sample::of("documents", &page(kinds.map(row).collect(), true)),
        Sample::of("documents, none", &page(Vec::new(), true)).with_form(wrong),
        Sample::of("documents, closed", &page(Vec::new(), false)),
    ]
}
