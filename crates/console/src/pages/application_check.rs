//! `/demandes/{id}/verifier`: everything that was answered, to read again and send.

use std::sync::Arc;

use ::web::access::Apply;
use ::web::{ApiResult, PathId};
use eligibility::{Application, Section};
use kernel::ApplicationId;
use serde::Serialize;

use super::application_parts::{Answered, SAMPLE_ID, sample_answers, slug};
use crate::language::say;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct CheckPage {
    id: String,
    reference: String,
    programme: String,
    editable: bool,
    /// It was sent before, and comes back with what was asked for.
    again: bool,
    sections: Vec<Part>,
    answers: Answered,
    documents: usize,
    /// What keeps it from being sent, each with where to put it right.
    problems: Vec<Link>,
    advice: Vec<String>,
}

/// A part of the form, and its page.
#[derive(Serialize)]
struct Part {
    section: &'static str,
    slug: &'static str,
}

#[derive(Serialize)]
struct Link {
    href: String,
    text: String,
}

impl View for CheckPage {
    const TEMPLATE: &'static str = "application_check.html";
}

async fn load(page: &Page<Apply>, id: ApplicationId) -> ApiResult<(CheckPage, i32)> {
    let (now, language) = (page.state().database.now(), page.language());
    let setup = Arc::clone(&page.state().eligibility);
    page.read(move |db, actor| {
        let application = eligibility::application(db, actor, id)?;
        let checklist = eligibility::checklist(db, actor, &setup, id, now)?;
        let problems = checklist.sections.iter().flat_map(|part| {
            let page = format!("/demandes/{id}/{}", slug(part.section));
            part.problems.iter().map(move |problem| Link {
                href: format!("{page}#{}", problem.pointer.trim_start_matches('/')),
                text: say(&problem.text, language),
            })
        });
        let view = CheckPage {
            id: id.to_string(),
            reference: application.reference,
            programme: application.programme,
            editable: application.status.is_editable(),
            again: application.submitted_at.is_some(),
            sections: parts(),
            answers: Answered::of(&application.form, &setup.lists, language),
            documents: eligibility::documents(db, actor, id)?.len(),
            problems: problems.collect(),
            advice: checklist
                .advice
                .iter()
                .map(|it| say(&it.text, language))
                .collect(),
        };
        Ok((view, application.version))
    })
    .await
}

fn parts() -> Vec<Part> {
    let part = |section: &Section| Part {
        section: section.as_str(),
        slug: slug(*section),
    };
    Section::ALL.iter().map(part).collect()
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
    let setup = Arc::clone(&page.state().eligibility);
    let seen = form.if_match();
    let sent = page
        .write(&form, "post_applications_id_submit", move |tx, actor| {
            seen.of::<Application>(tx, actor, id)?;
            let sent = eligibility::submit(tx, actor, &setup, id)?;
            Ok(Saved::at(format!("/demandes/{id}"))
                .about(id)
                .with_status(sent.status)
                .saying(
                    "Votre demande est envoyée. Un message de confirmation part vers votre adresse.",
                    "Your application is sent. A message that confirms it is on its way to you.",
                ))
        })
        .await;
    match sent {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let (view, version) = load(&page, id).await?;
            page.retry_against(version, &view, &form, cause)
        }
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let problem = Link {
        href: format!("/demandes/{SAMPLE_ID}/projet#statement"),
        text: "123".to_owned(),
    };
    let page = |problems: Vec<Link>| CheckPage {
        id: SAMPLE_ID.to_owned(),
        reference: "D-2023-0042".to_owned(),
        programme: "Marseille 2023".to_owned(),
        editable: true,
        again: problems.is_empty(),
        sections: parts(),
        answers: sample_answers(),
        documents: 2,
        problems,
        advice: vec!["456".to_owned()],
    };
    let sent = CheckPage {
        editable: false,
        ..page(Vec::new())
    };
    let stale = |mut form: FormView| {
        form.against(4);
        form.with_mistake("version", "123")
    };
    vec![
        Sample::of("check answers", &page(Vec::new())),
        Sample::of("check answers, incomplete", &page(vec![problem])),
        Sample::of("check answers, changed meanwhile", &page(Vec::new())).with_form(stale),
        Sample::of("check answers, sent", &sent),
    ]
}
