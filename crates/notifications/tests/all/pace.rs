//! Once, and not too many: what shares a mail, what takes the place of what, and what is not
//! sent at all.

use std::sync::Arc;

use crate::support::pace::{accepted, drain, mailer, pages, pickup, proven, refused, subject};
use crate::support::smtp::{Act, SmtpServer};
use crate::support::{self, both, empty_folder, files, person, push_to, settings};
use db::schema::{outbox, people};
use diesel::prelude::*;
use kernel::ManualClock;
use notifications::{Ended, MailSettings, Mailer, NotificationStatus, TransportKind};

#[tokio::test(flavor = "multi_thread")]
async fn sixty_refusals_are_one_mail() {
    for (database, clock) in both("pace_sixty") {
        let folder = empty_folder(&format!("pace_sixty_{:?}", database.engine()));
        let mailer = mailer(&folder);
        let zoe = person(&database, "zoe").await;
        let max = person(&database, "max").await;
        for number in 0..60 {
            push_to(&database, &zoe, refused(number)).await;
            if number % 20 == 0 {
                clock.advance_seconds(2);
                assert_eq!(drain(&database, &mailer).await, 0, "others may come");
            }
        }
        push_to(&database, &max, refused(99)).await;
        clock.advance_seconds(5);
        assert_eq!(drain(&database, &mailer).await, 2);
        let mails = files(&folder);
        let many = mails.iter().find(|mail| mail.contains("To: zoe")).unwrap();
        assert!(subject(many).contains("60 messages"), "{}", subject(many));
        for number in 0..60 {
            assert_eq!(many.matches(&format!("Raison numéro {number}.")).count(), 2);
        }
        let one = mails.iter().find(|mail| mail.contains("To: max")).unwrap();
        assert!(subject(one).contains("LOT-99"));

        let listed = support::outbox(&database).await;
        assert_eq!(listed.len(), 61);
        assert!(
            listed
                .iter()
                .all(|it| it.status == NotificationStatus::Sent)
        );
        let carriers = listed.iter().filter(|it| it.part_of.is_none()).count();
        assert_eq!(carriers, 2);
        let names: std::collections::BTreeSet<_> =
            listed.iter().map(|it| it.message_id.clone()).collect();
        assert_eq!(names.len(), 2, "those of one mail have its Message-ID");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_like_are_not_waited_for_for_ever_and_one_that_comes_later_is_a_mail_of_its_own() {
    for (database, clock) in both("pace_most") {
        let folder = empty_folder(&format!("pace_most_{:?}", database.engine()));
        let mailer = mailer(&folder);
        let zoe = person(&database, "zoe").await;
        let mut sent = 0;
        for number in 0..30 {
            push_to(&database, &zoe, accepted(number)).await;
            clock.advance_seconds(4);
            sent += drain(&database, &mailer).await;
        }
        assert_eq!(sent, 2, "one a minute");
        clock.advance_seconds(60);
        sent += drain(&database, &mailer).await;
        push_to(&database, &zoe, accepted(99)).await;
        clock.advance_seconds(5);
        assert_eq!(drain(&database, &mailer).await, 1);
        assert_eq!(files(&folder).len(), usize::try_from(sent).unwrap() + 1);
    }
}

/// Sends to a mail server at once.
fn by_smtp(url: String) -> Mailer {
    support::mailer(&MailSettings {
        transport: TransportKind::Smtp,
        smtp_url: Some(url),
        ..settings()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn of_every_message_of_a_mail_the_page_is_blanked_once_it_has_left_and_not_before() {
    for (database, clock) in both("pace_pages") {
        let server = SmtpServer::start([Act::AtEnd("451 later")]).await;
        let mailer = by_smtp(server.url());
        let zoe = person(&database, "zoe").await;
        for number in 0..3 {
            push_to(&database, &zoe, proven(number)).await;
        }
        assert_eq!(drain(&database, &mailer).await, 0);
        let kept = pages(&database).await;
        assert_eq!(kept.len(), 3);
        assert!(kept.iter().all(|page| page.contains("<p>")), "{kept:?}");
        clock.advance_seconds(60);
        assert_eq!(drain(&database, &mailer).await, 1);
        let mail = server.mails().remove(0);
        for number in 0..3 {
            assert!(mail.contains(&format!("attestation-LOT-{number}.html")));
        }
        assert_eq!(pages(&database).await, ["", "", ""]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_attempt_says_what_the_first_said() {
    for (database, clock) in both("pace_again") {
        let server = SmtpServer::start([Act::AtEnd("451 later")]).await;
        let mailer = by_smtp(server.url());
        let zoe = person(&database, "zoe").await;
        for number in 0..3 {
            push_to(&database, &zoe, accepted(number)).await;
        }
        assert_eq!(drain(&database, &mailer).await, 0);
        push_to(&database, &zoe, accepted(3)).await;
        clock.advance_seconds(60);
        assert_eq!(drain(&database, &mailer).await, 2);
        let three = server
            .mails()
            .iter()
            .filter(|it| it.contains("LOT-2"))
            .count();
        let both_of_them = server
            .mails()
            .iter()
            .any(|mail| mail.contains("LOT-2") && mail.contains("LOT-3"));
        assert!(three == 1 && !both_of_them);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_what_was_said_is_sent_in_its_place_or_after_it() {
    for (database, _) in both("pace_topic") {
        let folder = empty_folder(&format!("pace_topic_{:?}", database.engine()));
        let mailer = mailer(&folder);
        let zoe = person(&database, "zoe").await;
        push_to(&database, &zoe, pickup(0, "2023-03-07T08:00:00Z", false)).await;
        push_to(&database, &zoe, pickup(1, "2023-03-08T08:00:00Z", false)).await;
        assert_eq!(
            drain(&database, &mailer).await,
            1,
            "the first was not sent yet"
        );
        push_to(&database, &zoe, pickup(2, "2023-03-08T08:00:00Z", true)).await;
        assert_eq!(drain(&database, &mailer).await, 1, "the second was");
        let mails = files(&folder);
        assert!(mails[0].contains("SEQUENCE:1") && mails[1].contains("SEQUENCE:2"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_hears_of_the_past_and_nobody_who_left() {
    for (database, clock) in both("pace_past") {
        let folder = empty_folder(&format!("pace_past_{:?}", database.engine()));
        let mailer = mailer(&folder);
        let zoe = person(&database, "zoe").await;
        let max = person(&database, "max").await;
        push_to(&database, &zoe, pickup(0, "2023-03-07T08:00:00Z", false)).await;
        push_to(&database, &max, accepted(1)).await;
        let gone = max.person.unwrap();
        database
            .write(move |tx| {
                diesel::update(people::table.find(gone))
                    .set(people::disabled.eq(true))
                    .execute(&mut **tx)?;
                Ok(())
            })
            .await
            .unwrap();
        clock.advance_seconds(30 * 86_400);
        assert_eq!(drain(&database, &mailer).await, 0);
        // who has it in the calendar hears that it is off, however late
        push_to(&database, &zoe, pickup(1, "2023-03-07T08:00:00Z", true)).await;
        assert_eq!(drain(&database, &mailer).await, 1);
        let because: Vec<_> = support::outbox(&database)
            .await
            .into_iter()
            .filter(|it| it.status == NotificationStatus::Dead)
            .map(|it| (it.kind, it.ended_because.unwrap()))
            .collect();
        assert_eq!(
            because,
            [
                ("batch_accepted".to_owned(), Ended::Left),
                ("pickup_scheduled".to_owned(), Ended::Past)
            ]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_hear_once_of_many_mails_that_failed_and_not_of_that_mail() {
    for (database, clock) in both("pace_failed") {
        let folder = empty_folder(&format!("pace_failed_{:?}", database.engine()));
        let mailer = mailer(&folder);
        let staff = person(&database, "staff").await;
        let report = |clock: Arc<ManualClock>, seconds| {
            clock.advance_seconds(seconds);
            let (database, staff) = (Arc::clone(&database), vec![staff.clone()]);
            async move {
                database
                    .write(move |tx| notifications::report_failures(tx, &staff))
                    .await
                    .unwrap()
            }
        };
        assert_eq!(report(clock.clone(), 0).await, 0);
        for number in 0..7 {
            support::push(&database, "not an address", refused(number)).await;
            clock.advance_seconds(120);
            assert_eq!(drain(&database, &mailer).await, 0);
        }
        assert_eq!(report(clock.clone(), 60).await, 7);
        assert_eq!(drain(&database, &mailer).await, 1);
        let mail = files(&folder).remove(0);
        assert!(mail.contains("7 messages ne sont pas arriv"));
        assert!(mail.contains("(not an address)"));
        // not again, not within the hour, and not for its own mail
        assert_eq!(report(clock.clone(), 7200).await, 0);
        support::push(&database, "not an address", refused(8)).await;
        clock.advance_seconds(10);
        drain(&database, &mailer).await;
        assert_eq!(report(clock.clone(), 0).await, 1);
        database
            .write(|tx| {
                diesel::update(outbox::table.filter(outbox::kind.eq("mail_failed")))
                    .set((
                        outbox::status.eq("dead"),
                        outbox::ended_because.eq("refused"),
                    ))
                    .execute(&mut **tx)?;
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!(report(clock.clone(), 7200).await, 0);
    }
}
