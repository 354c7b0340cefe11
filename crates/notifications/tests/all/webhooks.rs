//! Webhooks on both engines, against a real receiver.

use std::sync::Arc;

use crate::support::receiver::{Call, Receiver};
use crate::support::{self, both, person_of, push_to};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use db::Database;
use hmac::{Hmac, KeyInit, Mac};
use kernel::{Actor, Code, PageRequest, Role, WebhookId};
use notifications::{
    Caller, Delivery, Message, NewWebhook, NotificationStatus, Recipient, WebhookCreated,
    WebhookSettings, WebhookStatus,
};
use sha2::Sha256;

const HERE: WebhookSettings = WebhookSettings {
    allow_private: true,
    timeout_seconds: 1,
    disable_after_hours: 24,
};

async fn donor(database: &Database, name: &'static str) -> (Recipient, Actor) {
    let (recipient, organisation) = person_of(database, name).await;
    let actor = Actor {
        person: recipient.person.unwrap(),
        role: Role::Donor,
        organisation,
        session: None,
        key: None,
    };
    (recipient, actor)
}

async fn set_up(
    database: &Database,
    actor: Actor,
    settings: WebhookSettings,
    url: &str,
    events: &[&str],
) -> db::Result<WebhookCreated> {
    let new = NewWebhook {
        url: url.to_owned(),
        events: events.iter().map(|&event| event.to_owned()).collect(),
    };
    database
        .write(move |tx| notifications::create_webhook(tx, &actor, &settings, &new))
        .await
}

async fn deliveries(database: &Database, actor: Actor, id: WebhookId) -> Vec<Delivery> {
    database
        .read(move |db| {
            notifications::deliveries(db, &actor, id, &PageRequest::new(Some(50), None)?)
        })
        .await
        .unwrap()
        .items
}

async fn status(database: &Database, actor: Actor, id: WebhookId) -> WebhookStatus {
    database
        .read(move |db| notifications::webhook(db, &actor, id))
        .await
        .unwrap()
        .status
}

async fn drain(database: &Arc<Database>) -> usize {
    notifications::drain_webhooks(database, &Caller::new(&HERE))
        .await
        .unwrap()
}

fn pickup() -> Message {
    Message::PickupScheduled {
        truck: None,
        reference: "LOT-7".to_owned(),
        title: "Siège".to_owned(),
        donor: "Orange".to_owned(),
        workshop: "Atelier".to_owned(),
        contact_name: "Nadia Benali".to_owned(),
        contact_phone: "04 91 00 00 00".to_owned(),
        moved: false,
        appointment: notifications::Appointment {
            uid: "pickup-7".to_owned(),
            sequence: 0,
            from: "2023-03-07T08:00:00Z".parse().unwrap(),
            to: "2023-03-07T09:00:00Z".parse().unwrap(),
            place: "12 rue de l'Évêché".to_owned(),
            cancelled: false,
        },
    }
}

