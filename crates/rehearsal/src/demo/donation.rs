//! Orange gives: the batch, its manifest, the pickup, the count at the dock.

use kernel::{Clock, SystemClock};
use serde_json::json;

use super::Progress;
use super::cast::Cast;
use super::http::text;
use super::operation::Operation;

/// Devices of one call at the dock.
const AT_ONCE: usize = 250;

/// From the offer to the truck; answers with the batch's id.
pub fn give(operation: &Operation, cast: &Cast, progress: &Progress) -> Result<String, String> {
    let plan = &operation.plan.batch;
    let now = SystemClock.now();
    let batch = cast.dora.post(
        "/batches",
        &json!({
        "title": plan.title,
        "declared": plan.declared,
        "accessories": plan.accessories,
        "pickup": {
            "address": "2 avenue de la Canebière", "postal_code": "13001", "commune": "Marseille",
            "contact_name": "Dora Don", "contact_phone": "04 91 00 00 00",
            "from": now.plus_days(7), "to": now.plus_days(9)},
        "title_route": "donor_to_city_to_association"}),
    )?;
    let id = text(&batch, "id")?;
    let tried = cast.dora.send_csv(
        "PUT",
        &format!("/batches/{id}/manifest?dry_run=true"),
        &operation.manifest,
    )?;
    let kept = cast.dora.send_csv(
        "PUT",
        &format!("/batches/{id}/manifest"),
        &operation.manifest,
    )?;
    progress.say(&format!(
        "Orange registers {} and uploads its manifest: {} rows read ({}), {} kept",
        text(&batch, "reference")?,
        tried["rows"],
        tried["encoding"],
        kept["accepted"],
    ));
    cast.dora
        .post(&format!("/batches/{id}/submit"), &json!({}))?;
    cast.sam
        .post(&format!("/batches/{id}/accept"), &json!({}))?;
    cast.sam.post(
        &format!("/batches/{id}/schedule"),
        &json!({
        "workshop_id": cast.workshop,
        "from": now.plus_days(7), "to": now.plus_days(7).plus_seconds(3 * 3600)}),
    )?;
    cast.rita.post(
        &format!("/batches/{id}/collect"),
        &json!({
        "collected_at": now, "pallets": 34, "weight_kg": 9700}),
    )?;
    progress.say("the city accepts and schedules; the workshop picks it up");
    Ok(id)
}

/// The count at the dock: what is not there stays out, and is missing in the end.
pub fn receive(
    operation: &Operation,
    cast: &Cast,
    batch: &str,
    progress: &Progress,
) -> Result<(), String> {
    let there: Vec<_> = operation
        .log
        .iter()
        .filter(|row| row.outcome != "missing")
        .map(|row| json!({"serial": row.serial}))
        .collect();
    for (at, devices) in there.chunks(AT_ONCE).enumerate() {
        let accessories = match at {
            0 => operation.plan.batch.accessories.clone(),
            _ => json!([]),
        };
        cast.rita.post(
            &format!("/batches/{batch}/receive"),
            &json!({"devices": devices, "accessories": accessories}),
        )?;
    }
    cast.rita
        .post(&format!("/batches/{batch}/close"), &json!({}))?;
    let count = cast.dora.get(&format!("/batches/{batch}/reconciliation"))?;
    progress.say(&format!(
        "the workshop counts: {} received, {} missing",
        count["received"], count["missing"],
    ));
    Ok(())
}
