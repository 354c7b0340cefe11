//! `/ville/remises/{id}`: a lot, and what is done about it before and after it is handed over.

use ::web::access::{DecideWaves, Permission, RunHandovers};
use ::web::{ApiError, ApiResult, PathId};
use db::Tx;
use handover::{
    DeviceFailure, Extension, HandoverSchedule, HandoverStatus, HandoverView, Missed, NotGiven,
    Return,
};
use identity::OrganisationStatus;
use kernel::{Actor, Code, Date, Handover, HandoverId, Instant, Refusal, Text};
use serde::{Deserialize, Serialize};

use crate::moments::Parts;
use crate::pages::handovers::Row;
use crate::pages::wave_parts::SAMPLE_ID;
use crate::{Form, FormView, Page, PageResult, Sample, Saved, View, moments};

/// A loan is due back until the end of its day.
const END_OF_DAY: (u32, u32) = (23, 59);

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
    /// Lent: when it is due back, why another day was given, and when it was back.
    due_at: Option<Instant>,
    due: Parts,
    extended: Option<String>,
    returned_at: Option<Instant>,
    /// Devices of it that are still with the association.
    out: Vec<String>,
    /// As fields have them.
    day: String,
    begins: String,
    ends: String,
}

impl View for LotPage {
    const TEMPLATE: &'static str = "city_lot.html";
}

