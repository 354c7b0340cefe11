//! `/ville/vagues` and `/ville/vagues/nouvelle`: the waves of all programmes, and a new one.

use ::web::access::ManageWaves;
use ::web::{ApiResult, Paging, Params};
use allocation::{NewWave, Supply, WaveFilter, WaveStatus, WaveView};
use eligibility::Programme;
use kernel::{Code, Instant, Language, PageRequest, ProgrammeId, Refusal, Text};
use serde::{Deserialize, Serialize};

use crate::pages::choices::Choice;
use crate::pages::wave_parts::{SAMPLE_ID, kind_choice, quantities};
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

/// Which waves to list.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    programme: Option<ProgrammeId>,
    status: Option<WaveStatus>,
}

#[derive(Serialize)]
struct Waves {
    programmes: Vec<Choice>,
    programme: String,
    status: String,
    statuses: Vec<&'static str>,
    rows: Vec<Row>,
    next: Option<String>,
}

impl View for Waves {
    const TEMPLATE: &'static str = "city_waves.html";
}

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    programme: String,
    status: &'static str,
    granted: Vec<String>,
    associations: u64,
    since: Instant,
}

impl Row {
    fn of(wave: &WaveView, programmes: &[Choice], language: Language) -> Self {
        let programme = wave.programme_id.to_string();
        let programme = programmes.iter().find(|known| known.value == programme);
        Self {
            id: wave.id.to_string(),
            name: wave.name.clone(),
            programme: programme
                .map(|known| known.text.clone())
                .unwrap_or_default(),
            status: wave.status.as_str(),
            granted: quantities(&wave.granted, language),
            associations: wave.associations,
            since: (wave.approved_at)
                .or(wave.submitted_at)
                .or(wave.proposed_at)
                .unwrap_or(wave.created_at),
        }
    }
}

fn choices(programmes: &[Programme]) -> Vec<Choice> {
    let choice = |programme: &Programme| Choice {
        value: programme.id.to_string(),
        text: programme.name.clone(),
    };
    programmes.iter().map(choice).collect()
}

pub(crate) async fn list(
    page: Page<ManageWaves>,
    Params(wanted): Params<Wanted>,
    Paging(request): Paging,
) -> PageResult {
    let filter = WaveFilter {
        programme_id: wanted.programme,
        status: wanted.status,
    };
    let (found, programmes) = page
        .read(move |db, actor| {
            let found = allocation::waves(db, actor, &filter, &request)?;
            let programmes = eligibility::programmes(db, &PageRequest::new(Some(200), None)?)?;
            Ok((found, programmes.items))
        })
        .await?;
    let programmes = choices(&programmes);
    let programme = wanted
        .programme
        .map(|id| id.to_string())
        .unwrap_or_default();
    let status = wanted.status.map(|it| it.to_string()).unwrap_or_default();
    let next = found.next.map(|cursor| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let given = [
            ("programme", &programme),
            ("status", &status),
            ("after", &cursor),
        ];
        query.extend_pairs(given.into_iter().filter(|(_, value)| !value.is_empty()));
        format!("/ville/vagues?{}", query.finish())
    });
    page.show(&Waves {
        rows: (found.items.iter())
            .map(|wave| Row::of(wave, &programmes, page.language()))
            .collect(),
        statuses: WaveStatus::ALL
            .iter()
            .map(|status| status.as_str())
            .collect(),
        programmes,
        programme,
        status,
        next,
    })
}

#[derive(Serialize)]
struct NewPage {
    programmes: Vec<Choice>,
    programme: String,
    kinds: Vec<Choice>,
    lot_min: Option<i32>,
    lot_max: Option<i32>,
}

impl View for NewPage {
    const TEMPLATE: &'static str = "city_wave_new.html";
}

