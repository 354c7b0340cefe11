//! A mail server that speaks encrypted, or pretends to; and how we show who we are.

use std::path::PathBuf;

use crate::support::smtp::{Encryption, SmtpServer};
use crate::support::tls::{acceptor, certificate};
use crate::support::{self, FAILED, SENT, accepted, both, empty_folder, push, settings};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use notifications::{MailSettings, Mailer, NotificationStatus, Stats, TransportKind};

fn smtp(url: String) -> MailSettings {
    MailSettings {
        transport: TransportKind::Smtp,
        smtp_url: Some(url),
        connections: 1,
        timeout_seconds: 3,
        ..settings()
    }
}

fn trusting(url: String, authority: &str) -> MailSettings {
    MailSettings {
        ca_file: certificate(authority),
        ..smtp(url)
    }
}

/// Sends one mail with these settings, on both engines; returns what staff see of it.
async fn send(name: &str, settings: &MailSettings, expected: Stats) -> Option<String> {
    let mut last_error = None;
    for (database, _) in both(name) {
        push(&database, "a@asso.example", accepted()).await;
        let mailer = support::mailer(settings);
        assert_eq!(
            notifications::drain(&database, &mailer).await.unwrap(),
            expected
        );
        let seen = support::outbox(&database).await.remove(0);
        if expected == FAILED {
            assert_eq!(seen.status, NotificationStatus::Failed, "tried again later");
        }
        last_error = seen.last_error;
    }
    last_error
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_certificate_is_good_gets_the_mail() {
    let wrapped = SmtpServer::encrypted(Encryption::Wrapped(acceptor("server"))).await;
    let offered = SmtpServer::encrypted(Encryption::Offered(acceptor("server"))).await;
    let urls = [
        ("tls_wrapped", format!("smtps://{}", wrapped.address)),
        (
            "tls_required",
            format!("smtp://{}?tls=required", offered.address),
        ),
        (
            "tls_opportunistic",
            format!("smtp://{}?tls=opportunistic", offered.address),
        ),
    ];
    for (name, url) in urls {
        send(name, &trusting(url, "authority"), SENT).await;
    }
    assert!(!wrapped.mails().is_empty() && !offered.mails().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_a_stranger_or_expired_is_refused() {
    let cases = [
        ("tls_unknown", "server", None),
        ("tls_stranger", "server", Some("stranger")),
        ("tls_expired", "expired", Some("authority")),
    ];
    for (name, shown, trusted) in cases {
        for wrapped in [true, false] {
            let acceptor = acceptor(shown);
            let server = SmtpServer::encrypted(match wrapped {
                true => Encryption::Wrapped(acceptor),
                false => Encryption::Offered(acceptor),
            })
            .await;
            let url = match wrapped {
                true => format!("smtps://{}", server.address),
                false => format!("smtp://{}?tls=required", server.address),
            };
            let settings = match trusted {
                Some(authority) => trusting(url, authority),
                None => smtp(url),
            };
            let error = send(&format!("{name}_{wrapped}"), &settings, FAILED).await;
            assert!(error.unwrap().contains("certificate"), "{name}");
            assert!(server.mails().is_empty());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_name_is_refused() {
    // this machine too, but not in the certificate
    let address = "127.0.0.2:0".parse().unwrap();
    let server = SmtpServer::encrypted_at(address, Encryption::Wrapped(acceptor("server"))).await;
    let url = format!("smtps://{}", server.address);
    let error = send("tls_name", &trusting(url, "authority"), FAILED).await;
    assert!(error.unwrap().contains("certificate"));
    assert!(server.mails().is_empty());
}

/// Somebody in between takes the offer of encryption out of the server's greeting.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_when_starttls_is_stripped() {
    let server = SmtpServer::start([]).await;
    server.seen.lock().unwrap().password = Some("AUTH PLAIN anything".to_owned());
    let url = format!("smtp://ville:topsecret@{}?tls=required", server.address);
    let error = send("tls_stripped", &trusting(url, "authority"), FAILED).await;
    assert!(error.unwrap().contains("STARTTLS"));
    assert!(server.mails().is_empty());
    assert!(server.seen.lock().unwrap().credentials.is_empty());
}

/// The same where the operator left encryption to the server.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_signs_in_where_the_connection_is_not_encrypted() {
    let server = SmtpServer::start([]).await;
    server.seen.lock().unwrap().password = Some("AUTH PLAIN anything".to_owned());
    let url = format!(
        "smtp://ville:topsecret@{}?tls=opportunistic",
        server.address
    );
    let error = send("tls_offered_no_more", &smtp(url), FAILED)
        .await
        .unwrap();
    assert!(error.contains("mail.clear_sign_in"), "{error}");
    assert!(server.mails().is_empty());
    assert!(server.seen.lock().unwrap().credentials.is_empty());
    for url in [
        "smtp://ville:topsecret@127.0.0.1:2525",
        "smtp://ville:topsecret@mail.example",
        "smtp://ville:topsecret@mail.example?tls=none",
    ] {
        let refused = Mailer::new(&smtp(url.to_owned()), support::templates());
        let help = refused.expect_err("refused");
        assert!(
            help.contains("unencrypted") && !help.contains("topsecret"),
            "{help}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_we_are_is_shown_by_password_file_token_or_command() {
    let folder = empty_folder("secrets");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("secret");
    std::fs::write(&file, "s3cr3t\n").unwrap();
    let plain = format!("AUTH PLAIN {}", STANDARD.encode("\0ville\0s3cr3t"));
    let token = "user=ville\x01auth=Bearer s3cr3t\x01\x01";
    let token = format!("AUTH XOAUTH2 {}", STANDARD.encode(token));
    type Change = fn(&mut MailSettings, PathBuf);
    let cases: [(&str, &str, Change, &String); 4] = [
        ("auth_url", "ville:s3cr3t", |_, _| {}, &plain),
        (
            "auth_file",
            "ville",
            |it, file| it.password_file = file,
            &plain,
        ),
        (
            "auth_token",
            "ville",
            |it, file| it.token_file = file,
            &token,
        ),
        (
            "auth_command",
            "ville",
            |it, file| it.token_command = vec!["cat".into(), file.display().to_string()],
            &token,
        ),
    ];
    for (name, user, change, shown) in cases {
        let server = SmtpServer::start([]).await;
        server.seen.lock().unwrap().password = Some(shown.clone());
        let mut settings = smtp(format!("smtp://{user}@{}", server.address));
        settings.clear_sign_in = true;
        change(&mut settings, file.clone());
        send(name, &settings, SENT).await;
        let seen = server.seen.lock().unwrap();
        assert!(seen.credentials.iter().all(|it| it == shown), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_fails_kills_no_mail_and_tells_no_secret() {
    let server = SmtpServer::start([]).await;
    let mut settings = smtp(format!("smtp://ville@{}", server.address));
    settings.clear_sign_in = true;
    settings.token_command = ["sh", "-c", "echo topsecret; exit 3"]
        .map(str::to_owned)
        .into();
    let error = send("auth_fails", &settings, FAILED).await.unwrap();
    assert!(
        error.contains("exit status: 3") && !error.contains("topsecret"),
        "{error}"
    );
    settings.token_command = vec!["/no/such/program".to_owned()];
    let error = send("auth_missing", &settings, FAILED).await.unwrap();
    assert!(error.contains("/no/such/program"), "{error}");
}

#[test]
fn settings_that_cannot_work_are_said_at_the_start() {
    let refused =
        |settings: &MailSettings| Mailer::new(settings, support::templates()).expect_err("refused");
    let mut both_secrets = smtp("smtps://ville:topsecret@mail.example".to_owned());
    both_secrets.token_file = "token".into();
    assert!(refused(&both_secrets).contains("only one of"));
    assert!(!refused(&both_secrets).contains("topsecret"));
    assert!(
        refused(&smtp("smtps://ville@mail.example".to_owned())).contains("password is missing")
    );
    let mut no_user = smtp("smtps://mail.example".to_owned());
    no_user.password_file = "secret".into();
    assert!(refused(&no_user).contains("user is missing"));
    let mut no_file = smtp("smtps://mail.example".to_owned());
    no_file.ca_file = "/no/such/file.pem".into();
    assert!(refused(&no_file).contains("/no/such/file.pem"));
    no_file.ca_file = certificate("server").with_file_name("make");
    assert!(refused(&no_file).contains("mail.ca_file"));
}
