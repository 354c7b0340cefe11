//! `/donnees`: the files that anybody may use, with what they hold.

use impact::open_data::{DATASETS, Dataset, LICENSE};
use serde::Serialize;

use crate::{PageResult, Sample, View, Visit};

#[derive(Serialize)]
struct OpenDataPage {
    datasets: Vec<Listed>,
    license: &'static str,
}

#[derive(Serialize)]
struct Listed {
    /// In French and in English.
    title: (&'static str, &'static str),
    holds: (&'static str, &'static str),
    schema: Option<&'static str>,
    /// Names and forms.
    files: Vec<(&'static str, &'static str)>,
}

impl View for OpenDataPage {
    const TEMPLATE: &'static str = "open_data.html";
}

fn page() -> OpenDataPage {
    let listed = |it: &Dataset| Listed {
        title: it.title,
        holds: it.holds,
        schema: it.conforms_to,
        files: it.files.iter().map(|file| (file.name, file.form)).collect(),
    };
    OpenDataPage {
        datasets: DATASETS.iter().map(listed).collect(),
        license: LICENSE,
    }
}

pub(crate) async fn show(visit: Visit) -> PageResult {
    visit.show(&page())
}

pub(crate) fn samples() -> Vec<Sample> {
    vec![Sample::of("open data", &page())]
}
