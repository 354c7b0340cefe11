//! A programme with eligible applications and devices that are ready, without the way there.

use std::collections::BTreeSet;

use db::schema::{
    applications as a, batches as b, custody_events as e, devices as d, wave_devices as v,
};
use diesel::prelude::*;
use kernel::{ApplicationId, BatchId, OrganisationId, PersonId};
use testkit::{Client, TestApp, Value, json};

use super::workshop::pickup_time;

/// The digest of the plan that a wave has, as whoever decides reads it.
pub fn plan_read(client: &Client, path: &str) -> Value {
    let wave = client.get(path).expect(200);
    json!({"digest": wave["digest"]})
}

/// The scene of an allocation story.
pub struct Stage {
    pub programme: String,
    /// In the order given.
    pub applications: Vec<String>,
    pub clients: Vec<Client>,
    pub tags: Vec<String>,
}

impl Stage {
    /// Associations with the desktops they ask and their score, and ready desktops.
    pub fn set(app: &TestApp, associations: &[(&str, u32, i32)], desktops: usize) -> Self {
        let body = json!({
            "name": "Marseille – Orange 2023", "rubric": "marseille-2023", "kinds": ["desktop", "laptop"],
            "lot_min": 10, "lot_max": 30, "opens_at": "2023-02-01T00:00:00Z", "closes_at": null, "territory": "13055",
        });
        let programme = id(&app.staff.post("/programmes", body).expect(201));
        let (mut applications, mut clients) = (Vec::new(), Vec::new());
        for (name, quantity, score) in associations {
            let client = app.association(name);
            applications.push(eligible(app, &client, &programme, *quantity, *score));
            clients.push(client);
        }
        let tags = stock(app, "desktop", desktops);
        Self {
            programme,
            applications,
            clients,
            tags,
        }
    }

    /// The path of a new wave.
    pub fn wave(&self, app: &TestApp, name: &str, over: Value) -> String {
        let mut body =
            json!({"name": name, "supply": {"kinds": ["desktop"]}, "seed": "marseille-2023-1"});
        for (key, value) in over.as_object().unwrap() {
            body[key] = value.clone();
        }
        let wave = app
            .staff
            .post(&format!("/programmes/{}/waves", self.programme), body)
            .expect(201);
        format!("/waves/{}", id(&wave))
    }

    /// The path of a wave that is planned.
    pub fn proposed_wave(&self, app: &TestApp, name: &str) -> String {
        let path = self.wave(app, name, json!({}));
        app.staff
            .post(&format!("{path}/propose"), Value::Null)
            .expect(200);
        path
    }

    /// The path of a wave that `staff` submitted.
    pub fn submitted_wave(&self, app: &TestApp, name: &str) -> String {
        let path = self.proposed_wave(app, name);
        app.staff
            .post(&format!("{path}/submit"), plan_read(&app.staff, &path))
            .expect(200);
        path
    }

    /// The path of a wave that `other_staff` approved.
    pub fn approved_wave(&self, app: &TestApp, name: &str) -> String {
        let path = self.submitted_wave(app, name);
        app.other_staff
            .post(
                &format!("{path}/approve"),
                plan_read(&app.other_staff, &path),
            )
            .expect(200);
        path
    }
}

pub fn id(made: &Value) -> String {
    made["id"].as_str().unwrap().to_owned()
}

