//! Associations that register themselves, what the public register says of them, and their
//! people.

use identity::register::{Waldec, finish_load, put_entries};
use testkit::{Role, TestApp, Value, both_engines, json};

use crate::support::applications::*;

const REGISTER: &str = "id;siret;titre;position;date_disso;adrs_numvoie;adrs_typevoie;adrs_libvoie;adrs_codeinsee;adrs_codepostal;adrs_libcommune\n\
    W133971864;73282932000074;LES MOUETTES RIEUSES;A;0001-01-01;12;RUE;DE L'ÉVÊCHÉ;13055;13002;Marseille\n\
    W133000002;;LES ANCIENNES DU PORT;A;0001-01-01;1;RUE;X;13055;13003;Marseille\n\
    W133000001;;LES ANCIENNES;D;2018-05-04;1;RUE;X;13055;13003;Marseille\n";

fn load_register(app: &TestApp) {
    app.write(|tx| {
        let mut waldec = Waldec::open(REGISTER.as_bytes()).unwrap();
        put_entries(tx, "rna.csv", &waldec.next_entries(100).unwrap())?;
        finish_load(tx, "rna.csv")
    });
}

both_engines! {
    fn association_dissolved_and_what_else_the_register_says(app) {
        load_register(app);
        load_register(app); // doing it twice changes nothing
        let bare = json!({"name": "les mouettes", "rna": "w133971864", "address": "", "postal_code": "", "commune": ""});
        let made = register(app, bare, "nadia@mouettes.example").expect(201);
        let organisation = &made["organisation"];
        assert_eq!(organisation["status"], "verified");
        assert_eq!((&organisation["name"], &organisation["siret"]), (&json!("LES MOUETTES RIEUSES"), &json!("73282932000074")));
        assert_eq!((&organisation["address"], &organisation["commune_code"]), (&json!("12 RUE DE L'ÉVÊCHÉ"), &json!("13202")));
        assert_eq!(organisation["register_check"]["given_name"], "les mouettes");
        let place = |rna: &str| json!({"name": "X", "rna": rna, "address": "1 rue X", "postal_code": "13003", "commune": "Marseille"});
        let problem = register(app, place("W133000001"), "a@x.example").refused(409, "association_dissolved");
        assert!(problem["detail"].as_str().unwrap().contains("04/05/2018"), "{problem}");
        let made = register(app, place("W139999999"), "b@x.example").expect(201);
        assert_eq!(made["organisation"]["status"], "pending");
        assert_eq!(made["organisation"]["register_check"]["answer"], "not_found");
        // neither RNA nor SIRET, and by SIRET alone
        let neither = json!({"name": "Sans numéro", "address": "1 rue X", "postal_code": "13003", "commune": "Marseille"});
        assert_eq!(register(app, neither, "c@x.example").expect(201)["organisation"]["status"], "pending");
        let by_siret = json!({"name": "Mouettes", "siret": "73282932000074", "address": "", "postal_code": "", "commune": ""});
        register(app, by_siret, "d@x.example").refused(409, "already_registered");
    }

    fn two_registrations_of_one_association_are_one_case(app) {
        load_register(app);
        let mouettes = || json!({"name": "Mouettes", "rna": "W133971864", "address": "1 quai", "postal_code": "13002", "commune": "Marseille"});
        register(app, mouettes(), "a@mouettes.example").expect(201);
        for _ in 0..2 {
            register(app, mouettes(), "b@mouettes.example").refused(409, "already_registered");
        }
        let open = || app.staff.get("/registration-cases?status=open").expect(200)["items"].as_array().unwrap().clone();
        let cases = open();
        assert_eq!((cases.len(), cases[0]["kind"].as_str(), cases[0]["email"].as_str()),
            (1, Some("same_identifier"), Some("b@mouettes.example")));
        assert_eq!(app.mails_of("registration_twice").len(), 3);
        let settle = |case: &Value, outcome: &str| app.staff.post(
            &format!("/registration-cases/{}/settle", id(case)), json!({"outcome": outcome, "note": "Vu au téléphone."}));
        settle(&cases[0], "merge").refused(422, "invalid_fields");
        settle(&cases[0], "join").expect(200);
        settle(&cases[0], "dismiss").refused(409, "case_closed");
        assert_eq!(app.mails_of("invitation")[0].to, "b@mouettes.example");

        // the same name at the same place: both are taken, staff make them one
        let programme = programme(app);
        let club = || json!({"name": "Club  Numérique", "address": "1 rue X", "postal_code": "13005", "commune": "Marseille"});
        let first = register(app, club(), "un@club.example").expect(201)["organisation"].clone();
        let second = register(app, club(), "deux@club.example").expect(201)["organisation"].clone();
        let member = app.person(id(&second).parse().unwrap(), Role::Association, "Deux");
        let path = submitted(&member, &programme);
        let cases = open();
        assert_eq!((cases.len(), cases[0]["kind"].as_str()), (1, Some("same_name")));
        settle(&cases[0], "merge").expect(200);
        assert_eq!(app.staff.get(&path).expect(200)["association_id"], first["id"]);
        assert_eq!(app.staff.get(&format!("/organisations/{}", id(&second))).expect(200)["status"], "dissolved");
        member.patch(&path, json!({"own_use": 0})).refused(401, "session_ended");
        let people = app.staff.get(&format!("/organisations/{}/people", id(&first))).expect(200);
        assert_eq!(people["items"].as_array().unwrap().len(), 3);
    }

    fn last_person_stays_and_who_applied_may_leave(app) {
        let programme = programme(app);
        let (nadia, other) = (app.association("Clavier ouvert"), app.association("Souris grise"));
        let people = format!("/organisations/{}/people", nadia.organisation);
        let path = submitted(&nadia, &programme);
        nadia.delete(&format!("{people}/{}", nadia.person)).refused(409, "last_person");
        let colleague = json!({"name": "Karim", "email": "karim@clavier.example"});
        other.post(&people, colleague.clone()).refused(404, "not_found");
        other.get(&people).refused(404, "not_found");
        other.delete(&format!("{people}/{}", nadia.person)).refused(404, "not_found");
        let karim = nadia.post(&people, colleague).expect(201);
        assert_eq!(karim["role"], "association");
        app.staff.post(&format!("/organisations/{}/people", app.staff.organisation),
            json!({"name": "X", "email": "x@ville.example"})).refused(403, "not_allowed");
        let second = app.person(nadia.organisation.parse().unwrap(), Role::Association, "Karim");
        nadia.delete(&format!("{people}/{}", nadia.person)).expect(204);
        nadia.post(&format!("{path}/withdraw"), Value::Null).refused(401, "session_ended");
        assert_eq!(second.get(&path).expect(200)["created_by"], nadia.person.as_str());
        let list = second.get(&people).expect(200);
        let left = list["items"].as_array().unwrap().iter().find(|p| p["id"] == nadia.person.as_str()).unwrap();
        assert_eq!(left["disabled"], true);
        second.post(&format!("{path}/withdraw"), Value::Null).expect(200);
        // withdrawn: mails go to whoever is there
        assert!(app.mails_of("application_withdrawn").iter().all(|mail| !left["email"].as_str().unwrap().contains(&mail.to)));
    }

    fn a_name_that_the_register_does_not_have_is_shown_to_staff(app) {
        load_register(app);
        let given = json!({"name": "Les Mots du Port", "rna": "W133971864", "address": "1 quai", "postal_code": "13002", "commune": "Marseille"});
        let made = register(app, given, "nadia@mots.example").expect(201)["organisation"].clone();
        assert_eq!((&made["status"], &made["name"]), (&json!("verified"), &json!("LES MOUETTES RIEUSES")));
        let organisation = format!("/organisations/{}", id(&made));
        let check = app.staff.get(&organisation).expect(200)["register_check"].clone();
        assert_eq!((&check["name_differs"], &check["given_name"], &check["register_name"]),
            (&json!(true), &json!("Les Mots du Port"), &json!("LES MOUETTES RIEUSES")));
        let cases = app.staff.get("/registration-cases?status=open").expect(200);
        let case = &items(&cases)[0];
        assert_eq!((&case["kind"], &case["association"], &case["organisation"]),
            (&json!("name_differs"), &json!("Les Mots du Port"), &json!("LES MOUETTES RIEUSES")));
        assert_eq!((items(&cases).len(), app.mails_of("register_name_differs").len()), (1, 3));
        // who reads an application sees it there
        let association = app.person(id(&made).parse().unwrap(), Role::Association, "Nadia");
        let programme = programme(app);
        let path = submitted(&association, &programme);
        assert_eq!(app.staff.get(&path).expect(200)["register_check"]["name_differs"], true);
        assert_eq!(association.get(&path).expect(200).get("register_check"), None);
        let ranking = app.staff.get(&format!("/programmes/{programme}/ranking?provisional=true")).expect(200);
        assert!(items(&ranking)[0]["checks"].as_array().unwrap().contains(&json!("name_differs")), "{ranking}");
        let settle = |outcome: &str| app.staff.post(&format!("/registration-cases/{}/settle", id(case)), json!({"outcome": outcome, "note": "Nom d'usage."}));
        for outcome in ["join", "merge"] {
            settle(outcome).refused(422, "invalid_fields");
        }
        assert_eq!(settle("dismiss").expect(200)["status"], "dismissed");
        // a part of the name is no difference
        let short = json!({"name": "Association des Anciennes", "rna": "W133000002", "address": "1 quai", "postal_code": "13002", "commune": "Marseille"});
        register(app, short, "b@anciennes.example").expect(201);
        assert_eq!(items(&app.staff.get("/registration-cases?status=open").expect(200)).len(), 0);
    }

    fn without_a_register_nobody_is_kept_out(app) {
        let given = json!({"name": "Mouettes", "rna": "W133971864", "address": "1 quai", "postal_code": "13002", "commune": "Marseille"});
        let made = register(app, given, "nadia@mouettes.example").expect(201);
        assert_eq!((&made["organisation"]["status"], &made["organisation"]["register_check"]["answer"]), (&json!("pending"), &json!("not_loaded")));
        for (field, value, code) in [("siret", "73282932000079", "invalid"), ("rna", "W13", "invalid")] {
            let mut wrong = json!({"name": "X", "address": "1 rue X", "postal_code": "13003", "commune": "Marseille"});
            wrong[field] = json!(value);
            let problem = register(app, wrong, "x@x.example").refused(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["pointer"], format!("/organisation/{field}"), "{code}: {problem}");
        }
        // La Poste's establishments have a rule of their own
        let poste = json!({"name": "Amicale", "siret": "35600000009075", "address": "1 rue X", "postal_code": "13003", "commune": "Marseille"});
        register(app, poste, "p@amicale.example").expect(201);
    }

    fn two_who_register_the_same_at_once_are_one_association_and_one_case(app) {
        load_register(app);
        let given = || json!({"name": "Mouettes", "rna": "W133971864", "address": "1 quai", "postal_code": "13002", "commune": "Marseille"});
        let mut statuses: Vec<u16> = std::thread::scope(|scope| {
            let tasks = ["a@mouettes.example", "b@mouettes.example"].map(|email| scope.spawn(move || register(app, given(), email).status));
            tasks.into_iter().map(|task| task.join().unwrap()).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
        assert_eq!(items(&app.staff.get("/organisations?q=W133971864").expect(200)).len(), 1);
        let cases = app.staff.get("/registration-cases").expect(200);
        assert_eq!((items(&cases).len(), &items(&cases)[0]["kind"]), (1, &json!("same_identifier")));
    }

    fn a_second_registration_is_found_under_another_spelling(app) {
        let place = |name: &str, address: &str, postal_code: &str| json!({"name": name, "address": address, "postal_code": postal_code, "commune": "Marseille"});
        let first = register(app, place("Les Cigales", "3 rue de l'Église", "13001"), "nadia@cigales.example").expect(201)["organisation"].clone();
        register(app, place("Les Fourmis", "9 rue X", "13001"), "karim@fourmis.example").expect(201);
        let open = || app.staff.get("/registration-cases?status=open").expect(200)["items"].as_array().unwrap().clone();
        assert!(open().is_empty());
        // prefix and accents; much of the name at one address; another place, and the same domain
        for (at, (name, address, postal_code, email)) in [
            ("Association Les Cigalés", "1 rue Y", "13001", "a@ailleurs.example"),
            ("Cigales du Panier", "3, rue de l'eglise", "13001", "b@panier.example"),
            ("Les cigales", "1 rue Z", "69001", "c@cigales.example"),
        ].into_iter().enumerate() {
            let made = register(app, place(name, address, postal_code), email).expect(201)["organisation"].clone();
            let cases = open();
            assert_eq!(cases.len(), at + 1, "{name}");
            assert_eq!((&cases[0]["organisation_id"], &cases[0]["other_id"]), (&first["id"], &made["id"]), "{name}");
        }
        // by hand
        let (one, other) = (app.association("Clavier ouvert"), app.association("Le Clavier"));
        let case = json!({"organisation_id": one.organisation, "other_id": other.organisation});
        one.post("/registration-cases", case.clone()).refused(403, "not_allowed");
        let opened = app.staff.post("/registration-cases", case.clone()).expect(201);
        app.staff.post("/registration-cases", case).refused(422, "invalid_fields");
        let merged = app.staff.post(&format!("/registration-cases/{}/settle", id(&opened)), json!({"outcome": "merge", "note": "La même."})).expect(200);
        assert_eq!(merged["status"], "merged");
        app.staff.post("/registration-cases", json!({"organisation_id": one.organisation, "other_id": one.organisation})).refused(422, "invalid_fields");
    }

    fn an_organisation_changes_and_is_verified_again_where_it_matters(app) {
        load_register(app);
        let programme = programme(app);
        let (own, other) = (app.association("Clavier ouvert"), app.association("Souris grise"));
        submitted(&own, &programme);
        let path = format!("/organisations/{}", own.organisation);
        other.patch(&path, json!({"address": "x"})).refused(404, "not_found");
        let wrong = own.patch(&path, json!({"postal_code": "1300", "contact_email": "x", "contact_phone": "12", "siret": "1"})).refused(422, "invalid_fields");
        let pointers: Vec<_> = wrong["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointers, ["/postal_code", "/siret", "/contact_email", "/contact_phone"]);
        // where it is reached says nothing of who it is
        let read = own.patch(&path, json!({"address": "9 rue Neuve", "representative": "Aïcha B.", "contact_phone": "04 91 00 00 00"})).expect(200);
        assert_eq!((&read["status"], &read["contact_phone"], &read["representative"]), (&json!("verified"), &json!("+33491000000"), &json!("Aïcha B.")));
        let renamed = own.patch(&path, json!({"name": "Clavier libre", "reason": "Assemblée du 1er mars."})).expect(200);
        assert_eq!(renamed["status"], "pending");
        let told = app.mails_of("organisation_changed");
        assert!(told.iter().any(|mail| mail.data["pending"] == true && mail.data["formerly"] == "Clavier ouvert"));
        let found = app.staff.get("/applications?q=libre").expect(200);
        assert_eq!(items(&found).len(), 1);
        let before = own.get(&format!("{path}/changes")).expect(200);
        assert_eq!((&items(&before)[0]["before"]["name"], &items(&before)[0]["reason"]), (&json!("Clavier ouvert"), &json!("Assemblée du 1er mars.")));
        other.get(&format!("{path}/changes")).refused(404, "not_found");
        // what staff change they vouch for; a number that another has is refused
        app.staff.post(&format!("{path}/verify"), Value::Null).expect(200);
        assert_eq!(app.staff.patch(&path, json!({"name": "Clavier ouvert"})).expect(200)["status"], "verified");
        let made = register(app, json!({"name": "x", "rna": "W133000002", "address": "", "postal_code": "", "commune": ""}), "a@anciennes.example").expect(201);
        assert_eq!(made["organisation"]["status"], "verified");
        own.patch(&path, json!({"rna": "W133000002"})).refused(409, "already_registered");
        // what the register has under this name stays verified
        let as_registered = own.patch(&path, json!({"name": "Les Mouettes Rieuses", "rna": "W133971864"})).expect(200);
        assert_eq!(as_registered["status"], "verified");
    }
}
