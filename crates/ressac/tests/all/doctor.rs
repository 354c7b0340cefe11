//! `doctor`, on a healthy installation and on broken ones.

use crate::support::{Server, databases, folder, ressac, run, succeeds, text};

#[test]
fn a_fresh_installation_is_told_what_to_do_next() {
    let folder = folder("doctor-fresh");
    for (engine, database) in databases() {
        let said = succeeds(&folder, &database.url, &["doctor"]);
        for subject in ["settings", "database", "mail", "disk", "clock", "proxy"] {
            assert!(
                said.contains(&format!(" {subject}: ")),
                "{engine:?}: {said}"
            );
        }
        assert!(said.contains("advice proxy: mail.base_url is http://"));
        assert!(!said.contains("WRONG"), "{engine:?}: {said}");
    }
}

#[test]
fn what_is_broken_is_named_and_the_exit_status_says_so() {
    let folder = folder("doctor-broken");
    let url = "sqlite:var/ressac.db";
    succeeds(&folder, url, &["migrate"]);
    let mut program = ressac(&folder, url);
    // nothing listens on the discard port
    program
        .env("RESSAC__MAIL__TRANSPORT", "smtp")
        .env("RESSAC__MAIL__SMTP_URL", "smtp://127.0.0.1:9")
        .env("RESSAC__MAIL__BASE_URL", "https://127.0.0.1:9")
        .arg("doctor");
    let output = program.output().unwrap();
    let said = text(&output.stdout);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("WRONG  mail: "), "{said}");
    assert!(said.contains("WRONG  proxy: "), "{said}");
    assert!(said.contains("ok     database: SQLite"), "{said}");

    let output = run(
        &folder,
        "postgres://nobody@127.0.0.1:9/nowhere",
        &["doctor"],
    );
    let said = text(&output.stdout);
    assert!(
        !output.status.success() && said.contains("WRONG  database: "),
        "{said}"
    );
}

#[test]
fn a_container_asks_whether_its_server_is_ready() {
    let folder = folder("doctor-ready");
    let url = "sqlite:var/ressac.db";
    let server = Server::start(&mut ressac(&folder, url));
    let address = format!("http://{}", server.address);
    succeeds(&folder, url, &["doctor", "--ready", &address]);
    server.kill();
    let output = run(&folder, url, &["doctor", "--ready", &address]);
    assert!(!output.status.success());
    assert!(text(&output.stdout).starts_with("not ready: "));
}
