//! `/atelier`: where a workshop's day begins.

use ::web::access::ReadStock;
use serde::Serialize;

use crate::{Page, PageResult, Sample, View};

#[derive(Serialize)]
struct WorkshopHome {
    name: String,
}

impl View for WorkshopHome {
    const TEMPLATE: &'static str = "workshop_home.html";
}

pub(crate) async fn show(page: Page<ReadStock>) -> PageResult {
    let name = page
        .read(|db, actor| Ok(identity::me(db, actor.person)?.name))
        .await?;
    page.show(&WorkshopHome { name })
}

pub(crate) fn samples() -> Vec<Sample> {
    let name = "Rita Atelier".to_owned();
    vec![Sample::of("workshop's home", &WorkshopHome { name })]
}
