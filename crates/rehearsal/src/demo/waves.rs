//! Waves: proposed, explained, adjusted, approved by another person, handed over.

use kernel::{Clock, SystemClock};
use serde_json::{Value, json};

use super::Progress;
use super::cast::Cast;
use super::http::text;
use super::operation::WavePlan;

/// What became of a wave.
pub struct WaveOutcome {
    pub id: String,
    pub name: String,
    pub associations: usize,
    pub devices: u64,
    pub smallest: u64,
    pub largest: u64,
    pub unserved: usize,
}

/// Hundredths of a point, as people read them.
pub fn points(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// A wave from its draft to its approval.
pub fn allocate(
    plan: &WavePlan,
    cast: &Cast,
    programme: &str,
    progress: &Progress,
) -> Result<WaveOutcome, String> {
    let mut body = json!({"name": plan.name, "supply": {"kinds": ["desktop"]}, "seed": plan.seed});
    if let Some(lot_min) = plan.lot_min {
        body["lot_min"] = json!(lot_min);
    }
    if let Some(complements) = plan.complements {
        body["complements"] = json!(complements);
    }
    let wave = text(
        &cast
            .sam
            .post(&format!("/programmes/{programme}/waves"), &body)?,
        "id",
    )?;
    cast.sam
        .post(&format!("/waves/{wave}/propose"), &json!({}))?;
    let lines = cast.sam.all(&format!("/waves/{wave}/lines"))?;
    if let Some(pin) = &plan.pin {
        let first = lines
            .iter()
            .find(|line| line["requested"].as_u64() >= Some(u64::from(pin.quantity)))
            .ok_or("no line asked for as many as the pin fixes")?;
        let application = text(first, "application_id")?;
        let before = granted(first);
        cast.sam.put(
            &format!("/waves/{wave}/pins/{application}"),
            &json!({
            "granted": {"desktop": pin.quantity}, "reason": pin.reason}),
        )?;
        progress.say(&format!(
            "staff fix {} at {} instead of {before}: {}",
            first["association"], pin.quantity, pin.reason,
        ));
    }
    let served = lines.first().ok_or("the wave has no lines")?;
    let application = text(served, "application_id")?;
    cast.sam
        .get(&format!("/waves/{wave}/lines/{application}/explanation"))?;
    let read = cast.sam.get(&format!("/waves/{wave}"))?;
    let digest = json!({"digest": read["digest"]});
    cast.sam.post(&format!("/waves/{wave}/submit"), &digest)?;
    cast.olga.post(
        &format!("/waves/{wave}/approve"),
        &json!({"digest": read["digest"], "comment": "Conforme au règlement."}),
    )?;
    let outcome = outcome(
        &wave,
        &plan.name,
        &cast.sam.all(&format!("/waves/{wave}/lines"))?,
    );
    progress.say(&format!(
        "« {} »: {} computers to {} associations, {} to {} each; one person submits, another approves",
        plan.name, outcome.devices, outcome.associations, outcome.smallest, outcome.largest,
    ));
    Ok(outcome)
}

fn granted(line: &Value) -> u64 {
    let kinds = line["granted"].as_object();
    kinds
        .into_iter()
        .flat_map(|kinds| kinds.values())
        .filter_map(Value::as_u64)
        .sum()
}

fn outcome(wave: &str, name: &str, lines: &[Value]) -> WaveOutcome {
    let lots: Vec<u64> = lines.iter().map(granted).filter(|lot| *lot > 0).collect();
    WaveOutcome {
        id: wave.to_owned(),
        name: name.to_owned(),
        associations: lots.len(),
        devices: lots.iter().sum(),
        smallest: lots.iter().min().copied().unwrap_or(0),
        largest: lots.iter().max().copied().unwrap_or(0),
        unserved: lines.len() - lots.len(),
    }
}

/// The first wave is handed over, device by device; the second has its appointments; the
/// last waits for them.
pub fn hand_over(cast: &Cast, waves: &[WaveOutcome], progress: &Progress) -> Result<(), String> {
    for (at, wave) in waves.iter().enumerate().take(2) {
        let handovers = cast.rita.all(&format!("/handovers?wave_id={}", wave.id))?;
        let list = cast.rita.all(&format!("/waves/{}/devices", wave.id))?;
        let now = SystemClock.now();
        for (turn, handover) in handovers.iter().enumerate() {
            let id = text(handover, "id")?;
            let from = now
                .plus_days(14)
                .plus_seconds(i64::try_from(turn).unwrap_or(0) * 1800);
            cast.rita.post(
                &format!("/handovers/{id}/schedule"),
                &json!({
                "from": from, "to": from.plus_seconds(1800),
                "place": "Atelier du Port, 14 quai du Lazaret, 13002 Marseille"}),
            )?;
            if at > 0 {
                continue;
            }
            let scanned: Vec<_> = list
                .iter()
                .filter(|device| device["application_id"] == handover["application_id"])
                .map(|device| device["tag"].clone())
                .collect();
            cast.rita.post(
                &format!("/handovers/{id}/complete"),
                &json!({
                "recipient_name": "La référente de l'association", "devices": scanned,
                "signature": "signé sur place"}),
            )?;
        }
        progress.say(&format!(
            "« {} »: {} appointments{}",
            wave.name,
            handovers.len(),
            if at == 0 {
                ", each lot scanned and signed for"
            } else {
                ""
            },
        ));
    }
    Ok(())
}
