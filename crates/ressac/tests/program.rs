//! The program from outside: its commands, its settings, its end.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use testkit::{Engine, TestDatabase, json};

fn ressac(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ressac"));
    command.current_dir(folder);
    command
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("program-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn with_input(command: &mut Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

struct Server(Child, String);

impl Server {
    fn start(command: &mut Command) -> Self {
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.split("http://").nth(1).expect(&line).trim().to_owned();
        Self(child, address)
    }

    fn terminate(mut self) -> bool {
        let pid = self.0.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        self.0.wait().unwrap().success()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

fn ask(address: &str, method: &str, path: &str, body: &str) -> (u16, String) {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .into();
    let request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("http://{address}{path}"))
        .header("content-type", "application/json")
        .body(body.to_owned())
        .unwrap();
    let mut response = agent.run(request).unwrap();
    (
        response.status().as_u16(),
        response.body_mut().read_to_string().unwrap(),
    )
}

#[test]
fn an_administrator_made_on_the_command_line_signs_in_and_sigterm_ends_the_server() {
    let folder = folder("admin");
    let made = with_input(
        ressac(&folder).args([
            "admin",
            "create",
            "--email",
            "Admin@Ville.example",
            "--password-stdin",
        ]),
        "un port, des mouettes\n",
    );
    assert!(made.status.success(), "{}", text(&made.stderr));
    let again = with_input(
        ressac(&folder).args([
            "admin",
            "create",
            "--email",
            "admin@ville.example",
            "--password-stdin",
        ]),
        "un port, des mouettes\n",
    );
    assert!(!again.status.success());
    assert!(
        text(&again.stderr).contains("email_taken"),
        "{}",
        text(&again.stderr)
    );
    let weak = with_input(
        ressac(&folder).args([
            "admin",
            "create",
            "--email",
            "b@ville.example",
            "--password-stdin",
        ]),
        "password\n",
    );
    assert!(!weak.status.success());

    let server = Server::start(&mut ressac(&folder));
    let body = json!({"email": "admin@ville.example", "password": "un port, des mouettes"});
    let (status, answer) = ask(&server.1, "POST", "/api/v1/auth/login", &body.to_string());
    assert_eq!(status, 200, "{answer}");
    let (status, page) = ask(&server.1, "GET", "/api/docs/", "");
    assert_eq!(status, 200);
    assert!(page.contains("swagger"), "{page}");
    assert!(
        !page.contains("https://") && !page.contains("http://"),
        "the page needs no other host"
    );
    let (status, served) = ask(&server.1, "GET", "/api/openapi.json", "");
    assert_eq!(status, 200);
    let printed = ressac(&folder).arg("openapi").output().unwrap();
    let printed: testkit::Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(
        printed,
        serde_json::from_str::<testkit::Value>(&served).unwrap()
    );
    assert_eq!(printed["openapi"].as_str().map(|v| &v[..3]), Some("3.1"));
    assert!(server.terminate(), "SIGTERM ends it well");

    let audit = ressac(&folder).args(["audit", "verify"]).output().unwrap();
    assert!(audit.status.success(), "{}", text(&audit.stderr));
    assert!(text(&audit.stdout).contains("custody intact"));
}

#[test]
fn start_up_says_in_one_line_what_is_wrong() {
    let folder = folder("startup");
    let cases: [(&[(&str, &str)], &str); 4] = [
        (&[("DATABASE_URL", "mysql://x")], "DATABASE_URL"),
        (
            &[("RESSAC__SERVER__LISTEN", "nowhere")],
            "cannot listen on nowhere",
        ),
        (&[("RESSAC__AUTH__SECRET", "short")], "32 random bytes"),
        (&[("RESSAC__LOG__FORMAT", "xml")], "log.format"),
    ];
    for (variables, expected) in cases {
        let output = ressac(&folder)
            .arg("serve")
            .args(if expected.contains("nowhere") {
                vec![]
            } else {
                vec!["--listen", "127.0.0.1:0"]
            })
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let stderr = text(&output.stderr);
        assert!(!output.status.success());
        assert!(stderr.contains(expected), "{stderr}");
        assert_eq!(
            stderr
                .lines()
                .filter(|line| line.starts_with("ressac:"))
                .count(),
            1,
            "{stderr}"
        );
    }
}

#[test]
fn a_schema_newer_than_the_program_is_refused() {
    use diesel::prelude::*;
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(database) = TestDatabase::create(engine) else {
            continue;
        };
        let folder = folder(&format!("newer-{engine:?}"));
        let run = |command: &str| {
            ressac(&folder)
                .env("DATABASE_URL", &database.url)
                .arg(command)
                .args(if command == "serve" {
                    vec!["--listen", "127.0.0.1:0"]
                } else {
                    vec![]
                })
                .output()
                .unwrap()
        };
        assert!(run("migrate").status.success());
        let sql = "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";
        match engine {
            Engine::Sqlite => {
                let path = database.url.trim_start_matches("sqlite:");
                let mut connection = SqliteConnection::establish(path).unwrap();
                diesel::sql_query(sql).execute(&mut connection).unwrap();
            }
            Engine::Postgres => {
                let mut connection = PgConnection::establish(&database.url).unwrap();
                diesel::sql_query(sql).execute(&mut connection).unwrap();
            }
        }
        let refused = run("serve");
        assert!(!refused.status.success());
        assert!(
            text(&refused.stderr).contains("newer than this program"),
            "{}",
            text(&refused.stderr)
        );
    }
}

#[test]
fn the_plan_of_a_file_can_be_replayed_and_checked() {
    let folder = folder("plan");
    let data =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/allocation/examples.json");
    let examples: testkit::Value = serde_json::from_slice(&std::fs::read(data).unwrap()).unwrap();
    let instance = &examples["examples"][0]["instance"];
    let planned = with_input(ressac(&folder).args(["plan", "-"]), &instance.to_string());
    assert!(planned.status.success(), "{}", text(&planned.stderr));
    let answer: testkit::Value = serde_json::from_slice(&planned.stdout).unwrap();
    assert_eq!(answer, examples["examples"][0]["expected"]);

    std::fs::write(folder.join("instance.json"), instance.to_string()).unwrap();
    std::fs::write(folder.join("result.json"), &planned.stdout).unwrap();
    let check = |file: &str| {
        ressac(&folder)
            .args(["plan", "--check", file, "instance.json"])
            .output()
            .unwrap()
    };
    assert!(check("result.json").status.success());
    let mut damaged = answer;
    damaged["lines"][0]["qty"] = json!(damaged["lines"][0]["qty"].as_u64().unwrap() - 1);
    std::fs::write(folder.join("damaged.json"), damaged.to_string()).unwrap();
    assert!(!check("damaged.json").status.success());

    let nonsense = with_input(
        ressac(&folder).args(["plan", "-"]),
        "{\"schema\": \"nope\"}",
    );
    assert!(!nonsense.status.success());
    let answer: testkit::Value = serde_json::from_slice(&nonsense.stdout).unwrap();
    assert_eq!(answer["code"], "invalid_instance");
}
