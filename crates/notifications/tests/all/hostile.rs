//! What should never be stored, and is: a letter that cannot be written ends by itself, and
//! no other waits for it.

use db::schema::outbox;
use diesel::prelude::*;
use notifications::{MailSettings, Mailer, NotificationStatus, Recipient, TransportKind};

use crate::support::smtp::SmtpServer;
use crate::support::{self, accepted, both, push, push_to, settings, to};

fn mailer(url: &str) -> Mailer {
    support::mailer(&MailSettings {
        transport: TransportKind::Smtp,
        smtp_url: Some(url.to_owned()),
        timeout_seconds: 2,
        ..settings()
    })
}

const NAMES: [&str; 6] = [
    "Zoe\r\nBcc: all@city.example",
    "Zoe\n\n<script>",
    "\u{2028}Zo\u{e9}\u{202e}",
    "\u{0}\u{1b}[2J",
    "\r",
    "\u{85}\"<a@b.example>",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_header_takes_a_line_break_from_a_name() {
    for (database, _) in both("hostile_names") {
        let server = SmtpServer::start([]).await;
        for (n, name) in NAMES.iter().enumerate() {
            // PostgreSQL keeps every character but this one
            let recipient = Recipient {
                name: name.replace('\0', ""),
                ..to(&format!("n{n}@asso.example"))
            };
            push_to(&database, &recipient, accepted()).await;
        }
        push(&database, "last@asso.example", accepted()).await;
        let stats = notifications::drain(&database, &mailer(&server.url()))
            .await
            .unwrap();
        assert_eq!((stats.sent, stats.dead), (NAMES.len() as u64 + 1, 0));
        for mail in server.mails() {
            let head = mail.split("\r\n\r\n").next().unwrap();
            assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_cannot_be_read_is_dead_and_the_next_one_leaves() {
    for (database, _) in both("hostile_letter") {
        let server = SmtpServer::start([]).await;
        push(&database, "broken@asso.example", accepted()).await;
        database
            .write(|tx| {
                let all = diesel::update(outbox::table).set(outbox::data.eq("{\"kind\": 7}"));
                Ok(all.execute(&mut **tx)?)
            })
            .await
            .unwrap();
        push(&database, "fine@asso.example", accepted()).await;
        let stats = notifications::drain(&database, &mailer(&server.url()))
            .await
            .unwrap();
        assert_eq!((stats.sent, stats.dead), (1, 1));
        let dead = support::outbox(&database)
            .await
            .into_iter()
            .find(|letter| letter.status == NotificationStatus::Dead)
            .unwrap();
        assert_eq!(
            (dead.to.as_str(), dead.attempts),
            ("broken@asso.example", 1)
        );
        assert!(dead.last_error.is_some());
        let staff = vec![to("staff@city.example")];
        let told = database
            .write(move |tx| notifications::report_failures(tx, &staff))
            .await
            .unwrap();
        assert_eq!(told, 1, "staff hear of it");
    }
}

/// A letter whose attempt ended with the program is tried again by itself, and not for ever.
#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_is_counted_before_the_letter_is_written() {
    for (database, clock) in both("hostile_attempts") {
        let server = SmtpServer::start([]).await;
        push(&database, "poison@asso.example", accepted()).await;
        push(&database, "beside@asso.example", accepted()).await;
        // as if the program had ended with both in hand
        hold_all(&database, 1).await;
        let stats = notifications::drain(&database, &mailer(&server.url()))
            .await
            .unwrap();
        assert_eq!(stats.sent, 0, "in somebody's hand");
        clock.advance_seconds(3_600);
        let mut seen = Vec::new();
        for letter in support::outbox(&database).await {
            seen.push((letter.to, letter.attempts));
        }
        assert!(seen.iter().all(|(_, attempts)| *attempts == 1), "{seen:?}");
        spend(&database, "poison@asso.example", 14).await;
        let stats = notifications::drain(&database, &mailer(&server.url()))
            .await
            .unwrap();
        assert_eq!(stats.sent, 1);
        let letters = support::outbox(&database).await;
        let of = |to: &str| letters.iter().find(|letter| letter.to == to).unwrap();
        assert_eq!(of("beside@asso.example").status, NotificationStatus::Sent);
        assert_eq!(of("beside@asso.example").attempts, 2);
        let poison = of("poison@asso.example");
        assert_eq!(poison.status, NotificationStatus::Dead);
        assert!(poison.last_error.as_ref().unwrap().contains("broke off"));
        assert_eq!(server.mails().len(), 1);
    }
}

async fn hold_all(database: &db::Database, attempts: i32) {
    database
        .write(move |tx| {
            let until = tx.now().plus_seconds(60);
            let held = (
                outbox::locked_until.eq(until),
                outbox::attempts.eq(attempts),
            );
            Ok(diesel::update(outbox::table).set(held).execute(&mut **tx)?)
        })
        .await
        .unwrap();
}

async fn spend(database: &db::Database, to: &'static str, attempts: i32) {
    database
        .write(move |tx| {
            let one = outbox::table.filter(outbox::recipient.eq(to));
            let spent = outbox::attempts.eq(attempts);
            Ok(diesel::update(one).set(spent).execute(&mut **tx)?)
        })
        .await
        .unwrap();
}