impl LotPage {
    fn of(view: HandoverView, suspended: bool, decides: bool, out: Vec<String>) -> Self {
        let loan = view.loan.clone();
        let due_at = loan.as_ref().map(|loan| loan.due_at);
        Self {
            due_at,
            due: Parts::of(due_at),
            returned_at: loan.as_ref().and_then(|loan| loan.returned_at),
            extended: loan.and_then(|loan| loan.reason),
            out,
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
    let (view, status, out) = page
        .read(move |db, actor| {
            let view = handover::handover(db, actor, id)?;
            let association = identity::organisation(db, view.association_id)?;
            let out = match &view.loan {
                Some(loan) if loan.returned_at.is_none() => handover::lent(db, actor, id)?,
                _ => Vec::new(),
            };
            Ok((view, association.map(|it| it.status), out))
        })
        .await?;
    let suspended = status == Some(OrganisationStatus::Suspended);
    let decides = DecideWaves::ROLES.contains(&page.actor().role);
    let version = view.version;
    let out = out.into_iter().map(|device| device.tag).collect();
    Ok((LotPage::of(view, suspended, decides, out), version))
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
        let (from, to) = moments::span(self.day, self.begins.as_deref(), self.ends.as_deref())?;
        let place = self.place;
        Ok(HandoverSchedule { from, to, place })
    }
}

/// Does something about a lot as it was read, and says so on its page.
async fn act<P: Permission>(
    page: &Page<P>,
    id: HandoverId,
    (form, names): (&Form, &[(&str, &str)]),
    deed: &str,
    work: impl Fn(&mut Tx<'_>, &Actor) -> db::Result<Text> + Send + 'static,
) -> PageResult {
    let seen = form.if_match();
    let saved = page.write(form, deed, move |tx, actor| {
        seen.of::<HandoverView>(tx, actor, id)?;
        let told = work(tx, actor)?;
        Ok(at(id).telling(told, "success"))
    });
    let saved = saved.await;
    page.settled(saved, form, names, lot_page(page, id)).await
}

fn at(id: HandoverId) -> Saved {
    Saved::at(format!("/ville/remises/{id}")).about(id)
}

pub(crate) async fn schedule(
    page: Page<RunHandovers>,
    PathId(id): PathId<Handover>,
    form: Form,
) -> PageResult {
    let names = [("/from", "/begins"), ("/to", "/ends")];
    let typed = form.read::<Typed>();
    let body = match typed.and_then(|typed| typed.schedule().map_err(ApiError::from)) {
        Ok(body) => body,
        Err(cause) => {
            let again = lot_page(&page, id);
            return page.settled(Err(cause), &form, &names, again).await;
        }
    };
    let deed = "post_handovers_id_schedule";
    act(&page, id, (&form, &names), deed, move |tx, actor| {
        handover::schedule(tx, actor, id, &body)?;
        Ok(Text::new(
            "Le rendez-vous est fixé. L’association et l’atelier sont prévenus.",
            "The appointment is set. The association and the workshop are told.",
        ))
    })
    .await
}

/// Gives a loan another day.
pub(crate) async fn extend(
    page: Page<DecideWaves>,
    PathId(id): PathId<Handover>,
    form: Form,
) -> PageResult {
    let names = [("/due_at", "/due"), ("/reason", "/extended")];
    let typed = moments::read(&form, "due", END_OF_DAY).and_then(|day| {
        day.ok_or_else(|| Refusal::field("/due", Code::Required, Code::Required.help()))
    });
    let due_at = match typed {
        Ok(due_at) => due_at,
        Err(cause) => {
            let again = lot_page(&page, id);
            return page.settled(Err(cause.into()), &form, &names, again).await;
        }
    };
    let body = Extension {
        due_at,
        reason: form.get("extended").to_owned(),
    };
    act(
        &page,
        id,
        (&form, &names),
        "extend_loan",
        move |tx, actor| {
            handover::extend_loan(tx, actor, id, &body)?;
            Ok(Text::new(
                "Le prêt a une autre date. L’association est prévenue.",
                "The loan has another day. The association is told.",
            ))
        },
    )
    .await
}

/// Checks devices of a lent lot in, as they are scanned: a line each.
pub(crate) async fn take_back(
    page: Page<RunHandovers>,
    PathId(id): PathId<Handover>,
    form: Form,
) -> PageResult {
    let names = [("/devices", "/back"), ("/note", "/state")];
    let scanned = form.get("back").lines().map(str::trim);
    let body = Return {
        devices: scanned
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect(),
        note: Some(form.get("state").to_owned()),
    };
    act(
        &page,
        id,
        (&form, &names),
        "return_lot",
        move |tx, actor| {
            let view = handover::return_lot(tx, actor, id, &body)?;
            let over = view.loan.is_some_and(|loan| loan.returned_at.is_some());
            Ok(match over {
                true => Text::new(
                    "Tout est revenu : le prêt est terminé. Comptez les machines à l’atelier.",
                    "Everything is back: the loan is over. Count the machines in at the workshop.",
                ),
                false => Text::new(
                    "C’est noté. Comptez ces machines à l’atelier ; les autres restent prêtées.",
                    "It is noted. Count these machines in at the workshop; the others stay lent.",
                ),
            })
        },
    )
    .await
}

/// A reason, as a field of the page has it: the rules ask for it when there is none.
fn reason(form: &Form, field: &str) -> Missed {
    Missed {
        reason: form.get(field).to_owned(),
    }
}

pub(crate) async fn miss(
    page: Page<RunHandovers>,
    PathId(id): PathId<Handover>,
    form: Form,
) -> PageResult {
    let (body, names) = (reason(&form, "missed"), [("/reason", "/missed")]);
    let deed = "post_handovers_id_missed";
    act(&page, id, (&form, &names), deed, move |tx, actor| {
        handover::missed(tx, actor, id, &body)?;
        Ok(Text::new(
            "Le rendez-vous manqué est noté.",
            "The missed appointment is noted.",
        ))
    })
    .await
}

pub(crate) async fn replace(
    page: Page<RunHandovers>,
    PathId(id): PathId<Handover>,
    form: Form,
) -> PageResult {
    let names = [("/device", "/failed"), ("/reason", "/failure")];
    let body = DeviceFailure {
        device: form.get("failed").to_owned(),
        reason: form.get("failure").to_owned(),
    };
    let deed = "post_handovers_id_replace";
    act(&page, id, (&form, &names), deed, move |tx, actor| {
        let done = handover::replace(tx, actor, id, &body)?;
        let (failed, tag) = (done.failed, done.replacement.tag);
        Ok(Text::new(
            format!("{tag} remplace {failed} dans ce lot."),
            format!("{tag} takes the place of {failed} in this lot."),
        ))
    })
    .await
}

pub(crate) async fn release(
    page: Page<DecideWaves>,
    PathId(id): PathId<Handover>,
    form: Form,
) -> PageResult {
    let (seen, body) = (form.if_match(), reason(&form, "released"));
    let saved = page.write_long(&form, "post_handovers_id_release", move |tx, actor| {
        seen.of::<HandoverView>(tx, actor, id)?;
        handover::release(tx, actor, id, &body)?;
        Ok(at(id).saying(
            "Le lot est repris : ses appareils sont de nouveau disponibles.",
            "The lot is taken back: its devices are available again.",
        ))
    });
    let (saved, names) = (saved.await, [("/reason", "/released")]);
    page.settled(saved, &form, &names, lot_page(&page, id))
        .await
}

pub(crate) async fn allow(
    page: Page<DecideWaves>,
    PathId(id): PathId<Handover>,
    form: Form,
) -> PageResult {
    let (body, names) = (reason(&form, "allowed"), [("/reason", "/allowed")]);
    let deed = "post_handovers_id_allow";
    act(&page, id, (&form, &names), deed, move |tx, actor| {
        handover::allow(tx, actor, id, &body)?;
        Ok(Text::new(
            "La décision est notée : le lot peut être remis.",
            "The decision is noted: the lot can be handed over.",
        ))
    })
    .await
}

pub(crate) async fn correct(
    page: Page<DecideWaves>,
    PathId(id): PathId<Handover>,
    form: Form,
) -> PageResult {
    let names = [("/device", "/not_given"), ("/reason", "/corrected")];
    let instead = form.get("instead").trim();
    let body = NotGiven {
        device: form.get("not_given").to_owned(),
        instead: (!instead.is_empty()).then(|| instead.to_owned()),
        reason: form.get("corrected").to_owned(),
    };
    let deed = "post_handovers_id_correct";
    act(&page, id, (&form, &names), deed, move |tx, actor| {
        handover::not_given(tx, actor, id, &body)?;
        Ok(Text::new(
            "Le lot est corrigé. L’association est prévenue.",
            "The lot is corrected. The association is told.",
        ))
    })
    .await
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
        due_at: Instant::from_micros(1_700_000_000_000_000).filter(|_| {
            matches!(
                status,
                HandoverStatus::Completed | HandoverStatus::Cancelled
            )
        }),
        due: Parts::default(),
        extended: (status == HandoverStatus::Completed).then(|| "123".to_owned()),
        returned_at: Instant::from_micros(1_700_000_000_000_000)
            .filter(|_| status == HandoverStatus::Cancelled),
        out: (status == HandoverStatus::Completed)
            .then(|| "RSC-7F3K-92QD".to_owned())
            .into_iter()
            .collect(),
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
