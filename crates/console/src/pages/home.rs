//! `/`: three doors, and the programmes that take applications.

use eligibility::Programme;
use kernel::{Instant, PageRequest};
use serde::Serialize;

use crate::{PageResult, Sample, View, Visit};

#[derive(Serialize)]
struct HomePage {
    programmes: Vec<Open>,
}

/// A programme that takes applications.
#[derive(Serialize)]
struct Open {
    id: String,
    name: String,
    closes_at: Option<Instant>,
}

impl View for HomePage {
    const TEMPLATE: &'static str = "home.html";
}

pub(crate) async fn show(visit: Visit) -> PageResult {
    let database = &visit.state().database;
    let now = database.now();
    let newest = PageRequest::new(Some(50), None)?;
    let found = database
        .read(move |db| eligibility::programmes(db, &newest))
        .await?;
    let is_open = |programme: &Programme| {
        programme.opens_at <= now && programme.closes_at.is_none_or(|end| now < end)
    };
    let programmes = found.items.into_iter().filter(is_open).map(|open| Open {
        id: open.id.to_string(),
        name: open.name,
        closes_at: open.closes_at,
    });
    visit.show(&HomePage {
        programmes: programmes.collect(),
    })
}

pub(crate) fn samples() -> Vec<Sample> {
    let closes_at = Some(Instant::from_micros(1_700_000_000_000_000)).flatten();
    let open = |closes_at| Open {
        id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
        name: "Marseille 2023".to_owned(),
        closes_at,
    };
    vec![
        Sample::of("home", &HomePage { programmes: vec![] }),
        Sample::of(
            "home with programmes",
            &HomePage {
                programmes: vec![open(None), open(closes_at)],
            },
        ),
    ]
}
