//! `/ville/vagues/{id}/lignes/{application_id}`: why an application has what it has in a wave, and
//! what staff fix about it.

use std::collections::BTreeMap;

use ::web::ApiError;
use ::web::access::{DecideWaves, ManageWaves};
use actix_web::web::Path;
use allocation::{LineFilter, PinInput, WaveStatus, WaveView};
use kernel::{ApplicationId, Code, DeviceKind, Language, PageRequest, Refusal, Text, WaveId};
use serde::{Deserialize, Serialize};

use crate::pages::choices::Choice;
use crate::pages::wave_parts::{Head, LineRow, SAMPLE_ID, kind_choice};
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct LinePage {
    wave: Head,
    application: String,
    reference: String,
    association: String,
    lines: Vec<LineRow>,
    pinned: bool,
    /// What may be fixed.
    kinds: Vec<Choice>,
    /// Why, in sentences; lines that begin with a dash are a list.
    why: Vec<Paragraph>,
}

impl View for LinePage {
    const TEMPLATE: &'static str = "city_wave_line.html";
}

#[derive(Serialize)]
struct Paragraph {
    text: String,
    items: Vec<String>,
}

fn paragraphs(text: &str) -> Vec<Paragraph> {
    let blocks = text.split("\n\n").filter(|block| !block.trim().is_empty());
    blocks
        .map(|block| {
            let (items, lines): (Vec<&str>, Vec<&str>) =
                block.lines().partition(|line| line.starts_with("- "));
            Paragraph {
                text: lines.join(" "),
                items: items.iter().map(|item| item[2..].to_owned()).collect(),
            }
        })
        .collect()
}

type Ids = Path<(String, String)>;

fn ids(path: &Ids) -> Result<(WaveId, ApplicationId), ApiError> {
    match (path.0.parse(), path.1.parse()) {
        (Ok(wave), Ok(application)) => Ok((wave, application)),
        _ => Err(Refusal::not_found().into()),
    }
}

async fn line<P: ::web::access::Permission>(
    page: &Page<P>,
    (id, application): (WaveId, ApplicationId),
) -> Result<LinePage, ApiError> {
    let language = page.language();
    let now = page.state().database.now();
    let (wave, programme, lines, explanation) = page
        .read_long(move |db, actor| {
            let wave = allocation::overview(db, actor, id)?;
            let programme = eligibility::programme(db, wave.programme_id)?;
            let filter = LineFilter {
                application: Some(application),
                ..LineFilter::default()
            };
            let lines =
                allocation::lines_found(db, actor, id, filter, &PageRequest::new(None, None)?)?;
            let explanation = allocation::explanation(db, actor, id, application, now)?;
            Ok((wave, programme, lines.items, explanation))
        })
        .await?;
    let text = match language {
        Language::French => notifications::french_spaces(&explanation.text.fr),
        Language::English => explanation.text.en.clone(),
    };
    Ok(LinePage {
        wave: Head::of(wave, &programme, language),
        application: application.to_string(),
        reference: explanation.reference.clone(),
        association: explanation.association.clone(),
        pinned: explanation.intervention.is_some(),
        lines: (lines.iter())
            .map(|line| LineRow::of(line, language))
            .collect(),
        kinds: (programme.kinds.iter())
            .map(|kind| kind_choice(*kind, language))
            .collect(),
        why: paragraphs(&text),
    })
}

pub(crate) async fn show(page: Page<ManageWaves>, path: Ids) -> PageResult {
    let view = line(&page, ids(&path)?).await?;
    let form = FormView::empty()?.version(view.wave.version);
    page.show_form(&view, &form)
}

/// What is typed.
#[derive(Deserialize)]
struct Typed {
    /// `fix` or `exclude`.
    decision: Option<String>,
    #[serde(default)]
    granted: BTreeMap<DeviceKind, i64>,
    #[serde(default)]
    reason: String,
}

