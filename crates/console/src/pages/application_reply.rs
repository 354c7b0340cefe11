//! `/demandes/{id}/reponse/{number}`: answering something that staff asked for, in one's own words.

use ::web::access::Apply;
use ::web::{ApiError, ApiResult, PathId};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use eligibility::{Answered, Application, ApplicationStatus};
use kernel::{ApplicationId, Refusal};
use serde::Serialize;

use super::application_parts::{Change, SAMPLE_ID, changes};
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct ReplyPage {
    id: String,
    reference: String,
    number: usize,
    change: Change,
}

impl View for ReplyPage {
    const TEMPLATE: &'static str = "application_reply.html";
}

/// The number of an item; 0, which none has, when it is no number.
pub(crate) struct PathNumber(usize);

impl FromRequest for PathNumber {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let number = request.match_info().get("number").unwrap_or_default();
        std::future::ready(Ok(Self(number.parse().unwrap_or(0))))
    }
}

async fn load(page: &Page<Apply>, id: ApplicationId, number: usize) -> ApiResult<(ReplyPage, i32)> {
    page.read(move |db, actor| {
        let application = eligibility::application(db, actor, id)?;
        let with_association = application.status == ApplicationStatus::ChangesRequested;
        let mut all = changes(&application).into_iter();
        let change = all.find(|change| with_association && change.number() == number);
        let view = ReplyPage {
            id: id.to_string(),
            reference: application.reference,
            number,
            change: change.ok_or_else(Refusal::not_found)?,
        };
        Ok((view, application.version))
    })
    .await
}

pub(crate) async fn show(
    page: Page<Apply>,
    PathId(id): PathId<kernel::Application>,
    PathNumber(number): PathNumber,
) -> PageResult {
    let (view, version) = load(&page, id, number).await?;
    page.show_form(&view, &FormView::empty()?.version(version))
}

pub(crate) async fn answer(
    page: Page<Apply>,
    PathId(id): PathId<kernel::Application>,
    PathNumber(number): PathNumber,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    // a ready answer, unless there is one in own words
    let words = match form.get("answer") {
        "" => form.get("ready"),
        own => own,
    };
    let answered = Answered {
        answer: words.to_owned(),
    };
    let saved = page
        .write(
            &form,
            "post_applications_id_changes_number_resolve",
            move |tx, actor| {
                seen.of::<Application>(tx, actor, id)?;
                eligibility::resolve_change(tx, actor, id, number, &answered)?;
                Ok(Saved::at(format!("/demandes/{id}"))
                    .about(id)
                    .saying("Votre réponse est enregistrée.", "Your answer is saved."))
            },
        )
        .await;
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let (view, version) = load(&page, id, number).await?;
            page.retry_against(version, &view, &form, cause)
        }
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = ReplyPage {
        id: SAMPLE_ID.to_owned(),
        reference: "D-2023-0042".to_owned(),
        number: 1,
        change: Change::sample(true),
    };
    let wrong = |form: FormView| form.with_mistake("answer", "123");
    vec![
        Sample::of("reply", &page),
        Sample::of("reply with a mistake", &page).with_form(wrong),
    ]
}
