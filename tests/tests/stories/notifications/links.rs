//! Every button of every mail lands on the thing that it names, for whoever reads the mail.

use crate::support::estate::Estate;
use crate::support::waves::{self, Stage};
use crate::support::{accounts, applications, intake};
use console::TABLE;
use db::schema::people;
use diesel::prelude::*;
use kernel::PersonId;
use notifications::Message;
use testkit::{Browser, Mail, PageOf, TestApp, Value, both_engines, json};

/// Whether a path has the shape of a row of the table.
fn matches(row: &str, path: &str) -> bool {
    let (row, path): (Vec<_>, Vec<_>) = (row.split('/').collect(), path.split('/').collect());
    let fits = |(given, wanted): (&&str, &&str)| wanted.starts_with('{') || given == wanted;
    row.len() == path.len() && path.iter().zip(&row).all(fits)
}

#[test]
fn every_message_leads_to_a_page_that_is_served() {
    for (name, page) in notifications::sample_pages() {
        let path = page.split('?').next().unwrap_or_default();
        let served = TABLE
            .iter()
            .any(|row| row.method == "get" && matches(row.path, path));
        assert!(served, "{name}: {page}");
    }
}

fn person_of(app: &TestApp, email: &str) -> Option<PersonId> {
    let email = email.to_owned();
    app.read(move |db| {
        let found = people::table
            .filter(people::email.eq(&email))
            .select(people::id)
            .first(db)
            .optional()?;
        Ok(found)
    })
}

/// Whether somebody accepted their invitation.
fn has_password(app: &TestApp, email: &str) -> bool {
    let email = email.to_owned();
    app.read(move |db| {
        let set = people::email
            .eq(email)
            .and(people::password_hash.is_not_null());
        Ok(diesel::select(diesel::dsl::exists(people::table.filter(set))).get_result(db)?)
    })
}

/// Whoever reads a mail, signed in.
fn reader(app: &TestApp, mail: &Mail) -> Browser {
    match person_of(app, &mail.to) {
        Some(person) => {
            let mut client = app.anyone.clone();
            client.person = person.to_string();
            app.browser_of(&client)
        }
        None => app.browser(),
    }
}

fn opened(app: &TestApp, mail: &Mail) -> PageOf {
    let message: Message = serde_json::from_value(mail.data.clone()).unwrap();
    reader(app, mail).get(&message.page())
}

/// Each opens for its reader, signed in, and shows what it names.
fn all_open(app: &TestApp, mails: &[Mail]) {
    for mail in mails {
        let page = opened(app, mail);
        assert_eq!(
            page.status, 200,
            "{} to {}: {} {}",
            mail.kind, mail.to, page.path, page.text
        );
        let kind = page.header("content-type");
        assert!(kind.starts_with("text/html"), "{}", mail.kind);
        let elsewhere = ["/aller", "/connexion"]
            .iter()
            .any(|it| page.path.starts_with(it));
        assert!(!elsewhere, "{} leads to {}", mail.kind, page.path);
        let void = page.text.contains("n’est plus valable");
        let used = mail.kind == "invitation" && has_password(app, &mail.to);
        assert_eq!(void, used, "the link of {} to {}", mail.kind, mail.to);
        let reference = mail.data["reference"].as_str().unwrap_or_default();
        // an appeal is read on the page of its application
        let listed = page.path == "/demandes" || mail.kind.starts_with("appeal");
        assert!(
            listed || page.text.contains(reference),
            "{} at {}: {}",
            mail.kind,
            page.path,
            page.text
        );
    }
}

/// A donation from its offer to its end, one that is refused and one that is called off.
fn donations(app: &TestApp) {
    intake::batch_at(app, "closed", &["CZC0501"]);
    let because = json!({"reason": "Trop vieux."});
    let refused = intake::batch_at(app, "submitted", &[]);
    app.staff
        .post(&format!("/batches/{refused}/refuse"), because.clone())
        .expect(200);
    let cancelled = intake::batch_at(app, "scheduled", &[]);
    app.staff
        .post(&format!("/batches/{cancelled}/cancel"), because)
        .expect(200);
}

