//! `/ville/vagues/{id}/lots`, `/stock` and `/interventions`: the plan of a wave line by line, what
//! there is to give, and what staff fixed.

use ::web::access::ManageWaves;
use ::web::{Paging, Params, PathId};
use allocation::{InterventionView, LineFilter, StockRow, WaveStatus};
use kernel::{Instant, Language, Wave};
use serde::{Deserialize, Serialize};

use crate::pages::wave_parts::{
    Head, LineRow, MovesView, SAMPLE_ID, kinds_word, quantities, theme_word,
};
use crate::{FormView, Page, PageResult, Sample, View};

/// Which lines to show.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    q: Option<String>,
    /// `served`, `unserved` or `pinned`.
    show: Option<String>,
}

#[derive(Serialize)]
struct Lots {
    wave: Head,
    q: String,
    show: String,
    lines: Vec<LineRow>,
    next: Option<String>,
}

impl View for Lots {
    const TEMPLATE: &'static str = "city_wave_lots.html";
}

pub(crate) async fn lots(
    page: Page<ManageWaves>,
    PathId(id): PathId<Wave>,
    Params(wanted): Params<Wanted>,
    Paging(request): Paging,
) -> PageResult {
    let language = page.language();
    let q = wanted.q.map(|q| q.trim().to_owned()).unwrap_or_default();
    let show = wanted.show.unwrap_or_default();
    let filter = LineFilter {
        served: match show.as_str() {
            "served" => Some(true),
            "unserved" => Some(false),
            _ => None,
        },
        pinned: show == "pinned",
        q: Some(q.clone()).filter(|q| !q.is_empty()),
        ..LineFilter::default()
    };
    let (wave, programme, found) = page
        .read(move |db, actor| {
            let wave = allocation::overview(db, actor, id)?;
            let programme = eligibility::programme(db, wave.programme_id)?;
            let found = allocation::lines_found(db, actor, id, filter, &request)?;
            Ok((wave, programme, found))
        })
        .await?;
    let next = found.next.map(|cursor| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let given = [("q", &q), ("show", &show), ("after", &cursor)];
        query.extend_pairs(given.into_iter().filter(|(_, value)| !value.is_empty()));
        format!("/ville/vagues/{id}/lots?{}", query.finish())
    });
    page.show(&Lots {
        wave: Head::of(wave, &programme, language),
        lines: (found.items.iter())
            .map(|line| LineRow::of(line, language))
            .collect(),
        next,
        q,
        show,
    })
}

#[derive(Serialize)]
struct Stock {
    wave: Head,
    devices: u64,
    by_grade: Vec<StockPart>,
    by_workshop: Vec<StockPart>,
    by_batch: Vec<StockPart>,
    batches_more: u64,
    left_out: Vec<String>,
}

impl View for Stock {
    const TEMPLATE: &'static str = "city_wave_stock.html";
}

#[derive(Serialize)]
struct StockPart {
    kind: String,
    name: Option<String>,
    batch: Option<String>,
    tied: Vec<String>,
    devices: u64,
}

pub(crate) async fn stock(page: Page<ManageWaves>, PathId(id): PathId<Wave>) -> PageResult {
    let language = page.language();
    let (wave, programme, stock) = page
        .read_long(move |db, actor| {
            let wave = allocation::overview(db, actor, id)?;
            let programme = eligibility::programme(db, wave.programme_id)?;
            Ok((wave, programme, allocation::stock(db, id)?))
        })
        .await?;
    let themes = &page.state().eligibility.lists.themes;
    let part = |row: StockRow| StockPart {
        kind: kinds_word(&row.kind, language),
        name: row.name,
        batch: row.batch.map(|batch| batch.to_string()),
        tied: (row.tied.iter())
            .map(|tag| match tag.starts_with("association:") {
                true => page.say(&kernel::Text::new(
                    "une association nommée",
                    "an association that is named",
                )),
                false => theme_word(tag, themes, language),
            })
            .collect(),
        devices: row.devices,
    };
    page.show(&Stock {
        wave: Head::of(wave, &programme, language),
        devices: stock.devices,
        by_grade: stock.by_grade.into_iter().map(part).collect(),
        by_workshop: stock.by_workshop.into_iter().map(part).collect(),
        by_batch: stock.by_batch.into_iter().map(part).collect(),
        batches_more: stock.batches_more,
        left_out: quantities(&stock.left_out, language),
    })
}

#[derive(Serialize)]
struct Interventions {
    wave: Head,
    interventions: Vec<InterventionRow>,
    count: usize,
}

