//! `/vagues/{id}`: the public notice of a wave, its result once it is decided, and how anyone checks
//! it. It names no association and no person.

use ::web::PathId;
use kernel::Wave;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{PageResult, Sample, View, Visit};

#[derive(Serialize)]
struct PublicWave {
    id: String,
    /// As at the other door.
    notice: Value,
}

impl View for PublicWave {
    const TEMPLATE: &'static str = "public_wave.html";
}

pub(crate) async fn show(visit: Visit, PathId(id): PathId<Wave>) -> PageResult {
    let notice = visit.state().notice(id).await?;
    let notice = serde_json::to_value(&*notice).map_err(db::Error::from)?;
    let id = id.to_string();
    visit.show(&PublicWave { id, notice })
}

pub(crate) fn samples() -> Vec<Sample> {
    let text = || json!({"fr": "Oui.\n\nNon.", "en": "Yes.\n\nNo."});
    let group = json!({"name": "13003", "served": 8, "refused": 3, "devices": 96});
    let results = json!({
        "approved_at": "2023-03-09T10:00:00Z", "served": 8, "refused": 3, "interventions": 1,
        "by_district": [group], "by_size": [group],
    });
    let page = |results| PublicWave {
        id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
        notice: json!({
            "wave": {"name": "Marseille 1"}, "purpose": text(), "legal_basis": text(),
            "rule": text(), "order": text(), "weights": text(), "human_part": text(),
            "guarantees": [text()], "limits": [text()], "results": results,
            "replay": text(), "rights": text(),
        }),
    };
    vec![
        Sample::of("public wave", &page(results)),
        Sample::of("public wave, not decided", &page(Value::Null)),
    ]
}
