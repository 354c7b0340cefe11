//! `/ville/remises/{id}`: a lot, and what is done about it before and after it is handed over.

use ::web::access::{DecideWaves, Permission, RunHandovers};
use ::web::{ApiError, ApiResult, PathId};
use handover::{DeviceFailure, HandoverSchedule, HandoverStatus, HandoverView, Missed, NotGiven};
use identity::OrganisationStatus;
use kernel::{Date, Handover, HandoverId, Refusal, Text};
use serde::{Deserialize, Serialize};

use crate::pages::handovers::Row;
use crate::pages::wave_parts::SAMPLE_ID;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View, moments};

#[derive(Serialize)]
struct LotPage {
    lot: Row,
    wave_id: String,
    application: String,
    open: bool,
    completed: bool,
    /// The association is suspended, and nobody decided that it gets the lot all the same.
    suspended: bool,
    /// Why it does.
    allowed: Option<String>,
    /// Whoever reads it decides about lots.
    decides: bool,
    /// As fields have them.
    day: String,
    begins: String,
    ends: String,
}

impl View for LotPage {
    const TEMPLATE: &'static str = "city_lot.html";
}

impl LotPage {
    fn of(view: HandoverView, suspended: bool, decides: bool) -> Self {
        Self {
            open: !matches!(
                view.status,
                HandoverStatus::Completed | HandoverStatus::Cancelled
            ),
            completed: view.status == HandoverStatus::Completed,
            suspended: suspended && view.allowed_reason.is_none(),
            allowed: view.allowed_reason.clone(),
            decides,
            wave_id: view.wave_id.to_string(),
            application: view.application.clone(),
            day: moments::day(view.from),
            begins: moments::hour(view.from),
            ends: moments::hour(view.to),
            lot: view.into(),
        }
    }
}

async fn lot_page<P: Permission>(page: &Page<P>, id: HandoverId) -> ApiResult<(LotPage, i32)> {
    let (view, status) = page
        .read(move |db, actor| {
            let view = handover::handover(db, actor, id)?;
            let association = identity::organisation(db, view.association_id)?;
            Ok((view, association.map(|it| it.status)))
        })
        .await?;
    let suspended = status == Some(OrganisationStatus::Suspended);
    let decides = DecideWaves::ROLES.contains(&page.actor().role);
    let version = view.version;
    Ok((LotPage::of(view, suspended, decides), version))
}

pub(crate) async fn show(page: Page<RunHandovers>, PathId(id): PathId<Handover>) -> PageResult {
    let (view, version) = lot_page(&page, id).await?;
    page.show_form(&view, &FormView::empty()?.version(version))
}

/// An appointment, as it is typed: a day, two hours by the clock of Paris, a place.
#[derive(Deserialize)]
struct Typed {
    day: Option<Date>,
    begins: Option<String>,
    ends: Option<String>,
    #[serde(default)]
    place: String,
}

impl Typed {
    fn schedule(self) -> Result<HandoverSchedule, Refusal> {
        let text = |typed: Option<String>| typed.unwrap_or_default();
        let (from, to) = moments::span(self.day, &text(self.begins), &text(self.ends))?;
        let place = self.place;
        Ok(HandoverSchedule { from, to, place })
    }
}

/// Names the fields of the page where the rules name those of the body; `reason` is that of the
/// form that was sent.
fn renamed(cause: ApiError, reason: &str) -> ApiError {
    let Some(refusal) = cause.refused() else {
        return cause;
    };
    let mut refusal = refusal.clone();
    for error in &mut refusal.errors {
        if let Some(pointer) = &mut error.pointer {
            match pointer.as_str() {
                "/from" => "/begins".clone_into(pointer),
                "/to" => "/ends".clone_into(pointer),
                "/reason" => *pointer = format!("/{reason}"),
                "/device" if reason == "corrected" => "/not_given".clone_into(pointer),
                "/device" => "/failed".clone_into(pointer),
                _ => {}
            }
        }
    }
    refusal.into()
}

async fn done<P: Permission>(
    page: &Page<P>,
    id: HandoverId,
    (form, reason): (&Form, &str),
    saved: ApiResult<Saved>,
) -> PageResult {
    match saved {
        Ok(saved) => Ok(page.see(&saved)),
        Err(cause) => {
            let (view, version) = lot_page(page, id).await?;
            page.retry_against(version, &view, form, renamed(cause, reason))
        }
    }
}

fn at(id: HandoverId) -> Saved {
    Saved::at(format!("/ville/remises/{id}")).about(id)
}

pub(crate) async fn schedule(
    page: Page<RunHandovers>,
    PathId(id): PathId<Handover>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let typed = form
        .read::<Typed>()
        .and_then(|typed| typed.schedule().map_err(ApiError::from));
    let saved = match typed {
        Ok(body) => {
            page.write(&form, "post_handovers_id_schedule", move |tx, actor| {
                seen.of::<HandoverView>(tx, actor, id)?;
                handover::schedule(tx, actor, id, &body)?;
                Ok(at(id).saying(
                    "Le rendez-vous est fixé. L’association et l’atelier sont prévenus.",
                    "The appointment is set. The association and the workshop are told.",
                ))
            })
            .await
        }
        Err(cause) => Err(cause),
    };
    done(&page, id, (&form, "place"), saved).await
}

/// A reason, which the rules ask for when there is none, and the device that it is about.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Reasons {
    missed: String,
    failed: String,
    failure: String,
    released: String,
    allowed: String,
    not_given: String,
    instead: String,
    corrected: String,
}