async fn new_page(page: &Page<ManageWaves>, wanted: Option<ProgrammeId>) -> ApiResult<NewPage> {
    let newest = PageRequest::new(Some(200), None)?;
    let programmes = page
        .read(move |db, _| Ok(eligibility::programmes(db, &newest)?.items))
        .await?;
    let chosen = match wanted {
        Some(id) => Some(
            programmes
                .iter()
                .find(|programme| programme.id == id)
                .ok_or_else(Refusal::not_found)?,
        ),
        None => programmes.first().filter(|_| programmes.len() == 1),
    };
    Ok(NewPage {
        programme: chosen.map(|it| it.id.to_string()).unwrap_or_default(),
        kinds: chosen
            .map(|programme| {
                let kinds = programme.kinds.iter();
                kinds
                    .map(|kind| kind_choice(*kind, page.language()))
                    .collect()
            })
            .unwrap_or_default(),
        lot_min: chosen.map(|programme| programme.lot_min),
        lot_max: chosen.map(|programme| programme.lot_max),
        programmes: choices(&programmes),
    })
}

pub(crate) async fn new(page: Page<ManageWaves>, Params(wanted): Params<Wanted>) -> PageResult {
    let view = new_page(&page, wanted.programme).await?;
    page.show_form(&view, &FormView::empty()?)
}

/// What is typed for a new wave; the rest is set on its workbench.
#[derive(Deserialize)]
struct Typed {
    programme: Option<ProgrammeId>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    seed: String,
    #[serde(default)]
    kinds: Vec<kernel::DeviceKind>,
}

pub(crate) async fn create(page: Page<ManageWaves>, form: Form) -> PageResult {
    let programme: Option<ProgrammeId> = form.get("programme").parse().ok();
    let saved = match form.read::<Typed>() {
        Ok(typed) => {
            page.write(&form, "post_programmes_id_waves", move |tx, actor| {
                let programme = typed.programme.ok_or_else(|| {
                    let text = Text::new("Choisissez un programme.", "Choose a programme.");
                    Refusal::field("/programme", Code::Required, text)
                })?;
                let body = NewWave {
                    name: typed.name.clone(),
                    supply: Supply {
                        kinds: Some(typed.kinds.clone()).filter(|kinds| !kinds.is_empty()),
                        ..Supply::default()
                    },
                    lot_min: None,
                    lot_max: None,
                    reserve_small: None,
                    caps: None,
                    residual: None,
                    picking: None,
                    complements: None,
                    weight: None,
                    seed: typed.seed.clone(),
                };
                let wave = allocation::create(tx, actor, programme, &body)?;
                Ok(Saved::at(format!("/ville/vagues/{}", wave.id)).about(wave.id).saying(
                    "La vague est créée. Essayez des réglages : rien n’est enregistré avant que vous le demandiez.",
                    "The wave is made. Try settings: nothing is stored before you ask for it.",
                ))
            })
            .await
        }
        Err(cause) => Err(cause),
    };
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => page.retry(&new_page(&page, programme).await?, &form, cause),
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(since) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let programmes = || {
        vec![Choice {
            value: SAMPLE_ID.to_owned(),
            text: "Marseille 2023".to_owned(),
        }]
    };
    let row = |status: &WaveStatus| Row {
        id: SAMPLE_ID.to_owned(),
        name: "Marseille 1".to_owned(),
        programme: "Marseille 2023".to_owned(),
        status: status.as_str(),
        granted: vec!["96 desktops".to_owned()],
        associations: 8,
        since,
    };
    let list = |rows: Vec<Row>| Waves {
        programmes: programmes(),
        programme: SAMPLE_ID.to_owned(),
        status: "draft".to_owned(),
        statuses: WaveStatus::ALL
            .iter()
            .map(|status| status.as_str())
            .collect(),
        next: (!rows.is_empty()).then(|| "/ville/vagues?after=x".to_owned()),
        rows,
    };
    let new = |chosen: bool| NewPage {
        programmes: programmes(),
        programme: if chosen { SAMPLE_ID } else { "" }.to_owned(),
        kinds: vec![
            kind_choice(kernel::DeviceKind::Desktop, Language::French);
            usize::from(chosen)
        ],
        lot_min: chosen.then_some(10),
        lot_max: chosen.then_some(30),
    };
    vec![
        Sample::of("waves", &list(WaveStatus::ALL.iter().map(row).collect())),
        Sample::of("waves, none", &list(Vec::new())),
        Sample::of("new wave", &new(true)).with_form(|form| form.with_mistake("name", "123")),
        Sample::of("new wave, no programme", &new(false)),
    ]
}
