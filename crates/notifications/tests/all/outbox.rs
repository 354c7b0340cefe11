//! The outbox on both engines, with mail written to files.

use std::sync::Arc;
use std::time::Duration;

use crate::support::{self, accepted, both, empty_folder, files, invitation, push, settings, to};
use db::schema::outbox;
use diesel::prelude::*;
use kernel::{Code, Language, PageRequest};
use notifications::{
    Appointment, Filter, MailSettings, Mailer, Message, NotificationStatus, Stats,
};

fn file_mailer(folder: &std::path::Path) -> Mailer {
    let settings = MailSettings {
        directory: folder.to_owned(),
        ..settings()
    };
    support::mailer(&settings)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_leaves_as_a_file_and_its_token_is_forgotten() {
    for (database, clock) in both("file") {
        let folder = empty_folder(&format!("file_{:?}", database.engine()));
        let mailer = file_mailer(&folder);
        push(&database, "zoe@asso.example", invitation()).await;
        let queued = support::outbox(&database).await.remove(0);
        assert_eq!(queued.status, NotificationStatus::Queued);
        assert_eq!(queued.subject, "Votre accès à Ressac pour Les Mots du Port");

        clock.advance_seconds(1);
        let stats = notifications::drain(&database, &mailer).await.unwrap();
        assert_eq!(
            stats,
            Stats {
                sent: 1,
                ..Stats::default()
            }
        );
        let sent = support::outbox(&database).await.remove(0);
        assert_eq!(
            (sent.status, sent.attempts, sent.due_at),
            (NotificationStatus::Sent, 1, None)
        );
        assert_eq!(sent.sent_at, Some(database.now()));
        assert_eq!(sent.message_id, format!("{}@marseille.example", sent.id));

        let mail = files(&folder).remove(0);
        assert!(mail.contains(&format!("Message-ID: <{}>\r\n", sent.message_id)));
        assert!(mail.contains("Date: Tue, 28 Feb 2023 13:30:01 +0000\r\n"));
        assert!(mail.contains("Auto-Submitted: auto-generated\r\n"));
        assert!(
            mail.contains("Reply-To: \"Ville de Marseille\" <numerique@marseille.example>\r\n")
        );
        assert!(mail.contains("From: \"Ville de Marseille\" <ressac@marseille.example>\r\n"));
        assert!(mail.contains("\r\nhttps://ressac.example/invitation?token=s3cr3t-token_with-43-characters-0123456789a\r\n"));
        assert!(mail.contains("Bonjour Zoé Né,"));

        let data: String = database
            .read(|db| Ok(outbox::table.select(outbox::data).first(db)?))
            .await
            .unwrap();
        assert!(!data.contains("s3cr3t"), "{data}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appointment_travels_as_a_calendar_entry() {
    for (database, _) in both("calendar") {
        let folder = empty_folder(&format!("calendar_{:?}", database.engine()));
        let message = Message::HandoverScheduled {
            reference: "DEM-1".to_owned(),
            association: "Les Mots du Port".to_owned(),
            granted: Vec::new(),
            appointment: Appointment {
                uid: "handover-1".to_owned(),
                sequence: 3,
                from: "2023-03-07T08:00:00Z".parse().unwrap(),
                to: "2023-03-07T09:00:00Z".parse().unwrap(),
                place: "Quai B".to_owned(),
                cancelled: false,
            },
        };
        push(&database, "zoe@asso.example", message).await;
        notifications::drain(&database, &file_mailer(&folder))
            .await
            .unwrap();
        let mail = files(&folder).remove(0);
        assert_eq!(
            mail.matches("Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\n")
                .count(),
            2
        );
        assert!(mail.contains("filename=\"rendez-vous.ics\""));
        assert_eq!(
            mail.matches("\r\nUID:handover-1@marseille.example\r\nSEQUENCE:3\r\n")
                .count(),
            2
        );
        assert!(mail.contains("\r\nDTSTART:20230307T080000Z\r\n"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_told_of_what_did_not_happen_and_each_address_hears_once() {
    for (database, _) in both("push") {
        let refused = database
            .write(|tx| -> db::Result<()> {
                notifications::push(tx, &to("a@asso.example"), &accepted())?;
                Err(Code::StatusNotAllowed.into())
            })
            .await;
        assert!(refused.is_err());
        assert!(support::outbox(&database).await.is_empty());

        database
            .write(|tx| {
                let twice = [
                    to("a@asso.example"),
                    to("A@Asso.example"),
                    to("b@asso.example"),
                ];
                notifications::push_all(tx, &twice, &accepted())?;
                notifications::push_all(tx, &[], &accepted())
            })
            .await
            .unwrap();
        assert_eq!(support::outbox(&database).await.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_read_the_outbox_by_pages_and_filters() {
    for (database, _) in both("list") {
        for n in 0..5 {
            push(&database, &format!("n{n}@asso.example"), accepted()).await;
        }
        let read = |filter: Filter, limit: u32, after: Option<String>| {
            let database = Arc::clone(&database);
            async move {
                database
                    .read(move |db| {
                        let page = PageRequest::new(Some(limit), after.as_deref())?;
                        notifications::list(db, &filter, &page)
                    })
                    .await
                    .unwrap()
            }
        };
        let first = read(Filter::default(), 3, None).await;
        let rest = read(Filter::default(), 3, first.next.clone()).await;
        let all: Vec<_> = first
            .items
            .iter()
            .chain(&rest.items)
            .map(|n| n.to.clone())
            .collect();
        assert_eq!(
            all,
            ["n4", "n3", "n2", "n1", "n0"].map(|n| format!("{n}@asso.example"))
        );
        assert_eq!(rest.next, None);

        let to = Filter {
            to: Some("N2@asso.example".to_owned()),
            status: Some(NotificationStatus::Queued),
        };
        assert_eq!(read(to.clone(), 3, None).await.items.len(), 1);
        let sent = Filter {
            status: Some(NotificationStatus::Sent),
            ..to
        };
        assert!(read(sent, 3, None).await.items.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn notification_not_retriable_unless_it_failed() {
    for (database, _) in both("retry") {
        let folder = empty_folder(&format!("retry_{:?}", database.engine()));
        push(&database, "a@asso.example", accepted()).await;
        let id = support::outbox(&database).await[0].id;
        let retry = || {
            let database = Arc::clone(&database);
            async move { database.write(move |tx| notifications::retry(tx, id)).await }
        };
        let code = |refused: db::Result<_>| {
            let refused: Result<notifications::Notification, _> = refused;
            refused.unwrap_err().refusal().unwrap().code
        };
        assert_eq!(code(retry().await), Code::NotificationNotRetriable);
        notifications::drain(&database, &file_mailer(&folder))
            .await
            .unwrap();
        assert_eq!(code(retry().await), Code::NotificationNotRetriable);
        let unknown = database
            .write(|tx| {
                let id = tx.new_id();
                notifications::retry(tx, id)
            })
            .await;
        assert_eq!(code(unknown), Code::NotFound);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_cannot_be_made_blocks_no_other() {
    for (database, _) in both("unreadable") {
        let folder = empty_folder(&format!("unreadable_{:?}", database.engine()));
        push(&database, "a@asso.example", accepted()).await;
        database
            .write(|tx| {
                diesel::update(outbox::table)
                    .set(outbox::data.eq("{\"kind\":\"of_old\"}"))
                    .execute(&mut **tx)?;
                Ok(())
            })
            .await
            .unwrap();
        push(&database, "not an address", accepted()).await;
        push(&database, "b@asso.example", accepted()).await;
        let stats = notifications::drain(&database, &file_mailer(&folder))
            .await
            .unwrap();
        assert_eq!(
            stats,
            Stats {
                sent: 1,
                failed: 0,
                dead: 2
            }
        );
        let listed = support::outbox(&database).await;
        assert_eq!(listed[2].subject, "batch_accepted");
        assert!(listed[2].last_error.as_deref().unwrap().contains("of_old"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worker_wakes_at_once_and_stops_when_told() {
    for (database, _) in both("worker") {
        let folder = empty_folder(&format!("worker_{:?}", database.engine()));
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let worker = tokio::spawn(notifications::run_worker(
            Arc::clone(&database),
            file_mailer(&folder),
            async move {
                let _ = stopped.await;
            },
        ));
        // who waits to be woken, as the worker does, is woken by a message
        tokio::join!(
            database.woken(),
            push(&database, "a@asso.example", accepted())
        );
        while files(&folder).is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        stop.send(()).unwrap();
        tokio::time::timeout(Duration::from_secs(5), worker)
            .await
            .expect("stops")
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_mails_leave_in_one_go() {
    for (database, _) in both("speed") {
        let folder = empty_folder(&format!("speed_{:?}", database.engine()));
        database
            .write(|tx| {
                let many: Vec<_> = (0..500)
                    .map(|n| to(&format!("n{n}@asso.example")))
                    .collect();
                notifications::push_all(tx, &many, &accepted())
            })
            .await
            .unwrap();
        let stats = notifications::drain(&database, &file_mailer(&folder))
            .await
            .unwrap();
        assert_eq!(stats.sent, 500);
        assert_eq!(files(&folder).len(), 500);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_read_their_own_language() {
    for (database, _) in both("language") {
        let folder = empty_folder(&format!("language_{:?}", database.engine()));
        database
            .write(|tx| {
                let reader = notifications::Recipient {
                    language: Language::English,
                    ..to("a@asso.example")
                };
                notifications::push(tx, &reader, &accepted())
            })
            .await
            .unwrap();
        notifications::drain(&database, &file_mailer(&folder))
            .await
            .unwrap();
        let mail = files(&folder).remove(0);
        assert!(mail.contains("Subject: Your donation LOT-7 is accepted: thank you\r\n"));
    }
}
