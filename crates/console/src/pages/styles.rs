//! `/styles`: every component in every state, for whoever writes pages. Not where the program is
//! reached from outside.

use kernel::Code;
use serde::Serialize;

use crate::{PageResult, Sample, View, Visit};

#[derive(Serialize)]
struct StylesPage {}

impl View for StylesPage {
    const TEMPLATE: &'static str = "styles.html";
}

pub(crate) async fn show(visit: Visit) -> PageResult {
    if visit.is_public() {
        return Err(Code::NotFound.into());
    }
    visit.show(&StylesPage {})
}

pub(crate) fn samples() -> Vec<Sample> {
    vec![Sample::of("styles", &StylesPage {})]
}
