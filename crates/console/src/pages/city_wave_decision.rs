//! `/ville/vagues/{id}/decision`: what changed since the proposal, submitting, calling off; and
//! asking for a proposal.

use ::web::PathId;
use ::web::access::{DecideWaves, ManageWaves, Permission};
use ::web::{ApiError, ApiResult};
use allocation::{SinceView, Submission, WaveReason, WaveStatus, WaveView};
use kernel::{Code, Text, Wave, WaveId};
use serde::Serialize;

use crate::pages::wave_parts::Head;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct Decision {
    wave: Head,
    since: Since,
}

impl View for Decision {
    const TEMPLATE: &'static str = "city_wave_decision.html";
}

/// What is no longer as it was when the plan was made.
#[derive(Default, Serialize)]
pub(crate) struct Since {
    still_true: bool,
    device_count: usize,
    /// Tag and stage.
    devices: Vec<(String, String)>,
    application_count: usize,
    /// Reference and what changed.
    applications: Vec<(String, &'static str)>,
    gifts: Vec<String>,
    new_count: usize,
    new: Vec<String>,
}

impl From<SinceView> for Since {
    fn from(since: SinceView) -> Self {
        Self {
            still_true: since.still_true(),
            device_count: since.device_count,
            devices: since.devices,
            application_count: since.application_count,
            applications: since.applications,
            gifts: since.gifts,
            new_count: since.new_count,
            new: since.new,
        }
    }
}

impl Since {
    /// For samples.
    pub(crate) fn sample(still_true: bool) -> Self {
        let what = ["gone", "request", "score", "fragility", "history", "facts"];
        let changed = what.map(|what| ("D-2023-0042".to_owned(), what));
        Self {
            still_true,
            device_count: if still_true { 0 } else { 60 },
            devices: vec![("RS-00042-K".to_owned(), "in_repair".to_owned())],
            application_count: if still_true { 0 } else { changed.len() },
            applications: changed.into(),
            gifts: vec!["DON-2023-0001".to_owned(); usize::from(!still_true)],
            new_count: 1,
            new: vec!["D-2023-0043".to_owned()],
        }
    }
}

async fn decision<P: Permission>(page: &Page<P>, id: WaveId) -> ApiResult<Decision> {
    let (wave, programme, since) = page
        .read_long(move |db, actor| {
            let wave = allocation::overview(db, actor, id)?;
            let programme = eligibility::programme(db, wave.programme_id)?;
            Ok((wave, programme, allocation::since(db, id)?))
        })
        .await?;
    Ok(Decision {
        wave: Head::of(wave, &programme, page.language()),
        since: since.into(),
    })
}

pub(crate) async fn show(page: Page<ManageWaves>, PathId(id): PathId<Wave>) -> PageResult {
    let view = decision(&page, id).await?;
    let form = FormView::empty()?.version(view.wave.version);
    page.show_form(&view, &form)
}

/// The page again when a rule says no, with what was typed.
async fn retried(
    page: &Page<DecideWaves>,
    id: WaveId,
    form: &Form,
    saved: ApiResult<Saved>,
) -> PageResult {
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let view = decision(page, id).await?;
            page.retry_against(view.wave.version, &view, form, cause)
        }
    }
}

pub(crate) async fn submit(
    page: Page<DecideWaves>,
    PathId(id): PathId<Wave>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let saved = match form.read::<Submission>() {
        Ok(body) => {
            let deed = "post_waves_id_submit";
            page.write(&form, deed, move |tx, actor| {
                seen.of::<WaveView>(tx, actor, id)?;
                allocation::submit(tx, actor, id, &body)?;
                Ok(Saved::at(format!("/ville/vagues/{id}/decision")).about(id).saying(
                    "La vague est soumise. Les autres agents sont prévenus : l’un d’eux l’approuve ou la renvoie.",
                    "The wave is submitted. The other staff are told: one of them approves it or sends it back.",
                ))
            })
            .await
        }
        Err(cause) => Err(cause),
    };
    retried(&page, id, &form, saved).await
}

pub(crate) async fn cancel(
    page: Page<DecideWaves>,
    PathId(id): PathId<Wave>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let saved = match form.read::<Reason>() {
        Ok(body) => {
            let body = WaveReason {
                reason: body.reason,
            };
            let deed = "post_waves_id_cancel";
            page.write_long(&form, deed, move |tx, actor| {
                seen.of::<WaveView>(tx, actor, id)?;
                handover::cancel_wave(tx, actor, id, &body.reason)?;
                Ok(Saved::at(format!("/ville/vagues/{id}/decision"))
                    .about(id)
                    .saying("La vague est annulée.", "The wave is called off."))
            })
            .await
        }
        Err(cause) => Err(cause),
    };
    retried(&page, id, &form, saved).await
}

/// A reason, which the rules ask for when there is none.
#[derive(serde::Deserialize)]
pub(crate) struct Reason {
    #[serde(default)]
    pub(crate) reason: String,
}

/// Asks for a plan on what is ready and eligible now.
pub(crate) async fn propose(
    page: Page<ManageWaves>,
    PathId(id): PathId<Wave>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let deed = "post_waves_id_propose";
    let saved = page
        .write_long(&form, deed, move |tx, actor| {
            seen.of::<WaveView>(tx, actor, id)?;
            let plan = allocation::propose(tx, actor, id)?;
            let changed = plan.difference.len();
            let (devices, associations) = (plan.devices, plan.associations);
            let text = Text::new(
                format!(
                    "Le plan est calculé : {devices} appareils, {associations} associations. \
                     Résultats qui changent depuis le plan précédent : {changed}."
                ),
                format!(
                    "The plan is computed: {devices} devices, {associations} associations. \
                     Results that change since the plan before: {changed}."
                ),
            );
            Ok(Saved::at(format!("/ville/vagues/{id}/lots"))
                .about(id)
                .telling(text, "success"))
        })
        .await;
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => no_plan(&page, id, cause),
    }
}

/// The workbench says why there is no plan.
fn no_plan(page: &Page<ManageWaves>, id: WaveId, cause: ApiError) -> PageResult {
    let known = matches!(
        cause.code(),
        Some(
            Code::NothingToAllocate
                | Code::PinNotPossible
                | Code::WaveNotEditable
                | Code::StaleVersion
        )
    );
    match cause.refused().filter(|_| known) {
        Some(refusal) => {
            let saved = Saved::at(format!("/ville/vagues/{id}"));
            Ok(page.see(&saved.telling(refusal.detail.clone(), "warning")))
        }
        None => Err(cause),
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |status: WaveStatus, still_true: bool| Decision {
        wave: Head::sample(status),
        since: Since::sample(still_true),
    };
    let mut all: Vec<Sample> = WaveStatus::ALL
        .iter()
        .map(|status| Sample::of(&format!("decision, {status}"), &page(*status, true)))
        .collect();
    all.push(
        Sample::of("decision, out of date", &page(WaveStatus::Proposed, false))
            .with_form(|form| form.with_mistake("message", "123")),
    );
    all
}
