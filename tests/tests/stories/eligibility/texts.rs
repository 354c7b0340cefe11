//! What an association reads, as it reads it: the acknowledgement, the request for changes,
//! the refusal, the score. Read the snapshots aloud before you accept a change.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use notifications::{MailSettings, Mailer, Templates, TransportKind};
use testkit::{Client, Engine, Role, TestApp, json};

use crate::support::applications::*;

/// Sends everything that waits, and returns subject and text of the message that says this.
fn letter(app: &TestApp, says: &str) -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let directory =
        std::env::temp_dir().join(format!("ressac-letters-{}-{number}", std::process::id()));
    let settings = MailSettings {
        transport: TransportKind::File,
        directory: directory.clone(),
        from: "Ville de Marseille <ne-pas-repondre@marseille.example>".to_owned(),
        contact: "numerique@marseille.example".to_owned(),
        base_url: "https://ressac.marseille.example".to_owned(),
        ..MailSettings::default()
    };
    let templates = Arc::new(Templates::load(&settings).unwrap());
    let mailer = Mailer::new(&settings, templates).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime
        .block_on(notifications::drain(&app.database, &mailer))
        .unwrap();
    let mut files: Vec<_> = std::fs::read_dir(&directory).unwrap().flatten().collect();
    files.sort_by_key(std::fs::DirEntry::file_name); // the order in which they were written
    let mails = files.iter().map(|file| {
        let text = std::fs::read_to_string(file.path()).unwrap();
        (file.path(), text.replace("\r\n", "\n"))
    });
    let found = mails.into_iter().find(|(_, text)| {
        let words: Vec<_> = text.split_whitespace().collect();
        words.join(" ").contains(says)
    });
    let (path, mail) = found.expect("a letter");
    std::fs::remove_dir_all(&directory).unwrap();
    let plain = mail.split("Content-Type: text/plain").nth(1).unwrap();
    let body = plain.split_once("\n\n").unwrap().1;
    // a line of dashes underlines a heading; one with a name after them ends the part
    let ends = |line: &&str| line.starts_with("--") && line.contains(char::is_alphanumeric);
    let lines = body.lines().take_while(|line| !ends(line));
    let body = lines.collect::<Vec<_>>().join("\n");
    let id = path.file_stem().unwrap().to_str().unwrap();
    format!("Objet : {}\n\n{}", subject(app, id), body.trim())
}

/// The subject of a message, as staff see it in the outbox; its file is named after it.
fn subject(app: &TestApp, id: &str) -> String {
    let outbox = app.staff.get("/notifications?limit=200").expect(200);
    let mut found = items(&outbox).iter().filter(|mail| mail["id"] == id);
    found.next().unwrap()["subject"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn application(app: &TestApp, association: &Client) -> String {
    let programme = programme(app);
    let path = draft(association, &programme);
    let patch = json!({"purpose": "lending", "themes": ["precarity"], "trained_staff": false});
    association.patch(&path, patch).expect(200);
    association
        .post(&format!("{path}/submit"), json!({}))
        .expect(200);
    path
}

fn start() -> TestApp {
    TestApp::start(Engine::Sqlite).unwrap()
}

#[test]
fn the_acknowledgement() {
    let app = start();
    let made = app.anyone.post("/registrations", json!({
        "organisation": {"name": "Les Mouettes", "rna": "W133971864", "address": "2 quai", "postal_code": "13002", "commune": "Marseille"},
        "person": {"name": "Nadia", "email": "nadia@mouettes.example"}})).expect(201);
    let association = app.person(
        id(&made["organisation"]).parse().unwrap(),
        Role::Association,
        "Karim",
    );
    application(&app, &association);
    insta::assert_snapshot!(letter(&app, "Date de réception :"));
}

#[test]
fn the_request_for_changes() {
    let app = start();
    let association = app.association("Les Mouettes");
    let path = application(&app, &association);
    app.staff.post(&format!("{path}/request-changes"), json!({"items": [
        {"field": "/site/postal_code", "reason": "Le plan joint indique le 13003", "message": "Confirmez le code postal du lieu."},
        {"field": "statement", "message": "Dites combien d'ateliers sont prévus par semaine."},
        {"field": "Statuts", "message": "Joignez les statuts signés."}]})).expect(200);
    insta::assert_snapshot!(letter(&app, "il nous faut quelques précisions"));
}

#[test]
fn the_refusal() {
    let app = start();
    let association = app.association("Les Mouettes");
    let path = application(&app, &association);
    app.staff.post(&format!("{path}/decide"), json!({"outcome": "ineligible",
        "reasons": ["Le lieu où les ordinateurs seront installés doit se trouver sur le territoire du dispositif.",
            "Le projet ne prévoit pas d'accompagnement des personnes."]})).expect(200);
    insta::assert_snapshot!(letter(&app, "Si vous n'êtes pas d'accord"));
}

#[test]
fn the_score() {
    let app = start();
    app.staff.post_csv("/territories", TABLE).expect(200);
    let association = app.association("Les Mouettes");
    let path = application(&app, &association);
    for (assessor, points) in [(&app.staff, 1), (&app.other_staff, 4)] {
        assessor
            .put(
                &format!("{path}/assessments/project"),
                json!({"points": points, "justification": "Lu."}),
            )
            .expect(200);
    }
    app.staff
        .post(&format!("{path}/decide"), json!({"outcome": "eligible"}))
        .expect(200);
    let score = association.get(&format!("{path}/score")).expect(200);
    insta::assert_snapshot!(score["text"].as_str().unwrap());
}