/// Changes, a withdrawal, an appeal; waves that are sent back, approved, called off; a lot.
fn applications_and_lots(app: &TestApp) {
    let stage = Stage::set(app, &[("Alpha", 12, 8_000), ("Beta", 12, 7_000)], 12);
    let asked = applications::submitted(&app.association("Gamma"), &stage.programme);
    let items = json!({"items": [{"field": "statement", "message": "Décrivez les ateliers."}]});
    app.staff
        .post(&format!("{asked}/request-changes"), items)
        .expect(200);
    let leaves = app.association("Delta");
    let withdrawn = applications::submitted(&leaves, &stage.programme);
    leaves
        .post(&format!("{withdrawn}/withdraw"), Value::Null)
        .expect(200);
    let refused = app.association("Epsilon");
    let contested = applications::submitted(&refused, &stage.programme);
    let decide = applications::decide(&contested);
    app.staff
        .post(&decide, applications::ineligible())
        .expect(200);
    let appeal = refused
        .post(
            &format!("{contested}/appeals"),
            json!({"grounds": "Réexaminez."}),
        )
        .expect(201);
    app.other_staff
        .post(
            &format!("/appeals/{}/decide", applications::id(&appeal)),
            json!({"outcome": "upheld", "reasons": ["Hors objet."]}),
        )
        .expect(200);
    let sent = stage.submitted_wave(app, "Renvoyée");
    let mut body = waves::plan_read(&app.other_staff, &sent);
    body["reason"] = json!("À revoir.");
    app.other_staff
        .post(&format!("{sent}/reject"), body)
        .expect(200);
    app.staff
        .post(&format!("{sent}/cancel"), json!({"reason": "Reprise."}))
        .expect(200);
    let called_off = stage.approved_wave(app, "Annulée");
    app.staff
        .post(
            &format!("{called_off}/cancel"),
            json!({"reason": "Local fermé."}),
        )
        .expect(200);
    stage.approved_wave(app, "Remise");
    let lots = app.staff.get("/handovers?status=planned").expect(200);
    let lot = app
        .staff
        .get(&format!(
            "/handovers/{}",
            applications::id(&lots["items"][0])
        ))
        .expect(200);
    waves::complete(&app.refurbisher, &lot, &waves::tags_of(&lot)).expect(200);
}

/// What happens to accounts and organizations.
fn accounts_and_organisations(app: &TestApp) {
    let jo = accounts::client(app, &accounts::sign_up(app, "jo@ville.example"));
    let forgotten = json!({"email": "jo@ville.example"});
    app.anyone.post("/auth/forgotten", forgotten).expect(202);
    let another = json!({"email": "jo@phare.example", "password": accounts::PASSWORD});
    jo.post("/me/email", another).expect(202);
    accounts::invite(app, "al@ville.example", "staff");
    let bare = |name: &str| json!({"name": name, "rna": "W133012345", "address": "1 rue X", "postal_code": "13003", "commune": "Marseille"});
    let made = applications::register(app, bare("Les Mouettes"), "nadia@mouettes.example");
    let made = made.expect(201);
    let id = made["organisation"]["id"].as_str().unwrap();
    applications::register(app, bare("Les Mouettes"), "autre@mouettes.example")
        .refused(409, "already_registered");
    app.staff
        .post(&format!("/organisations/{id}/verify"), Value::Null)
        .expect(200);
    let barred = app.association("Zêta");
    let colleague = json!({"email": "zoe@zeta.example", "name": "Zoé"});
    barred
        .post(
            &format!("/organisations/{}/people", barred.organisation),
            colleague,
        )
        .expect(201);
    app.staff
        .post(
            &format!("/organisations/{}/suspend", barred.organisation),
            json!({"reason": "Dissoute."}),
        )
        .expect(200);
}

