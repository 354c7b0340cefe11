//! What the program keeps to itself, and what the operator says in one line.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use crate::support::trouble::wait_for;
use crate::support::{Server, folder, ressac, succeeds, text};

/// Every file and folder that anybody else may look into.
fn open_to_others(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        if mode & 0o077 != 0 {
            found.push(format!("{} {mode:o}", entry.path().display()));
        }
        if entry.file_type().unwrap().is_dir() {
            open_to_others(&entry.path(), found);
        }
    }
}

#[test]
fn files_are_for_their_owner_alone() {
    let folder = folder("frontier-files");
    let url = "sqlite:var/ressac.db";
    succeeds(&folder, url, &["migrate"]);
    // invited by mail: the link in it lets somebody in
    succeeds(
        &folder,
        url,
        &["admin", "create", "--email", "a@ville.example"],
    );
    let mut command = ressac(&folder, url);
    command
        .env_remove("RESSAC__AUTH__SECRET")
        .stderr(Stdio::null());
    let server = Server::start(&mut command);
    let mails = folder.join("var/mail");
    let written = || std::fs::read_dir(&mails).is_ok_and(|mut mails| mails.any(is_mail));
    wait_for(written);
    drop(server);
    succeeds(&folder, url, &["backup", "backup.zip"]);
    succeeds(&folder, url, &["export", "export.jsonl"]);
    let mut open = Vec::new();
    open_to_others(&folder, &mut open);
    assert!(open.is_empty(), "{open:?}");
}

fn is_mail(entry: std::io::Result<std::fs::DirEntry>) -> bool {
    entry.is_ok_and(|entry| {
        entry
            .path()
            .extension()
            .is_some_and(|ending| ending == "eml")
    })
}

#[test]
fn a_list_is_set_by_a_variable() {
    let folder = folder("frontier-lists");
    let url = "sqlite:lists.db";
    let with = |name: &str, value: &str| {
        let mut command = ressac(&folder, url);
        let output = command.env(name, value).arg("migrate").output().unwrap();
        (output.status.success(), text(&output.stderr))
    };
    for (name, value) in [
        ("RESSAC__SERVER__TRUSTED_PROXIES", "10.0.0.1, ::1"),
        ("RESSAC__SERVER__TRUSTED_PROXIES", ""),
        (
            "RESSAC__SERVER__CORS_ORIGINS",
            "https://a.example,https://b.example",
        ),
        ("RESSAC__AUTH__PASSWORD__OBVIOUS", "ressac"),
        (
            "RESSAC__FILES__SCAN_COMMAND",
            r#"["sh", "-c", "exit 0, or 1"]"#,
        ),
    ] {
        let (well, said) = with(name, value);
        assert!(well, "{name}={value}: {said}");
    }
    let (well, said) = with("RESSAC__SERVER__TRUSTED_PROXIES", "10.0.0.1,the balancer");
    assert!(!well && said.contains("trusted_proxies"), "{said}");
    let (well, said) = with("RESSAC__MAIL__TOKEN_COMMAND", "[1");
    assert!(
        !well && said.contains("RESSAC__MAIL__TOKEN_COMMAND"),
        "{said}"
    );
}

#[test]
fn security_txt_says_whom_to_tell() {
    let folder = folder("frontier-security");
    let url = "sqlite:security.db";
    succeeds(&folder, url, &["migrate"]);
    let mut command = ressac(&folder, url);
    command
        .env(
            "RESSAC__CITY__SECURITY_CONTACT",
            "mailto:securite@ville.example",
        )
        .env("RESSAC__CITY__SECURITY_EXPIRES", "2027-06-30T00:00:00Z")
        .stderr(Stdio::null());
    let server = Server::start(&mut command);
    let answer = server.get("/.well-known/security.txt");
    let said = answer.body;
    assert!(
        said.contains("Contact: mailto:securite@ville.example\n"),
        "{said}"
    );
    assert!(said.contains("Expires: 2027-06-30T00:00:00Z\n"), "{said}");
    drop(server);
    let mut command = ressac(&folder, url);
    command
        .env("RESSAC__CITY__SECURITY_CONTACT", "securite@ville.example")
        .args(["serve", "--listen", "127.0.0.1:0"]);
    let output = command.output().unwrap();
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("city.security_contact"));
}

#[test]
fn a_password_is_not_said_to_a_mail_server_in_clear() {
    let folder = folder("frontier-mail");
    let url = "sqlite:mail.db";
    succeeds(&folder, url, &["migrate"]);
    let mut command = ressac(&folder, url);
    command
        .env("RESSAC__MAIL__TRANSPORT", "smtp")
        .env(
            "RESSAC__MAIL__SMTP_URL",
            "smtp://ville:topsecret@127.0.0.1:2525",
        )
        .args(["serve", "--listen", "127.0.0.1:0"]);
    let output = command.output().unwrap();
    let said = text(&output.stderr);
    assert!(
        !output.status.success() && said.contains("unencrypted"),
        "{said}"
    );
    assert!(!said.contains("topsecret"), "{said}");
}
