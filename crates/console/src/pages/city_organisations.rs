//! `/ville/organisations`: organizations by kind, status and name; one that staff know is entered.

use ::web::access::{CreateOrganisations, JudgeOrganisations};
use ::web::{Csv, Paging, Params, columns};
use identity::{
    NewOrganisation, Organisation, OrganisationFilter, OrganisationKind, OrganisationStatus,
};
use kernel::{Instant, PageRequest};
use serde::{Deserialize, Serialize};

use super::application_parts::SAMPLE_ID;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View, address};

/// What the list is narrowed to.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Wanted {
    kind: Option<OrganisationKind>,
    status: Option<OrganisationStatus>,
    q: Option<String>,
}

impl Wanted {
    fn at_with(&self, name: &str, value: &str) -> String {
        let parameters = [
            ("kind", self.kind.map_or("", |kind| kind.as_str())),
            ("status", self.status.map_or("", |status| status.as_str())),
            ("q", self.q.as_deref().unwrap_or_default()),
            (name, value),
        ];
        address::with("/ville/organisations", &parameters)
    }
}

#[derive(Serialize)]
struct CityOrganisations {
    kind: &'static str,
    status: &'static str,
    q: String,
    rows: Vec<Row>,
    next: Option<String>,
    table: String,
}

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    kind: &'static str,
    status: &'static str,
    number: String,
    place: String,
    created_at: Instant,
}

impl View for CityOrganisations {
    const TEMPLATE: &'static str = "city_organisations.html";
}

impl From<Organisation> for Row {
    fn from(it: Organisation) -> Self {
        Self {
            id: it.id.to_string(),
            name: it.name,
            kind: it.kind.as_str(),
            status: it.status.as_str(),
            number: it.rna.or(it.siret).unwrap_or_default(),
            place: format!("{} {}", it.postal_code, it.commune)
                .trim()
                .to_owned(),
            created_at: it.created_at,
        }
    }
}

pub(crate) async fn list(
    page: Page<JudgeOrganisations>,
    Params(wanted): Params<Wanted>,
    Paging(request): Paging,
    Csv(csv): Csv,
) -> PageResult {
    let filter = OrganisationFilter {
        kind: wanted.kind,
        status: wanted.status,
        q: wanted.q.clone(),
        ..OrganisationFilter::default()
    };
    if csv {
        let everything = PageRequest::everything();
        let table = page.table(move |db, _| {
            columns::organisations(identity::organisations(db, &filter, &everything)?.items)
        });
        return table.await;
    }
    let found = page
        .read(move |db, _| identity::organisations(db, &filter, &request))
        .await?;
    page.show(&CityOrganisations {
        kind: wanted.kind.map_or("", |kind| kind.as_str()),
        status: wanted.status.map_or("", |status| status.as_str()),
        q: wanted.q.clone().unwrap_or_default(),
        next: found.next.map(|cursor| wanted.at_with("after", &cursor)),
        table: wanted.at_with("csv", "fr"),
        rows: found.items.into_iter().map(Row::from).collect(),
    })
}

/// The page on which an organization is entered.
#[derive(Serialize)]
struct Entering {}

impl View for Entering {
    const TEMPLATE: &'static str = "city_organisation_new.html";
}

pub(crate) async fn blank(page: Page<CreateOrganisations>) -> PageResult {
    page.show_form(&Entering {}, &FormView::empty()?)
}

pub(crate) async fn enter(page: Page<CreateOrganisations>, form: Form) -> PageResult {
    let enter = |tx: &mut db::Tx<'_>, _: &kernel::Actor, sent: &NewOrganisation| {
        let made = identity::create_organisation(tx, sent)?;
        Ok(Saved::at(format!("/ville/organisations/{}", made.id))
            .about(made.id)
            .with_status(made.status)
            .saying(
                "L’organisation est inscrite.",
                "The organization is entered.",
            ))
    };
    page.submit(&form, "post_organisations", enter, || Entering {})
        .await
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(created_at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let row = |kind: &OrganisationKind, status: &OrganisationStatus| Row {
        id: SAMPLE_ID.to_owned(),
        name: "Les Amis".to_owned(),
        kind: kind.as_str(),
        status: status.as_str(),
        number: "W133001234".to_owned(),
        place: "13003 Marseille".to_owned(),
        created_at,
    };
    let kinds = OrganisationKind::ALL.iter();
    let rows = kinds.zip(OrganisationStatus::ALL);
    let list = |rows: Vec<Row>, kind| CityOrganisations {
        kind,
        status: "",
        q: String::new(),
        next: (!rows.is_empty()).then(|| "/ville/organisations?after=x".to_owned()),
        table: "/ville/organisations?csv=fr".to_owned(),
        rows,
    };
    let rows = rows.map(|(kind, status)| row(kind, status)).collect();
    vec![
        Sample::of("organisations", &list(rows, "")),
        Sample::of("organisations, none", &list(Vec::new(), "donor")),
        Sample::of("organisation to enter", &Entering {})
            .with_form(|form| form.with_mistake("name", "123")),
    ]
}
