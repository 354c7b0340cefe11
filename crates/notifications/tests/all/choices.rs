//! How people want to hear of things: digests, nothing, and the link in mails.

use crate::support::pace::{accepted, choose, drain, mailer, pickup, refused, subject};
use crate::support::{self, both, empty_folder, files, person, push_to};
use kernel::Code;
use notifications::{Choice, Message};

#[tokio::test(flavor = "multi_thread")]
async fn people_choose_a_digest_or_nothing() {
    for (database, clock) in both("pace_digest") {
        let folder = empty_folder(&format!("pace_digest_{:?}", database.engine()));
        let mailer = mailer(&folder);
        let zoe = person(&database, "zoe").await;
        for (kind, choice) in [
            ("batch_accepted", Choice::Daily),
            ("pickup_scheduled", Choice::Daily),
            ("batch_collected", Choice::Off),
        ] {
            choose(&database, &zoe, kind, choice).await.unwrap();
        }
        push_to(&database, &zoe, accepted(1)).await;
        push_to(&database, &zoe, pickup(0, "2023-03-07T08:00:00Z", false)).await;
        push_to(&database, &zoe, pickup(1, "2023-03-08T08:00:00Z", false)).await;
        let collected = Message::BatchCollected {
            reference: "LOT-7".to_owned(),
            title: "Siège".to_owned(),
            pallets: None,
            weight_kg: None,
        };
        push_to(&database, &zoe, collected).await;
        push_to(&database, &zoe, refused(1)).await; // law: at once
        clock.advance_seconds(10);
        assert_eq!(drain(&database, &mailer).await, 1);
        assert!(files(&folder)[0].contains("Raison num"));
        // the 28th of February at 13:30 UTC; the digest leaves at 8 in Paris
        clock.advance_seconds(17 * 3600 + 28 * 60);
        assert_eq!(drain(&database, &mailer).await, 0);
        clock.advance_seconds(120);
        assert_eq!(drain(&database, &mailer).await, 1);
        let mails = files(&folder);
        let digest = mails.iter().find(|mail| mail.contains("LOT-1 ")).unwrap();
        assert!(
            subject(digest).contains("2 nouvelles"),
            "{}",
            subject(digest)
        );
        assert!(digest.contains("SEQUENCE:1") && !digest.contains("SEQUENCE:0"));
        assert!(digest.contains("List-Unsubscribe: <https://ressac.example/unsubscribe?token="));
        assert_eq!(
            support::outbox(&database).await.len(),
            3,
            "what is off is not even kept"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_follows_a_new_choice() {
    for (database, clock) in both("pace_choice") {
        let folder = empty_folder(&format!("pace_choice_{:?}", database.engine()));
        let mailer = mailer(&folder);
        let zoe = person(&database, "zoe").await;
        choose(&database, &zoe, "batch_accepted", Choice::Weekly)
            .await
            .unwrap();
        push_to(&database, &zoe, accepted(1)).await;
        clock.advance_seconds(60);
        assert_eq!(drain(&database, &mailer).await, 0);
        choose(&database, &zoe, "batch_accepted", Choice::AtOnce)
            .await
            .unwrap();
        assert_eq!(drain(&database, &mailer).await, 1);
        choose(&database, &zoe, "batch_accepted", Choice::Weekly)
            .await
            .unwrap();
        push_to(&database, &zoe, accepted(2)).await;
        choose(&database, &zoe, "batch_accepted", Choice::Off)
            .await
            .unwrap();
        clock.advance_seconds(30 * 86_400);
        assert_eq!(drain(&database, &mailer).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn always_told() {
    for (database, _) in both("pace_always") {
        let zoe = person(&database, "zoe").await;
        let code = |refused: db::Result<()>| refused.unwrap_err().refusal().unwrap().errors[0].code;
        for choice in [Choice::Daily, Choice::Weekly, Choice::Off] {
            let law = choose(&database, &zoe, "batch_refused", choice).await;
            assert_eq!(code(law), Code::AlwaysTold);
        }
        assert!(
            choose(&database, &zoe, "batch_refused", Choice::AtOnce)
                .await
                .is_ok()
        );
        for kind in ["wave_to_approve", "of_old", ""] {
            let unknown = choose(&database, &zoe, kind, Choice::Off).await;
            assert_eq!(code(unknown), Code::UnknownReference, "{kind}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_turns_mails_off_and_only_those() {
    for (database, clock) in both("pace_link") {
        let folder = empty_folder(&format!("pace_link_{:?}", database.engine()));
        let mailer = mailer(&folder);
        let zoe = person(&database, "zoe").await;
        push_to(&database, &zoe, accepted(1)).await;
        push_to(&database, &zoe, refused(1)).await;
        clock.advance_seconds(10);
        assert_eq!(drain(&database, &mailer).await, 2);
        let mails = files(&folder);
        let law = mails.iter().find(|mail| mail.contains("Raison")).unwrap();
        assert!(!law.contains("List-Unsubscribe") && !law.contains("/unsubscribe"));
        let mail = mails.iter().find(|mail| !mail.contains("Raison")).unwrap();
        assert!(mail.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
        let unfolded = mail.replace("\r\n ", "");
        let token = unfolded.split("/unsubscribe?token=").nth(1).unwrap();
        let token = token.split('>').next().unwrap().to_owned();
        let shown = token.clone();
        let titles = database
            .read(move |db| {
                let link = notifications::unsubscribe_link(db, &shown)?;
                Ok(link.titles(kernel::Language::English))
            })
            .await
            .unwrap();
        assert_eq!(titles, ["Donation accepted"]);
        let forged = format!("Z{}", &token[1..]);
        let refused_link = database
            .write(move |tx| notifications::unsubscribe(tx, &forged, Choice::Off))
            .await;
        assert_eq!(
            refused_link.unwrap_err().refusal().unwrap().code,
            Code::InvalidToken
        );
        database
            .write(move |tx| notifications::unsubscribe(tx, &token, Choice::Off))
            .await
            .unwrap();
        push_to(&database, &zoe, accepted(2)).await;
        push_to(&database, &zoe, pickup(0, "2023-03-07T08:00:00Z", false)).await;
        clock.advance_seconds(10);
        assert_eq!(
            drain(&database, &mailer).await,
            1,
            "the other kind still comes"
        );
    }
}
