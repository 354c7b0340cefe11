//! Whom to meet at a pickup and who signed for a lot are not kept for ever; what was given and
//! decided is.

use crate::support::{intake, waves, workshop};
use db::schema::handovers;
use diesel::prelude::*;
use identity::RetentionSettings;
use testkit::{Client, Role, TestApp, Value, both_engines, json};

const DAY: i64 = 86_400;

/// What retention took away of these files, or would.
fn taken(app: &TestApp, dry_run: bool) -> Value {
    let settings = RetentionSettings::default();
    let taken = app.write(move |tx| handover::retention(tx, &settings, dry_run));
    let of = |wanted: &str| taken.iter().find(|(kind, _)| *kind == wanted).unwrap().1;
    json!([of("pickup_contacts"), of("signatories")])
}

/// Somebody of the staff who signs in now: tokens are short-lived.
fn staff(app: &TestApp) -> Client {
    let city = app.staff.organisation.parse().unwrap();
    app.person(city, Role::Staff, "Nora Nouvelle")
}

fn contact(app: &TestApp, batch: &str) -> Value {
    let pickup = &staff(app).get(&format!("/batches/{batch}")).expect(200)["pickup"];
    assert_eq!(pickup["commune"], "Marseille", "where it was stays");
    json!([pickup["contact_name"], pickup["contact_phone"]])
}

/// The signatures that lie in the database.
fn signatures(app: &TestApp) -> Vec<Option<String>> {
    app.read(|db| {
        Ok(handovers::table
            .filter(handovers::status.eq("completed"))
            .order(handovers::id)
            .select(handovers::signature)
            .load(db)?)
    })
}

both_engines! {
    fn contacts_and_signatories_are_forgotten_in_their_time_and_decisions_stay(app) {
        let (stage, wave) = waves::two_lots(app);
        let alpha = waves::handover_of(app, "Alpha");
        waves::complete(&app.refurbisher, &alpha, &waves::tags_of(&alpha)).expect(200);
        let closed = intake::batch_at(app, "closed", &["CZC0001"]);
        let refused = intake::batch_at(app, "submitted", &[]);
        app.staff.post(&format!("/batches/{refused}/refuse"), json!({"reason": "Trop anciens."})).expect(200);
        let coming = intake::batch_at(app, "scheduled", &[]);
        let known = json!(["Dora Don", "+33491000000"]);
        let decided = || {
            let file = app.anyone.get(&format!("{wave}/file")).text();
            let figures = app.anyone.get(&format!("/programmes/{}/figures", stage.programme)).text();
            (file, figures)
        };
        let before = decided();
        assert!(before.0.contains("alloc-wave/1") && before.1.contains("handed_over"), "{before:?}");

        app.clock.advance_seconds(365 * DAY);
        assert_eq!(taken(app, true), json!([0, 0]), "a day too early");
        app.clock.advance_seconds(DAY);
        assert_eq!(taken(app, true), json!([2, 0]));
        assert_eq!(contact(app, &closed), known, "a dry run takes nothing");
        assert_eq!(taken(app, false), json!([2, 0]));
        assert_eq!(contact(app, &closed), json!(["", ""]));
        assert_eq!(contact(app, &refused), json!(["", ""]));
        assert_eq!(contact(app, &coming), known, "somebody still has to meet there");
        assert_eq!(taken(app, false), json!([0, 0]));
        assert_eq!(signatures(app), [Some("data:image/svg+xml,…".to_owned())]);

        app.clock.advance_seconds((1826 - 366) * DAY);
        assert_eq!(taken(app, true), json!([0, 1]));
        assert_eq!(taken(app, false), json!([0, 1]));
        assert_eq!(taken(app, false), json!([0, 0]));
        assert_eq!(signatures(app), [Some(String::new())]);
        let read = staff(app).get(&waves::path_of(&alpha)).expect(200);
        assert_eq!(read["recipient_name"], "Personne effacée");
        assert_eq!((&read["signed"], &read["status"]), (&json!(true), &json!("completed")));
        assert_eq!(read["lot"].as_array().unwrap().len(), 12);

        assert_eq!(decided(), before, "what was decided and given is as it was");
        assert!(workshop::intact(app).events > 0);
        let keys = app.database.chain_keys();
        let audit = app.read(move |db| identity::verify_audit(db, &keys, &mut kernel::Folds::default()));
        assert!(audit.broken.is_none() && audit.events > 0, "{audit:?}");
    }

    fn a_kind_that_is_set_to_nought_is_kept(app) {
        let closed = intake::batch_at(app, "closed", &["CZC0001"]);
        app.clock.advance_seconds(20 * 366 * DAY);
        let settings = RetentionSettings { pickup_contacts: 0, ..RetentionSettings::default() };
        app.write(move |tx| handover::retention(tx, &settings, false));
        assert_eq!(contact(app, &closed), json!(["Dora Don", "+33491000000"]));
    }
}
