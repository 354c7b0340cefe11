//! The program from outside: its commands, its settings, its end.

use std::path::Path;
use std::process::Stdio;

use testkit::{Value, json};

use crate::support::{Server, ask_json, databases, fails, folder, make_administrator, meddle};
use crate::support::{Signal, program, refusal, succeeds, text, with_input};

const PASSWORD: &str = "un port, des mouettes";

#[test]
fn an_administrator_made_on_the_command_line_signs_in_and_sigterm_ends_the_server() {
    let folder = folder("program-admin");
    let make = |email: &str, password| make_administrator(program(&folder), email, password);
    let made = make("Admin@Ville.example", PASSWORD);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let again = make("admin@ville.example", PASSWORD);
    assert!(!again.status.success());
    assert!(
        text(&again.stderr).contains("email_taken"),
        "{}",
        text(&again.stderr)
    );
    assert!(!make("b@ville.example", "password").status.success());

    let mut server = Server::start(program(&folder).stderr(Stdio::null()));
    let body = json!({"email": "admin@ville.example", "password": PASSWORD});
    let signed_in = ask_json(&server.address, ("POST", "/auth/login"), None, &body);
    assert_eq!(signed_in.status, 200, "{}", signed_in.body);
    let page = server.get("/api/docs/");
    assert_eq!(page.status, 200);
    let page = page.body;
    assert!(page.contains("swagger"), "{page}");
    assert!(
        !page.contains("https://") && !page.contains("http://"),
        "the page needs no other host"
    );
    let served = server.get("/api/openapi.json");
    assert_eq!(served.status, 200);
    let printed = program(&folder).arg("openapi").output().unwrap();
    let printed: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(printed, served.json());
    assert_eq!(printed["openapi"].as_str().map(|v| &v[..3]), Some("3.1"));
    server.signal(Signal::TERM);
    assert!(server.wait().success(), "SIGTERM ends it well");

    let audit = program(&folder).args(["audit", "verify"]).output().unwrap();
    assert!(audit.status.success(), "{}", text(&audit.stderr));
    assert!(text(&audit.stdout).contains("custody intact"));
}

#[test]
fn output_that_cannot_be_written_is_said_in_a_line() {
    let folder = folder("program-output");
    let full = || std::fs::File::options().write(true).open("/dev/full");
    assert!(program(&folder).arg("migrate").status().unwrap().success());
    for command in [&["audit", "verify"][..], &["check"], &["openapi"]] {
        let mut told = program(&folder);
        told.args(command).stdout(full().unwrap());
        let said = refusal(&told.output().unwrap());
        assert!(said.contains("standard output"), "{command:?}: {said}");
        // who has seen enough and hangs up has not met a fault
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ended = program(&folder).args(command).stdout(writer).output();
        assert!(ended.unwrap().status.success(), "{command:?}");
    }
}

#[test]
fn start_up_says_in_one_line_what_is_wrong() {
    let folder = folder("program-startup");
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
        let output = program(&folder)
            .arg("serve")
            .args(if expected.contains("nowhere") {
                vec![]
            } else {
                vec!["--listen", "127.0.0.1:0"]
            })
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let said = refusal(&output);
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn a_schema_newer_than_the_program_is_refused() {
    for (engine, database) in databases() {
        let folder = folder(&format!("program-newer-{engine:?}"));
        succeeds(&folder, &database.url, &["migrate"]);
        let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";
        meddle(&database.url, newer);
        let said = fails(
            &folder,
            &database.url,
            &["serve", "--listen", "127.0.0.1:0"],
        );
        assert!(said.contains("newer than this program"), "{said}");
    }
}

#[test]
fn the_plan_of_a_file_can_be_replayed_and_checked() {
    let folder = folder("program-plan");
    let data =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/allocation/examples.json");
    let examples: Value = serde_json::from_slice(&std::fs::read(data).unwrap()).unwrap();
    let instance = &examples["examples"][0]["instance"];
    let planned = with_input(program(&folder).args(["plan", "-"]), &instance.to_string());
    assert!(planned.status.success(), "{}", text(&planned.stderr));
    let answer: Value = serde_json::from_slice(&planned.stdout).unwrap();
    assert_eq!(answer, examples["examples"][0]["expected"]);

    std::fs::write(folder.join("instance.json"), instance.to_string()).unwrap();
    std::fs::write(folder.join("result.json"), &planned.stdout).unwrap();
    let check = |file: &str| {
        program(&folder)
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
        program(&folder).args(["plan", "-"]),
        "{\"schema\": \"nope\"}",
    );
    assert!(!nonsense.status.success());
    let answer: Value = serde_json::from_slice(&nonsense.stdout).unwrap();
    assert_eq!(answer["code"], "invalid_instance");
}
