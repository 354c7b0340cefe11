//! Everything goes from one engine to the other and back, and is the same: on an operation in
//! which there is something of everything that can be stored.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::story::estate::Estate;
use crate::story::{self, applications, workshop};
use crate::support::{self, Server, databases, folder_after_app, meddle, ressac, succeeds};
use db::schema::people;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use files::{FileStore, NoScanner};
use testkit::{Engine, TestApp, TestDatabase, json};

/// What people do, as far as it takes no weeks.
fn deeds(app: &TestApp) {
    let (_, devices) = workshop::dock(app, &["CZC0101", "CZC0102"], 3);
    workshop::advance(app, &devices[0], "ready");
    let report = format!("/devices/{}/erasure-reports", devices[0]);
    let sent = app
        .refurbisher
        .send("POST", &report, "application/pdf", applications::PDF);
    assert!(sent.status < 300 || sent.status == 422, "{}", sent.text());
    let parts = format!("/workshops/{}/parts", app.refurbisher.organisation);
    let bought = json!({"kind": "ssd", "delta": 3, "reason": "Achat, facture n° 12"});
    assert!(app.refurbisher.post(&parts, bought).status < 300);
    let keyed = app.donor.with_header("idempotency-key", "une-cle-1");
    let offer = json!({"title": "Écrans à l'arrière", "declared": [{"kind": "monitor", "quantity": 2}],
        "accessories": [], "pickup": {"address": "1 quai", "postal_code": "13002",
            "commune": "Marseille", "contact_name": "D", "contact_phone": "04 91 00 00 00",
            "from": "2023-03-01T08:00:00Z", "to": "2023-03-31T17:00:00Z"}});
    keyed.post("/batches", offer).expect(201);
    app.deliver();
    app.write(|tx| Ok(tx.batch_execute(ROWS)?));
}

