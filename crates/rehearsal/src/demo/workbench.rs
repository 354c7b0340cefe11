//! The workshop logs a tranche: what each device went through, in bulk.

use kernel::{Clock as _, SystemClock};
use serde_json::{Value, json};

use super::Progress;
use super::cast::Cast;
use super::http::Client;
use super::operation::{LogRow, Operation};

/// Events of one call at the most.
const AT_ONCE: usize = 1000;

/// Logs a tranche from triage to the shelf.
pub fn recondition(
    operation: &Operation,
    cast: &Cast,
    tranche: u32,
    progress: &Progress,
) -> Result<(), String> {
    let rows: Vec<_> = operation
        .log
        .iter()
        .filter(|row| row.tranche == tranche && row.outcome != "missing")
        .collect();
    let work: Vec<_> = rows.iter().flat_map(|row| at_the_bench(row)).collect();
    log(&cast.rita, &work)?;
    let checks: Vec<_> = rows
        .iter()
        .filter(|row| row.outcome == "ready")
        .flat_map(|row| {
            [
                event(row, "quality_checked", json!({"passed": true})),
                event(row, "ready", json!({})),
            ]
        })
        .collect();
    log(&cast.remi, &checks)?;
    progress.say(&format!(
        "tranche {tranche}: {} events on {} devices; someone else checks {}",
        work.len() + checks.len(),
        rows.len(),
        checks.len() / 2,
    ));
    Ok(())
}

fn at_the_bench(row: &LogRow) -> Vec<Value> {
    let outcome = match row.outcome.as_str() {
        "scrapped" => "scrap",
        "harvested" => "parts",
        _ => "keep",
    };
    let mut events = vec![
        event(row, "triaged", json!({"outcome": outcome})),
        event(
            row,
            "erased",
            json!({"drives": [{
            "serial": row.drive_serial, "media": row.drive_media, "method": row.erasure_method,
            "tool": row.erasure_tool, "result": row.erasure_result,
            "finished_at": SystemClock.now()}]}),
        ),
    ];
    match outcome {
        "scrap" => events.push(event(
            row,
            "scrapped",
            json!({
            "reason": row.reason, "waste_reference": "BSD-2023-0412"}),
        )),
        "parts" => events.push(event(row, "harvested", json!({}))),
        _ => {
            if let Some(minutes) = row.repair_minutes {
                events.push(event(row, "repair_started", json!({})));
                events.push(event(
                    row,
                    "repaired",
                    json!({
                    "description": row.repair, "minutes": minutes}),
                ));
            }
            events.push(event(
                row,
                "tested",
                json!({"checks": {
                "boot": "pass", "display": "pass", "ports": "pass", "network": "pass",
                "fan": "pass"}}),
            ));
            events.push(event(row, "graded", json!({"cosmetic": row.grade})));
        }
    }
    events
}

fn event(row: &LogRow, kind: &str, mut evidence: Value) -> Value {
    evidence["device"] = json!(row.serial);
    evidence["type"] = json!(kind);
    evidence["client_id"] = json!(format!("{}-{kind}", row.serial));
    evidence
}

fn log(refurbisher: &Client, events: &[Value]) -> Result<(), String> {
    for events in events.chunks(AT_ONCE) {
        let answer = refurbisher.post("/device-events", &json!({"events": events}))?;
        let refused = answer["results"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|result| result["status"] != "applied");
        if let Some(result) = refused {
            return Err(format!("an event was not applied: {result}"));
        }
    }
    Ok(())
}
