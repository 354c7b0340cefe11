//! `/demandes/{id}/retrait`: taking an application back.

use ::web::access::Apply;
use ::web::{ApiResult, PathId};
use eligibility::Application;
use kernel::ApplicationId;
use serde::Serialize;

use super::application_parts::SAMPLE_ID;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct WithdrawPage {
    id: String,
    reference: String,
    programme: String,
    possible: bool,
}

impl View for WithdrawPage {
    const TEMPLATE: &'static str = "application_withdraw.html";
}

async fn load(page: &Page<Apply>, id: ApplicationId) -> ApiResult<(WithdrawPage, i32)> {
    page.read(move |db, actor| {
        let application = eligibility::application(db, actor, id)?;
        let view = WithdrawPage {
            id: id.to_string(),
            reference: application.reference,
            programme: application.programme,
            possible: application.status.is_withdrawable(),
        };
        Ok((view, application.version))
    })
    .await
}

pub(crate) async fn show(page: Page<Apply>, PathId(id): PathId<kernel::Application>) -> PageResult {
    let (view, version) = load(&page, id).await?;
    page.show_form(&view, &FormView::empty()?.version(version))
}

pub(crate) async fn send(
    page: Page<Apply>,
    PathId(id): PathId<kernel::Application>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let saved = page
        .write(&form, "post_applications_id_withdraw", move |tx, actor| {
            seen.of::<Application>(tx, actor, id)?;
            let withdrawn = eligibility::withdraw(tx, actor, id)?;
            Ok(Saved::at(format!("/demandes/{id}"))
                .about(id)
                .with_status(withdrawn.status)
                .saying("La demande est retirée.", "The application is withdrawn."))
        })
        .await;
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let (view, version) = load(&page, id).await?;
            page.retry_against(version, &view, &form, cause)
        }
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |possible| WithdrawPage {
        id: SAMPLE_ID.to_owned(),
        reference: "D-2023-0042".to_owned(),
        programme: "Marseille 2023".to_owned(),
        possible,
    };
    let wrong = |form: FormView| form.with_mistake("version", "123");
    vec![
        Sample::of("withdraw", &page(true)).with_form(wrong),
        Sample::of("withdraw, too late", &page(false)),
    ]
}
