//! A machine that turns up after the count has ended: what to do with it.

use ::web::PathId;
use ::web::access::LogDevices;
use db::{Db, Result};
use kernel::{Actor, BatchId, Text};
use serde::Serialize;
use serde_json::json;
use workshop::{DeviceFilter, EventOutcome, Operators, Stage};

use crate::{Form, Page, PageResult, Saved};

/// What a number that was typed after the count leads to.
#[derive(Serialize)]
pub(super) struct Late {
    /// What was typed.
    sought: String,
    verdict: Whereabouts,
    /// The machine that is meant.
    device: Option<Found>,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Whereabouts {
    /// On this list and noted as missing: it is received after all.
    Missing,
    /// Counted before.
    Here,
    /// On the list of another batch of the workshop.
    Elsewhere,
    /// On no list of the workshop.
    Nowhere,
}

#[derive(Serialize)]
struct Found {
    id: String,
    tag: String,
    batch: String,
    stage: &'static str,
}

pub(super) fn find(db: &mut Db, actor: &Actor, batch: BatchId, sought: &str) -> Result<Late> {
    let filter = DeviceFilter {
        scan: Some(sought.to_owned()),
        ..DeviceFilter::default()
    };
    let request = kernel::PageRequest::new(Some(1), None)?;
    let found = workshop::devices(db, actor, &filter, &request)?;
    let device = found.items.into_iter().next();
    let verdict = match &device {
        None => Whereabouts::Nowhere,
        Some(device) if device.batch_id != batch => Whereabouts::Elsewhere,
        Some(device) if device.stage == Stage::Missing => Whereabouts::Missing,
        Some(_) => Whereabouts::Here,
    };
    Ok(Late {
        sought: sought.chars().take(60).collect(),
        verdict,
        device: device.map(|device| Found {
            id: device.id.to_string(),
            tag: device.tag,
            batch: device.batch_id.to_string(),
            stage: device.stage.as_str(),
        }),
    })
}

/// Receives what had been noted as missing.
pub(crate) async fn receive_late(
    page: Page<LogDevices>,
    PathId(id): PathId<kernel::Batch>,
    form: Form,
) -> PageResult {
    let device = form.get("device").to_owned();
    page.read(move |db, actor| intake::batch(db, actor, id))
        .await?;
    let saved = page.write(&form, "post_device_events", move |tx, actor| {
        let line = json!({"device": device, "type": "received"});
        let answer = workshop::record_all(tx, actor, &[line], &Operators::new())?;
        let saved = Saved::at(format!("/atelier/lots/{id}?voir=recus"));
        let Some(result) = answer.results.into_iter().next() else {
            return Ok(saved);
        };
        Ok(match (result.status, result.detail) {
            (EventOutcome::Refused, Some(detail)) => saved.telling(detail, "danger"),
            _ => saved.telling(found_again(&device), "success"),
        })
    });
    let saved = saved.await?;
    Ok(page.see(&saved))
}

fn found_again(device: &str) -> Text {
    let device: String = device.chars().take(60).collect();
    Text::new(
        format!(
            "{device} est reçu. Ses preuves d’effacement sont à refaire : personne ne sait où il était."
        ),
        format!(
            "{device} is received. Its proofs of erasure are to be made again: nobody knows where it was."
        ),
    )
}

pub(super) fn examples() -> Vec<Late> {
    let all = [
        Whereabouts::Missing,
        Whereabouts::Here,
        Whereabouts::Elsewhere,
        Whereabouts::Nowhere,
    ];
    let late = |verdict| Late {
        sought: "CZC0001".to_owned(),
        verdict,
        device: (!matches!(verdict, Whereabouts::Nowhere)).then(|| Found {
            id: "0198c0de-0000-7000-8000-000000000000".to_owned(),
            tag: "RS-00042-K".to_owned(),
            batch: "0198c0de-0000-7000-8000-000000000000".to_owned(),
            stage: "missing",
        }),
    };
    all.map(late).into()
}
