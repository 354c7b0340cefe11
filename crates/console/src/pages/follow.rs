//! `/suivi/{token}`: a donation followed without an account, by a link that its donor made. Dates,
//! counts and places: nobody's name or telephone.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use kernel::{Code, Language};
use serde::Serialize;

use super::donor_batch::{Counts, places, sample_steps};
use super::donor_parts::{Step, announced, steps};
use crate::{FormView, PageResult, Sample, View, Visit};

#[derive(Serialize)]
struct FollowPage {
    /// None when the link opens nothing.
    donation: Option<Donation>,
}

#[derive(Serialize)]
struct Donation {
    reference: String,
    donor: String,
    status: &'static str,
    announced: Vec<String>,
    steps: Vec<Step>,
    counts: Counts,
    places: Vec<(String, i64)>,
}

impl View for FollowPage {
    const TEMPLATE: &'static str = "follow.html";
}

async fn find(visit: &Visit, token: String, language: Language) -> db::Result<Option<Donation>> {
    let database = &visit.state().database;
    let found = database.read(move |db| {
        let batch = intake::followed_batch(db, &token)?;
        let counts = handover::counts_of(db, batch.id)?;
        Ok(Donation {
            status: batch.status.as_str(),
            announced: announced(&batch, language),
            steps: steps(&batch, &counts),
            places: places(&counts),
            counts: (&counts).into(),
            reference: batch.reference,
            donor: batch.donor_name,
        })
    });
    match found.await {
        Ok(donation) => Ok(Some(donation)),
        Err(db::Error::Refused(refusal)) if refusal.code == Code::InvalidToken => Ok(None),
        Err(cause) => Err(cause),
    }
}

pub(crate) async fn show(visit: Visit, token: Path<String>) -> PageResult {
    let donation = find(&visit, token.into_inner(), visit.language()).await?;
    if donation.is_some() {
        return visit.show(&FollowPage { donation });
    }
    ::web::security::note_wrong_link(visit.state(), visit.request()).await?;
    let view = FollowPage { donation: None };
    visit.show_with(StatusCode::NOT_FOUND, &view, &FormView::empty()?)
}

pub(crate) fn samples() -> Vec<Sample> {
    let donation = Donation {
        reference: "LOT-2023-0007".to_owned(),
        donor: "Orange".to_owned(),
        status: "closed",
        announced: vec!["1 000 desktops".to_owned()],
        steps: sample_steps(),
        counts: Counts {
            received: 998,
            proven: 998,
            serving: 486,
            in_workshop: 100,
            ready: 200,
            recycled: 12,
            missing: 2,
        },
        places: vec![("13013 Marseille".to_owned(), 12)],
    };
    vec![
        Sample::of(
            "followed donation",
            &FollowPage {
                donation: Some(donation),
            },
        ),
        Sample::of(
            "followed donation, link not valid",
            &FollowPage { donation: None },
        ),
    ]
}
