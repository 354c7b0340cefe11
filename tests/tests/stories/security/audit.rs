//! Who saw and changed what; what is held about people, and its erasure.

use crate::support::accounts::{PASSWORD, client, invite, login, sign_up};
use db::schema::{audit_chains, audit_events, outbox, people, sessions};
use diesel::prelude::*;
use identity::RetentionSettings;
use testkit::{TestApp, Value, both_engines, json};

fn actions(app: &TestApp, query: &str) -> Vec<String> {
    let list = app.admin.get(&format!("/audit?{query}")).expect(200);
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|event| event["action"].as_str().unwrap().to_owned())
        .collect()
}

fn verified(app: &TestApp) -> identity::AuditReport {
    let keys = app.database.chain_keys();
    app.read(move |db| identity::verify_audit(db, &keys, &mut kernel::Folds::default()))
}

/// Runs statements behind everyone's back, as who holds the database can.
fn tamper(app: &TestApp, sqlite: &'static str, postgres: &'static str) {
    use diesel::connection::SimpleConnection;
    let sql = match app.database.engine() {
        db::Engine::Sqlite => sqlite,
        db::Engine::Postgres => postgres,
    };
    app.write(move |tx| Ok(tx.batch_execute(sql)?));
}

both_engines! {
    fn a_change_is_recorded_with_who_made_it_and_what_it_came_to(app) {
        let path = format!("/organisations/{}", app.donor.organisation);
        app.staff.post(&format!("{path}/suspend"), json!({"reason": "Convention non signée"})).expect(200);
        app.donor.post("/batches", json!({})).refused(409, "organisation_suspended");
        app.staff.post(&format!("{path}/suspend"), json!({})).refused(422, "invalid_fields");
        let list = app.staff.get(&format!("/audit?subject={}", app.donor.organisation)).expect(200);
        let items = list["items"].as_array().unwrap();
        assert_eq!(items.len(), 1, "what was refused changed nothing");
        assert_eq!(items[0]["action"], "post_organisations_id_suspend");
        assert_eq!(items[0]["actor_id"], json!(app.staff.person));
        assert_eq!(items[0]["actor_name"], "Sam Service");
        assert_eq!(items[0]["network"], "127.0.0.0/24");
        assert_eq!(items[0]["detail"], json!({"status": "suspended", "version": 2}));
        app.donor.get("/audit").refused(403, "not_allowed");
        assert!(verified(app).broken.is_none());
    }

    fn what_the_city_looks_at_is_recorded_once_an_hour(app) {
        let path = format!("/organisations/{}", app.donor.organisation);
        for _ in 0..5 {
            app.staff.get(&path).expect(200);
        }
        app.other_staff.get(&path).expect(200);
        app.donor.get(&path).expect(200); // one's own
        app.staff.get("/organisations/0198c0de-0000-7000-8000-000000000000").refused(404, "not_found");
        let subject = format!("subject={}", app.donor.organisation);
        assert_eq!(actions(app, &subject), ["get_organisations_id", "get_organisations_id"]);
        assert_eq!(actions(app, "subject=0198c0de-0000-7000-8000-000000000000"), [""; 0]);
    }

    fn a_repeat_under_an_idempotency_key_is_recorded_once(app) {
        let staff = app.staff.with_header("idempotency-key", "abc");
        let body = json!({"kind": "donor", "name": "La Poste", "address": "9 rue", "postal_code": "75015", "commune": "Paris"});
        let made = staff.post("/organisations", body.clone()).expect(201);
        staff.post("/organisations", body).expect(201);
        assert_eq!(actions(app, &format!("subject={}", made["id"].as_str().unwrap())), ["post_organisations"]);
    }

    fn the_audit_log_is_append_only_and_names_its_first_broken_line(app) {
        let path = format!("/organisations/{}", app.donor.organisation);
        for step in ["suspend", "verify", "suspend"] {
            app.staff.post(&format!("{path}/{step}"), json!({"reason": "Vérification"})).expect(200);
        }
        let before = verified(app);
        assert!(before.broken.is_none() && before.events >= 3, "{before:?}");
        let refused: Vec<bool> = app.write(|tx| {
            let update = tx.savepoint(|tx| Ok(diesel::update(audit_events::table)
                .set(audit_events::action.eq("nothing")).execute(&mut **tx)?)).is_err();
            let delete = tx.savepoint(|tx| Ok(diesel::delete(audit_events::table).execute(&mut **tx)?)).is_err();
            Ok(vec![update, delete])
        });
        assert_eq!(refused, [true, true]);
        tamper(app,
            "DROP TRIGGER audit_events_update; UPDATE audit_events SET detail = '{}' WHERE seq = 2",
            "DROP TRIGGER audit_events_append_only ON audit_events; UPDATE audit_events SET detail = '{}' WHERE seq = 2");
        let broken = verified(app).broken.unwrap();
        assert!(broken.contains(&app.donor.organisation) && broken.contains("line 2") && broken.contains("altered"), "{broken}");
    }

    fn a_line_that_was_cut_off_is_missed(app) {
        let path = format!("/organisations/{}", app.donor.organisation);
        for step in ["suspend", "verify"] {
            app.staff.post(&format!("{path}/{step}"), json!({"reason": "Vérification"})).expect(200);
        }
        tamper(app, "DROP TRIGGER audit_events_delete; DELETE FROM audit_events WHERE seq = 2",
            "DROP TRIGGER audit_events_append_only ON audit_events; DELETE FROM audit_events WHERE seq = 2");
        let broken = verified(app).broken.unwrap();
        assert!(broken.contains("line 2") && broken.contains("missing"), "{broken}");
    }

    fn writers_on_different_subjects_do_not_wait_for_each_other_and_none_is_lost(app) {
        let kinds = identity::OrganisationKind::Donor;
        let ids: Vec<String> = (0..8).map(|n| app.organisation(kinds, &format!("D{n}")).to_string()).collect();
        std::thread::scope(|scope| {
            for id in &ids {
                for client in [&app.staff, &app.other_staff] {
                    scope.spawn(move || client.post(&format!("/organisations/{id}/suspend"), json!({"reason": "Essai"})).expect(200));
                }
            }
        });
        let report = verified(app);
        assert!(report.broken.is_none(), "{report:?}");
        assert_eq!((report.chains, report.events), (8, 16));
    }

    fn everyone_may_read_what_is_held_about_them(app) {
        let jo = client(app, &sign_up(app, "jo@ville.example"));
        app.anyone.post("/auth/login", login("jo@ville.example", PASSWORD)).expect(200);
        jo.patch("/me", json!({"name": "Joséphine Dupont", "language": "en"})).expect(200);
        let reply = jo.get("/me/data");
        let data = reply.expect(200);
        assert_eq!(data["me"]["name"], "Joséphine Dupont");
        assert_eq!(data["sessions"].as_array().unwrap().len(), 2);
        assert_eq!(data["links"][0]["purpose"], "invitation");
        assert_eq!(data["mails"][0]["kind"], "invitation");
        assert_eq!(data["recorded_by"].as_array().unwrap().len(), 3, "the invitation, signing in and the correction: {}", data["recorded_by"]);
        assert!(!reply.text().contains("argon2"), "no hash");
        jo.patch("/me", json!({"name": " "})).refused(422, "invalid_fields");
        let id = data["me"]["id"].as_str().unwrap();
        app.staff.get(&format!("/people/{id}/data")).refused(403, "not_allowed");
        app.admin.get(&format!("/people/{id}/data")).expect(200);
    }

    fn an_erased_person_leaves_no_name_and_the_accounts_of_decisions_hold(app) {
        let jo = client(app, &sign_up(app, "jo@ville.example"));
        let id = jo.get("/me").expect(200)["id"].as_str().unwrap().to_owned();
        jo.post(&format!("/organisations/{}/suspend", app.donor.organisation), json!({"reason": "Essai"})).expect(200);
        app.staff.post(&format!("/people/{id}/erase"), json!({})).refused(403, "not_allowed");
        app.admin.post(&format!("/people/{id}/erase"), json!({})).expect(204);
        app.admin.post(&format!("/people/{id}/erase"), json!({})).expect(204);
        jo.get("/me").refused(401, "session_ended");
        app.anyone.post("/auth/login", login("jo@ville.example", PASSWORD)).refused(401, "invalid_credentials");
        app.anyone.post("/auth/forgotten", json!({"email": "jo@ville.example"})).expect(202);
        let traces: (i64, i64) = app.read(|db| Ok((
            people::table.filter(people::name.like("%Dupont%").or(people::email.like("jo@%"))).count().get_result(db)?,
            outbox::table.filter(outbox::recipient.eq("jo@ville.example")).count().get_result(db)?,
        )));
        assert_eq!(traces, (0, 0));
        let recorded = app.admin.get(&format!("/audit?actor={id}")).expect(200);
        assert_eq!(recorded["items"][0]["action"], "post_organisations_id_suspend");
        assert_eq!(recorded["items"][0]["actor_name"], "Personne effacée");
        assert!(verified(app).broken.is_none());
        invite(app, "jo@ville.example", "staff"); // the address is free again
    }

    fn the_last_administrator_is_not_erased(app) {
        let me = app.admin.person.clone();
        app.admin.post(&format!("/people/{me}/erase"), json!({})).refused(409, "last_person");
        app.admin.post("/people/0198c0de-0000-7000-8000-000000000000/erase", json!({})).refused(404, "not_found");
    }

    fn retention_takes_what_was_kept_long_enough_and_a_dry_run_takes_nothing(app) {
        sign_up(app, "jo@ville.example");
        let organisation = app.organisation(identity::OrganisationKind::Donor, "Partis");
        let gone = app.person(organisation, testkit::Role::Donor, "Parti Loin");
        app.person(organisation, testkit::Role::Donor, "Reste Là");
        app.admin.delete(&format!("/organisations/{organisation}/people/{}", gone.person)).expect(204);
        let settings = RetentionSettings::default();
        let run = |dry: bool| -> Value {
            let taken = app.write(move |tx| handover::retention(tx, &settings, dry));
            taken.into_iter().map(|(kind, count)| (kind.to_owned(), json!(count))).collect::<serde_json::Map<_, _>>().into()
        };
        assert!(run(false).as_object().unwrap().values().all(|count| count == &json!(0)), "nothing is due yet");
        app.clock.advance_seconds(1096 * 86_400);
        let names = || -> i64 { app.read(|db| Ok(people::table.filter(people::name.eq("Parti Loin")).count().get_result(db)?)) };
        let due = run(true);
        assert_eq!(due["accounts"], 1);
        assert!(due["sessions"].as_u64().unwrap() > 0 && due["links"].as_u64().unwrap() > 0);
        assert_eq!(names(), 1, "a dry run takes nothing");
        assert_eq!(run(false), due);
        assert_eq!(names(), 0);
        let left: i64 = app.read(|db| Ok(sessions::table.count().get_result(db)?));
        assert_eq!(left, 0);
        assert!(run(false).as_object().unwrap().values().all(|count| count == &json!(0)));
        let chains: i64 = app.read(|db| Ok(audit_chains::table.count().get_result(db)?));
        assert!(chains > 0, "the audit log stays");
    }
}
