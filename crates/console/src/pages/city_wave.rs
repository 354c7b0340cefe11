//! `/ville/vagues/{id}`: the workbench. Settings are tried by the address: what they would give
//! stands beside what the wave's own give, and nothing is stored before somebody saves them.

use ::web::access::ManageWaves;
use ::web::{ApiError, PathId};
use actix_web::http::StatusCode;
use allocation::{SettingsInput, Trial, TrialPlan, WaveChange, WaveStatus, WaveView};
use eligibility::{Programme, Term};
use kernel::{Language, Refusal, Wave};
use serde::Serialize;

use crate::pages::choices::Choice;
use crate::pages::wave_parts::{
    GroupRow, Head, LineRow, MovesView, SettingChange, groups, kind_choice, kinds_word, quantities,
    setting_changes, theme_word,
};
use crate::pages::wave_settings::Tried;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

/// Lines shown beside the effect of settings.
const LINES: usize = 15;

#[derive(Serialize)]
struct Workbench {
    wave: Head,
    /// The kinds of the programme.
    kinds: Vec<Choice>,
    caps: usize,
    /// Something else than the wave's own settings is tried.
    tried: bool,
    /// What is tried, to be saved.
    pairs: Vec<(String, String)>,
    /// The address with what is tried kept beside.
    keep: Option<String>,
    /// The same trial without what was kept.
    without_kept: Option<String>,
    /// What was kept, carried along by the form.
    kept: Vec<String>,
    effect: Option<Effect>,
    /// Why there is none.
    none: Option<String>,
}

impl View for Workbench {
    const TEMPLATE: &'static str = "city_wave.html";
}

/// What settings give.
#[derive(Serialize)]
struct Effect {
    plans: Vec<PlanView>,
    gains: MovesView,
    losses: MovesView,
    left: Vec<LeftRow>,
    reserve: Vec<ReserveRow>,
    small: u64,
    by_district: Vec<GroupRow>,
    districts_more: u64,
    by_theme: Vec<GroupRow>,
    by_size: Vec<GroupRow>,
    lines: Vec<LineRow>,
    more: bool,
}

/// A plan in the table of plans.
#[derive(Serialize)]
struct PlanView {
    supply: Vec<String>,
    served: u64,
    unserved: u64,
    devices: u64,
    smallest: Option<u64>,
    largest: Option<u64>,
    left: u64,
    gain: u64,
    lose: u64,
    changes: Vec<SettingChange>,
}

#[derive(Serialize)]
struct LeftRow {
    kind: String,
    devices: u64,
    reserved: u64,
    wanting: u64,
}

#[derive(Serialize)]
struct ReserveRow {
    kind: String,
    devices: u64,
    used: u64,
}

impl Effect {
    fn of(trial: &Trial, themes: &[Term], language: Language) -> Option<Self> {
        let (own, last) = (trial.plans.first()?, trial.plans.last()?);
        let plan = |plan: &TrialPlan| PlanView {
            supply: quantities(&plan.supply, language),
            served: plan.served,
            unserved: plan.unserved,
            devices: plan.devices,
            smallest: plan.smallest,
            largest: plan.largest,
            left: plan.left.iter().map(|left| left.devices).sum(),
            gain: plan.gain,
            lose: plan.lose,
            changes: setting_changes(&own.settings, &plan.settings, language),
        };
        let theme = |code: &str| theme_word(code, themes, language);
        Some(Self {
            plans: trial.plans.iter().map(plan).collect(),
            gains: MovesView::of(&trial.gains, language),
            losses: MovesView::of(&trial.losses, language),
            left: (last.left.iter())
                .map(|left| LeftRow {
                    kind: kinds_word(&left.kind, language),
                    devices: left.devices,
                    reserved: left.reserved,
                    wanting: left.wanting,
                })
                .collect(),
            reserve: (last.reserve.iter())
                .map(|share| ReserveRow {
                    kind: kinds_word(&share.kind, language),
                    devices: share.devices,
                    used: share.used,
                })
                .collect(),
            small: last.small,
            by_district: groups(&own.by_district, &last.by_district, str::to_owned),
            districts_more: last.districts_more,
            by_theme: groups(&own.by_theme, &last.by_theme, theme),
            by_size: groups(&own.by_size, &last.by_size, str::to_owned),
            lines: (trial.lines.iter())
                .map(|line| LineRow::of(line, language))
                .collect(),
            more: trial.more,
        })
    }
}

pub(crate) async fn show(page: Page<ManageWaves>, PathId(id): PathId<Wave>) -> PageResult {
    let query = page.request().query_string().to_owned();
    let kind = "application/x-www-form-urlencoded";
    let asked = Form::parse(kind, &actix_web::web::Bytes::from(query))?;
    let asked = Some(asked).filter(|form| !form.get("essai").is_empty());
    let (status, view, form) = workbench(&page, id, asked.as_ref(), None).await?;
    page.show_with(status, &view, &form)
}