impl View for Interventions {
    const TEMPLATE: &'static str = "city_wave_interventions.html";
}

/// What staff fixed, with what it does to others.
#[derive(Serialize)]
pub(crate) struct InterventionRow {
    application: String,
    association: String,
    excluded: bool,
    granted: Vec<String>,
    otherwise: Vec<String>,
    reason: String,
    by: String,
    at: Instant,
    losers: MovesView,
    winners: MovesView,
}

impl InterventionRow {
    pub(crate) fn of(it: &InterventionView, language: Language) -> Self {
        Self {
            application: it.application_id.to_string(),
            association: it.association.clone(),
            excluded: it.granted.is_none(),
            granted: (it.granted.as_ref())
                .map(|granted| quantities(granted, language))
                .unwrap_or_default(),
            otherwise: quantities(&it.otherwise, language),
            reason: it.reason.clone(),
            by: it.by.clone(),
            at: it.at,
            losers: MovesView::of(&it.losers, language),
            winners: MovesView::of(&it.winners, language),
        }
    }

    /// For samples.
    pub(crate) fn sample(excluded: bool, at: Instant) -> Self {
        Self {
            application: SAMPLE_ID.to_owned(),
            association: "Les Amis".to_owned(),
            excluded,
            granted: vec!["20 desktops".to_owned(); usize::from(!excluded)],
            otherwise: vec!["10 desktops".to_owned(); usize::from(excluded)],
            reason: "Local 12.".to_owned(),
            by: "Sam Service".to_owned(),
            at,
            losers: match excluded {
                true => MovesView::default(),
                false => MovesView::sample(20, 0),
            },
            winners: match excluded {
                true => MovesView::sample(10, 20),
                false => MovesView::default(),
            },
        }
    }
}

pub(crate) async fn interventions(page: Page<ManageWaves>, PathId(id): PathId<Wave>) -> PageResult {
    let language = page.language();
    let (wave, programme, (found, count)) = page
        .read_long(move |db, actor| {
            let wave = allocation::overview(db, actor, id)?;
            let programme = eligibility::programme(db, wave.programme_id)?;
            Ok((wave, programme, allocation::staff_decisions(db, id)?))
        })
        .await?;
    let view = Interventions {
        wave: Head::of(wave, &programme, language),
        interventions: (found.iter())
            .map(|it| InterventionRow::of(it, language))
            .collect(),
        count,
    };
    let form = FormView::empty()?.version(view.wave.version);
    page.show_form(&view, &form)
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let lots = |lines: Vec<LineRow>| Lots {
        wave: Head::sample(WaveStatus::Proposed),
        q: "amis".to_owned(),
        show: "served".to_owned(),
        next: (!lines.is_empty()).then(|| "/ville/vagues/x/lots?after=y".to_owned()),
        lines,
    };
    let every = allocation::LineReason::ALL.iter();
    let part = |batch: bool| StockPart {
        kind: "desktops".to_owned(),
        name: (!batch).then(|| "A".to_owned()),
        batch: batch.then(|| SAMPLE_ID.to_owned()),
        tied: vec!["-".to_owned(); usize::from(batch)],
        devices: 40,
    };
    let stock = |there: bool| Stock {
        wave: Head::sample(WaveStatus::Draft),
        devices: if there { 80 } else { 0 },
        by_grade: vec![part(false)],
        by_workshop: vec![part(false)],
        by_batch: vec![part(true)],
        batches_more: 2,
        left_out: vec!["3 desktops".to_owned()],
    };
    let interventions = |status: WaveStatus, rows: Vec<InterventionRow>| Interventions {
        wave: Head::sample(status),
        count: rows.len() * 2,
        interventions: rows,
    };
    let rows = || {
        vec![
            InterventionRow::sample(false, at),
            InterventionRow::sample(true, at),
        ]
    };
    vec![
        Sample::of(
            "lots of a wave",
            &lots(every.map(|reason| LineRow::sample(*reason)).collect()),
        ),
        Sample::of("lots of a wave, none", &lots(Vec::new())),
        Sample::of("stock of a wave", &stock(true)),
        Sample::of("stock of a wave, none", &stock(false)),
        Sample::of(
            "interventions",
            &interventions(WaveStatus::Adjusted, rows()),
        ),
        Sample::of(
            "interventions, decided",
            &interventions(WaveStatus::Approved, rows()),
        ),
        Sample::of(
            "interventions, none",
            &interventions(WaveStatus::Proposed, Vec::new()),
        ),
    ]
}
