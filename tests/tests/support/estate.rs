//! Somebody's own things, one of each kind that an id in a path may name.

use std::collections::BTreeMap;

use kernel::Role;
use testkit::{Client, TestApp, Value, json};

use super::waves::Stage;
use super::{applications, workshop};

/// What belongs to the first donor, the first workshop and one association; and people of
/// the same roles to whom it does not.
pub struct Estate {
    /// By the first segment of the path.
    ids: BTreeMap<&'static str, String>,
    /// An application of the association's.
    application: String,
    /// One that got a lot in the wave.
    granted: String,
    /// What stands in answers about the estate and in no other.
    marks: Vec<String>,
    other_association: Client,
}

impl Estate {
    pub fn of(app: &TestApp) -> Self {
        let (batch, devices) = workshop::dock(app, &["CZC0001", "CZC0002"], 1);
        let sent = app.refurbisher.post(
            "/transfers",
            json!({"to_workshop_id": app.organisation(identity::OrganisationKind::Workshop, "Loin"),
                "devices": [devices[1]]}),
        );
        let stage = Stage::set(app, &[("Alpha", 12, 8_000)], 12);
        let wave = stage.approved_wave(app, "Première vague");
        let handovers = app.staff.get("/handovers").expect(200);
        let owner = app.association("Clavier ouvert");
        let draft = applications::draft(&owner, &stage.programme);
        let document = owner.send(
            "POST",
            &format!("{draft}/documents?kind=statutes&name=Statuts.pdf"),
            "application/pdf",
            applications::PDF,
        );
        let refused = app.association("Souris grise");
        let contested = applications::submitted(&refused, &stage.programme);
        app.staff
            .post(
                &applications::decide(&contested),
                applications::ineligible(),
            )
            .expect(200);
        let appeal = refused.post(
            &format!("{contested}/appeals"),
            json!({"grounds": "Réexaminez."}),
        );
        let obligation = app.staff.post(
            &format!("/organisations/{}/obligations", owner.organisation),
            json!({"what": "Bilan du lot de 2022", "due_at": "2023-12-01T00:00:00Z"}),
        );
        let slots = app.refurbisher.post(
            "/handover-slots",
            json!({"place": "Quai", "from": "2023-03-20T09:00:00Z", "to": "2023-03-20T10:00:00Z"}),
        );
        let view = app.staff.post(
            "/me/views",
            json!({"name": "Ma liste", "address": "/ville/demandes?status=in_review"}),
        );
        let webhook = app.donor.post(
            "/webhooks",
            json!({"url": "https://hooks.example.org/ressac"}),
        );
        let made = |reply: testkit::Reply| applications::id(&reply.expect(201));
        let application = applications::id_at(&draft).to_owned();
        let granted = stage.applications[0].clone();
        let mut marks = vec![application.clone(), granted.clone(), "Alpha".to_owned()];
        marks.extend([owner.organisation.clone(), "Clavier ouvert".to_owned()]);
        marks.push(stage.clients[0].organisation.clone());
        marks.extend(stage.tags.clone());
        let ids = BTreeMap::from([
            ("programmes", stage.programme),
            ("waves", applications::id_at(&wave).to_owned()),
            ("organisations", owner.organisation),
            ("people", owner.person),
            ("batches", batch),
            ("devices", devices[0].clone()),
            ("transfers", made(sent)),
            ("workshops", app.refurbisher.organisation.clone()),
            ("applications", application.clone()),
            ("documents", made(document)),
            ("appeals", made(appeal)),
            ("obligations", made(obligation)),
            ("webhooks", made(webhook)),
            ("handover-slots", applications::id(&slots.expect(201)[0])),
            ("me", session(&app.staff)),
            ("me/views", made(view)),
            ("handovers", applications::id(&handovers["items"][0])),
            ("incidents", incident(app)),
        ]);
        Self {
            ids,
            application,
            granted,
            marks,
            other_association: app.association("Une autre"),
        }
    }

    /// Someone of a role to whom nothing here belongs; none for the city, which sees all.
    pub fn stranger<'a>(&'a self, app: &'a TestApp, role: Role) -> Option<&'a Client> {
        match role {
            Role::Donor => Some(&app.other_donor),
            Role::Refurbisher => Some(&app.stranger_refurbisher),
            Role::Association => Some(&self.other_association),
            Role::Helper => Some(&app.helper),
            Role::Staff | Role::Admin => None,
        }
    }

    /// The first of what belongs to the estate that stands in an answer.
    pub fn shown<'a>(&'a self, answer: &str) -> Option<&'a str> {
        let marks = self.marks.iter().map(String::as_str);
        marks.into_iter().find(|mark| answer.contains(mark))
    }

    /// The path of an operation with somebody else's ids in it; none for what nobody here has.
    pub fn path(&self, operation: &str) -> Option<String> {
        let below = operation.strip_prefix("/api/v1/")?;
        let first = below.split('/').next()?;
        let id = self.ids.get(first)?;
        let application = match first {
            "waves" => &self.granted,
            _ => &self.application,
        };
        let sha256 = "0".repeat(64);
        Some(
            format!("/{below}")
                .replace("{id}", id)
                .replace("{application_id}", application)
                .replace("{person_id}", id)
                .replace("{number}", "1")
                .replace("{criterion}", "project")
                .replace("{year}", "2023")
                .replace("{sha256}", &sha256),
        )
    }
}