/// An application found eligible, with a score of the story's choice.
pub fn eligible(
    app: &TestApp,
    client: &Client,
    programme: &str,
    quantity: u32,
    score: i32,
) -> String {
    let form = json!({
        "requests": [{"kind": "desktop", "quantity": quantity, "accepts": []}],
        "purpose": "new_project", "themes": ["precarity"], "beneficiaries_per_year": 200,
        "site": {"address": "1 rue de la Paix", "postal_code": "13003"},
        "trained_staff": true, "own_use": 0, "statement": "Un atelier d'initiation.",
        "commitments": {"republican_contract": true, "no_resale": true, "follow_up": true},
    });
    let application = id(&client
        .post(&format!("/programmes/{programme}/applications"), form)
        .expect(201));
    client
        .post(&format!("/applications/{application}/submit"), Value::Null)
        .expect(200);
    for (assessor, points) in [(&app.staff, 3), (&app.other_staff, 3)] {
        let path = format!("/applications/{application}/assessments/project");
        assessor
            .put(
                &path,
                json!({"points": points, "justification": "Projet solide."}),
            )
            .expect(200);
    }
    let decision = json!({"outcome": "eligible", "reasons": []});
    app.staff
        .post(&format!("/applications/{application}/decide"), decision)
        .expect(200);
    let key: ApplicationId = application.parse().unwrap();
    app.write(move |tx| {
        diesel::update(a::table.find(key))
            .set((a::score.eq(score), a::fragility.eq(50)))
            .execute(&mut **tx)?;
        Ok(())
    });
    application
}

/// Devices that are ready in the first workshop; returns their tags.
pub fn stock(app: &TestApp, kind: &str, count: usize) -> Vec<String> {
    let when = pickup_time(app);
    let batch = app.donor.post("/batches", json!({
        "title": "Postes", "declared": [{"kind": kind, "quantity": count.max(1)}],
        "accessories": [],
        "pickup": {"address": "10 boulevard de Dunkerque", "postal_code": "13002", "commune": "Marseille",
            "contact_name": "Dora Don", "contact_phone": "04 91 00 00 00",
            "from": when.0, "to": when.1},
    }));
    let batch = id(&batch.expect(201));
    announce(app, &batch);
    let batch: BatchId = batch.parse().unwrap();
    let donor: OrganisationId = app.donor.organisation.parse().unwrap();
    let workshop: OrganisationId = app.refurbisher.organisation.parse().unwrap();
    let kind = kind.to_owned();
    app.write(move |tx| {
        let tags = ::intake::tags(tx, count)?;
        for (number, tag) in tags.iter().enumerate() {
            let row = (
                (
                    d::id.eq(tx.new_id::<kernel::Device>()),
                    d::tag.eq(tag),
                    d::kind.eq(&kind),
                    d::stage.eq("ready"),
                ),
                (
                    d::serial.eq(format!("SN-{tag}")),
                    d::serial_key.eq(kernel::squash(&format!("SN-{tag}"))),
                ),
                (
                    d::grade.eq("B"),
                    d::model.eq(format!("Modèle {}", number % 3)),
                    d::attributes.eq("{}"),
                ),
                (
                    d::batch_id.eq(batch),
                    d::donor_id.eq(donor),
                    d::workshop_id.eq(workshop),
                ),
                (
                    d::cycle.eq(1),
                    d::erasure_proven.eq(true),
                    d::custody_seq.eq(0),
                    d::custody_head.eq(Vec::<u8>::new()),
                ),
                (
                    d::search_key.eq(""),
                    d::version.eq(1),
                    d::updated_at.eq(tx.now()),
                    d::stage_at.eq(tx.now()),
                ),
                (d::received_at.eq(tx.now()), d::ready_at.eq(tx.now())),
            );
            diesel::insert_into(d::table)
                .values(row)
                .execute(&mut **tx)?;
        }
        let now = tx.now();
        diesel::update(b::table.find(batch))
            .set((
                b::status.eq("received"),
                b::collected_at.eq(now),
                b::received_at.eq(now),
            ))
            .execute(&mut **tx)?;
        Ok(tags)
    })
}

/// From the draft of a batch to the day of its pickup by the first workshop.
fn announce(app: &TestApp, batch: &str) {
    let path = |step: &str| format!("/batches/{batch}/{step}");
    app.donor.post(&path("submit"), Value::Null).expect(200);
    app.staff.post(&path("accept"), Value::Null).expect(200);
    let when = pickup_time(app);
    let pickup = json!({"workshop_id": app.refurbisher.organisation,
        "from": when.0, "to": when.0.plus_seconds(2 * 3600)});
    app.staff.post(&path("schedule"), pickup).expect(200);
}

