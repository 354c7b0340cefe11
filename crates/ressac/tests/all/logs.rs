//! What a server writes to its log says nothing of who its users are, nor what lets them in.

use std::io::Read;
use std::path::Path;
use std::process::Stdio;

use testkit::{Engine, TestDatabase, Value, json};

use crate::support::trouble::wait_for;
use crate::support::{Server, Signal, ask, batches, folder, make_administrator, program};

const PASSWORD: &str = "une mouette rieuse";
const WRONG: &str = "une mouette égarée";
const OTHER: &str = "un goéland sur le mât";

/// A server of its own folder, at the most talkative level that operators are told of, and what
/// a browser says to it.
struct Browser(Server);

fn start(url: &str, folder: &Path) -> Browser {
    let talkative = || {
        let mut program = program(folder);
        program
            .env("DATABASE_URL", url)
            .env("RESSAC__LOG__LEVEL", "debug");
        program
    };
    let made = make_administrator(talkative(), "alix@ville.example", PASSWORD);
    assert!(made.status.success());
    Browser(Server::start(talkative().stderr(Stdio::piped())))
}

impl Browser {
    fn call(&self, method: &str, path: &str, token: &str, body: &Value) -> Value {
        let bearer = format!("Bearer {token}");
        let mut headers = vec![
            ("Content-Type", "application/json"),
            ("User-Agent", "Navigateur de Nadia"),
        ];
        if !token.is_empty() {
            headers.push(("Authorization", &bearer));
        }
        let (path, body) = (format!("/api/v1{path}"), body.to_string());
        let answer = ask(&self.0.address, method, &path, &headers, body.as_bytes());
        answer.expect("an answer").json()
    }

    fn post(&self, path: &str, token: &str, body: Value) -> Value {
        self.call("POST", path, token, &body)
    }

    /// Ends the server; what it wrote to its log.
    fn stop(mut self) -> String {
        self.0.signal(Signal::TERM);
        let mut log = String::new();
        let mut stderr = self.0.child.stderr.take().unwrap();
        stderr.read_to_string(&mut log).unwrap();
        self.0.wait();
        log
    }
}

/// The token of the mail to an address, once it lies in the folder.
fn mailed_token(folder: &Path, to: &str, after: &str) -> String {
    let mut token = None;
    wait_for(|| {
        let mails = std::fs::read_dir(folder.join("var/mail"))
            .into_iter()
            .flatten();
        token = mails.flatten().find_map(|mail| {
            let text = std::fs::read_to_string(mail.path()).unwrap_or_default();
            let text = text.replace("=\r\n", "").replace("=3D", "=");
            let (_, rest) = text.split_once(after).filter(|_| text.contains(to))?;
            Some(rest.chars().take(43).collect())
        });
        token.is_some()
    });
    token.unwrap()
}

#[test]
fn a_log_holds_no_password_token_address_or_phone_number() {
    let folder = folder("logs");
    let database = TestDatabase::create(Engine::Sqlite).expect("SQLite is bundled");
    let server = start(&database.url, &folder);
    let login = |email: &str, password: &str| json!({"email": email, "password": password});

    let registration = json!({
        "organisation": {"name": "Les Mouettes", "rna": "W133971864", "address": "2 quai",
            "postal_code": "13002", "commune": "Marseille"},
        "person": {"name": "Nadia Benali", "email": "nadia@mouettes.example"}});
    let made = server.post("/registrations", "", registration.clone());
    assert_eq!(made["person"]["email"], "nadia@mouettes.example");
    server.post("/registrations", "", registration);
    let invitation = mailed_token(&folder, "nadia@mouettes.example", "/invitation?token=");
    server.post(
        "/auth/invitation",
        "",
        json!({"token": invitation, "password": PASSWORD}),
    );
    server.post("/auth/login", "", login("nadia@mouettes.example", WRONG));
    server.post("/auth/login", "", login("olga@ailleurs.example", WRONG));
    let nadia = server.post("/auth/login", "", login("nadia@mouettes.example", PASSWORD));
    let access = nadia["access_token"].as_str().unwrap().to_owned();
    server.post(
        "/auth/forgotten",
        "",
        json!({"email": "nadia@mouettes.example"}),
    );
    let reset = mailed_token(&folder, "nadia@mouettes.example", "/reset?token=");
    server.post(
        "/auth/reset",
        "",
        json!({"token": reset, "password": OTHER}),
    );
    server.post(
        "/auth/refresh",
        "",
        json!({"refresh_token": nadia["refresh_token"]}),
    );
    server.call("GET", "/me", &access, &Value::Null);

    let alix = server.post("/auth/login", "", login("alix@ville.example", PASSWORD));
    let admin = alix["access_token"].as_str().unwrap().to_owned();
    let donor = server.post(
        "/organisations",
        &admin,
        json!({"kind": "donor", "name": "Orange",
        "address": "1 quai", "postal_code": "13002", "commune": "Marseille"}),
    );
    let key = server.post(
        "/api-keys",
        &admin,
        json!({"name": "Poste", "scopes": ["intake"],
        "organisation_id": donor["id"]}),
    );
    let key = key["key"].as_str().unwrap().to_owned();
    let mut batch = batches::offer("Bureau", 1);
    batch["pickup"]["contact_name"] = json!("Rémi Contact");
    batch["pickup"]["contact_phone"] = json!("0491000042");
    let batch = server.post("/batches", &key, batch);
    assert!(batch["id"].is_string(), "{batch}");
    server.call(
        "GET",
        "/notifications?to=nadia@mouettes.example",
        &admin,
        &Value::Null,
    );
    server.post("/batches", "", json!("x"));

    let log = server.stop();
    assert!(
        log.contains("answered") && log.lines().count() > 20,
        "nothing to judge: {log}"
    );
    let mut secrets: Vec<String> = [
        PASSWORD,
        WRONG,
        OTHER,
        "nadia",
        "olga",
        "alix",
        "mouettes.example",
        "Benali",
        "Rémi Contact",
        "0491000042",
        "Navigateur de Nadia",
    ]
    .map(str::to_owned)
    .into();
    secrets.extend([invitation, reset, access, admin, key]);
    for tokens in [&nadia, &alix] {
        secrets.push(tokens["refresh_token"].as_str().unwrap().to_owned());
    }
    for secret in secrets {
        let line = log.lines().find(|line| line.contains(&secret));
        assert!(line.is_none(), "{secret:?} in: {line:?}");
    }
}