/// What would take weeks, other programs, or a generator of codes.
const ROWS: &str = "
    UPDATE batches SET status = 'accepted' WHERE status = 'draft';
    INSERT INTO api_keys (id, organisation_id, created_by, role, name, token_hash, scopes, created_at)
        SELECT x'01860000000070008000000000000001', organisation_id, id, 'donor', 'Clé « ERP »', x'00ff', '[\"batches\"]', 1677574800000001
        FROM people WHERE role = 'donor' LIMIT 1;
    INSERT INTO conventions (association_id, year, reference, signed_on, recorded_by, recorded_at)
        SELECT o.id, 2023, 'C-1', '2023-02-01', p.id, 1677574800000000
        FROM organisations AS o, people AS p WHERE o.kind = 'association' AND p.role = 'staff' LIMIT 1;
    INSERT INTO device_contradictions (device_id, found_at) SELECT id, 1677574800000000 FROM devices LIMIT 1;
    INSERT INTO donor_news (batch_id, news_told_at, handed_over, settled)
        SELECT id, 1677574800000000, 3, 1 FROM batches LIMIT 1;
    INSERT INTO notification_choices (person_id, kind, choice, changed_at)
        SELECT id, 'lot_granted', 'weekly', 1677574800000000 FROM people LIMIT 1;
    INSERT INTO reception_answers (batch_id, answer, comment, answered_by, answered_at)
        SELECT b.id, 'contested', 'Il en manque 2 :\n« CZC »', p.id, 1677574800000000 FROM batches AS b, people AS p LIMIT 1;
    INSERT INTO reception_links (token_hash, batch_id, person_id, created_at, expires_at)
        SELECT x'ab', b.id, p.id, 1677574800000000, 1677574800000001 FROM batches AS b, people AS p LIMIT 1;
    INSERT INTO pending_lists (batch_id, name, content, sheet, dates, kept_by, kept_at)
        SELECT b.id, 'Parc 2023.csv', x'00ff0a', 'Parc', 'dmy', p.id, 1677574800000000 FROM batches AS b, people AS p LIMIT 1;
    INSERT INTO follow_links (batch_id, token_hash, made_by, made_at)
        SELECT b.id, x'06', p.id, 1677574800000000 FROM batches AS b, people AS p LIMIT 1;
    INSERT INTO calendar_links (person_id, token_hash, made_at)
        SELECT id, x'07', 1677574800000000 FROM people LIMIT 1;
    INSERT INTO handover_slots (id, workshop_id, starts_at, ends_at, place, lots, offered_by, offered_at, withdrawn_at)
        SELECT x'01860000000070008000000000000023', o.id, 1677574800000000, 1677574800000001, 'Quai 3 « nord »', 2, p.id, 1677574800000000, NULL
        FROM organisations AS o, people AS p WHERE o.kind = 'workshop' LIMIT 1;
    INSERT INTO loans (handover_id, due_at, reason, extended_by, created_at)
        SELECT h.id, 1709110800000000, 'Jusqu''à l''été', p.id, 1677574800000000 FROM handovers AS h, people AS p LIMIT 1;
    INSERT INTO batch_trucks (batch_id, number, starts_at, ends_at, pallets, created_by, created_at)
        SELECT b.id, 2, 1677574800000000, 1677574800000001, 4, p.id, 1677574800000000 FROM batches AS b, people AS p LIMIT 1;
    INSERT INTO saved_views (id, person_id, organisation_id, name, address, shared, created_at)
        SELECT x'01860000000070008000000000000024', id, organisation_id, 'À l''étude', '/ville/demandes?q=L%27%C3%A9toile', 1, 1677574800000000
        FROM people LIMIT 1;
    INSERT INTO application_messages (id, application_id, author_id, of_city, text, at)
        SELECT x'01860000000070008000000000000021', a.id, p.id, TRUE, 'Bonjour,\nla date ?', 1677574800000000
        FROM applications AS a, people AS p LIMIT 1;
    INSERT INTO helped_associations (association_id, helper_id)
        SELECT o.id, p.id FROM organisations AS o, people AS p WHERE o.kind = 'association' LIMIT 1;
    INSERT INTO organisation_changes (id, organisation_id, before, reason, changed_by, at)
        SELECT x'01860000000070008000000000000022', o.id, '{\"name\":\"L''Étoile\"}', 'Déménagement', p.id, 1677574800000000
        FROM organisations AS o, people AS p LIMIT 1;
    INSERT INTO recovery_codes (person_id, code_hash) SELECT id, x'01' FROM people LIMIT 1;
    INSERT INTO second_factors (person_id, secret, last_step, created_at)
        SELECT id, x'0102', 9223372036854775807, 1677574800000000 FROM people LIMIT 1;
    INSERT INTO register_loads (register, source, lines, finished, loaded_at)
        VALUES ('rna', 'rna_waldec_20230201.csv', 1, 1, 1677574800000000);
    INSERT INTO register_rna (rna, name, name_key, status, address, postal_code, commune, loaded_at)
        VALUES ('W133000001', 'L''Étoile', 'l etoile', 'active', '', '13003', 'Marseille', 1677574800000000);
    INSERT INTO registration_cases (id, organisation_id, kind, association, person_name, email, status, created_at)
        SELECT x'01860000000070008000000000000002', id, 'same_name', 'L''Étoile', 'Zoé', 'z@e.example', 'open', 1677574800000000
        FROM organisations LIMIT 1;
    INSERT INTO reminders (application_id, kind, due_at, sent_at)
        SELECT id, 'silence', 1677574800000000, 1677574800000000 FROM applications LIMIT 1;
    INSERT INTO repairs (device_id, seq, workshop_id, description, minutes, parts, at)
        SELECT id, 2, workshop_id, 'Pâte thermique', 15, '[]', 1677574800000000
        FROM devices WHERE workshop_id IS NOT NULL LIMIT 1;
    INSERT INTO sign_in_attempts (bucket, attempts, since) VALUES (x'02', 3, 1677574800000000);
    INSERT INTO session_cookies (token_hash, session_id, created_at)
        SELECT x'05', id, 1677574800000000 FROM sessions LIMIT 1;
    INSERT INTO known_devices (person_id, token_hash, created_at, last_at)
        SELECT id, x'03', 1677574800000000, 1677574800000000 FROM people LIMIT 1;
    INSERT INTO badges (person_id, token_hash, created_at) SELECT id, x'04', 1677574800000000 FROM people LIMIT 1;
    INSERT INTO territories (postal_code, name_key, name, population, index_tenths, shared, source, loaded_at)
        VALUES ('13003', 'marseille', 'Marseille', 50000, 62, 0, 'ifn.csv', 1677574800000000);
    INSERT INTO waste (device_id, workshop_id, category, weight_grams, at)
        SELECT id, workshop_id, 'screens', 4200, 1677574800000000
        FROM devices WHERE workshop_id IS NOT NULL LIMIT 1;
    INSERT INTO wave_pins (wave_id, application_id, granted, reason, actor_id, at)
        SELECT l.wave_id, l.application_id, NULL, 'Sans suite', p.id, 1677574800000000
        FROM wave_lines AS l, people AS p LIMIT 1;
    INSERT INTO wave_hands (wave_id, actor_id) SELECT w.id, p.id FROM waves AS w, people AS p LIMIT 1;
    INSERT INTO wave_submissions (wave_id, number, digest, message, settings, awards, submitted_by, submitted_at)
        SELECT w.id, 7, 'd', 'Relisez', '{}', '[]', p.id, 1677574800000000 FROM waves AS w, people AS p LIMIT 1;
    INSERT INTO webhook_deliveries (id, webhook_id, event, data, status, attempts, due_at, answer, created_at)
        SELECT x'01860000000070008000000000000003', id, 'lot_granted', '{\"n\": 1}', 'failed', 2, 1677574800000000, 503, 1677574800000000
        FROM webhooks LIMIT 1;
";

/// An operation that has come some way, in which everybody has done something.
fn operation() -> TestDatabase {
    let app = TestApp::start(Engine::Sqlite).unwrap();
    Estate::of(&app);
    deeds(&app);
    app.leave()
}