/// Moves a device to another stage behind everyone's back.
pub fn set_stage(app: &TestApp, tag: &str, stage: &str) {
    let (tag, stage) = (tag.to_owned(), stage.to_owned());
    app.write(move |tx| {
        diesel::update(d::table.filter(d::tag.eq(&tag)))
            .set(d::stage.eq(&stage))
            .execute(&mut **tx)?;
        Ok(())
    });
}

/// Makes received devices ready again, without the way there; their logs tell it.
pub fn refurbish(app: &TestApp, tags: &[String]) {
    let tags = tags.to_vec();
    let (person, organisation) = refurbisher(app);
    app.write(move |tx| {
        let now = tx.now();
        let before: Vec<workshop::Device> = d::table
            .filter(d::tag.eq_any(&tags))
            .filter(d::stage.eq("received"))
            .load(&mut **tx)?;
        diesel::update(d::table.filter(d::tag.eq_any(&tags)))
            .filter(d::stage.eq("received"))
            .set((
                d::stage.eq("ready"),
                d::erasure_proven.eq(true),
                d::grade.eq("B"),
                d::ready_at.eq(now),
            ))
            .execute(&mut **tx)?;
        before
            .iter()
            .try_for_each(|device| tell(tx, device, person, organisation))
    });
}

/// Begins the logs of devices of the `stock` to which nothing happened since: the program
/// leaves none on the shelf without one.
pub fn log_stock(app: &TestApp) {
    let (person, organisation) = refurbisher(app);
    app.write(move |tx| {
        let unlogged: Vec<workshop::Device> = d::table
            .filter(d::custody_seq.eq(0))
            .filter(d::stage.eq("ready"))
            .filter(d::serial.like("SN-RS-%"))
            .load(&mut **tx)?;
        unlogged
            .iter()
            .try_for_each(|device| tell(tx, device, person, organisation))
    });
}

fn refurbisher(app: &TestApp) -> (PersonId, OrganisationId) {
    let who = &app.refurbisher;
    (
        who.person.parse().unwrap(),
        who.organisation.parse().unwrap(),
    )
}

