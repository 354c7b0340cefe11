//! `/demandes/{id}/recours`: contesting a decision, or the refusal that silence is.

use std::sync::Arc;

use ::web::access::Apply;
use ::web::{ApiResult, PathId};
use eligibility::NewAppeal;
use kernel::{ApplicationId, Instant};
use serde::Serialize;

use super::application_parts::SAMPLE_ID;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct AppealPage {
    id: String,
    reference: String,
    status: &'static str,
    reasons: Vec<String>,
    scored: bool,
    /// Until when; none when there is nothing to contest any more.
    until: Option<Instant>,
    months: u32,
}

impl View for AppealPage {
    const TEMPLATE: &'static str = "appeal_new.html";
}

async fn load(page: &Page<Apply>, id: ApplicationId) -> ApiResult<AppealPage> {
    let now = page.state().database.now();
    let delays = page.state().eligibility.delays;
    page.read(move |db, actor| {
        let application = eligibility::application(db, actor, id)?;
        Ok(AppealPage {
            id: id.to_string(),
            reference: application.reference,
            status: application.status.as_str(),
            reasons: application.reasons,
            scored: application.score.is_some(),
            until: eligibility::appeal_until(db, actor, &delays, id, now)?,
            months: delays.silence_months,
        })
    })
    .await
}

pub(crate) async fn show(page: Page<Apply>, PathId(id): PathId<kernel::Application>) -> PageResult {
    let view = load(&page, id).await?;
    page.show_form(&view, &FormView::empty()?)
}

pub(crate) async fn send(
    page: Page<Apply>,
    PathId(id): PathId<kernel::Application>,
    form: Form,
) -> PageResult {
    let view = load(&page, id).await?;
    let setup = Arc::clone(&page.state().eligibility);
    let new = NewAppeal {
        grounds: form.get("grounds").to_owned(),
    };
    let saved = page
        .write(&form, "post_applications_id_appeals", move |tx, actor| {
            let appeal = eligibility::file_appeal(tx, actor, &setup.delays, id, &new)?;
            Ok(Saved::at(format!("/demandes/{id}")).about(appeal.id).saying(
                "Votre demande de réexamen est reçue. Une autre personne que celle qui a décidé va la lire.",
                "Your request is received. Somebody else than who decided will read it.",
            ))
        })
        .await;
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => page.retry(&view, &form, cause),
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |status, until| AppealPage {
        id: SAMPLE_ID.to_owned(),
        reference: "D-2023-0042".to_owned(),
        status,
        reasons: vec!["123".to_owned()],
        scored: status == "eligible",
        until,
        months: 2,
    };
    let at = Instant::from_micros(1_700_000_000_000_000);
    let wrong = |form: FormView| form.with_mistake("grounds", "123");
    vec![
        Sample::of("appeal", &page("ineligible", at)).with_form(wrong),
        Sample::of("appeal against a score", &page("eligible", at)),
        Sample::of("appeal against silence", &page("in_review", at)),
        Sample::of("appeal, too late", &page("ineligible", None)),
    ]
}