/// How many rows each table has.
fn rows(url: &str) -> BTreeMap<String, i64> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    support::read(url, |db| {
        let mut rows = BTreeMap::new();
        for table in db::catalog::tables(db)? {
            let query = format!("SELECT count(*) AS count FROM {}", table.name);
            let count: Count = diesel::sql_query(query).get_result(db)?;
            rows.insert(table.name, count.count);
        }
        Ok(rows)
    })
}

/// Looks at everything in a database, and writes it out.
fn look_and_export(folder: &Path, url: &str, name: &str) -> String {
    // the scores of these applications were made up by the test, which is what `check` finds
    let said = support::text(&support::run(folder, url, &["check"]).stdout);
    let broken = |line: &&str| line.starts_with("BROKEN") && !line.contains(" scores: ");
    assert_eq!(said.lines().find(broken), None, "{said}");
    assert!(succeeds(folder, url, &["audit", "verify"]).contains("custody intact"));
    succeeds(folder, url, &["export", name]);
    std::fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn everything_goes_to_the_other_engine_and_back_unchanged() {
    let first = operation();
    let folder = folder_after_app("transfer", &first.url);
    // the server took its folder of files away
    let store = FileStore::new(folder.join("var/files"), Arc::new(NoScanner));
    store.keep(applications::PDF).unwrap();
    let counted = rows(&first.url);
    let empty: Vec<_> = counted.iter().filter(|(_, rows)| **rows == 0).collect();
    assert!(empty.is_empty(), "nothing in {empty:?}");
    let before = look_and_export(&folder, &first.url, "before.jsonl");

    let there = TestDatabase::create(Engine::Postgres);
    let there = there
        .or_else(|| TestDatabase::create(Engine::Sqlite))
        .unwrap();
    succeeds(&folder, &there.url, &["import", "before.jsonl"]);
    assert_eq!(rows(&there.url), counted);
    let between = look_and_export(&folder, &there.url, "between.jsonl");

    let back = TestDatabase::create(Engine::Sqlite).unwrap();
    succeeds(&folder, &back.url, &["import", "between.jsonl"]);
    assert_eq!(rows(&back.url), counted);
    let after = look_and_export(&folder, &back.url, "after.jsonl");
    assert!(
        before == between && between == after,
        "the same lines, whichever way they went"
    );
    eprintln!("{} tables, {} lines", counted.len(), before.lines().count());
}

/// The serial numbers that staff find.
fn found(folder: &Path, url: &str, q: &str) -> Vec<String> {
    let server = Server::start(&mut ressac(folder, url));
    let staff = support::read(url, |db| {
        let staff = people::table.filter(people::role.eq("staff"));
        Ok(staff.select(people::id).first(db)?)
    });
    let staff = support::signed_in(url, staff);
    let path = format!("/devices?q={q}");
    let answer = staff
        .send(&server.address, ("GET", &path), None, ("", ""))
        .unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    let items = answer.json()["items"].as_array().unwrap().clone();
    let serial = |device: &testkit::Value| device["serial"].as_str().unwrap().to_owned();
    items.iter().map(serial).collect()
}

#[test]
fn what_is_searched_for_is_found_in_every_copy() {
    let app = TestApp::start(Engine::Sqlite).unwrap();
    // rows that are gone leave holes among those that stay
    let batch = story::intake::draft(&app.donor);
    for serials in [["GONE1", "GONE2"], ["STAY77A", "STAY88B"]] {
        let list = story::intake::list(&serials);
        story::intake::upload(&app.donor, &batch, list).expect(200);
    }
    workshop::dock(&app, &["ABCD77X", "EFGH88Y"], 0);
    let first = app.leave();
    let folder = folder_after_app("transfer-search", &first.url);
    let looks = |folder: &Path, url: &str| {
        assert_eq!(found(folder, url, "d77x"), ["ABCD77X"], "{url}");
        assert_eq!(found(folder, url, "y99"), Vec::<String>::new(), "{url}");
        assert_eq!(found(folder, url, "ay88").len(), 1, "{url}");
        assert_eq!(found(folder, url, "gone").len(), 0, "{url}");
        assert_eq!(found(folder, url, "88").len(), 2, "{url}");
    };
    looks(&folder, &first.url);
    meddle(&first.url, "VACUUM");
    looks(&folder, &first.url);
    succeeds(&folder, &first.url, &["backup", "copy.zip"]);
    let restored = format!("sqlite:{}", folder.join("restored.db").display());
    succeeds(&folder, &restored, &["restore", "copy.zip"]);
    looks(&folder, &restored);
    succeeds(&folder, &restored, &["export", "all.jsonl"]);
    for (_, there) in databases() {
        succeeds(&folder, &there.url, &["import", "all.jsonl"]);
        looks(&folder, &there.url);
        succeeds(&folder, &there.url, &["check"]);
    }
}