pub(crate) async fn miss(
    page: Page<RunHandovers>,
    PathId(id): PathId<Handover>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let saved = match form.read::<Reasons>() {
        Ok(typed) => {
            let body = Missed {
                reason: typed.missed,
            };
            page.write(&form, "post_handovers_id_missed", move |tx, actor| {
                seen.of::<HandoverView>(tx, actor, id)?;
                handover::missed(tx, actor, id, &body)?;
                Ok(at(id).saying(
                    "Le rendez-vous manqué est noté.",
                    "The missed appointment is noted.",
                ))
            })
            .await
        }
        Err(cause) => Err(cause),
    };
    done(&page, id, (&form, "missed"), saved).await
}

pub(crate) async fn replace(
    page: Page<RunHandovers>,
    PathId(id): PathId<Handover>,
    form: Form,
) -> PageResult {
    let saved = match form.read::<Reasons>() {
        Ok(typed) => {
            let body = DeviceFailure {
                device: typed.failed,
                reason: typed.failure,
            };
            page.write(&form, "post_handovers_id_replace", move |tx, actor| {
                let done = handover::replace(tx, actor, id, &body)?;
                let (failed, tag) = (done.failed, done.replacement.tag);
                let text = Text::new(
                    format!("{tag} remplace {failed} dans ce lot."),
                    format!("{tag} takes the place of {failed} in this lot."),
                );
                Ok(at(id).telling(text, "success"))
            })
            .await
        }
        Err(cause) => Err(cause),
    };
    done(&page, id, (&form, "failure"), saved).await
}

pub(crate) async fn release(
    page: Page<DecideWaves>,
    PathId(id): PathId<Handover>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let saved = match form.read::<Reasons>() {
        Ok(typed) => {
            let body = Missed {
                reason: typed.released,
            };
            page.write_long(&form, "post_handovers_id_release", move |tx, actor| {
                seen.of::<HandoverView>(tx, actor, id)?;
                handover::release(tx, actor, id, &body)?;
                Ok(at(id).saying(
                    "Le lot est repris : ses appareils sont de nouveau disponibles.",
                    "The lot is taken back: its devices are available again.",
                ))
            })
            .await
        }
        Err(cause) => Err(cause),
    };
    done(&page, id, (&form, "released"), saved).await
}

pub(crate) async fn allow(
    page: Page<DecideWaves>,
    PathId(id): PathId<Handover>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let saved = match form.read::<Reasons>() {
        Ok(typed) => {
            let body = Missed {
                reason: typed.allowed,
            };
            page.write(&form, "post_handovers_id_allow", move |tx, actor| {
                seen.of::<HandoverView>(tx, actor, id)?;
                handover::allow(tx, actor, id, &body)?;
                Ok(at(id).saying(
                    "La décision est notée : le lot peut être remis.",
                    "The decision is noted: the lot can be handed over.",
                ))
            })
            .await
        }
        Err(cause) => Err(cause),
    };
    done(&page, id, (&form, "allowed"), saved).await
}

pub(crate) async fn correct(
    page: Page<DecideWaves>,
    PathId(id): PathId<Handover>,
    form: Form,
) -> PageResult {
    let seen = form.if_match();
    let saved = match form.read::<Reasons>() {
        Ok(typed) => {
            let instead = Some(typed.instead).filter(|text| !text.trim().is_empty());
            let body = NotGiven {
                device: typed.not_given,
                instead,
                reason: typed.corrected,
            };
            page.write(&form, "post_handovers_id_correct", move |tx, actor| {
                seen.of::<HandoverView>(tx, actor, id)?;
                handover::not_given(tx, actor, id, &body)?;
                Ok(at(id).saying(
                    "Le lot est corrigé. L’association est prévenue.",
                    "The lot is corrected. The association is told.",
                ))
            })
            .await
        }
        Err(cause) => Err(cause),
    };
    done(&page, id, (&form, "corrected"), saved).await
}

pub(crate) fn samples() -> Vec<Sample> {
    let lot = |status: HandoverStatus| LotPage {
        lot: Row::sample(status),
        wave_id: SAMPLE_ID.to_owned(),
        application: "D-2023-0042".to_owned(),
        open: !matches!(
            status,
            HandoverStatus::Completed | HandoverStatus::Cancelled
        ),
        completed: status == HandoverStatus::Completed,
        suspended: status == HandoverStatus::Planned,
        allowed: (status == HandoverStatus::Scheduled).then(|| "123".to_owned()),
        decides: status != HandoverStatus::Missed,
        day: "2023-03-09".to_owned(),
        begins: "10:00".to_owned(),
        ends: "11:00".to_owned(),
    };
    let statuses = HandoverStatus::ALL.iter();
    statuses
        .map(|status| {
            let sample = Sample::of(&format!("lot for the city, {status}"), &lot(*status));
            sample.with_form(|form| form.with_mistake("begins", "123"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn typed(begins: &str) -> Typed {
        Typed {
            day: Date::from_ymd_opt(2023, 3, 9),
            begins: Some(begins.to_owned()),
            ends: Some("11h30".to_owned()),
            place: "Quai 3".to_owned(),
        }
    }

    #[test]
    fn hours_are_read_by_the_clock_of_paris() {
        let body = typed("9:00").schedule().unwrap();
        assert_eq!(body.from.to_string(), "2023-03-09T08:00:00Z");
        assert_eq!(body.to.to_string(), "2023-03-09T10:30:00Z");
        let refused = typed("midi").schedule().unwrap_err();
        assert_eq!(refused.errors[0].pointer.as_deref(), Some("/begins"));
    }
}
