//! Supporting documents: what is accepted, and who reads them.

use eligibility::EligibilitySettings;
use testkit::{Client, Configuration, Engine, TestApp, Value, both_engines, json};

use crate::support::applications::*;

both_engines! {
    fn document_not_accepted_and_who_reads_documents(app) {
        let programme = programme(app);
        let (owner, other) = (app.association("Clavier ouvert"), app.association("Souris grise"));
        let path = draft(&owner, &programme);
        let documents = format!("{path}/documents");
        let send = |client: &Client, query: &str, bytes: &[u8]| client.send("POST", &format!("{documents}{query}"), "application/pdf", bytes);
        let made = send(&owner, "?kind=statutes&name=..%2FStatuts%20%C3%A9t%C3%A9.pdf", PDF).expect(201);
        assert_eq!((&made["media_type"], &made["name"], &made["scanned"]),
            (&json!("application/pdf"), &json!("Statuts été.pdf"), &json!(false)));
        send(&owner, "", b"MZ program").refused(415, "document_not_accepted");
        send(&owner, "", b"").refused(415, "document_not_accepted");
        send(&owner, "?kind=photo", PDF).refused(422, "invalid_fields");
        let mut large = PDF.to_vec();
        large.resize((10 << 20) + 1, b' ');
        send(&owner, "", &large).refused(413, "too_large");
        large.truncate(10 << 20);
        send(&owner, "?name=grand.pdf", &large).expect(201);
        let one = format!("/documents/{}", id(&made));
        for reader in [&owner, &app.staff, &app.admin] {
            let read = reader.get(&one);
            assert_eq!((read.status, read.body.as_slice(), read.header("content-type")), (200, PDF, "application/pdf"));
            assert!(read.header("content-disposition").starts_with("attachment"), "{}", read.header("content-disposition"));
            assert_eq!(reader.get(&documents).expect(200)["items"].as_array().unwrap().len(), 2);
        }
        // the other association keeps the same content and still does not reach this one
        let theirs = draft(&other, &programme);
        other.send("POST", &format!("{theirs}/documents"), "application/pdf", PDF).expect(201);
        other.get(&one).refused(404, "not_found");
        other.get(&documents).refused(404, "not_found");
        other.delete(&one).refused(404, "not_found");
        send(&other, "", PDF).refused(404, "not_found");
        app.donor.get(&one).refused(403, "not_allowed");
        app.anyone.get(&one).refused(401, "not_authenticated");
        owner.post(&format!("{path}/submit"), Value::Null).expect(200);
        owner.delete(&one).refused(409, "application_not_editable");
        app.staff.post(&format!("{path}/request-changes"),
            json!({"items": [{"field": "statuts", "message": "Joignez les statuts signés."}]})).expect(200);
        send(&owner, "?kind=statutes&name=signes.pdf", PDF).expect(201);
        let read = owner.get(&path).expect(200);
        assert_eq!(read["changes"]["items"][0]["resolved"]["how"], "document");
        owner.delete(&one).expect(204);
        owner.get(&one).refused(404, "not_found");
    }

    fn one_content_is_kept_once_and_a_limit_is_told(app) {
        let programme = programme(app);
        let association = app.association("Clavier ouvert");
        let documents = format!("{}/documents", draft(&association, &programme));
        let send = |bytes: &[u8]| association.send("POST", &documents, "application/octet-stream", bytes);
        let (one, other) = (send(PDF).expect(201), send(PDF).expect(201));
        assert_eq!(one["sha256"], other["sha256"]);
        association.delete(&format!("/documents/{}", id(&one))).expect(204);
        assert_eq!(association.get(&format!("/documents/{}", id(&other))).body, PDF);
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        assert_eq!(send(png).expect(201)["media_type"], "image/png");
        assert_eq!(send(b"\xff\xd8\xff\xe0\0\x10JFIF").expect(201)["media_type"], "image/jpeg");
        for number in 3..50 {
            send(format!("%PDF-1.7\n{number}").as_bytes()).expect(201);
        }
        let problem = send(b"%PDF-1.7\nof too many").refused(415, "document_not_accepted");
        assert!(problem["detail"].as_str().unwrap().contains("50"), "{problem}");
    }
}

