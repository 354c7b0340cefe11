//! What a server writes to its log says nothing of who its users are, nor what lets them in.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

use testkit::{Engine, TestDatabase, Value, json};

const PASSWORD: &str = "une mouette rieuse";
const WRONG: &str = "une mouette égarée";
const OTHER: &str = "un goéland sur le mât";

struct Server {
    process: Child,
    base: String,
}

/// A server of its own folder, at the most talkative level that operators are told of.
fn start(url: &str, folder: &std::path::Path) -> Server {
    let command = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ressac"));
        command
            .args(arguments)
            .current_dir(folder)
            .env("DATABASE_URL", url)
            .env("RESSAC__LOG__LEVEL", "debug");
        command
    };
    let mut admin = command(&[
        "admin",
        "create",
        "--email",
        "alix@ville.example",
        "--password-stdin",
    ])
    .stdin(Stdio::piped())
    .stdout(Stdio::null())
    .stderr(Stdio::null())
    .spawn()
    .expect("starts");
    writeln!(admin.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    assert!(admin.wait().unwrap().success());
    let mut process = command(&["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let base = line.trim().rsplit(' ').next().unwrap().to_owned();
    Server { process, base }
}

impl Server {
    fn call(&self, method: &str, path: &str, token: &str, body: &Value) -> Value {
        let url = format!("{}/api/v1{path}", self.base);
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .build()
            .into();
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(url)
            .header("content-type", "application/json")
            .header("user-agent", "Navigateur de Nadia");
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(body.to_string()).unwrap();
        let text = agent.run(request).unwrap().body_mut().read_to_string();
        serde_json::from_str(&text.unwrap()).unwrap_or_default()
    }

    fn post(&self, path: &str, token: &str, body: Value) -> Value {
        self.call("POST", path, token, &body)
    }

    /// Ends the server; what it wrote to its log.
    fn stop(mut self) -> String {
        let pid = self.process.id().to_string();
        let killed = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(killed.unwrap().success());
        let mut log = String::new();
        let mut stderr = self.process.stderr.take().unwrap();
        stderr.read_to_string(&mut log).unwrap();
        self.process.wait().unwrap();
        log
    }
}

/// The token of the mail to an address, once it lies in the folder.
fn mailed_token(folder: &std::path::Path, to: &str, after: &str) -> String {
    for _ in 0..200 {
        let mails = std::fs::read_dir(folder.join("var/mail"))
            .into_iter()
            .flatten();
        for mail in mails.flatten() {
            let text = std::fs::read_to_string(mail.path()).unwrap_or_default();
            let text = text.replace("=\r\n", "").replace("=3D", "=");
            if let Some((_, rest)) = text.split_once(after).filter(|_| text.contains(to)) {
                return rest.chars().take(43).collect();
            }
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("no mail to {to} with {after}");
}

#[test]
fn a_log_holds_no_password_token_address_or_phone_number() {
    let folder = std::env::temp_dir().join(format!("ressac-logs-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
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
    let batch = json!({"title": "Bureau", "declared": [{"kind": "desktop", "quantity": 1}],
        "accessories": [], "pickup": {"address": "1 quai", "postal_code": "13002",
        "commune": "Marseille", "contact_name": "Rémi Contact", "contact_phone": "0491000042",
        "from": "2026-12-01T08:00:00Z", "to": "2026-12-01T12:00:00Z"}});
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
    let _ = std::fs::remove_dir_all(&folder);
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
