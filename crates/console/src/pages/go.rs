//! `/aller/…`: where links in mails lead. A mail names a thing as people do, by its reference: it
//! is looked for among what the reader may see, and leads to its page for their role.

use ::web::PathId;
use ::web::access::UseAccount;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use db::{Db, Result};
use kernel::{Actor, Code, Obligation, Role};
use serde::Serialize;

use crate::{FormView, Page, PageResult, Sample, Saved, View, routes};

/// What is not there, or not for this reader.
#[derive(Serialize)]
struct NotForYou {
    reference: String,
    name: String,
}

impl View for NotForYou {
    const TEMPLATE: &'static str = "go.html";
}

pub(crate) async fn batch(page: Page<UseAccount>, reference: Path<String>) -> PageResult {
    lead(page, reference, |db, actor, reference| {
        let id = intake::batch_named(db, actor, reference)?.id;
        Ok(match actor.role {
            Role::Refurbisher => format!("/atelier/lots/{id}"),
            Role::Staff | Role::Admin => format!("/ville/dons/{id}"),
            Role::Donor | Role::Association | Role::Helper => format!("/dons/{id}"),
        })
    })
    .await
}

pub(crate) async fn application(page: Page<UseAccount>, reference: Path<String>) -> PageResult {
    lead(page, reference, |db, actor, reference| {
        let id = eligibility::application_named(db, actor, reference)?.id;
        Ok(match actor.is_city() {
            true => format!("/ville/demandes/{id}"),
            false => page_or("/demandes/{id}", &id.to_string(), "/demandes"),
        })
    })
    .await
}

/// The messages about an application.
pub(crate) async fn messages(page: Page<UseAccount>, reference: Path<String>) -> PageResult {
    lead(page, reference, |db, actor, reference| {
        let id = eligibility::application_named(db, actor, reference)?.id;
        Ok(match actor.is_city() {
            true => format!("/ville/demandes/{id}/messages"),
            false => format!("/demandes/{id}/messages"),
        })
    })
    .await
}

pub(crate) async fn appeal(page: Page<UseAccount>, reference: Path<String>) -> PageResult {
    lead(page, reference, |db, actor, reference| {
        let appeal = eligibility::appeal_named(db, actor, reference)?;
        Ok(match actor.is_city() {
            true => format!("/ville/recours/{}", appeal.id),
            false => page_or(
                "/demandes/{id}",
                &appeal.application_id.to_string(),
                "/demandes",
            ),
        })
    })
    .await
}

pub(crate) async fn handover(page: Page<UseAccount>, reference: Path<String>) -> PageResult {
    lead(page, reference, |db, actor, reference| {
        let id = handover::handover_named(db, actor, reference)?.id;
        Ok(match actor.role {
            Role::Association | Role::Helper => page_or("/lots/{id}", &id.to_string(), "/demandes"),
            Role::Refurbisher | Role::Donor => format!("/atelier/remises?lot={id}"),
            Role::Staff | Role::Admin => format!("/ville/remises/{id}"),
        })
    })
    .await
}

pub(crate) async fn obligation(
    page: Page<UseAccount>,
    PathId(id): PathId<Obligation>,
) -> PageResult {
    lead(page, Path::from(id.to_string()), move |db, actor, _| {
        let id = eligibility::obligation(db, actor, id)?.id;
        Ok(match actor.is_city() {
            true => "/ville/suivis".to_owned(),
            false => page_or("/suivis/{id}", &id.to_string(), "/demandes"),
        })
    })
    .await
}

pub(crate) async fn incident(
    page: Page<UseAccount>,
    PathId(id): PathId<kernel::Incident>,
) -> PageResult {
    lead(page, Path::from(id.to_string()), move |db, actor, _| {
        let id = handover::incident(db, actor, id)?.id;
        Ok(format!("/signalements/{id}"))
    })
    .await
}

/// The page of a thing where the table has one, else that of the list in which it is.
fn page_or(route: &str, id: &str, list: &str) -> String {
    match routes::TABLE.iter().any(|row| row.path == route) {
        true => route.replace("{id}", id),
        false => list.to_owned(),
    }
}

/// Leads to what was found; else says what to do.
async fn lead<F>(page: Page<UseAccount>, reference: Path<String>, find: F) -> PageResult
where
    F: FnOnce(&mut Db, &Actor, &str) -> Result<String> + Send + 'static,
{
    let reference = reference.into_inner();
    // what is no reference names nothing, and is not shown again
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let wanted = match reference.chars().all(plain) {
        true => reference.clone(),
        false => return Err(Code::NotFound.into()),
    };
    let found = page.read(move |db, actor| find(db, actor, &wanted)).await;
    match found {
        Ok(path) => Ok(page.see(&Saved::at(path))),
        Err(cause) if cause.refused().is_some_and(|it| it.code == Code::NotFound) => {
            let name = page.name();
            let view = NotForYou { reference, name };
            page.show_with(StatusCode::NOT_FOUND, &view, &FormView::empty()?)
        }
        Err(cause) => Err(cause),
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let view = NotForYou {
        reference: "D-2023-0042".to_owned(),
        name: "Ada Aidante".to_owned(),
    };
    vec![Sample::of("what a mail names is not there", &view)]
}
