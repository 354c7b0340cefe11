//! `/ville/recours/{id}`: an appeal, what it contests, and who may decide it.

use ::web::PathId;
use ::web::access::ReviewApplications;
use eligibility::{AppealOutcome, Contested};
use kernel::{Appeal, Instant};
use serde::Serialize;

use crate::{Page, PageResult, Sample, View};

#[derive(Serialize)]
struct CityAppeal {
    reference: String,
    association: String,
    application: String,
    application_id: String,
    contested: &'static str,
    contested_at: Instant,
    grounds: String,
    filed_at: Instant,
    silence_at: Instant,
    outcome: Option<&'static str>,
    reasons: Vec<String>,
    /// It was accepted, and marks are still to be given anew.
    to_mark: bool,
    /// Whoever looks decided what is contested, and so does not decide the appeal.
    decided_before: bool,
}

impl View for CityAppeal {
    const TEMPLATE: &'static str = "city_appeal.html";
}

pub(crate) async fn show(page: Page<ReviewApplications>, PathId(id): PathId<Appeal>) -> PageResult {
    let appeal = page
        .read(move |db, actor| eligibility::appeal(db, actor, id))
        .await?;
    page.show(&CityAppeal {
        to_mark: appeal.outcome == Some(AppealOutcome::Overturned)
            && appeal.marked_anew_at.is_none(),
        decided_before: appeal.contested_by == Some(page.actor().person),
        reference: appeal.reference,
        association: appeal.association,
        application: appeal.application,
        application_id: appeal.application_id.to_string(),
        contested: appeal.contested.as_str(),
        contested_at: appeal.contested_at,
        grounds: appeal.grounds,
        filed_at: appeal.filed_at,
        silence_at: appeal.silence_at,
        outcome: appeal.outcome.map(|outcome| outcome.as_str()),
        reasons: appeal.reasons,
    })
}

pub(crate) fn samples() -> Vec<Sample> {
    let Some(moment) = Instant::from_micros(1_700_000_000_000_000) else {
        return Vec::new();
    };
    let view = |contested: &Contested, outcome, decided_before| CityAppeal {
        reference: "RC-2023-0003".to_owned(),
        association: "Les Amis".to_owned(),
        application: "D-2023-0042".to_owned(),
        application_id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
        contested: contested.as_str(),
        contested_at: moment,
        grounds: "Marseille".to_owned(),
        filed_at: moment,
        silence_at: moment.plus_days(60),
        outcome,
        to_mark: outcome == Some("overturned"),
        reasons: vec!["-".to_owned(); usize::from(outcome.is_some())],
        decided_before,
    };
    let mut all = Vec::new();
    for contested in Contested::ALL {
        let page = view(contested, None, *contested == Contested::Score);
        all.push(Sample::of(&format!("appeal on {contested}"), &page));
    }
    for outcome in ["overturned", "upheld"] {
        let page = view(&Contested::Refusal, Some(outcome), false);
        all.push(Sample::of(&format!("appeal, {outcome}"), &page));
    }
    all
}