/// The page: with the settings that a form has, or else with those of the wave. A refusal of what
/// was sent is shown at its fields; otherwise what the trial itself refuses.
async fn workbench(
    page: &Page<ManageWaves>,
    id: kernel::WaveId,
    asked: Option<&Form>,
    refused: Option<&Refusal>,
) -> Result<(StatusCode, Workbench, FormView), ApiError> {
    let language = page.language();
    let read = asked.map(Form::read::<Tried>).transpose();
    let (tried, mut refused) = match read {
        Ok(tried) => (tried, refused.cloned()),
        Err(cause) => (None, Some(cause.refused().cloned().ok_or(cause)?)),
    };
    let kept: Vec<String> = asked
        .map(|form| form.all("avec"))
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect();
    let (beside, typed) = (kept.clone(), tried.clone());
    let (wave, programme, found) = page
        .read_long(move |db, actor| {
            let wave = allocation::overview(db, actor, id)?;
            let programme = eligibility::programme(db, wave.programme_id)?;
            let found = effect(db, &wave, &programme, &beside, typed.as_ref())?;
            Ok((wave, programme, found))
        })
        .await?;
    let own = Tried::of(&wave.settings, &programme.kinds);
    let (trial, none) = match found {
        Found::Trial(trial) => (Some(trial), None),
        Found::Refused(refusal, own) => {
            // at the fields, when it is about them
            let about_fields = asked.is_some() && !refusal.errors.is_empty();
            let text = (!about_fields).then(|| page.say(&refusal.detail));
            refused = refused.or(Some(refusal).filter(|_| about_fields));
            (own, text)
        }
        Found::Nothing => (None, None),
    };
    let shown = tried.clone().unwrap_or_else(|| own.clone()).with_blanks();
    let form = match (asked, &refused) {
        (Some(form), Some(refusal)) => form.refused(refusal, language)?,
        _ => FormView::filled(&shown)?,
    };
    let form = form.version(wave.version);
    let changed = refused.is_none() && tried.as_ref().is_some_and(|tried| *tried != own);
    let saved = tried.filter(|_| refused.is_none()).unwrap_or(own);
    let path = format!("/ville/vagues/{id}");
    let address = |kept: &[String]| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("essai", "1");
        query.extend_pairs(saved.pairs());
        query.extend_pairs(kept.iter().map(|text| ("avec", text)));
        format!("{path}?{}", query.finish())
    };
    let mut with_this = kept.clone();
    with_this.push(encoded(&saved));
    let may_keep = changed && refused.is_none() && with_this.len() < allocation::TRIALS;
    let status = match &refused {
        Some(refusal) => StatusCode::from_u16(refusal.code.status()),
        None => Ok(StatusCode::OK),
    };
    let themes = &page.state().eligibility.lists.themes;
    let view = Workbench {
        kinds: (programme.kinds.iter())
            .map(|kind| kind_choice(*kind, language))
            .collect(),
        caps: shown.caps.len(),
        tried: changed,
        pairs: saved.pairs(),
        keep: may_keep.then(|| address(&with_this)),
        without_kept: (!kept.is_empty()).then(|| address(&[])),
        kept,
        effect: trial.and_then(|trial| Effect::of(&trial, themes, language)),
        none,
        wave: Head::of(wave, &programme, language),
    };
    Ok((
        status.unwrap_or(StatusCode::UNPROCESSABLE_ENTITY),
        view,
        form,
    ))
}

fn encoded(tried: &Tried) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(tried.pairs());
    query.finish()
}

/// What trying settings gives.
enum Found {
    Trial(Trial),
    /// Refused; what the wave's own settings give, when they give something.
    Refused(Refusal, Option<Trial>),
    /// The wave is past trying.
    Nothing,
}

fn effect(
    db: &mut db::Db,
    wave: &WaveView,
    programme: &Programme,
    kept: &[String],
    tried: Option<&Tried>,
) -> db::Result<Found> {
    if !(wave.status == WaveStatus::Draft || wave.status.is_open_plan()) {
        return Ok(Found::Nothing);
    }
    let read = |text: &String| {
        let kind = "application/x-www-form-urlencoded";
        let form = Form::parse(kind, &actix_web::web::Bytes::from(text.clone())).ok()?;
        form.read::<Tried>().ok()
    };
    let own = Tried::of(&wave.settings, &programme.kinds);
    let settings: Vec<SettingsInput> = kept
        .iter()
        .filter_map(read)
        .chain(tried.filter(|tried| **tried != own).cloned())
        .map(|tried| tried.input(&wave.settings, &programme.kinds))
        .collect();
    match allocation::trial(db, wave.id, &settings, (0, LINES)) {
        Ok(trial) => Ok(Found::Trial(trial)),
        Err(db::Error::Refused(refusal)) => {
            let own = match settings.is_empty() {
                true => None,
                false => allocation::trial(db, wave.id, &[], (0, LINES)).ok(),
            };
            Ok(Found::Refused(*refusal, own))
        }
        Err(cause) => Err(cause),
    }
}

