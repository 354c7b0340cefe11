//! Examples of every message, with the variants that read differently: for the preview
//! that staff ask for, for the check of templates at the start, and for the tests.

use serde::Deserialize;

use crate::Message;

#[derive(Deserialize)]
struct Sample {
    name: String,
    message: Message,
}

/// Every example with its name; a test makes sure that the file can be read.
pub(crate) fn all() -> Vec<(String, Message)> {
    let samples: Vec<Sample> =
        serde_json::from_str(include_str!("../templates/samples.json")).unwrap_or_default();
    samples
        .into_iter()
        .map(|sample| (sample.name, sample.message))
        .collect()
}

/// Each example's name and the page that it leads to.
pub fn pages() -> Vec<(String, String)> {
    all()
        .into_iter()
        .map(|(name, message)| (name, message.page()))
        .collect()
}
