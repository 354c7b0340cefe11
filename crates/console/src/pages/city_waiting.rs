//! `/ville/programmes/{id}/attente`: what eligible applications asked, what waves gave them, and
//! what they still wait for.

use ::web::access::ManageWaves;
use ::web::{Paging, PathId};
use allocation::Waiting;
use kernel::{Language, Programme};
use notifications::Quantity;
use serde::Serialize;

use crate::pages::wave_parts::{SAMPLE_ID, kind_word, points};
use crate::{Page, PageResult, Sample, View};

#[derive(Serialize)]
struct WaitingPage {
    id: String,
    programme: String,
    rows: Vec<Row>,
    next: Option<String>,
}

impl View for WaitingPage {
    const TEMPLATE: &'static str = "city_waiting.html";
}

#[derive(Serialize)]
struct Row {
    position: u64,
    application: String,
    reference: String,
    association: String,
    points: String,
    asked: String,
    accepts: Vec<&'static str>,
    granted: Option<String>,
    remaining: u64,
}

impl Row {
    fn of(it: &Waiting, language: Language) -> Self {
        let words = |kind, count| {
            let quantity = Quantity::of(kind, count);
            match language {
                Language::French => quantity.fr,
                Language::English => quantity.en,
            }
        };
        Self {
            position: it.position,
            application: it.application_id.to_string(),
            reference: it.reference.clone(),
            association: it.association.clone(),
            points: points(it.score, language),
            asked: words(it.kind, it.asked),
            accepts: (it.accepts.iter())
                .map(|kind| kind_word(*kind, language))
                .collect(),
            granted: it.received.map(|kind| words(kind, it.granted)),
            remaining: it.remaining,
        }
    }
}

pub(crate) async fn show(
    page: Page<ManageWaves>,
    PathId(id): PathId<Programme>,
    Paging(request): Paging,
) -> PageResult {
    let (programme, found) = page
        .read(move |db, actor| {
            let programme = eligibility::programme(db, id)?.name;
            let found = allocation::waiting_list(db, actor, id, &request)?;
            Ok((programme, found))
        })
        .await?;
    let language = page.language();
    page.show(&WaitingPage {
        id: id.to_string(),
        programme,
        rows: (found.items.iter())
            .map(|it| Row::of(it, language))
            .collect(),
        next: (found.next).map(|cursor| format!("/ville/programmes/{id}/attente?after={cursor}")),
    })
}

pub(crate) fn samples() -> Vec<Sample> {
    let row = |granted: bool| Row {
        position: 1,
        application: SAMPLE_ID.to_owned(),
        reference: "D-2023-0042".to_owned(),
        association: "Les Amis".to_owned(),
        points: "78,50".to_owned(),
        asked: "20 desktops".to_owned(),
        accepts: vec!["laptops"; usize::from(!granted)],
        granted: granted.then(|| "20 desktops".to_owned()),
        remaining: if granted { 0 } else { 20 },
    };
    let page = |rows: Vec<Row>| WaitingPage {
        id: SAMPLE_ID.to_owned(),
        programme: "Marseille 2023".to_owned(),
        next: (!rows.is_empty()).then(|| "?after=x".to_owned()),
        rows,
    };
    vec![
        Sample::of("waiting list", &page(vec![row(true), row(false)])),
        Sample::of("waiting list, nobody", &page(Vec::new())),
    ]
}
