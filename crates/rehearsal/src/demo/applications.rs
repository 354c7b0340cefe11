//! The associations register and apply; the city verifies, assesses and decides.

use std::sync::Mutex;

use kernel::{Clock, SystemClock};
use serde_json::json;

use super::cast::{Cast, enter};
use super::http::{Client, text};
use super::mailbox::Mailbox;
use super::operation::{AssociationRow, Operation};
use super::{Progress, waves::points};

/// The city loads the fragility table and opens the programme; answers with its id.
pub fn open_programme(
    operation: &Operation,
    cast: &Cast,
    progress: &Progress,
) -> Result<String, String> {
    let loaded = cast
        .sam
        .send_csv("POST", "/territories", &operation.territories)?;
    let plan = &operation.plan.programme;
    let now = SystemClock.now();
    let programme = cast.sam.post(
        "/programmes",
        &json!({
        "name": plan.name, "rubric": plan.rubric, "kinds": plan.kinds,
        "lot_min": plan.lot_min, "lot_max": plan.lot_max,
        "opens_at": now, "closes_at": now.plus_days(plan.open_for_days),
        "territory": "Marseille"}),
    )?;
    progress.say(&format!(
        "the city opens « {} »; fragility table: {} rows, {} refused by name",
        plan.name, loaded["accepted"], loaded["rejected"],
    ));
    text(&programme, "id")
}

/// A period of applications, from registration to decision.
pub fn take(
    operation: &Operation,
    cast: &Cast,
    client: &Client,
    mailbox: &Mailbox,
    programme: &str,
    period: u32,
    progress: &Progress,
) -> Result<(), String> {
    let rows: Vec<_> = operation
        .associations
        .iter()
        .filter(|row| row.period == period)
        .collect();
    let mut organisations = Vec::new();
    for row in &rows {
        organisations.push(register(client, row)?);
    }
    let clients = enter_all(client, mailbox, &rows)?;
    let mut scores = Vec::new();
    let mut ineligible = 0;
    for ((row, association), organisation) in rows.iter().zip(&clients).zip(&organisations) {
        cast.sam
            .post(&format!("/organisations/{organisation}/verify"), &json!({}))?;
        let application = apply(association, programme, row)?;
        if decide(cast, &application, row)? {
            let score = association.get(&format!("/applications/{application}/score"))?;
            scores.extend(score["score"].as_i64());
        } else {
            ineligible += 1;
        }
    }
    let range = match (scores.iter().min(), scores.iter().max()) {
        (Some(least), Some(most)) => format!(", {} to {} points", points(*least), points(*most)),
        _ => String::new(),
    };
    progress.say(&format!(
        "period {period}: {} associations apply, {} eligible{range}, {ineligible} not",
        rows.len(),
        scores.len(),
    ));
    Ok(())
}

fn register(client: &Client, row: &AssociationRow) -> Result<String, String> {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let made = client.post(
        "/registrations",
        &json!({
        "organisation": {
            "name": row.name, "rna": given(&row.rna), "siret": given(&row.siret),
            "address": row.address, "postal_code": row.postal_code, "commune": row.commune},
        "person": {"name": row.person, "email": row.email}}),
    )?;
    text(&made["organisation"], "id")
}

/// Hashing a password is slow on purpose: two people at a time.
fn enter_all(
    client: &Client,
    mailbox: &Mailbox,
    rows: &[&AssociationRow],
) -> Result<Vec<Client>, String> {
    let entered = Mutex::new(vec![None; rows.len()]);
    let next = Mutex::new(0..rows.len());
    let work = || -> Result<(), String> {
        loop {
            let turn = next.lock().map_err(|e| e.to_string())?.next();
            let Some(at) = turn else { return Ok(()) };
            let association = enter(client, mailbox, &rows[at].email)?;
            entered.lock().map_err(|e| e.to_string())?[at] = Some(association);
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().map_err(|_| "a thread failed".to_owned())?)
    })?;
    let entered = entered.into_inner().map_err(|e| e.to_string())?;
    Ok(entered.into_iter().flatten().collect())
}

fn apply(association: &Client, programme: &str, row: &AssociationRow) -> Result<String, String> {
    let themes: Vec<_> = row.themes.split('|').collect();
    let application = association.post(
        &format!("/programmes/{programme}/applications"),
        &json!({
        "requests": [{"kind": "desktop", "quantity": row.quantity, "accepts": []}],
        "purpose": row.purpose,
        "themes": themes,
        "beneficiaries_per_year": row.beneficiaries_per_year,
        "site": {"address": row.address, "postal_code": row.postal_code, "commune": row.commune},
        "trained_staff": row.trained_staff == "yes",
        "own_use": row.own_use,
        "statement": row.statement,
        "commitments": {"republican_contract": true, "no_resale": true, "follow_up": true}}),
    )?;
    let id = text(&application, "id")?;
    association.post(&format!("/applications/{id}/submit"), &json!({}))?;
    Ok(id)
}

/// Two people assess the project; one decides. True when it is eligible.
fn decide(cast: &Cast, application: &str, row: &AssociationRow) -> Result<bool, String> {
    for (assessor, points) in [
        (&cast.sam, row.project_points_1),
        (&cast.olga, row.project_points_2),
    ] {
        assessor.put(
            &format!("/applications/{application}/assessments/project"),
            &json!({
            "points": points,
            "justification": "Projet lu en commission ; usages et encadrement décrits."}),
        )?;
    }
    let eligible = row.outcome == "eligible";
    let reasons = if eligible {
        json!([])
    } else {
        json!(["L'activité décrite ne relève pas de l'inclusion numérique au sens du règlement."])
    };
    cast.sam.post(
        &format!("/applications/{application}/decide"),
        &json!({
        "outcome": row.outcome, "reasons": reasons}),
    )?;
    Ok(eligible)
}
