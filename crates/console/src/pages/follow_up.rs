//! `/suivis/{id}`: what an association says became of what it received.

use ::web::access::{Apply, Permission, ReadApplications};
use ::web::{ApiResult, PathId};
use eligibility::{FollowUpReport, Obligation};
use kernel::{Instant, ObligationId};
use serde::Serialize;

use crate::{Form, FormView, Page, PageResult, Sample, Saved, View};

#[derive(Serialize)]
struct FollowUpPage {
    id: String,
    what: String,
    association: String,
    due_at: Option<Instant>,
    late: bool,
    met_at: Option<Instant>,
    report: Option<FollowUpReport>,
    /// The lot that it is about.
    lot: Option<String>,
}

impl View for FollowUpPage {
    const TEMPLATE: &'static str = "follow_up.html";
}

impl FollowUpPage {
    fn of(it: Obligation, now: Instant) -> Self {
        Self {
            id: it.id.to_string(),
            late: it.met_at.is_none() && it.due_at < now,
            what: it.what,
            association: it.association,
            due_at: Some(it.due_at),
            met_at: it.met_at,
            report: it.report,
            lot: it.handover_id.map(|lot| format!("/lots/{lot}")),
        }
    }
}

async fn load<P: Permission>(page: &Page<P>, id: ObligationId) -> ApiResult<FollowUpPage> {
    let now = page.state().database.now();
    page.read(move |db, actor| {
        let found = eligibility::obligation(db, actor, id)?;
        Ok(FollowUpPage::of(found, now))
    })
    .await
}

pub(crate) async fn show(
    page: Page<ReadApplications>,
    PathId(id): PathId<kernel::Obligation>,
) -> PageResult {
    let view = load(&page, id).await?;
    page.show_form(&view, &FormView::empty()?)
}

pub(crate) async fn send(
    page: Page<Apply>,
    PathId(id): PathId<kernel::Obligation>,
    form: Form,
) -> PageResult {
    let view = load(&page, id).await?;
    page.submit(
        &form,
        "post_obligations_id_report",
        move |tx, actor, report: &FollowUpReport| {
            eligibility::report_follow_up(tx, actor, id, report)?;
            Ok(Saved::at(format!("/suivis/{id}")).about(id).saying(
                "Merci ! Votre bilan est envoyé à la ville.",
                "Thank you! Your report is sent to the city.",
            ))
        },
        || view,
    )
    .await
}

pub(crate) fn samples() -> Vec<Sample> {
    let at = Instant::from_micros(1_700_000_000_000_000);
    let page = |late, met| FollowUpPage {
        id: super::application_parts::SAMPLE_ID.to_owned(),
        what: "Bilan d'usage du lot R-2023-00007 (12 appareils)".to_owned(),
        association: "Les Amis".to_owned(),
        due_at: at,
        late,
        met_at: at.filter(|_| met),
        report: met.then(|| FollowUpReport {
            summary: "123".to_owned(),
            devices_in_use: Some(12),
            people_reached: None,
        }),
        lot: Some("/lots/1".to_owned()),
    };
    let wrong = |form: FormView| form.with_mistake("summary", "123");
    let noted = FollowUpPage {
        report: None,
        lot: None,
        ..page(false, true)
    };
    vec![
        Sample::of("report on use", &page(false, false)),
        Sample::of("report on use, overdue", &page(true, false)).with_form(wrong),
        Sample::of("report on use, sent", &page(false, true)),
        Sample::of("report on use, noted by staff", &noted),
    ]
}
