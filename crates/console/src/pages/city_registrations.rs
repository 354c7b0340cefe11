//! `/ville/inscriptions`: registrations that somebody has to look at, the newest first.

use ::web::Paging;
use ::web::access::ReadRegistrationCases;
use identity::{CaseStatus, RegistrationCase};
use kernel::Instant;
use serde::Serialize;

use crate::{Page, PageResult, Sample, View};

#[derive(Serialize)]
struct CityRegistrations {
    cases: Vec<Row>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Row {
    kind: &'static str,
    status: &'static str,
    /// The association that was there.
    organisation: String,
    /// The name that was given.
    given: String,
    person: String,
    email: String,
    created_at: Instant,
    note: Option<String>,
}

impl View for CityRegistrations {
    const TEMPLATE: &'static str = "city_registrations.html";
}

impl From<RegistrationCase> for Row {
    fn from(case: RegistrationCase) -> Self {
        Self {
            kind: case.kind.as_str(),
            status: case.status.as_str(),
            organisation: case.organisation,
            given: case.association,
            person: case.person_name,
            email: case.email,
            created_at: case.created_at,
            note: case.note,
        }
    }
}

pub(crate) async fn show(page: Page<ReadRegistrationCases>, Paging(request): Paging) -> PageResult {
    let found = page
        .read(move |db, _| identity::registration_cases(db, None, &request))
        .await?;
    page.show(&CityRegistrations {
        next: found
            .next
            .map(|cursor| format!("/ville/inscriptions?after={cursor}")),
        cases: found.items.into_iter().map(Row::from).collect(),
    })
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(created_at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let row = |kind, status: &CaseStatus| Row {
        kind,
        status: status.as_str(),
        organisation: "Les Amis".to_owned(),
        given: "Les Amis de Marseille".to_owned(),
        person: "Jo Bon".to_owned(),
        email: "jo@amis.example".to_owned(),
        created_at,
        note: None,
    };
    let kinds = ["same_identifier", "same_name", "name_differs"];
    let cases = CaseStatus::ALL
        .iter()
        .zip(kinds.iter().cycle())
        .map(|(status, kind)| row(*kind, status));
    let next = Some("/ville/inscriptions?after=x".to_owned());
    vec![
        Sample::of(
            "registrations",
            &CityRegistrations {
                cases: cases.collect(),
                next,
            },
        ),
        Sample::of(
            "registrations, none",
            &CityRegistrations {
                cases: Vec::new(),
                next: None,
            },
        ),
    ]
}
