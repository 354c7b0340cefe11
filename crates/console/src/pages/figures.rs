//! `/chiffres`: what a programme did so far, for everybody. It names no association.

use ::web::Params;
use impact::{Figures, ThemeUse};
use kernel::{PageRequest, ProgrammeId};
use serde::{Deserialize, Serialize};

use super::wave_parts::theme_word;
use crate::{PageResult, Sample, View, Visit};

/// Which programme; the newest when it is not said.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    programme: Option<ProgrammeId>,
}

#[derive(Serialize)]
struct FiguresPage {
    figures: Option<Figures>,
    /// What the devices are used for: the theme's words, lots, devices in use, people.
    themes: Vec<(String, u64, u64, u64)>,
    /// All programmes: their id and name.
    programmes: Vec<(String, String)>,
}

impl View for FiguresPage {
    const TEMPLATE: &'static str = "figures.html";
}

pub(crate) async fn show(visit: Visit, Params(wanted): Params<Wanted>) -> PageResult {
    let newest = PageRequest::new(Some(50), None)?;
    let state = visit.state();
    let programmes = state
        .database
        .read(move |db| eligibility::programmes(db, &newest));
    let programmes = programmes.await?.items;
    let first = programmes.first().map(|programme| programme.id);
    let figures = match wanted.programme.or(first) {
        Some(id) => Some(state.figures(id).await?),
        None => None,
    };
    let words = &state.eligibility.lists.themes;
    let language = visit.language();
    let uses = figures.iter().flat_map(|figures| &figures.uses.themes);
    let theme = |it: &ThemeUse| {
        let word = theme_word(it.theme.as_str(), words, language);
        (word, it.reports, it.devices_in_use, it.people_reached)
    };
    let themes = uses.map(theme).collect();
    visit.show(&FiguresPage {
        themes,
        figures,
        programmes: programmes
            .into_iter()
            .map(|it| (it.id.to_string(), it.name))
            .collect(),
    })
}

pub(crate) fn samples() -> Vec<Sample> {
    use impact::{TerritoryFigures, UseFigures, WaveFigures};
    use kernel::Instant;
    let id = || "0198c0de-0000-7000-8000-000000000000";
    let (Ok(programme_id), Ok(wave)) = (id().parse(), id().parse()) else {
        return Vec::new();
    };
    let figures = Figures {
        programme_id,
        programme: "Marseille 2023".to_owned(),
        devices: [("handed_over".to_owned(), 96)].into(),
        lots: 8,
        devices_granted: 96,
        associations_served: 8,
        passed_on: 2,
        waves: vec![WaveFigures {
            id: wave,
            ordinal: 1,
            name: "Marseille 1".to_owned(),
            status: "completed".to_owned(),
            approved_at: Instant::from_micros(1_700_000_000_000_000),
            associations: 8,
            devices: 96,
            smallest: 10,
            largest: 20,
        }],
        territories: vec![TerritoryFigures {
            postal_code: "13003".to_owned(),
            commune: "Marseille".to_owned(),
            associations: 8,
            devices: 96,
        }],
        uses: UseFigures {
            reports: 6,
            devices: 70,
            devices_told: 60,
            devices_in_use: 55,
            people_reached: 800,
            themes: Vec::new(),
        },
    };
    let programmes = vec![
        (id().to_owned(), "Marseille 2023".to_owned()),
        (id().to_owned(), "Marseille 2024".to_owned()),
    ];
    let new = Figures {
        waves: Vec::new(),
        territories: Vec::new(),
        uses: UseFigures::default(),
        ..figures.clone()
    };
    let page = |figures, programmes| FiguresPage {
        themes: vec![("Inclusion".to_owned(), 6, 55, 800)],
        figures,
        programmes,
    };
    vec![
        Sample::of("figures", &page(Some(figures), programmes.clone())),
        Sample::of("figures of a new programme", &page(Some(new), programmes)),
        Sample::of("figures, none", &page(None, Vec::new())),
    ]
}
