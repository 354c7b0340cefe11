//! What is wrong at the start is said in one line, with its place and how to mend it; and
//! what a running program shows of itself.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::Stdio;

use crate::support::{Cast, Server, Signal, fails, folder, meddle, ressac, text};
use testkit::json;

#[test]
fn a_file_of_settings_is_shown_with_line_and_name() {
    let folder = folder("startup-file");
    let url = "sqlite:startup.db";
    let cases = [
        (
            "[mail]\n\ntransprot = \"file\"\n",
            "settings.toml, line 3: there is no `mail.transprot`; did you mean `mail.transport`?",
        ),
        ("[server]\nworkers = \"many\"\n", "server.workers"),
        ("[server\n", "settings.toml, line 1"),
    ];
    for (content, expected) in cases {
        std::fs::write(folder.join("settings.toml"), content).unwrap();
        let said = fails(
            &folder,
            url,
            &[
                "--config",
                "settings.toml",
                "serve",
                "--listen",
                "127.0.0.1:0",
            ],
        );
        assert!(said.contains(expected), "{said}");
        assert!(said.contains("settings.toml"), "{said}");
    }
    let said = fails(&folder, url, &["--config", "nowhere.toml", "migrate"]);
    assert!(said.contains("nowhere.toml"), "{said}");
}

#[test]
fn a_variable_with_a_typing_mistake_is_not_ignored() {
    let folder = folder("startup-variable");
    let output = ressac(&folder, "sqlite:startup.db")
        .env("RESSAC__MIAL__TRANSPORT", "smtp")
        .arg("migrate")
        .output()
        .unwrap();
    let said = text(&output.stderr);
    assert!(!output.status.success());
    assert!(said.contains("RESSAC__MIAL__TRANSPORT"), "{said}");
    assert!(said.contains("did you mean `mail.transport`?"), "{said}");
}

#[test]
fn files_of_the_city_are_read_at_start_or_named_with_what_is_wrong() {
    let folder = folder("startup-city-files");
    let url = "sqlite:startup.db";
    let run = |setting: &str, name: &str, content: &str| {
        std::fs::write(folder.join(name), content).unwrap();
        let output = ressac(&folder, url)
            .env(format!("RESSAC__CITY_FILES__{setting}"), name)
            .arg("migrate")
            .output()
            .unwrap();
        (output.status.success(), text(&output.stderr))
    };
    let values = "convention_cents = 1\ncity_gift_cents = 2\n[cents]\n";
    let factors = include_str!("../../../../config/impact_factors.csv");
    let workshop = include_str!("../../../../config/workshop.toml");
    let good = [
        (
            "VALUES",
            "own.toml",
            format!("{values}laser_cutter = 120_000"),
        ),
        (
            "WORKSHOP",
            "own.toml",
            workshop.replace("in_repair = 30", "in_repair = 45"),
        ),
        ("FACTORS", "own.csv", factors.to_owned()),
        (
            "COMMUNES",
            "own.csv",
            "code;commune\n69123;Lyon\n".to_owned(),
        ),
    ];
    for (setting, name, content) in good {
        let (fine, said) = run(setting, name, &content);
        assert!(fine, "{setting}: {said}");
    }
    let wrong = [
        (
            "VALUES",
            "values",
            "own.toml",
            format!("{values}lazer_cutter = 1"),
            "lazer_cutter",
        ),
        (
            "WORKSHOP",
            "workshop",
            "own.toml",
            workshop.replace("in_repair = 30", "in_repare = 30"),
            "in_repare",
        ),
        (
            "FACTORS",
            "factors",
            "own.csv",
            "kind,weight_kg\nlaptop,much\n".to_owned(),
            "record 1",
        ),
        (
            "COMMUNES",
            "communes",
            "own.csv",
            "code;commune\n6912;Lyon\n".to_owned(),
            "line 2",
        ),
    ];
    for (setting, section, name, content, expected) in wrong {
        let (fine, said) = run(setting, name, &content);
        assert!(!fine, "{setting}");
        let named = format!("city_files.{section}: {name}: ");
        assert!(said.contains(&named) && said.contains(expected), "{said}");
    }
    let output = ressac(&folder, url)
        .env("RESSAC__CITY_FILES__VALUES", "nowhere.toml")
        .arg("migrate")
        .output()
        .unwrap();
    assert!(text(&output.stderr).contains("city_files.values: nowhere.toml: "));
}

