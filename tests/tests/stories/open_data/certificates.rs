//! `/verifier/{code}`: whether a certificate of erasure is genuine, for people and for programs.

use crate::support::{intake, workshop};
use testkit::{Reply, TestApp, Value, both_engines, json};

/// Where the server of a test says that it is reached.
const BASE: &str = "http://127.0.0.1:8080/verifier/";
const MINUTE: i64 = 61;

/// A batch of three of which two came, both erased: its id, and what its certificate says.
fn certified(app: &TestApp) -> (String, String) {
    let batch = workshop::scheduled(app, &["CZC0001", "CZC0002", "CZC0003"]);
    for id in received(app, &batch, &["CZC0001", "CZC0002"]) {
        workshop::advance(app, &id, "tested");
    }
    intake::step(&app.refurbisher, &batch, "close").expect(200);
    let text = certificate(app, &batch);
    (batch, text)
}

fn received(app: &TestApp, batch: &str, serials: &[&str]) -> Vec<String> {
    let answer = intake::receive(&app.refurbisher, batch, serials).expect(200);
    let devices = answer["devices"].as_array().unwrap().iter();
    devices
        .map(|device| workshop::text(&device["id"]))
        .collect()
}

fn certificate(app: &TestApp, batch: &str) -> String {
    let page = app
        .donor
        .get(&format!("/batches/{batch}/erasure-certificate"));
    assert_eq!(page.status, 200, "{}", page.text());
    page.text().replace("&#x2f;", "/")
}

/// The code that is printed on a certificate.
fn code_of(certificate: &str) -> String {
    let (_, rest) = certificate.split_once(BASE).expect("an address");
    rest.split('"').next().unwrap().to_owned()
}

fn ask(app: &TestApp, code: &str) -> Reply {
    let program = app.anyone.with_header("Accept", "application/json");
    program.get(&format!("//verifier/{code}"))
}

both_engines! {
    fn a_genuine_certificate_is_known_by_its_code(app) {
        let (batch, paper) = certified(app);
        let code = code_of(&paper);
        let reference = app.donor.get(&format!("/batches/{batch}")).expect(200)["reference"].clone();
        let known = ask(app, &code);
        let said = known.expect(200);
        assert_eq!((&said["status"], &said["reference"]), (&json!("current"), &reference));
        let counts = &said["in_force"];
        assert_eq!((&counts["devices"], &counts["drives"], &counts["methods"]), (&json!(2), &json!(2), &json!({"purge": 2})));
        let fingerprint = counts["fingerprint"].as_str().unwrap();
        assert!(fingerprint.len() == 64 && paper.contains(fingerprint), "{paper}");
        let page = app.browser().get(&format!("/verifier/{code}"));
        page.is_at(200, &format!("/verifier/{code}")).says("L’attestation est authentique").says(fingerprint).says("commande du disque : 2");
        for secret in ["Orange", "Atelier du Port", "CZC0001", "Rita", "nvme-cli"] {
            assert!(!known.text().contains(secret) && !page.text.contains(secret), "{secret}");
        }
        // as people type it
        let typed = code.to_lowercase().replace('-', "+");
        let mut browser = app.browser();
        browser.get("/verifier").says("Le code est imprimé");
        browser.get(&format!("/verifier?code={typed}")).says("L’attestation est authentique");
        browser.get(&format!("/verifier/{code}?lang=en")).says("The certificate is genuine");
    }

    fn a_certificate_that_was_replaced_says_so(app) {
        let (batch, paper) = certified(app);
        let old = code_of(&paper);
        assert_eq!(ask(app, &old).expect(200)["status"], "current");
        let late = received(app, &batch, &["CZC0003"]);
        app.clock.advance_seconds(MINUTE);
        let waits = ask(app, &old).expect(200);
        assert_eq!((&waits["status"], &waits["in_force"]), (&json!("superseded"), &Value::Null));
        app.browser().get(&format!("/verifier/{old}")).says("attend de nouveau une preuve");
        workshop::advance(app, &late[0], "tested");
        app.clock.advance_seconds(MINUTE);
        let replaced = ask(app, &old).expect(200);
        assert_eq!((&replaced["status"], &replaced["in_force"]["drives"]), (&json!("superseded"), &json!(3)));
        app.browser().get(&format!("/verifier/{old}")).is_at(200, &format!("/verifier/{old}")).says("demandez la nouvelle");
        let new = code_of(&certificate(app, &batch));
        assert_ne!(new, old);
        assert_eq!(ask(app, &new).expect(200)["status"], "current");
    }

    fn a_code_that_is_not_ours_answers_the_same_whether_there_is_such_a_batch(app) {
        let (batch, paper) = certified(app);
        let code = code_of(&paper);
        let reference = app.donor.get(&format!("/batches/{batch}")).expect(200)["reference"].clone();
        let (reference, rest) = code.split_at(reference.as_str().unwrap().len());
        let mut forged = rest.to_owned();
        let last = if forged.ends_with('Z') { "Y" } else { "Z" };
        forged.replace_range(forged.len() - 1.., last);
        let said = |code: &str| {
            let mut problem = ask(app, code).refused(404, "not_found");
            problem["request_id"] = Value::Null;
            problem
        };
        let forged = said(&format!("{reference}{forged}"));
        assert_eq!(forged, said(&format!("LOT-2023-9999{rest}")));
        assert_eq!(forged, said("LOT"));
        let page = app.browser().get("/verifier/LOT-2023-0001");
        page.is_at(404, "/verifier/LOT-2023-0001").says("Ce code n’est pas celui d’une de nos attestations").says("contact@localhost");
        assert_eq!(page.value("code"), "LOT-2023-0001");
    }
}
