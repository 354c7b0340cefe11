//! `/ville/inscriptions`: registrations that somebody has to look at, the newest first, and how they
//! are settled.

use ::web::access::{Permission, ReadRegistrationCases, SettleRegistrations};
use ::web::{ApiResult, Csv, Paging, Params, PathId, columns};
use identity::{CaseKind, CaseStatus, RegistrationCase, Settlement};
use kernel::{Instant, PageRequest};
use serde::{Deserialize, Serialize};

use super::application_parts::SAMPLE_ID;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View, address};

/// What the list is narrowed to.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    status: Option<CaseStatus>,
}

#[derive(Serialize)]
struct CityRegistrations {
    status: &'static str,
    cases: Vec<Row>,
    next: Option<String>,
    table: String,
}

#[derive(Serialize)]
struct Row {
    id: String,
    kind: &'static str,
    status: &'static str,
    open: bool,
    /// The association that was there.
    organisation: String,
    organisation_id: String,
    /// The second registration, if it was taken.
    other_id: Option<String>,
    /// The name that was given.
    given: String,
    person: String,
    email: String,
    created_at: Instant,
    note: Option<String>,
    may_join: bool,
    may_merge: bool,
}

impl View for CityRegistrations {
    const TEMPLATE: &'static str = "city_registrations.html";
}

impl From<RegistrationCase> for Row {
    fn from(case: RegistrationCase) -> Self {
        let open = case.status == CaseStatus::Open;
        Self {
            id: case.id.to_string(),
            kind: case.kind.as_str(),
            status: case.status.as_str(),
            open,
            may_join: open && case.kind == CaseKind::SameIdentifier,
            may_merge: open && case.other_id.is_some(),
            organisation: case.organisation,
            organisation_id: case.organisation_id.to_string(),
            other_id: case.other_id.map(|id| id.to_string()),
            given: case.association,
            person: case.person_name,
            email: case.email,
            created_at: case.created_at,
            note: case.note.filter(|note| !note.is_empty()),
        }
    }
}

fn at_with(status: &str, name: &str, value: &str) -> String {
    address::with("/ville/inscriptions", &[("status", status), (name, value)])
}

async fn load<P: Permission>(
    page: &Page<P>,
    status: Option<CaseStatus>,
    request: PageRequest,
) -> ApiResult<CityRegistrations> {
    let found = page
        .read(move |db, _| identity::registration_cases(db, status, &request))
        .await?;
    let status = status.map_or("", |status| status.as_str());
    Ok(CityRegistrations {
        next: found.next.map(|cursor| at_with(status, "after", &cursor)),
        table: at_with(status, "csv", "fr"),
        cases: found.items.into_iter().map(Row::from).collect(),
        status,
    })
}

pub(crate) async fn show(
    page: Page<ReadRegistrationCases>,
    Params(wanted): Params<Wanted>,
    Paging(request): Paging,
    Csv(csv): Csv,
) -> PageResult {
    if csv {
        let everything = PageRequest::everything();
        let table = page.table(move |db, _| {
            let found = identity::registration_cases(db, wanted.status, &everything)?;
            columns::registration_cases(found.items)
        });
        return table.await;
    }
    let view = load(&page, wanted.status, request).await?;
    page.show_form(&view, &FormView::empty()?)
}

pub(crate) async fn settle(
    page: Page<SettleRegistrations>,
    PathId(id): PathId<kernel::RegistrationCase>,
    form: Form,
) -> PageResult {
    let saved = match form.read::<Settlement>() {
        Err(cause) => Err(cause),
        Ok(settlement) => {
            let settle = move |tx: &mut db::Tx<'_>, actor: &kernel::Actor| {
                let case = eligibility::settle_registration(tx, actor, id, &settlement)?;
                let saved = Saved::at("/ville/inscriptions?status=open");
                Ok(saved
                    .about(case.id)
                    .with_status(case.status)
                    .saying("L’inscription est réglée.", "The registration is settled."))
            };
            page.write(&form, "post_registration_cases_id_settle", settle)
                .await
        }
    };
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let first = PageRequest::new(None, None)?;
            let view = load(&page, Some(CaseStatus::Open), first).await?;
            page.retry(&view, &form, cause)
        }
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(created_at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let row = |kind: &'static str, status: &CaseStatus| Row {
        id: SAMPLE_ID.to_owned(),
        kind,
        status: status.as_str(),
        open: *status == CaseStatus::Open,
        organisation: "Les Amis".to_owned(),
        organisation_id: SAMPLE_ID.to_owned(),
        other_id: (kind == "same_name").then(|| SAMPLE_ID.to_owned()),
        given: "Les Amis de Marseille".to_owned(),
        person: "Jo Bon".to_owned(),
        email: "jo@amis.example".to_owned(),
        created_at,
        note: Some("-".to_owned()),
        may_join: kind == "same_identifier",
        may_merge: kind == "same_name",
    };
    let kinds = ["same_identifier", "same_name", "name_differs"];
    let mut cases: Vec<Row> = CaseStatus::ALL
        .iter()
        .zip(kinds.iter().cycle())
        .map(|(status, kind)| row(kind, status))
        .collect();
    cases.extend(kinds.map(|kind| row(kind, &CaseStatus::Open)));
    let page = |cases: Vec<Row>| CityRegistrations {
        status: "open",
        next: (!cases.is_empty()).then(|| "/ville/inscriptions?after=x".to_owned()),
        table: "/ville/inscriptions?csv=fr".to_owned(),
        cases,
    };
    vec![
        Sample::of("registrations", &page(cases)),
        Sample::of("registrations, none", &page(Vec::new())),
    ]
}
