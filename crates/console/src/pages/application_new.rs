//! `/demandes/nouvelle`: opening an application, from nothing or from the last one.

use std::sync::Arc;

use ::web::ApiError;
use ::web::access::Apply;
use db::Db;
use eligibility::{NewApplication, Programme};
use kernel::{Actor, Instant, OrganisationId, ProgrammeId, Refusal, Role};
use serde::{Deserialize, Serialize};

use super::application_parts::{SAMPLE_ID, kind_name};
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct NewPage {
    programmes: Vec<Open>,
    /// The one that was chosen, or the only one.
    chosen: Option<Open>,
    /// What was sent last, to start from.
    last: Option<String>,
    /// For which association, when somebody enters it for others.
    on_behalf: Option<String>,
    /// Whoever enters it has to say for which association.
    association_missing: bool,
    /// A helper chooses it on the first page.
    helper: bool,
}

#[derive(Clone, Serialize)]
struct Open {
    id: String,
    name: String,
    opens_at: Option<Instant>,
    closes_at: Option<Instant>,
    lot_min: i32,
    lot_max: i32,
    kinds: Vec<&'static str>,
    territory: String,
}

impl View for NewPage {
    const TEMPLATE: &'static str = "application_new.html";
}

/// What the address or the form says.
#[derive(Serialize, Deserialize)]
struct Opening {
    programme: Option<ProgrammeId>,
    association: Option<OrganisationId>,
    /// `last` to start from the last application.
    start: Option<String>,
}

/// For whom an application is opened: one's own association, or the one that whoever applies for
/// others names, with its name.
fn applicant(
    db: &mut Db,
    actor: &Actor,
    named: Option<OrganisationId>,
) -> db::Result<(Option<OrganisationId>, Option<String>)> {
    if !actor.applies_for_others() {
        return Ok((Some(actor.organisation), None));
    }
    let found = match named {
        Some(named) => identity::organisation_seen_by(db, actor, named)?,
        None => None,
    };
    Ok(found.map(|it| (it.id, it.name)).unzip())
}

async fn load(page: &Page<Apply>, asked: &Opening) -> Result<NewPage, ApiError> {
    let (now, language) = (page.state().database.now(), page.language());
    let (programme, named) = (asked.programme, asked.association);
    page.read(move |db, actor| {
        let (applicant, on_behalf) = applicant(db, actor, named)?;
        let found = eligibility::open_programmes(db, now)?;
        let open = |it: &Programme| Open {
            id: it.id.to_string(),
            name: it.name.clone(),
            opens_at: Some(it.opens_at).filter(|opens_at| now < *opens_at),
            closes_at: it.closes_at,
            lot_min: it.lot_min,
            lot_max: it.lot_max,
            kinds: it
                .kinds
                .iter()
                .map(|kind| kind_name(*kind, 2, language))
                .collect(),
            territory: it.territory.clone(),
        };
        let chosen = match found.as_slice() {
            [only] => Some(only),
            several => several.iter().find(|it| Some(it.id) == programme),
        };
        let last = match (applicant, chosen) {
            (Some(association), Some(chosen)) => eligibility::last_form(db, association, chosen)?,
            _ => None,
        };
        Ok(NewPage {
            programmes: found.iter().map(open).collect(),
            chosen: chosen.map(open),
            last: last.map(|(reference, _)| reference),
            association_missing: actor.applies_for_others() && on_behalf.is_none(),
            on_behalf,
            helper: actor.role == Role::Helper,
        })
    })
    .await
}

pub(crate) async fn show(page: Page<Apply>) -> PageResult {
    let asked = Opening {
        programme: page.query("programme").parse().ok(),
        association: page.query("association").parse().ok(),
        start: Some("last".to_owned()),
    };
    let view = load(&page, &asked).await?;
    page.show_form(&view, &FormView::filled(&asked)?)
}

pub(crate) async fn create(page: Page<Apply>, form: Form) -> PageResult {
    let asked = Opening {
        programme: form.get("programme").parse().ok(),
        association: form.get("association").parse().ok(),
        start: None,
    };
    let view = load(&page, &asked).await?;
    let setup = Arc::clone(&page.state().eligibility);
    page.submit(
        &form,
        "post_programmes_id_applications",
        move |tx, actor, opening: &Opening| {
            let missing = || {
                Refusal::field(
                    "/programme",
                    kernel::Code::Required,
                    kernel::Code::Required.help(),
                )
            };
            let programme = eligibility::programme(tx, opening.programme.ok_or_else(missing)?)?;
            let from_last = opening.start.as_deref() == Some("last");
            let (applicant, _) = applicant(tx, actor, opening.association)?;
            let last = match applicant {
                Some(association) if from_last => {
                    eligibility::last_form(tx, association, &programme)?
                }
                _ => None,
            };
            let new = NewApplication {
                association_id: opening.association,
                ..last.map(|(_, form)| form).unwrap_or_default().into()
            };
            let made =
                eligibility::create_application(tx, actor, &setup.lists, programme.id, &new)?;
            Ok(Saved::at(format!("/demandes/{}", made.id))
                .about(made.id)
                .with_status(made.status))
        },
        || view,
    )
    .await
}

pub(crate) fn samples() -> Vec<Sample> {
    let open = Open {
        id: SAMPLE_ID.to_owned(),
        name: "Marseille 2023".to_owned(),
        opens_at: None,
        closes_at: Instant::from_micros(1_700_000_000_000_000),
        lot_min: 10,
        lot_max: 30,
        kinds: vec!["desktops", "laptops"],
        territory: "13055".to_owned(),
    };
    let page = |programmes: Vec<Open>, chosen: Option<Open>| NewPage {
        programmes,
        chosen,
        last: None,
        on_behalf: None,
        association_missing: false,
        helper: false,
    };
    let wrong = |form: FormView| form.with_mistake("programme", "123");
    let again = NewPage {
        last: Some("D-2022-0007".to_owned()),
        on_behalf: Some("Les Amis".to_owned()),
        ..page(vec![open.clone()], Some(open.clone()))
    };
    let without = |helper| NewPage {
        association_missing: true,
        helper,
        ..page(vec![open.clone()], Some(open.clone()))
    };
    vec![
        Sample::of(
            "new application",
            &page(vec![open.clone(), open.clone()], None),
        )
        .with_form(wrong),
        Sample::of("new application from the last", &again),
        Sample::of("new application for nobody", &without(false)),
        Sample::of("new application of a helper for nobody", &without(true)),
        Sample::of("new application, nothing open", &page(Vec::new(), None)),
    ]
}