/// Makes what was tried the settings of the wave.
pub(crate) async fn save(
    page: Page<ManageWaves>,
    PathId(id): PathId<Wave>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let saved = match form.read::<Tried>() {
        Ok(tried) => {
            let deed = "patch_waves_id";
            page.write(&form, deed, move |tx, actor| {
                seen.of::<WaveView>(tx, actor, id)?;
                let wave = allocation::wave(tx, actor, id)?;
                let kinds = eligibility::programme(tx, wave.programme_id)?.kinds;
                let body = WaveChange {
                    name: None,
                    settings: tried.change(&wave.settings, &kinds),
                };
                allocation::change(tx, id, &body)?;
                Ok(Saved::at(format!("/ville/vagues/{id}")).about(id).saying(
                    "Les réglages sont enregistrés. Demandez maintenant une proposition.",
                    "The settings are saved. Ask for a proposal now.",
                ))
            })
            .await
        }
        Err(cause) => Err(cause),
    };
    let cause = match saved {
        Ok(saved) => return Ok(page.see(&saved)),
        Err(cause) => cause,
    };
    let refusal = cause.refused().cloned();
    let (_, view, _) = workbench(&page, id, Some(&form), refusal.as_ref()).await?;
    page.retry_against(view.wave.version, &view, &form, cause)
}

pub(crate) fn samples() -> Vec<Sample> {
    let plan = |gain| PlanView {
        supply: vec!["100 desktops".to_owned()],
        served: 8,
        unserved: 3,
        devices: 96,
        smallest: Some(10),
        largest: None,
        left: 4,
        gain,
        lose: 1,
        changes: [
            "lot_min",
            "lot_max",
            "reserve",
            "reserve_below",
            "reserve_lot",
            "residual",
            "picking",
            "complements",
            "weight",
            "caps",
            "kinds",
            "grades",
            "at_most",
            "seed",
        ]
        .map(|name| SettingChange {
            name,
            before: match name {
                "residual" => "grow",
                "picking" => "site_first",
                "complements" => "false",
                _ => "",
            }
            .to_owned(),
            after: match name {
                "residual" => "hold",
                "picking" => "grades_first",
                "complements" => "true",
                _ => "6",
            }
            .to_owned(),
        })
        .into_iter()
        .take(if gain > 0 { 14 } else { 0 })
        .collect(),
    };
    let group = allocation::GroupSum {
        name: "13003".to_owned(),
        served: 2,
        unserved: 1,
        devices: 30,
    };
    let rows = || groups(&[], std::slice::from_ref(&group), str::to_owned);
    let effect = |plans: Vec<PlanView>| Effect {
        plans,
        gains: MovesView::sample(10, 20),
        losses: MovesView::sample(10, 0),
        left: vec![LeftRow {
            kind: "desktops".to_owned(),
            devices: 4,
            reserved: 2,
            wanting: 3,
        }],
        reserve: vec![ReserveRow {
            kind: "desktops".to_owned(),
            devices: 6,
            used: 4,
        }],
        small: 1,
        by_district: rows(),
        districts_more: 2,
        by_theme: rows(),
        by_size: rows(),
        lines: allocation::LineReason::ALL
            .iter()
            .map(|reason| LineRow::sample(*reason))
            .collect(),
        more: true,
    };
    let page = |status: WaveStatus, effect: Option<Effect>, tried: bool| Workbench {
        wave: Head::sample(status),
        kinds: vec![kind_choice(kernel::DeviceKind::Desktop, Language::French)],
        caps: 2,
        tried,
        pairs: vec![("lot_min".to_owned(), "10".to_owned())],
        keep: tried.then(|| "/ville/vagues/x?avec=y".to_owned()),
        without_kept: tried.then(|| "/ville/vagues/x".to_owned()),
        kept: vec!["lot_min=9".to_owned(); usize::from(tried)],
        none: effect.is_none().then(|| "-".to_owned()),
        effect,
    };
    let mut all: Vec<Sample> = WaveStatus::ALL
        .iter()
        .map(|status| Sample::of(&format!("wave, {status}"), &page(*status, None, false)))
        .collect();
    let own = effect(vec![plan(0)]);
    all.push(Sample::of(
        "wave, its own settings",
        &page(WaveStatus::Proposed, Some(own), false),
    ));
    let several = effect(vec![plan(0), plan(2), plan(1)]);
    all.push(
        Sample::of(
            "wave, settings that are tried",
            &page(WaveStatus::Draft, Some(several), true),
        )
        .with_form(|form| form.with_mistake("lot_min", "123")),
    );
    all
}