const ENGINES: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];

/// A server where an application has five documents at the most.
fn with_five(engine: Engine) -> Option<TestApp> {
    let configuration = Configuration {
        eligibility: EligibilitySettings {
            documents_most: 5,
            ..EligibilitySettings::default()
        },
        ..Configuration::default()
    };
    TestApp::start_configured(engine, configuration)
}

/// Many at once: no more are taken than one after the other would be.
#[test]
fn uploads_at_once_leave_no_more_documents_than_are_allowed() {
    for app in ENGINES.into_iter().filter_map(with_five) {
        let association = app.association("Clavier ouvert");
        let documents = format!("{}/documents", draft(&association, &programme(&app)));
        let taken: usize = std::thread::scope(|scope| {
            let attach = |number: usize| {
                let bytes = format!("%PDF-1.7\n{number}");
                association
                    .send("POST", &documents, "application/pdf", bytes.as_bytes())
                    .status
                    == 201
            };
            let senders: Vec<_> = (0..8)
                .map(|sender| {
                    scope.spawn(move || (0..3).filter(|n| attach(sender * 3 + n)).count())
                })
                .collect();
            senders
                .into_iter()
                .map(|sender| sender.join().unwrap())
                .sum()
        });
        let kept = items(&association.get(&documents).expect(200)).len();
        assert_eq!((taken, kept), (5, 5), "{:?}", app.database.engine());
    }
}

/// What is removed again was on the disk as well.
#[test]
fn document_not_accepted_without_end_from_whom_nobody_verified() {
    for app in ENGINES.into_iter().filter_map(with_five) {
        let association = app.association("Clavier ouvert");
        let documents = format!("{}/documents", draft(&association, &programme(&app)));
        let send = |client: &Client| client.send("POST", &documents, "application/pdf", PDF);
        let set = |status: &'static str| {
            app.write(move |tx| {
                use db::schema::organisations as o;
                use diesel::prelude::*;
                diesel::update(o::table.filter(o::kind.eq("association")))
                    .set(o::status.eq(status))
                    .execute(&mut **tx)?;
                Ok(())
            });
        };
        set("pending");
        for _ in 0..5 {
            let one = send(&association).expect(201);
            association
                .delete(&format!("/documents/{}", id(&one)))
                .expect(204);
        }
        let problem = send(&association).refused(415, "document_not_accepted");
        assert!(
            problem["detail"].as_str().unwrap().contains("vérifiée"),
            "{problem}"
        );
        set("verified");
        for _ in 0..15 {
            let one = send(&association).expect(201);
            association
                .delete(&format!("/documents/{}", id(&one)))
                .expect(204);
        }
        let problem = send(&association).refused(415, "document_not_accepted");
        assert!(
            problem["detail"].as_str().unwrap().contains("20 pièces"),
            "{problem}"
        );
    }
}

/// A server whose scanner is this script; it gets the file as `$0`.
fn scanned_by(script: &str) -> TestApp {
    let configuration = Configuration {
        scan_command: ["sh", "-c", script].map(String::from).to_vec(),
        ..Configuration::default()
    };
    TestApp::start_configured(Engine::Sqlite, configuration).unwrap()
}

fn attach(app: &TestApp) -> (testkit::Reply, usize) {
    let association = app.association("Clavier ouvert");
    let documents = format!("{}/documents", draft(&association, &programme(app)));
    let reply = association.send("POST", &documents, "application/pdf", PDF);
    let kept = items(&association.get(&documents).expect(200)).len();
    (reply, kept)
}

#[test]
fn a_scanner_that_finds_nothing_is_noted() {
    let (reply, kept) = attach(&scanned_by("grep -q PDF \"$0\""));
    assert_eq!((&reply.expect(201)["scanned"], kept), (&json!(true), 1));
}

#[test]
fn document_infected() {
    let (reply, kept) = attach(&scanned_by("echo Eicar; exit 1"));
    reply.refused(422, "document_infected");
    assert_eq!(kept, 0);
}

#[test]
fn while_the_scanner_is_away_nothing_is_taken() {
    let (reply, kept) = attach(&scanned_by("exit 2"));
    reply.refused(503, "unavailable");
    assert_eq!(kept, 0);
}