/// What the segment before an id names, in the addresses of pages.
const THINGS: &[(&str, &str)] = &[
    ("atelier/lots", "batches"),
    ("dons", "batches"),
    ("appareils", "devices"),
    ("demandes", "applications"),
    ("pieces", "documents"),
    ("recours", "appeals"),
    ("lots", "handovers"),
    ("signalements", "incidents"),
    ("transferts", "transfers"),
    ("programmes", "programmes"),
    ("vagues", "waves"),
    ("remises", "handovers"),
    ("approbations", "waves"),
    ("organisations", "organisations"),
    ("suivis", "obligations"),
    ("sessions", "me/sessions"),
    ("vues", "me/views"),
    ("collegues", "people"),
    ("webhooks", "webhooks"),
];

impl Estate {
    /// The address of a page with somebody else's id in it; none for what nobody here has.
    pub fn page(&self, path: &str) -> Option<String> {
        let (before, _) = path.split_once("/{id}")?;
        let named = |name: &str| {
            before
                .strip_suffix(name)
                .is_some_and(|rest| rest.ends_with('/'))
        };
        let (_, first) = THINGS.iter().find(|(name, _)| named(name))?;
        let operation = path.replace(before, &format!("/api/v1/{first}"));
        let below = self.path(&operation)?;
        Some(below.replacen(&format!("/{first}"), before, 1))
    }
}

/// A report of a device of the first lot, as if its lot had been handed over.
fn incident(app: &TestApp) -> String {
    use db::schema::{handovers as h, incidents as i, wave_devices as v};
    use diesel::prelude::*;
    let person: kernel::PersonId = app.staff.person.parse().unwrap();
    app.write(move |tx| {
        let (handover, association): (kernel::HandoverId, kernel::OrganisationId) = h::table
            .select((h::id, h::association_id))
            .first(&mut **tx)?;
        let device: kernel::DeviceId = v::table.select(v::device_id).first(&mut **tx)?;
        let id = tx.new_id::<kernel::Incident>();
        let row = (
            (i::id.eq(id), i::reference.eq("S-2023-9999")),
            (
                i::handover_id.eq(handover),
                i::association_id.eq(association),
            ),
            (
                i::device_id.eq(device),
                i::cycle.eq(1),
                i::kind.eq("broken"),
            ),
            (
                i::description.eq("Il ne démarre plus."),
                i::guaranteed.eq(true),
            ),
            (
                i::reported_by.eq(person),
                i::reported_at.eq(tx.now()),
                i::version.eq(1),
            ),
        );
        diesel::insert_into(i::table)
            .values(row)
            .execute(&mut **tx)?;
        Ok(id.to_string())
    })
}

/// The session of somebody who signed in once.
fn session(client: &Client) -> String {
    let sessions = client.get("/me/sessions").expect(200);
    applications::id(&sessions["items"][0])
}

/// A body with which an operation gets as far as asking whose the thing is.
pub fn well_formed(operation: &str) -> Value {
    let moment = "2023-03-09T09:00:00Z";
    if operation.contains("/erasure-acceptances") {
        return json!({"drive": "D1", "accepted_as": "wrong_clock", "reason": "Essai"});
    }
    match operation.rsplit('/').next().unwrap_or_default() {
        "messages" => json!({"message": "Bonjour."}),
        "people" => json!({"email": "x@y.example", "name": "X"}),
        "events" => json!({"type": "moved", "location": "A1"}),
        "contradictions" => json!({"field": "serial", "keep": "known", "reason": "Essai"}),
        "contest" => json!({"comment": "Il en manque."}),
        "collect" => json!({"collected_at": "2023-02-27T09:00:00Z"}),
        "receive" if operation.contains("/transfers/") => json!({"devices": ["CZC0002"]}),
        "receive" => json!({"devices": [{"serial": "CZC0001"}], "accessories": []}),
        "accessories" => json!({"kind": "mouse", "delta": 1, "reason": "Inventaire"}),
        "parts" => json!({"kind": "ssd", "delta": 1, "reason": "Inventaire"}),
        "appeals" => json!({"grounds": "Réexaminez."}),
        "schedule" => json!({"from": moment, "to": "2023-03-09T10:00:00Z", "place": "Quai 3"}),
        "complete" => json!({"recipient_name": "Aïcha", "devices": []}),
        "report" => json!({"summary": "Tout sert.", "devices_in_use": 10}),
        "corrections" => json!({"model": "ProDesk 400", "reason": "Essai"}),
        "incidents" => json!({"device": "RS-0001", "kind": "broken", "description": "Essai"}),
        "close" if operation.contains("/incidents/") => {
            json!({"outcome": "dismissed", "note": "Essai"})
        }
        "slot" => json!({"slot_id": "0198c0de-0000-7000-8000-000000000000"}),
        "trucks" => json!({"from": moment, "to": "2023-03-09T10:00:00Z"}),
        "loan" => json!({"due_at": moment, "reason": "Essai"}),
        "return" => json!({"devices": ["RS-0001"]}),
        "collector" => json!({"name": "Karim"}),
        "correct" => json!({"device": "RS-0001", "reason": "Essai"}),
        "requests" => {
            json!({"requests": [{"kind": "desktop", "quantity": 10, "accepts": []}], "reason": "Essai"})
        }
        "restrictions" | "confirm" | "resolve" | "pickup" | "{id}" => json!({}),
        "replace" => json!({"device": "RS-0001", "reason": "En panne"}),
        "hardware" => super::workshop::machine(&[]),
        _ => json!({"reason": "Essai"}),
    }
}