impl Typed {
    fn pin(self) -> Result<PinInput, Refusal> {
        let wrong = |field: &'static str, fr: &'static str, en: &'static str| {
            Err(Refusal::field(field, Code::Required, Text::new(fr, en)))
        };
        let granted = match self.decision.as_deref() {
            Some("exclude") => None,
            Some("fix") if self.granted.values().all(|quantity| *quantity == 0) => {
                return wrong(
                    "/granted",
                    "Indiquez combien d'appareils, ou retirez la demande de la vague.",
                    "Say how many devices, or take the application out of the wave.",
                );
            }
            Some("fix") => Some(self.granted),
            _ => {
                return wrong(
                    "/decision",
                    "Choisissez ce que vous décidez.",
                    "Choose what you decide.",
                );
            }
        };
        Ok(PinInput {
            granted,
            reason: self.reason,
        })
    }
}

pub(crate) async fn pin(page: Page<DecideWaves>, path: Ids, form: Form) -> PageResult {
    let (id, application) = ids(&path)?;
    let seen = form.if_match();
    let typed = match form.read::<Typed>() {
        Ok(typed) => typed.pin().map_err(ApiError::from),
        Err(cause) => Err(cause),
    };
    let saved = match typed {
        Ok(body) => {
            let deed = "put_waves_id_pins_application_id";
            page.write_long(&form, deed, move |tx, actor| {
                seen.of::<WaveView>(tx, actor, id)?;
                let plan = allocation::pin(tx, actor, id, application, &body)?;
                Ok(told(id, plan.difference.len()))
            })
            .await
        }
        Err(cause) => Err(cause),
    };
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let view = line(&page, (id, application)).await?;
            page.retry_against(view.wave.version, &view, &form, cause)
        }
    }
}

fn told(id: WaveId, changed: usize) -> Saved {
    let text = Text::new(
        format!("Le plan est recalculé. Demandes dont le résultat change : {changed}."),
        format!("The plan was computed again. Requests whose result changes: {changed}."),
    );
    Saved::at(format!("/ville/vagues/{id}/interventions"))
        .about(id)
        .telling(text, "success")
}

pub(crate) async fn unpin(page: Page<DecideWaves>, path: Ids, form: Form) -> PageResult {
    let (id, application) = ids(&path)?;
    let deed = "delete_waves_id_pins_application_id";
    let saved = page
        .write_long(&form, deed, move |tx, actor| {
            let plan = allocation::unpin(tx, actor, id, application)?;
            Ok(told(id, plan.difference.len()))
        })
        .await;
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        // released before, or the wave went on meanwhile: its page says where it stands
        Err(cause) => {
            let at = Saved::at(format!("/ville/vagues/{id}/interventions"));
            let detail = cause.refused().map(|refusal| refusal.detail.clone());
            match (cause.code(), detail) {
                (Some(Code::WaveNotEditable | Code::PinNotPossible), Some(detail)) => {
                    Ok(page.see(&at.telling(detail, "warning")))
                }
                (Some(Code::NotFound), _) => {
                    let text = Text::new(
                        "Cette ligne n’est pas fixée, ou quelqu’un l’a déjà libérée.",
                        "This line is not fixed, or somebody released it already.",
                    );
                    let wave = page
                        .read(move |db, actor| allocation::wave(db, actor, id))
                        .await;
                    wave.map(|_| page.see(&at.telling(text, "info")))
                }
                _ => Err(cause),
            }
        }
    }
}

pub(crate) fn samples() -> Vec<Sample> {
    let page = |status: WaveStatus, pinned: bool| LinePage {
        wave: Head::sample(status),
        application: SAMPLE_ID.to_owned(),
        reference: "D-2023-0042".to_owned(),
        association: "Les Amis".to_owned(),
        lines: vec![LineRow::sample(allocation::LineReason::StockShared)],
        pinned,
        kinds: vec![kind_choice(DeviceKind::Desktop, Language::French)],
        why: paragraphs("123\n\n456\n- 7\n- 8"),
    };
    vec![
        Sample::of("line of a wave", &page(WaveStatus::Proposed, false)),
        Sample::of("line of a wave, fixed", &page(WaveStatus::Adjusted, true))
            .with_form(|form| form.with_mistake("decision", "123")),
        Sample::of("line of a wave, decided", &page(WaveStatus::Approved, true)),
    ]
}
