//! `/ville/approbations/{id}`: what the second person must look at, and nothing else.

use ::web::PathId;
use ::web::access::{ApproveWaves, DecideWaves, ManageWaves, Permission};
use ::web::{ApiError, ApiResult};
use allocation::{Dossier, Rejection, Remark, SubmissionView, Warning, WaveStatus};
use kernel::{Code, Instant, Language, Text, Wave, WaveId};
use serde::Serialize;

use crate::pages::city_wave_decision::Since;
use crate::pages::city_wave_views::InterventionRow;
use crate::pages::wave_parts::{Head, MovesView, SettingChange, setting_changes};
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct Approval {
    wave: Head,
    /// What is to be decided, when the wave is submitted.
    dossier: Option<DossierView>,
}

impl View for Approval {
    const TEMPLATE: &'static str = "city_approval.html";
}

#[derive(Serialize)]
struct DossierView {
    number: i32,
    message: Option<String>,
    /// Why the submission before was sent back, by whom and when.
    returned: Option<(String, String, Instant)>,
    /// Against the submission before.
    differences: Option<MovesView>,
    settings: Vec<SettingChange>,
    interventions: Vec<InterventionRow>,
    intervention_count: usize,
    /// Whose lot, and what stops it.
    warnings: Vec<(String, String)>,
    warning_count: usize,
    since: Since,
    /// Why whoever reads this may not approve.
    refused: Option<String>,
}

/// Warnings that are named one by one.
const WARNINGS: usize = 50;

impl DossierView {
    fn of(dossier: Dossier, language: Language, say: impl Fn(&Text) -> String) -> Self {
        let mut submissions = dossier.submissions.into_iter();
        let (last, before) = (submissions.next(), submissions.next());
        let settings = match (&before, &last) {
            (Some(before), Some(last)) => {
                setting_changes(&before.settings, &last.settings, language)
            }
            _ => Vec::new(),
        };
        let returned = |it: &SubmissionView| {
            let returned = it.returned.clone()?;
            Some((returned.reason, returned.by, returned.at))
        };
        let warning = |warning: &Warning| {
            let text = match language {
                Language::French => notifications::french_spaces(&warning.fr),
                Language::English => warning.en.clone(),
            };
            (warning.association.clone(), text)
        };
        Self {
            number: last.as_ref().map_or(1, |it| it.number),
            message: last.and_then(|it| it.message),
            returned: before.as_ref().and_then(returned),
            differences: (dossier.differences.as_ref()).map(|moves| MovesView::of(moves, language)),
            settings,
            interventions: (dossier.interventions.iter())
                .map(|it| InterventionRow::of(it, language))
                .collect(),
            intervention_count: dossier.intervention_count,
            warning_count: dossier.warnings.len(),
            warnings: dossier
                .warnings
                .iter()
                .take(WARNINGS)
                .map(warning)
                .collect(),
            since: dossier.since.into(),
            refused: dossier.refused.map(|refusal| say(&refusal.detail)),
        }
    }
}

async fn approval<P: Permission>(page: &Page<P>, id: WaveId) -> ApiResult<Approval> {
    let language = page.language();
    let (wave, programme, dossier) = page
        .read_long(move |db, actor| {
            let wave = allocation::overview(db, actor, id)?;
            let programme = eligibility::programme(db, wave.programme_id)?;
            let dossier = match wave.status {
                WaveStatus::Submitted => Some(allocation::dossier(db, actor, id)?),
                _ => None,
            };
            Ok((wave, programme, dossier))
        })
        .await?;
    Ok(Approval {
        wave: Head::of(wave, &programme, language),
        dossier: dossier.map(|it| DossierView::of(it, language, |text| page.say(text))),
    })
}

pub(crate) async fn show(page: Page<ManageWaves>, PathId(id): PathId<Wave>) -> PageResult {
    let view = approval(&page, id).await?;
    page.show_form(&view, &FormView::empty()?)
}

