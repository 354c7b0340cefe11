//! Against a mail server that others wrote: aiosmtpd, with STARTTLS and a password.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::support::tls::certificate;
use crate::support::{self, both, push, settings};
use kernel::Language;
use notifications::{MailSettings, Mailer, Message, NotificationStatus, Recipient, TransportKind};
use serde_json::Value;

/// A server that runs until it is dropped.
struct Server {
    process: Child,
    said: BufReader<ChildStdout>,
    port: u16,
}

/// A Python that has aiosmtpd.
fn python() -> PathBuf {
    let has_it = |python: &&&str| {
        let found = Command::new(**python)
            .args(["-c", "import aiosmtpd.smtp"])
            .stderr(Stdio::null())
            .status();
        found.is_ok_and(|status| status.success())
    };
    match ["python3", "/usr/bin/python3"].iter().find(has_it) {
        Some(python) => python.into(),
        None => panic!(
            "the tests need the mail server aiosmtpd: `scripts/test` installs it, or `apt-get install python3-aiosmtpd` does"
        ),
    }
}

impl Server {
    fn start() -> Self {
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all/support/aiosmtpd_server.py");
        let mut process = Command::new(python())
            .args(["-W", "ignore"])
            .arg(script)
            .arg(certificate("server"))
            .arg(certificate("server").with_extension("key"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let port = line.trim().parse().expect("aiosmtpd tells its port");
        Self {
            process,
            said,
            port,
        }
    }

    /// The next mail that it took, as it reads it.
    fn mail(&mut self) -> Value {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        serde_json::from_str(&line).expect("a mail")
    }

    fn mailer(&self, password: &str) -> Mailer {
        let settings = MailSettings {
            transport: TransportKind::Smtp,
            smtp_url: Some(format!(
                "smtp://ville:{password}@127.0.0.1:{}?tls=required",
                self.port
            )),
            ca_file: certificate("authority"),
            connections: 1,
            timeout_seconds: 3,
            ..settings()
        };
        support::mailer(&settings)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const PASSWORD: &str = "s3cr3t%20%C3%A9";

fn closed() -> Message {
    Message::BatchAccepted {
        reference: "LOT-7".to_owned(),
        title: "Écrans & claviers du siège « Vieux-Port »".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn aiosmtpd_takes_a_mail_over_starttls_with_a_password_and_reads_it_as_meant() {
    for (database, _) in both("aiosmtpd_takes") {
        let mut server = Server::start();
        let to = Recipient {
            person: None,
            email: "zoe@asso.example".to_owned(),
            name: "Zoé « L'Œil » Né".to_owned(),
            language: Language::French,
        };
        support::push_to(&database, &to, closed()).await;
        let stats = notifications::drain(&database, &server.mailer(PASSWORD)).await;
        assert_eq!(stats.unwrap().sent, 1);
        let mail = server.mail();
        assert_eq!(mail["encrypted"], true);
        assert_eq!(mail["authenticated"], true);
        assert_eq!(mail["to"], serde_json::json!(["zoe@asso.example"]));
        assert_eq!(mail["from"], "ressac@marseille.example");
        assert_eq!(mail["subject"], "Votre don LOT-7 est accepté\u{a0}: merci");
        assert_eq!(mail["auto_submitted"], "auto-generated");
        assert_eq!(mail["defects"], serde_json::json!([]));
        let types = ["multipart/alternative", "text/plain", "text/html"];
        assert_eq!(mail["types"], serde_json::json!(types));
        // French puts spaces that do not break beside its quotation marks
        let read = |part: &str| {
            let text = mail[part].as_str().unwrap();
            text.replace(['\u{a0}', '\u{202f}', '\n'], " ")
        };
        let (plain, html) = (read("plain"), read("html"));
        assert!(
            plain.contains("« Écrans & claviers du siège « Vieux-Port » »"),
            "{plain}"
        );
        assert!(html.contains("Écrans &amp; claviers du siège"), "{html}");
        let sent = support::outbox(&database).await.remove(0);
        assert_eq!(mail["message_id"], format!("<{}>", sent.message_id));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn aiosmtpd_refuses_hesitates_hangs_and_leaves_and_nothing_is_lost() {
    for (database, clock) in both("aiosmtpd_refuses") {
        let mut server = Server::start();
        let mailer = server.mailer(PASSWORD);
        for name in ["nobody", "later", "hang", "leave", "zoe"] {
            push(&database, &format!("{name}@asso.example"), closed()).await;
        }
        let first = notifications::drain(&database, &mailer).await.unwrap();
        assert_eq!((first.sent, first.failed, first.dead), (1, 3, 1));
        clock.advance_seconds(60);
        let second = notifications::drain(&database, &mailer).await.unwrap();
        assert_eq!((second.sent, second.failed, second.dead), (3, 0, 0));
        let mut taken: Vec<_> = (0..4).map(|_| server.mail()["to"][0].clone()).collect();
        taken.sort_by_key(ToString::to_string);
        let expected = ["hang", "later", "leave", "zoe"].map(|name| format!("{name}@asso.example"));
        assert_eq!(taken, expected);
        let outbox = support::outbox(&database).await;
        let refused = outbox.iter().find(|mail| mail.to.starts_with("nobody@"));
        let refused = refused.unwrap();
        assert_eq!(refused.status, NotificationStatus::Dead);
        assert!(
            refused
                .last_error
                .as_ref()
                .unwrap()
                .contains("no such person here")
        );
        assert!(
            outbox
                .iter()
                .filter(|mail| mail.id != refused.id)
                .all(|mail| mail.status == NotificationStatus::Sent)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn aiosmtpd_lets_a_wrong_password_in_nowhere_and_the_mail_waits() {
    for (database, clock) in both("aiosmtpd_password") {
        let mut server = Server::start();
        push(&database, "zoe@asso.example", closed()).await;
        let wrong = notifications::drain(&database, &server.mailer("guess")).await;
        assert_eq!(wrong.unwrap().failed, 1);
        let failed = support::outbox(&database).await.remove(0);
        assert!(!failed.last_error.unwrap().contains("guess"));
        clock.advance_seconds(60);
        let right = notifications::drain(&database, &server.mailer(PASSWORD)).await;
        assert_eq!(right.unwrap().sent, 1);
        assert_eq!(server.mail()["to"][0], "zoe@asso.example");
    }
}
