//! Webhooks in a browser: set up, looked at, called again, deleted.

use db::schema::{webhook_deliveries as d, webhooks as w};
use diesel::prelude::*;
use kernel::{PersonId, WebhookId};
use notifications::{Message, Recipient};
use testkit::{Client, TestApp, Value, both_engines, json};

const HERE: &str = "/compte/webhooks";
const NEW: &str = "/compte/webhooks/nouveau";
const URL: &str = "https://parc.orange.example/ressac";

fn webhooks(who: &Client) -> Vec<Value> {
    let listed = who.get("/webhooks").expect(200);
    listed["items"].as_array().unwrap().clone()
}

/// One of the donor's; its id.
fn made(app: &TestApp) -> String {
    let made = app.donor.post("/webhooks", json!({"url": URL})).expect(201);
    made["id"].as_str().unwrap().to_owned()
}

fn tell_donor(app: &TestApp) {
    let person: PersonId = app.donor.person.parse().unwrap();
    app.write(move |tx| {
        let to = Recipient {
            person: Some(person),
            email: "dora@orange.example".to_owned(),
            name: "Dora".to_owned(),
            language: kernel::Language::French,
        };
        let message = Message::BatchAccepted {
            reference: "LOT-7".to_owned(),
            title: "Siège".to_owned(),
        };
        notifications::push(tx, &to, &message)
    });
}

/// As if calls had failed for days.
fn fail(app: &TestApp, webhook: &str) {
    let id: WebhookId = webhook.parse().unwrap();
    app.write(move |tx| {
        let now = tx.now();
        diesel::update(w::table.find(id))
            .set((
                w::status.eq("disabled"),
                w::failing_since.eq(Some(now)),
                w::last_error.eq(Some("HTTP 503")),
            ))
            .execute(&mut **tx)?;
        diesel::update(d::table.filter(d::webhook_id.eq(id)))
            .set((
                d::status.eq("dead"),
                d::attempts.eq(9),
                d::answer.eq(Some(503)),
            ))
            .execute(&mut **tx)?;
        Ok(())
    });
}

both_engines! {
    fn a_webhook_is_set_up_once_and_its_secret_shown_once(app) {
        let mut donor = app.browser_of(&app.donor);
        assert!(donor.get("/compte").links().contains(&HERE.to_owned()));
        donor.get(HERE).says("Aucun webhook");
        let page = donor.get(NEW);
        page.says("Don accepté");
        assert!(!page.text.contains("Vague à approuver"), "is for the city");
        let fields = [("url", URL), ("events", "batch_accepted"), ("events", "batch_closed")];
        let shown = donor.submit(&page, &fields);
        shown.is_at(200, NEW).says("Il ne sera plus jamais affiché");
        assert_eq!(shown.header("cache-control"), "no-store");
        let (_, secret) = shown.html.split_once("value=\"whsec_").unwrap();
        let secret = secret.split('"').next().unwrap();
        // a double click, a reload
        let again = donor.submit(&page, &fields);
        again.is_at(200, HERE).says("a été affiché une fois").says("Don accepté");
        assert!(!again.html.contains(secret));
        let all = webhooks(&app.donor);
        assert_eq!((all.len(), &all[0]["events"]), (1, &json!(["batch_accepted", "batch_closed"])));
    }

    fn what_is_wrong_with_a_webhook_is_said_at_its_field(app) {
        let mut donor = app.browser_of(&app.donor);
        let page = donor.get(NEW);
        for url in ["", "http://parc.example/", "https://127.0.0.1/"] {
            let wrong = donor.submit(&page, &[("url", url), ("events", "batch_accepted")]);
            wrong.is_at(422, NEW);
            assert!(wrong.html.contains("href=\"#url\""), "{}", wrong.html);
            assert_eq!(wrong.value("events"), "batch_accepted");
        }
        let foreign = donor.submit(&page, &[("url", URL), ("events", "wave_to_approve")]);
        foreign.is_at(422, NEW);
        assert!(foreign.html.contains("href=\"#events\""), "{}", foreign.html);
        app.clock.advance_seconds(3_600);
        donor.submit(&page, &[("url", URL)]).is_at(422, NEW).says("Confirmez votre mot de passe");
        donor.get(HERE).says("Aucun webhook");
    }

    fn what_a_webhook_was_told_is_shown_and_it_is_called_again(app) {
        let id = made(app);
        let at = format!("{HERE}/{id}");
        let mut donor = app.browser_of(&app.donor);
        donor.get(&at).says("Aucun appel pour l’instant").says("Actif");
        tell_donor(app);
        donor.get(&at).says("Don accepté").says("En attente");
        fail(app, &id);
        donor.get(HERE).says("Désactivé").says("en échec depuis");
        let page = donor.get(&at);
        page.says("n’est plus appelé").says("HTTP 503").says("Abandonné").says("9 essais");
        let again = format!("{at}/reprendre");
        donor.submit_to(&page, &again, &[]).is_at(200, &at).says("de nouveau appelé");
        donor.submit_to(&page, &again, &[]).is_at(200, &at);
        assert_eq!(webhooks(&app.donor)[0]["status"], "active");
    }

    fn a_webhook_is_deleted_after_a_warning(app) {
        let id = made(app);
        let at = format!("{HERE}/{id}");
        let mut donor = app.browser_of(&app.donor);
        let page = donor.get(&at);
        page.says("On ne peut pas revenir en arrière");
        let delete = format!("{at}/supprimer");
        donor.submit_to(&page, &delete, &[]).is_at(200, HERE).says("Le webhook est supprimé").says("Aucun webhook");
        // a double click
        donor.submit_to(&page, &delete, &[]).is_at(200, HERE);
        assert_eq!(donor.get(&at).status, 404);
    }

    fn webhooks_of_others_are_not_found(app) {
        let at = format!("{HERE}/{}", made(app));
        let association = app.association("Les Amis");
        for stranger in [&app.other_donor, &app.refurbisher, &association, &app.staff, &app.admin] {
            let mut browser = app.browser_of(stranger);
            browser.get(HERE).says("Aucun webhook");
            assert_eq!(browser.get(&at).status, 404);
            for deed in ["reprendre", "supprimer"] {
                assert_eq!(browser.post(&format!("{at}/{deed}"), &[]).status, 404, "{deed}");
            }
            browser.get(NEW).is_at(200, NEW);
        }
        let mut helper = app.browser_of(&app.helper);
        assert_eq!((helper.get(HERE).status, helper.get(NEW).status), (403, 403));
        assert!(!helper.get("/compte").links().contains(&HERE.to_owned()));
        assert_eq!(webhooks(&app.donor).len(), 1);
    }
}