pub(crate) async fn approve(
    page: Page<ApproveWaves>,
    PathId(id): PathId<Wave>,
    form: Form,
) -> PageResult {
    let saved = match form.read::<Remark>() {
        Ok(body) => {
            page.write_long(&form, "post_waves_id_approve", move |tx, actor| {
                handover::approve_wave(tx, actor, id, &body)?;
                Ok(Saved::at(format!("/ville/vagues/{id}/decision")).about(id).saying(
                    "La vague est approuvée : les appareils sont réservés et les associations prévenues.",
                    "The wave is approved: the devices are reserved and the associations told.",
                ))
            })
            .await
        }
        Err(cause) => Err(cause),
    };
    decided(&page, id, &form, saved).await
}

pub(crate) async fn send_back(
    page: Page<DecideWaves>,
    PathId(id): PathId<Wave>,
    form: Form,
) -> PageResult {
    let saved = match form.read::<Rejection>() {
        Ok(body) => {
            page.write(&form, "post_waves_id_reject", move |tx, actor| {
                allocation::reject(tx, actor, id, &body)?;
                Ok(Saved::at(format!("/ville/vagues/{id}/decision")).about(id).saying(
                    "La vague est renvoyée. La personne qui l’a soumise est prévenue de vos raisons.",
                    "The wave is sent back. Whoever submitted it is told your reasons.",
                ))
            })
            .await
        }
        Err(cause) => Err(cause),
    };
    decided(&page, id, &form, saved).await
}

/// Where a decision leads. Whoever comes second is told what somebody else decided.
async fn decided<P: Permission>(
    page: &Page<P>,
    id: WaveId,
    form: &Form,
    saved: ApiResult<Saved>,
) -> PageResult {
    let cause = match saved {
        Ok(saved) => return Ok(page.see(&saved)),
        Err(cause) => cause,
    };
    let view = approval(page, id).await?;
    match view.dossier {
        None if is_late(&cause) => {
            let at = Saved::at(format!("/ville/vagues/{id}/decision"));
            Ok(page.see(&at.telling(somebody_else(&view.wave), "info")))
        }
        _ => page.retry(&view, form, cause),
    }
}

fn is_late(cause: &ApiError) -> bool {
    matches!(
        cause.code(),
        Some(Code::WaveStepNotAllowed | Code::WaveOutOfDate | Code::StaleVersion)
    )
}

fn somebody_else(wave: &Head) -> Text {
    match (&wave.approved_by, wave.decided) {
        (Some(by), true) => Text::new(
            format!("{by} vient d’approuver cette vague : il ne vous reste rien à faire."),
            format!("{by} has just approved this wave: there is nothing left for you to do."),
        ),
        _ => Text::new(
            "Quelqu’un d’autre a décidé entre-temps : voici où en est la vague.",
            "Somebody else decided meanwhile: here is where the wave stands.",
        ),
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(at) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let dossier = |again: bool, refused: bool| DossierView {
        number: if again { 2 } else { 1 },
        message: again.then(|| "-\n-".to_owned()),
        returned: again.then(|| ("-".to_owned(), "Sam Service".to_owned(), at)),
        differences: again.then(|| MovesView::sample(10, 20)),
        settings: vec![
            SettingChange {
                name: "lot_min",
                before: "10".to_owned(),
                after: "8".to_owned(),
            };
            usize::from(again)
        ],
        interventions: match again {
            true => vec![
                InterventionRow::sample(false, at),
                InterventionRow::sample(true, at),
            ],
            false => Vec::new(),
        },
        intervention_count: if again { 3 } else { 0 },
        warnings: vec![("Les Amis".to_owned(), "-".to_owned()); usize::from(again)],
        warning_count: if again { 60 } else { 0 },
        since: Since::sample(!again),
        refused: refused.then(|| "123".to_owned()),
    };
    let page = |status: WaveStatus, dossier: Option<DossierView>| Approval {
        wave: Head::sample(status),
        dossier,
    };
    let mut all: Vec<Sample> = WaveStatus::ALL
        .iter()
        .map(|status| Sample::of(&format!("approval, {status}"), &page(*status, None)))
        .collect();
    for (name, again, refused) in [
        ("approval", false, false),
        ("approval, again", true, false),
        ("approval by the same person", true, true),
    ] {
        let dossier = Some(dossier(again, refused));
        let sample = Sample::of(name, &page(WaveStatus::Submitted, dossier));
        all.push(sample.with_form(|form| form.with_mistake("reason", "123")));
    }
    all
}