both_engines! {
    fn every_link_of_every_mail_opens_for_its_reader(app) {
        let estate = Estate::of(app);
        // an appointment, a handover that failed, an acceptance, a wave that is sent back
        let lot = app.staff.get("/handovers").expect(200)["items"][0].clone();
        let path = format!("/handovers/{}", lot["id"].as_str().unwrap());
        let appointment = json!({"from": "2023-03-09T09:00:00Z", "to": "2023-03-09T10:00:00Z", "place": "Quai 3"});
        app.staff.post(&format!("{path}/schedule"), appointment).expect(200);
        app.staff.post(&format!("{path}/missed"), json!({"reason": "Personne."})).expect(200);
        drop(estate);
        accounts::sign_up(app, "jo@ville.example");
        let mails = app.mails();
        let kinds: std::collections::BTreeSet<_> = mails.iter().map(|mail| mail.kind.clone()).collect();
        for expected in ["wave_to_approve", "lot_granted", "application_to_review",
            "application_received", "application_ineligible", "appeal_to_review", "handover_booked", "handover_missed"] {
            assert!(kinds.contains(expected), "{expected} is not in the story: {kinds:?}");
        }
        all_open(app, &mails);
    }

    fn the_other_kinds_of_mail_open_for_their_readers(app) {
        donations(app);
        applications_and_lots(app);
        accounts_and_organisations(app);
        let mails = app.mails();
        let kinds: std::collections::BTreeSet<_> = mails.iter().map(|mail| mail.kind.clone()).collect();
        for expected in ["account_changed", "appeal_decided", "appeal_received", "application_eligible",
            "application_withdrawn", "association_verified", "batch_accepted", "batch_cancelled", "batch_closed",
            "batch_collected", "batch_refused", "batch_submitted", "changes_requested", "email_change",
            "handover_completed", "invitation", "lot_not_granted", "lot_released", "new_member",
            "organisation_suspended", "password_reset", "pickup_scheduled", "picking_list",
            "registration_received", "registration_twice", "wave_rejected"] {
            assert!(kinds.contains(expected), "{expected} is not in the story: {kinds:?}");
        }
        all_open(app, &mails);
    }

    fn a_link_of_somebody_else_helps_and_tells_nothing(app) {
        let estate = Estate::of(app);
        let references = ["application_received", "batch_submitted", "appeal_received", "lot_granted"];
        for mail in app.mails().iter().filter(|mail| references.contains(&mail.kind.as_str())) {
            let page = serde_json::from_value::<Message>(mail.data.clone()).unwrap().page();
            let stranger = app.browser_of(&app.stranger_refurbisher).get(&page);
            assert_eq!(stranger.status, 404, "{page}");
            stranger.says("Sven Ailleurs").says("Déconnectez-vous");
            assert!(estate.shown(&stranger.html).is_none(), "{page}");
        }
        for odd in ["/aller/demandes/D-2023-9999", "/aller/dons/%3Cb%3E", "/aller/lots/..%2F..%2Fville", "/aller/recours/%00", "/aller/suivis/x"] {
            let page = app.browser_of(&app.staff).get(odd);
            assert_eq!(page.status, 404, "{odd}: {}", page.text);
            assert!(!page.html.contains("<b>"), "{odd}");
        }
    }

    fn a_link_leads_on_after_signing_in(app) {
        let _estate = Estate::of(app);
        accounts::sign_up(app, "jo@ville.example");
        let mail = app.mails_of("application_to_review").remove(0);
        let message: Message = serde_json::from_value(mail.data.clone()).unwrap();
        let mut browser = app.browser();
        let asked = browser.get(&message.page());
        asked.says("Mot de passe");
        let page = browser.submit(&asked, &[("email", "jo@ville.example"), ("password", accounts::PASSWORD)]);
        assert!(page.path.starts_with("/ville/demandes/"), "{}", page.path);
        page.says(mail.data["reference"].as_str().unwrap());
    }

    fn a_mail_that_did_not_arrive_is_sent_again(app) {
        let _estate = Estate::of(app);
        let mut browser = app.browser_of(&app.staff);
        let page = browser.get("/ville/messages");
        page.is_at(200, "/ville/messages").says("Messages envoyés");
        let id = app.staff.get("/notifications?limit=1").expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/ville/messages/{id}/renvoyer");
        let refused = browser.post(&path, &[]);
        assert!(refused.status < 500, "{}", refused.text());
        let nobody = app.browser_of(&app.donor).get("/ville/messages");
        assert_eq!(nobody.status, 403);
    }
}
