//! `/ville`: where the day of the city's people begins.

use ::web::access::ReviewApplications;
use serde::Serialize;

use crate::{Page, PageResult, Sample, View};

#[derive(Serialize)]
struct CityHome {
    name: String,
}

impl View for CityHome {
    const TEMPLATE: &'static str = "city_home.html";
}

pub(crate) async fn show(page: Page<ReviewApplications>) -> PageResult {
    let name = page
        .read(|db, actor| Ok(identity::me(db, actor.person)?.name))
        .await?;
    page.show(&CityHome { name })
}

pub(crate) fn samples() -> Vec<Sample> {
    let name = "Sam Service".to_owned();
    vec![Sample::of("city's home", &CityHome { name })]
}
