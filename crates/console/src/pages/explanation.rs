//! `/demandes/{id}/explication/{wave}`: why an application has what it has in a wave, in words.

use ::web::access::ReadWaveLines;
use ::web::{ApiError, PathId};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use kernel::{Language, Refusal, WaveId};
use serde::Serialize;

use super::application_parts::{SAMPLE_ID, in_language};
use crate::{Page, PageResult, Sample, View};

#[derive(Serialize)]
struct ExplanationPage {
    id: String,
    reference: String,
    wave: String,
    wave_id: String,
    blocks: Vec<Block>,
}

/// A paragraph, and the list that belongs to it.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Block {
    text: String,
    items: Vec<String>,
}

impl View for ExplanationPage {
    const TEMPLATE: &'static str = "explanation.html";
}

/// The wave that the address names.
pub(crate) struct PathWave(WaveId);

impl FromRequest for PathWave {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let wave = request.match_info().get("wave");
        let wave = wave.and_then(|text| text.parse().ok());
        std::future::ready(wave.map(Self).ok_or_else(|| Refusal::not_found().into()))
    }
}

pub(crate) async fn show(
    page: Page<ReadWaveLines>,
    PathId(id): PathId<kernel::Application>,
    PathWave(wave): PathWave,
) -> PageResult {
    let now = page.state().database.now();
    let explanation = page
        .read_long(move |db, actor| allocation::explanation(db, actor, wave, id, now))
        .await?;
    let text = match page.language() {
        Language::French => in_language(Language::French, &explanation.text.fr, ""),
        Language::English => explanation.text.en,
    };
    page.show(&ExplanationPage {
        id: id.to_string(),
        reference: explanation.reference,
        wave: explanation.wave.name,
        wave_id: wave.to_string(),
        blocks: blocks(&text),
    })
}

/// Paragraphs, and lists whose lines begin with a dash.
fn blocks(text: &str) -> Vec<Block> {
    let blocks = text.split("\n\n").filter(|block| !block.trim().is_empty());
    let block = |block: &str| {
        let (items, lines): (Vec<&str>, Vec<&str>) = block
            .trim()
            .lines()
            .partition(|line| line.starts_with("- "));
        Block {
            text: lines.join(" "),
            items: items.iter().map(|item| item[2..].to_owned()).collect(),
        }
    };
    blocks.map(block).collect()
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = ExplanationPage {
        id: SAMPLE_ID.to_owned(),
        reference: "D-2023-0042".to_owned(),
        wave: "2023-1".to_owned(),
        wave_id: SAMPLE_ID.to_owned(),
        blocks: blocks("123\n\n456\n- 7\n- 8"),
    };
    vec![Sample::of("explanation", &page)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_and_lists() {
        let found = blocks("Un\ndeux\n\n\nTrois :\n- a\n- b\n");
        let block = |text: &str, items: &[&str]| Block {
            text: text.to_owned(),
            items: items.iter().map(|item| (*item).to_owned()).collect(),
        };
        assert_eq!(
            found,
            [block("Un deux", &[]), block("Trois :", &["a", "b"])]
        );
    }
}