fn verified(call: &Call, secret: &str) -> bool {
    let key = STANDARD
        .decode(secret.strip_prefix("whsec_").unwrap())
        .unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    let (id, at) = (call.header("webhook-id"), call.header("webhook-timestamp"));
    mac.update(format!("{id}.{at}.{}", call.body).as_bytes());
    let signature = call
        .header("webhook-signature")
        .strip_prefix("v1,")
        .unwrap();
    mac.verify_slice(&STANDARD.decode(signature).unwrap())
        .is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_s_program_is_told_signed_and_without_names() {
    for (database, _) in both("hook_told") {
        let receiver = Receiver::start([]).await;
        let (zoe, actor) = donor(&database, "zoe").await;
        let (max, _) = donor(&database, "max").await;
        let hook = set_up(&database, actor, HERE, &receiver.url(), &[])
            .await
            .unwrap();
        push_to(&database, &zoe, pickup()).await;
        push_to(&database, &max, pickup()).await; // of another organization
        push_to(&database, &zoe, support::invitation()).await; // lets somebody in
        assert_eq!(drain(&database).await, 1);
        let call = receiver.calls().remove(0);
        assert!(verified(&call, &hook.secret));
        assert_eq!(
            call.header("webhook-timestamp"),
            (database.now().micros() / 1_000_000).to_string()
        );
        let body = call.json();
        assert_eq!(body["type"], "pickup_scheduled");
        assert_eq!(body["data"]["reference"], "LOT-7");
        assert_eq!(body["data"]["appointment"]["from"], "2023-03-07T08:00:00Z");
        assert_eq!(body["organisation_id"], actor.organisation.to_string());
        assert_eq!(body["id"], call.header("webhook-id"));
        for personal in ["Nadia", "04 91", "zoe", "rue de"] {
            assert!(!call.body.contains(personal), "{personal}");
        }
        let told = deliveries(&database, actor, hook.webhook.id).await;
        assert_eq!(
            (told[0].status, told[0].answer, told[0].attempts),
            (NotificationStatus::Sent, Some(204), 1)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_to_several_people_is_one_event_and_only_wanted_kinds_come() {
    for (database, _) in both("hook_once") {
        let receiver = Receiver::start([]).await;
        let (zoe, actor) = donor(&database, "zoe").await;
        set_up(&database, actor, HERE, &receiver.url(), &["batch_accepted"])
            .await
            .unwrap();
        let twice = vec![
            zoe.clone(),
            Recipient {
                email: "z@asso.example".to_owned(),
                ..zoe.clone()
            },
        ];
        database
            .write(move |tx| {
                // each with a message of their own, as where there is a token in it
                for recipient in &twice {
                    notifications::push(tx, recipient, &support::accepted())?;
                    notifications::push(tx, recipient, &pickup())?;
                }
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!(drain(&database).await, 1);
        assert_eq!(receiver.calls()[0].json()["type"], "batch_accepted");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_fails_is_called_again_under_the_same_id() {
    for (database, clock) in both("hook_again") {
        let answers = ["503 Busy", "302 Found\r\nlocation: http://127.0.0.1:1/", ""];
        let receiver = Receiver::start(answers).await;
        let (zoe, actor) = donor(&database, "zoe").await;
        let hook = set_up(&database, actor, HERE, &receiver.url(), &[])
            .await
            .unwrap();
        push_to(&database, &zoe, pickup()).await;
        assert_eq!(drain(&database).await, 1);
        let told = deliveries(&database, actor, hook.webhook.id)
            .await
            .remove(0);
        assert_eq!(
            (told.status, told.attempts, told.answer),
            (NotificationStatus::Failed, 1, Some(503))
        );
        // what happens meanwhile waits for its next attempt
        push_to(&database, &zoe, support::accepted()).await;
        assert_eq!(drain(&database).await, 0);
        clock.advance_seconds(40);
        assert_eq!(
            drain(&database).await,
            2,
            "one is sent elsewhere, one gets no answer"
        );
        clock.advance_seconds(200);
        assert_eq!(drain(&database).await, 2);
        let told = deliveries(&database, actor, hook.webhook.id).await;
        assert!(
            told.iter().all(|it| it.status == NotificationStatus::Sent),
            "{told:?}"
        );
        let first = receiver.calls()[0].header("webhook-id").to_owned();
        let calls = receiver.calls();
        let again: Vec<_> = calls
            .iter()
            .filter(|it| it.header("webhook-id") == first)
            .collect();
        assert_eq!((calls.len(), again.len()), (5, 3));
        assert!(again.iter().all(|it| verified(it, &hook.secret)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_fails_for_long_or_is_gone_is_disabled_and_its_owner_told() {
    for (database, clock) in both("hook_disabled") {
        let (zoe, actor) = donor(&database, "zoe").await;
        let gone = Receiver::start(["410 Gone"]).await;
        let first = set_up(&database, actor, HERE, &gone.url(), &["batch_accepted"])
            .await
            .unwrap();
        // nobody listens there
        let second = set_up(
            &database,
            actor,
            HERE,
            "http://127.0.0.1:9/",
            &["pickup_scheduled"],
        )
        .await
        .unwrap();
        push_to(&database, &zoe, support::accepted()).await;
        push_to(&database, &zoe, pickup()).await;
        drain(&database).await;
        assert_eq!(
            status(&database, actor, first.webhook.id).await,
            WebhookStatus::Disabled
        );
        assert_eq!(
            status(&database, actor, second.webhook.id).await,
            WebhookStatus::Active
        );
        for _ in 0..30 {
            clock.advance_seconds(3600);
            drain(&database).await;
        }
        assert_eq!(
            status(&database, actor, second.webhook.id).await,
            WebhookStatus::Disabled
        );
        let told = support::outbox(&database).await;
        let told: Vec<_> = told
            .iter()
            .filter(|it| it.kind == "webhook_disabled")
            .collect();
        assert_eq!(told.len(), 2);
        assert!(told.iter().all(|it| it.to == zoe.email));

        let id = second.webhook.id;
        let again = database
            .write(move |tx| notifications::enable_webhook(tx, &actor, id))
            .await
            .unwrap();
        assert_eq!(
            (again.status, again.failing_since),
            (WebhookStatus::Active, None)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn address_not_allowed() {
    for (database, _) in both("hook_private") {
        let receiver = Receiver::start([]).await;
        let (zoe, actor) = donor(&database, "zoe").await;
        let strict = WebhookSettings::default();
        for url in [
            receiver.url(),
            "https://127.0.0.1/".into(),
            "https://10.0.0.1/".into(),
        ] {
            let refused = set_up(&database, actor, strict.clone(), &url, &[]).await;
            let refused = refused.unwrap_err();
            assert_eq!(
                refused.refusal().unwrap().errors[0].code,
                Code::AddressNotAllowed
            );
        }
        // set up while it was allowed, or a name that points inside by now
        let hook = set_up(&database, actor, HERE, &receiver.url(), &[])
            .await
            .unwrap();
        push_to(&database, &zoe, pickup()).await;
        notifications::drain_webhooks(&database, &Caller::new(&strict))
            .await
            .unwrap();
        assert!(receiver.calls().is_empty(), "nobody was called");
        let told = deliveries(&database, actor, hook.webhook.id)
            .await
            .remove(0);
        assert!(told.last_error.unwrap().contains("public internet"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_webhooks() {
    for (database, _) in both("hook_many") {
        let (_, actor) = donor(&database, "zoe").await;
        let (_, other) = donor(&database, "max").await;
        let url = "https://parc.example/ressac";
        let hook = set_up(&database, actor, HERE, url, &[]).await.unwrap();
        for _ in 1..20 {
            set_up(&database, actor, HERE, url, &[]).await.unwrap();
        }
        let code = |refused: db::Error| refused.refusal().unwrap().code;
        let refused = set_up(&database, actor, HERE, url, &[]).await.unwrap_err();
        assert_eq!(code(refused), Code::TooManyWebhooks);
        // not of one's own role, not of another organization
        for event in ["invitation", "picking_list", "of_old"] {
            let refused = set_up(&database, other, HERE, url, &[event])
                .await
                .unwrap_err();
            assert_eq!(
                refused.refusal().unwrap().errors[0].code,
                Code::UnknownReference
            );
        }
        let id = hook.webhook.id;
        let strange = database
            .write(move |tx| notifications::delete_webhook(tx, &other, id))
            .await
            .unwrap_err();
        assert_eq!(code(strange), Code::NotFound);
        database
            .write(move |tx| notifications::delete_webhook(tx, &actor, id))
            .await
            .unwrap();
    }
}
