//! Helpers: they register associations and apply for them, see nothing else, and do nothing else.

use testkit::{Role, TestApp, Value, both_engines, json};

use crate::support::accounts;
use crate::support::applications::*;

const REGISTRATION: &str = "/registrations";

fn registration(name: &str, email: &str) -> Value {
    json!({"organisation": {"name": name, "address": "1 rue de la Paix", "postal_code": "13003", "commune": "Marseille"},
        "person": {"name": "Nadia", "email": email}})
}

/// An association that the helper registers; its id.
fn registered(app: &TestApp) -> String {
    let made = app.helper.post(
        REGISTRATION,
        registration("Les Claviers", "nadia@claviers.example"),
    );
    id(&made.expect(201)["organisation"])
}

both_engines! {
    fn a_helper_registers_an_association_and_applies_for_it(app) {
        let programme = programme(app);
        let association = registered(app);
        let list = app.helper.get("/organisations").expect(200);
        assert_eq!((list["items"].as_array().unwrap().len(), &list["items"][0]["id"]), (1, &json!(association)));
        assert_eq!(list["items"][0]["status"], "pending", "staff or the register verify it");

        let mut body = form();
        body["association_id"] = json!(association);
        let made = app.helper.post(&format!("/programmes/{programme}/applications"), body).expect(201);
        assert_eq!((&made["assisted"], &made["created_by"]), (&json!(true), &json!(app.helper.person)));
        let path = format!("/applications/{}", id(&made));
        app.helper.post(&format!("{path}/submit"), Value::Null).expect(200);
        assert_eq!(items(&app.helper.get("/applications").expect(200)).len(), 1);
        // its people hear of it, take up their access and go on by themselves
        let mail = app.mails_of("application_received");
        assert_eq!((mail[0].to.as_str(), &mail[0].data["assisted"]), ("nadia@claviers.example", &json!(true)));
        let token = accounts::link(app, "registration_received", "nadia@claviers.example");
        let tokens = app.anyone.post("/auth/invitation", json!({"token": token, "password": accounts::PASSWORD}));
        let nadia = accounts::client(app, &tokens.expect(200));
        assert_eq!(nadia.get(&path).expect(200)["status"], "submitted");
    }

    fn a_helper_sees_and_changes_nothing_of_others(app) {
        let programme = programme(app);
        let association = registered(app);
        let others = app.association("Souris grise");
        let theirs = submitted(&others, &programme);
        app.helper.get(&theirs).refused(404, "not_found");
        app.helper.patch(&theirs, json!({"own_use": 0})).refused(404, "not_found");
        app.helper.get(&format!("/organisations/{}", others.organisation)).refused(404, "not_found");
        assert_eq!(items(&app.helper.get("/applications").expect(200)).len(), 0);
        for named in [json!(others.organisation), json!(app.helper.organisation)] {
            let mut body = form();
            body["association_id"] = named;
            let refused = app.helper.post(&format!("/programmes/{programme}/applications"), body);
            refused.refused(422, "invalid_fields");
            assert_eq!(refused.json()["errors"][0]["pointer"], "/association_id");
        }
        let unnamed = app.helper.post(&format!("/programmes/{programme}/applications"), form());
        assert_eq!(unnamed.json()["errors"][0]["code"], "required");
        // another helper of the same city is a stranger, too
        let colleague = app.person(app.helper.organisation.parse().unwrap(), Role::Helper, "Honoré Aide");
        colleague.get(&format!("/organisations/{association}")).refused(404, "not_found");
        let mut body = form();
        body["association_id"] = json!(association);
        colleague.post(&format!("/programmes/{programme}/applications"), body).refused(422, "invalid_fields");
    }

    fn a_helper_enters_associations_only_and_vouches_for_nobody(app) {
        let entered = |kind: &str| json!({"kind": kind, "name": "Maison du quartier", "address": "1 rue de la Paix",
            "postal_code": "13003", "commune": "Marseille"});
        for kind in ["donor", "workshop", "city"] {
            let refused = app.helper.post("/organisations", entered(kind));
            refused.refused(422, "invalid_fields");
            assert_eq!(refused.json()["errors"][0]["pointer"], "/kind", "{kind}");
        }
        let made = app.helper.post("/organisations", entered("association")).expect(201);
        assert_eq!(made["status"], "pending");
        assert_eq!(app.staff.post("/organisations", entered("workshop")).expect(201)["status"], "verified");
        let mut gives = registration("Usine Bleue", "jo@usine.example");
        gives["organisation"]["kind"] = json!("donor");
        app.helper.post(REGISTRATION, gives).refused(422, "invalid_fields");
        // many in an hour come from one desk
        for number in 0..25 {
            let body = registration(&format!("Association {number}"), &format!("a{number}@asso.example"));
            app.helper.post(REGISTRATION, body).expect(201);
        }
    }

    fn a_helper_belongs_to_the_city(app) {
        let association = app.association("Souris grise");
        let body = |organisation: &str| json!({"email": "h@ressac.example", "name": "H", "role": "helper", "organisation_id": organisation});
        let refused = app.admin.post("/users", body(&association.organisation));
        assert_eq!(refused.json()["errors"][0]["code"], "role_mismatch", "{}", refused.text());
        app.admin.post("/users", body(&app.staff.organisation)).expect(201);
    }

    fn the_pages_help_a_helper_through(app) {
        let programme = programme(app);
        let mut browser = app.browser_of(&app.helper);
        let home = browser.get("/demandes");
        home.says("Vous n’avez encore inscrit aucune association");
        let page = browser.get("/inscription");
        page.says("Inscrire une association");
        let done = browser.submit(&page, &[("organisation/name", "Les Claviers"), ("organisation/address", "1 rue de la Paix"),
            ("organisation/postal_code", "13003"), ("organisation/commune", "Marseille"),
            ("person/name", "Nadia"), ("person/email", "nadia@claviers.example")]);
        done.is_at(200, "/demandes").says("L'association est inscrite").says("Les Claviers");
        let start = done.links().into_iter().find(|link| link.starts_with("/demandes/nouvelle?association=")).unwrap();
        let new = browser.get(&start);
        new.says("Vous saisissez cette demande pour Les Claviers");
        let opened = browser.submit_to(&new, "/demandes/nouvelle", &[]);
        opened.says("Il vous reste environ").says("Saisie avec l’aide de la ville");
        let project = browser.get(&format!("{}/projet", opened.path));
        browser.submit(&project, &[("statement", "Un atelier.")]).is_at(200, &opened.path);
        browser.get("/demandes").says("Demande à terminer");
        browser.get("/demandes/nouvelle").says("Pour quelle association");
        let others = app.association("Souris grise").organisation;
        browser.get(&format!("/demandes/nouvelle?association={others}")).says("Pour quelle association");
        assert_eq!(items(&app.helper.get(&format!("/applications?programme_id={programme}")).expect(200)).len(), 1);
    }
}
