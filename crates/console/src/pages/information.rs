//! `/accessibilite` and `/mentions`: what every site of the administration has to say.

use serde::Serialize;

use crate::{PageResult, Sample, View, Visit};

#[derive(Serialize)]
struct Accessibility {}

impl View for Accessibility {
    const TEMPLATE: &'static str = "accessibility.html";
}

#[derive(Serialize)]
struct Legal {}

impl View for Legal {
    const TEMPLATE: &'static str = "legal.html";
}

pub(crate) async fn accessibility(visit: Visit) -> PageResult {
    visit.show(&Accessibility {})
}

pub(crate) async fn legal(visit: Visit) -> PageResult {
    visit.show(&Legal {})
}

pub(crate) fn samples() -> Vec<Sample> {
    vec![
        Sample::of("accessibility", &Accessibility {}),
        Sample::of("legal notice", &Legal {}),
    ]
}
