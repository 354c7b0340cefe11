//! `/demandes`: an association's applications, the newest first. The city sees everybody's.

use ::web::access::ReadApplications;
use eligibility::{Application, ApplicationFilter};
use kernel::PageRequest;
use serde::Serialize;

use crate::{Page, PageResult, Sample, View};

#[derive(Serialize)]
struct AssociationHome {
    name: String,
    applications: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    reference: String,
    programme: String,
    association: String,
    status: &'static str,
}

impl View for AssociationHome {
    const TEMPLATE: &'static str = "association_home.html";
}

impl From<Application> for Row {
    fn from(application: Application) -> Self {
        Self {
            id: application.id.to_string(),
            reference: application.reference,
            programme: application.programme,
            association: application.association,
            status: application.status.as_str(),
        }
    }
}

pub(crate) async fn show(page: Page<ReadApplications>) -> PageResult {
    let newest = PageRequest::new(Some(50), None)?;
    let applications = page
        .read(move |db, actor| {
            eligibility::applications(db, actor, &ApplicationFilter::default(), &newest)
        })
        .await?;
    page.show(&AssociationHome {
        name: page.name(),
        applications: applications.items.into_iter().map(Row::from).collect(),
    })
}

pub(crate) fn samples() -> Vec<Sample> {
    let row = |status| Row {
        id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
        reference: "D-2023-0042".to_owned(),
        programme: "Marseille 2023".to_owned(),
        association: "Les Amis".to_owned(),
        status,
    };
    let statuses = eligibility::ApplicationStatus::ALL.iter();
    let rows = statuses.map(|status| row(status.as_str()));
    let page = |applications| AssociationHome {
        name: "Ada Aidante".to_owned(),
        applications,
    };
    vec![
        Sample::of("association's home", &page(rows.collect())),
        Sample::of("association's home, empty", &page(Vec::new())),
    ]
}