/// Appends the line that leads from a device as it was to its row as it is, and seals the row.
fn tell(
    tx: &mut db::Tx<'_>,
    before: &workshop::Device,
    actor: PersonId,
    organisation: OrganisationId,
) -> db::Result<()> {
    let keys = tx.chain_keys();
    let epoch = tx.epoch()?;
    let mut row: workshop::Device = d::table.find(before.id).first(&mut **tx)?;
    let known = Some(before).filter(|device| !device.is_untold());
    let no_drives = known.is_none().then_some(&[][..]);
    let line = workshop::custody::Line {
        device: row.id,
        seq: before.custody_seq + 1,
        id: tx.new_id(),
        event_type: "moved".to_owned(),
        at: tx.now(),
        recorded_at: tx.now(),
        actor,
        organisation,
        key: None,
        operated_by: None,
        from_stage: before.stage,
        to_stage: row.stage,
        client_id: None,
        evidence: "{}".to_owned(),
        note: None,
        state: Some(workshop::state::line(known, &row, no_drives)),
    };
    let link = workshop::custody::Link::after(before.custody_hash().to_vec(), line, keys);
    row.custody_seq = link.line.seq;
    row.custody_head.clone_from(&link.hash);
    workshop::custody::seal(&mut row, keys);
    let (line, mark) = (link.line, link.mark);
    diesel::insert_into(e::table)
        .values((
            e::device_id.eq(line.device),
            e::seq.eq(line.seq),
            e::id.eq(line.id),
            e::event_type.eq(line.event_type),
            e::at.eq(line.at),
            e::recorded_at.eq(line.recorded_at),
            e::actor_id.eq(line.actor),
            e::organisation_id.eq(line.organisation),
            e::from_stage.eq(line.from_stage),
            e::to_stage.eq(line.to_stage),
            e::evidence.eq(line.evidence),
            e::prev_hash.eq(link.prev_hash),
            e::hash.eq(link.hash),
            e::state.eq(line.state),
            e::chain_key.eq(mark.as_ref().map(|mark| mark.key.clone())),
            e::mac.eq(mark.map(|mark| mark.mac)),
            e::epoch.eq(epoch),
        ))
        .execute(&mut **tx)?;
    diesel::update(d::table.find(row.id))
        .set((
            d::custody_seq.eq(row.custody_seq),
            d::custody_head.eq(row.custody_head),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Changes how a device looks behind everyone's back.
pub fn set_grade(app: &TestApp, tag: &str, grade: &str) {
    let (tag, grade) = (tag.to_owned(), grade.to_owned());
    app.write(move |tx| {
        diesel::update(d::table.filter(d::tag.eq(&tag)))
            .set(d::grade.eq(&grade))
            .execute(&mut **tx)?;
        Ok(())
    });
}

/// Ties the gift to which a device belongs, or unties it.
pub fn tie(app: &TestApp, tag: &str, restrictions: Option<&Value>) {
    let (tag, text) = (tag.to_owned(), restrictions.map(ToString::to_string));
    app.write(move |tx| {
        let batch: BatchId = d::table
            .filter(d::tag.eq(&tag))
            .select(d::batch_id)
            .first(&mut **tx)?;
        diesel::update(b::table.find(batch))
            .set(b::restrictions.eq(&text))
            .execute(&mut **tx)?;
        Ok(())
    });
}

/// The desktops that lines give to an application.
pub fn granted(lines: &Value, application: &str) -> i64 {
    let lines = lines.as_array().unwrap();
    let line = lines
        .iter()
        .find(|line| line["application_id"] == application);
    line.and_then(|line| line["granted"]["desktop"].as_i64())
        .unwrap_or(0)
}

/// Devices on live lines, and how many of them twice.
pub fn reserved(app: &TestApp) -> (usize, usize) {
    let ids: Vec<kernel::DeviceId> = app.read(|db| {
        Ok(v::table
            .filter(v::released_at.is_null())
            .select(v::device_id)
            .load(db)?)
    });
    let distinct: BTreeSet<_> = ids.iter().copied().collect();
    (ids.len(), ids.len() - distinct.len())
}

/// A handover, as those read it who deliver.
pub fn handover_of(app: &TestApp, association: &str) -> Value {
    let list = app.staff.get("/handovers").expect(200);
    let found = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|handover| handover["association"] == association);
    let id = found.unwrap()["id"].as_str().unwrap();
    app.staff.get(&format!("/handovers/{id}")).expect(200)
}

/// The tags of a handover's lot.
pub fn tags_of(handover: &Value) -> Vec<String> {
    let lot = handover["lot"].as_array().unwrap();
    lot.iter()
        .map(|device| device["tag"].as_str().unwrap().to_owned())
        .collect()
}

/// Hands a lot over, with these devices scanned.
pub fn complete(client: &Client, handover: &Value, devices: &[String]) -> testkit::Reply {
    let id = handover["id"].as_str().unwrap();
    let body = json!({"recipient_name": "Aïcha Responsable", "devices": devices,
        "signature": "data:image/svg+xml,…"});
    client.post(&format!("/handovers/{id}/complete"), body)
}

/// Two lots, of twelve and ten desktops, and the path of their wave.
pub fn two_lots(app: &TestApp) -> (Stage, String) {
    let stage = Stage::set(app, &[("Alpha", 12, 8_000), ("Beta", 10, 7_000)], 22);
    let path = stage.approved_wave(app, "Première vague");
    (stage, path)
}

/// The path of a handover.
pub fn path_of(handover: &Value) -> String {
    format!("/handovers/{}", handover["id"].as_str().unwrap())
}

/// An appointment on a day of March.
pub fn appointment(day: u32) -> Value {
    json!({"from": format!("2023-03-{day:02}T09:00:00Z"), "to": format!("2023-03-{day:02}T10:00:00Z"),
        "place": "Atelier du Port, quai 3"})
}