#[test]
fn what_is_away_or_taken_is_named() {
    let folder = folder("startup-away");
    std::fs::write(folder.join("file"), "").unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let free = "127.0.0.1:0";
    let cases = [
        ("postgres://nobody@127.0.0.1:1/none", free, "DATABASE_URL"),
        ("sqlite:file/below/x.db", free, "file/below"),
        (
            "sqlite:startup.db",
            address.as_str(),
            "`--listen` takes another address",
        ),
    ];
    for (url, listen, expected) in cases {
        let said = fails(&folder, url, &["serve", "--listen", listen]);
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn a_folder_of_files_that_is_not_there_is_told_at_the_start() {
    let folder = folder("startup-files");
    let url = format!("sqlite:{}", folder.join("startup.db").display());
    Server::start(&mut ressac(&folder, &url)).kill();
    assert!(
        folder.join("var/files").is_dir(),
        "it is made before the first file"
    );
    std::fs::remove_dir_all(folder.join("var/files")).unwrap();
    let more = "CREATE TABLE more (sha256 TEXT); INSERT INTO more VALUES ('00')";
    meddle(&url, more);
    let said = fails(&folder, &url, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(
        said.contains("files.folder") && said.contains("mount or restore it"),
        "{said}"
    );
    std::fs::write(folder.join("var/files"), "no folder").unwrap();
    let said = fails(&folder, &url, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(said.contains("cannot be written to"), "{said}");
}

#[test]
fn a_server_does_not_start_without_the_secret_that_second_factors_are_encrypted_with() {
    let folder = folder("startup-data-secret");
    let url = format!("sqlite:{}", folder.join("startup.db").display());
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    Server::start(&mut ressac(&folder, &url)).kill();
    let key = folder.join("var/data.key");
    assert!(key.is_file(), "it is made while nothing is encrypted");
    Cast::join(&url);
    let sealed = "01".to_owned() + &"5a".repeat(8 + 12 + 20 + 16);
    let factor = format!(
        "INSERT INTO second_factors (person_id, secret, last_step, created_at)
         SELECT id, x'{sealed}', 0, 0 FROM people LIMIT 1"
    );
    meddle(&url, &factor);
    let said = fails(&folder, &url, &serve);
    assert!(
        said.contains("1 second factors") && said.contains("auth.previous_data_secrets"),
        "{said}"
    );
    std::fs::remove_file(&key).unwrap();
    let said = fails(&folder, &url, &serve);
    assert!(
        said.contains("auth.data_secret_file") && said.contains("put it back"),
        "{said}"
    );
    assert!(!key.exists(), "none is made in its place");
}

#[test]
fn the_log_follows_a_request_into_its_use_case() {
    let folder = folder("startup-log");
    let url = format!("sqlite:{}", folder.join("log.db").display());
    let cast = Cast::join(&url);
    let mut server = Server::start(
        ressac(&folder, &url)
            .env("RESSAC__LOG__FORMAT", "json")
            .env("RESSAC__LOG__LEVEL", "debug")
            .stderr(Stdio::piped()),
    );
    let nothing = json!({"kind": "mouse", "delta": -1, "reason": "x"}).to_string();
    let path = format!("/workshops/{}/accessories", cast.refurbisher.organisation);
    let refused = cast
        .refurbisher
        .send(
            &server.address,
            ("POST", &path),
            None,
            ("application/json", &nothing),
        )
        .unwrap();
    assert_eq!(refused.status, 409, "{}", refused.body);
    let id = refused.json()["request_id"].as_str().unwrap().to_owned();
    let figures = server.get("/metrics").body;
    for expected in [
        "ressac_requests_total{method=\"POST\",route=\"/api/v1/workshops/{id}/accessories\",status=\"409\"} 1",
        "ressac_request_seconds_bucket{method=\"POST\",route=\"/api/v1/workshops/{id}/accessories\",le=\"10\"} 1",
        "ressac_database_up 1",
        "ressac_database_connection_limit 16",
        "\nressac_writer_queue ",
        "ressac_outbox_messages{status=\"queued\"}",
        "ressac_outbox_lag_seconds",
    ] {
        assert!(figures.contains(expected), "{expected}: {figures}");
    }
    server.signal(Signal::TERM);
    let log = BufReader::new(server.child.stderr.take().unwrap());
    let lines: Vec<String> = log.lines().map_while(Result::ok).collect();
    let line = lines
        .iter()
        .find(|line| line.contains("use case refused") && line.contains("stock_too_low"));
    let line: testkit::Value = serde_json::from_str(line.expect("the refusal is logged")).unwrap();
    assert_eq!(line["span"]["request_id"], id.as_str(), "{line}");
    assert_eq!(line["span"]["route"], "/api/v1/workshops/{id}/accessories");
}
