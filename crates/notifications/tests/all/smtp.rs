//! A mail server that accepts, hesitates, refuses, hangs, leaves and is away: nothing is
//! lost, and nothing is sent twice without cause.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::support::smtp::{Act, SmtpServer};
use crate::support::{self, DEAD, FAILED, SENT, accepted, both, push, settings, to};
use notifications::{MailSettings, Mailer, NotificationStatus, Stats, TransportKind};

fn mailer(url: &str) -> Mailer {
    mailer_with(url, 1)
}

fn mailer_with(url: &str, connections: usize) -> Mailer {
    let settings = MailSettings {
        transport: TransportKind::Smtp,
        smtp_url: Some(url.to_owned()),
        connections,
        timeout_seconds: 2,
        ..settings()
    };
    support::mailer(&settings)
}

fn message_ids(mails: &[String]) -> Vec<String> {
    mails
        .iter()
        .map(|mail| {
            mail.lines()
                .find(|line| line.starts_with("Message-ID:"))
                .unwrap()
                .to_owned()
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_share_a_connection() {
    for (database, _) in both("smtp_accept") {
        let server = SmtpServer::start([]).await;
        for n in 0..3 {
            push(&database, &format!("n{n}@asso.example"), accepted()).await;
        }
        let stats = notifications::drain(&database, &mailer(&server.url()))
            .await
            .unwrap();
        assert_eq!(stats.sent, 3);
        assert_eq!(server.connections(), 1);
        let mails = server.mails();
        assert!(mails[0].contains("Content-Transfer-Encoding: quoted-printable"));
        assert!(mails.iter().all(|mail| mail.is_ascii()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_puts_off_is_tried_later() {
    for (database, clock) in both("smtp_greylisted") {
        for act in [
            Act::AtEnd("451 4.7.1 come back"),
            Act::AtRecipient("450 4.2.0 greylisted"),
        ] {
            let server = SmtpServer::start([act]).await;
            let mailer = mailer(&server.url());
            push(&database, "a@asso.example", accepted()).await;
            assert_eq!(
                notifications::drain(&database, &mailer).await.unwrap(),
                FAILED
            );
            let failed = support::outbox(&database).await.remove(0);
            assert_eq!(
                (failed.status, failed.attempts),
                (NotificationStatus::Failed, 1)
            );
            let wait = failed.due_at.unwrap().seconds_since(database.now());
            assert!((22..=38).contains(&wait), "{wait}");
            assert!(failed.last_error.unwrap().contains("45"));
            // not before its time
            assert_eq!(
                notifications::drain(&database, &mailer).await.unwrap(),
                Stats::default()
            );
            clock.advance_seconds(40);
            assert_eq!(
                notifications::drain(&database, &mailer).await.unwrap(),
                SENT
            );
            let sent = support::outbox(&database).await.remove(0);
            assert_eq!(
                (sent.status, sent.attempts, sent.last_error),
                (NotificationStatus::Sent, 2, None)
            );
            assert_eq!(server.mails().len(), 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_refuses_is_not_hammered_but_may_be_retried_by_hand() {
    for (database, clock) in both("smtp_refused") {
        let server = SmtpServer::start([Act::AtRecipient("550 5.1.1 no such person")]).await;
        let mailer = mailer(&server.url());
        push(&database, "a@asso.example", accepted()).await;
        assert_eq!(
            notifications::drain(&database, &mailer).await.unwrap(),
            DEAD
        );
        clock.advance_seconds(7 * 86_400);
        assert_eq!(
            notifications::drain(&database, &mailer).await.unwrap(),
            Stats::default()
        );
        let dead = support::outbox(&database).await.remove(0);
        assert_eq!((dead.status, dead.due_at), (NotificationStatus::Dead, None));
        assert!(dead.last_error.unwrap().contains("no such person"));

        let again = database
            .write(move |tx| notifications::retry(tx, dead.id))
            .await
            .unwrap();
        assert_eq!(
            (again.status, again.attempts),
            (NotificationStatus::Queued, 0)
        );
        assert_eq!(
            notifications::drain(&database, &mailer).await.unwrap(),
            SENT
        );
        assert_eq!(server.mails().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_cut_in_the_middle_is_sent_again_under_its_name() {
    for (database, clock) in both("smtp_cut") {
        let server = SmtpServer::start([Act::Cut, Act::Cut]).await;
        let mailer = mailer(&server.url());
        push(&database, "a@asso.example", accepted()).await;
        for _ in 0..2 {
            assert_eq!(
                notifications::drain(&database, &mailer).await.unwrap(),
                FAILED
            );
            clock.advance_seconds(120);
        }
        assert_eq!(
            notifications::drain(&database, &mailer).await.unwrap(),
            SENT
        );
        let sent = support::outbox(&database).await.remove(0);
        assert_eq!(
            message_ids(&server.mails()),
            [format!("Message-ID: <{}>", sent.message_id)]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_is_left_and_its_connection_not_used_again() {
    for (database, clock) in both("smtp_hang") {
        let server = SmtpServer::start([Act::Accept, Act::Hang]).await;
        let mailer = mailer(&server.url());
        for n in 0..2 {
            push(&database, &format!("n{n}@asso.example"), accepted()).await;
        }
        let stats = notifications::drain(&database, &mailer).await.unwrap();
        assert_eq!(
            stats,
            Stats {
                sent: 1,
                failed: 1,
                dead: 0
            }
        );
        clock.advance_seconds(60);
        assert_eq!(
            notifications::drain(&database, &mailer).await.unwrap(),
            SENT
        );
        assert_eq!((server.mails().len(), server.connections()), (2, 2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_loses_nothing() {
    for (database, clock) in both("smtp_away") {
        let server = SmtpServer::start([]).await;
        let url = server.url();
        let address = server.stop().await;
        let mailer = mailer(&url);
        for n in 0..3 {
            push(&database, &format!("n{n}@asso.example"), accepted()).await;
        }
        let mut waited = 0;
        while waited < 3600 {
            notifications::drain(&database, &mailer).await.unwrap();
            clock.advance_seconds(300);
            waited += 300;
        }
        assert!(
            support::outbox(&database)
                .await
                .iter()
                .all(|n| n.status == NotificationStatus::Failed)
        );
        let server = SmtpServer::at(address, []).await;
        clock.advance_seconds(2 * 3600);
        assert_eq!(
            notifications::drain(&database, &mailer).await.unwrap().sent,
            3
        );
        assert_eq!(server.mails().len(), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_given_up_in_the_end_and_kept_for_staff() {
    for (database, clock) in both("smtp_never") {
        let server = SmtpServer::always(Act::AtEnd("452 4.3.1 full")).await;
        let mailer = mailer(&server.url());
        push(&database, "a@asso.example", accepted()).await;
        let mut attempts = 0;
        while notifications::drain(&database, &mailer).await.unwrap() != DEAD {
            attempts += 1;
            assert!(attempts < 20);
            clock.advance_seconds(8 * 3600);
        }
        let dead = support::outbox(&database).await.remove(0);
        assert_eq!((dead.status, dead.attempts), (NotificationStatus::Dead, 14));
        assert!(dead.last_error.unwrap().contains("full"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_or_missing_encryption_kills_no_message_and_tells_no_secret() {
    for (database, clock) in both("smtp_auth") {
        let server = SmtpServer::start([]).await;
        let place = server.address;
        push(&database, "a@asso.example", accepted()).await;
        for url in [
            format!("smtp://ville:topsecret@{place}"),
            format!("smtp://ville:topsecret@{place}?tls=required"),
        ] {
            let mailer = support::mailer(&MailSettings {
                transport: TransportKind::Smtp,
                smtp_url: Some(url),
                clear_sign_in: true,
                timeout_seconds: 2,
                ..settings()
            });
            assert!(!format!("{mailer:?}").contains("topsecret"));
            assert_eq!(
                notifications::drain(&database, &mailer).await.unwrap(),
                FAILED
            );
            let failed = support::outbox(&database).await.remove(0);
            assert!(!failed.last_error.unwrap().contains("topsecret"));
            clock.advance_seconds(3600);
        }
        assert!(server.mails().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_workers_send_each_message_once() {
    for (database, _) in both("smtp_workers") {
        let server = SmtpServer::start([]).await;
        database
            .write(|tx| {
                let many: Vec<_> = (0..400)
                    .map(|n| to(&format!("n{n}@asso.example")))
                    .collect();
                notifications::push_all(tx, &many, &accepted())
            })
            .await
            .unwrap();
        let mut workers = Vec::new();
        for _ in 0..4 {
            let (database, mailer) = (Arc::clone(&database), mailer_with(&server.url(), 2));
            workers.push(tokio::spawn(async move {
                notifications::drain(&database, &mailer).await.unwrap().sent
            }));
        }
        let mut sent = 0;
        for worker in workers {
            sent += worker.await.unwrap();
        }
        assert_eq!(sent, 400);
        let ids = message_ids(&server.mails());
        assert_eq!(ids.len(), 400);
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_worker_that_died_had_in_hand_leaves_after_a_while() {
    for (database, clock) in both("smtp_killed") {
        let server = SmtpServer::start([Act::Hang]).await;
        let mailer = mailer(&server.url());
        push(&database, "a@asso.example", accepted()).await;
        let task = {
            let (database, mailer) = (Arc::clone(&database), mailer.clone());
            tokio::spawn(async move { notifications::drain(&database, &mailer).await })
        };
        while server.connections() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        task.abort();
        let _ = task.await;
        // still in its hand
        assert_eq!(
            notifications::drain(&database, &mailer).await.unwrap(),
            Stats::default()
        );
        clock.advance_seconds(300);
        assert_eq!(
            notifications::drain(&database, &mailer).await.unwrap(),
            SENT
        );
        assert_eq!(server.mails().len(), 1);
    }
}
