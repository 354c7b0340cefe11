//! A lot on its pages: who collects it, how it changes hands, and what is put right about it.

use crate::support::check::fits_together;
use crate::support::waves::{self, Stage};
use testkit::{PageOf, TestApp, Value, both_engines, json};

/// The lot of an association that is awarded twelve desktops: its id and the tags of its devices.
fn lot(app: &TestApp) -> (Stage, String, Vec<String>) {
    let stage = Stage::set(app, &[("Alpha", 12, 8_000)], 13);
    stage.approved_wave(app, "Première vague");
    let lots = app.staff.get("/handovers").expect(200);
    let id = lots["items"][0]["id"].as_str().unwrap().to_owned();
    let read = app.staff.get(&format!("/handovers/{id}")).expect(200);
    (stage, id, waves::tags_of(&read))
}

fn read(app: &TestApp, id: &str) -> Value {
    app.staff.get(&format!("/handovers/{id}")).expect(200)
}

fn leads_to(page: &PageOf, path: &str) -> bool {
    page.links().iter().any(|link| link == path)
}

both_engines! {
    fn a_lot_is_scanned_signed_for_and_handed_over(app) {
        let (_, id, tags) = lot(app);
        let (at, here) = (format!("/ville/remises/{id}"), format!("/ville/remises/{id}/remise"));
        let mut rita = app.browser_of(&app.refurbisher);
        assert!(leads_to(&rita.get(&at), &here));
        let page = rita.get(&here);
        page.is_at(200, &here).says(&tags[0]);
        // nothing at all, a device that is not in it, one that is missing, no signature
        let nothing = rita.submit_to(&page, &here, &[]);
        nothing.is_at(422, &here).says("Choisissez comment la remise est signée");
        let signed = [("recipient_name", "Aïcha Ben"), ("signed", "typed"), ("typed", "Aïcha Ben")];
        let column = tags.join("\r\n");
        let stranger = format!("{column}\r\nINCONNU-1");
        let page = rita.get(&here);
        let wrong = rita.submit_to(&page, &here, &[&signed[..], &[("serials", &*stranger)]].concat());
        wrong.is_at(409, &here).says("INCONNU-1");
        assert_eq!(wrong.value("typed"), "Aïcha Ben", "what was typed is there");
        let short = tags[1..].join("\n");
        rita.submit_to(&wrong, &here, &[&signed[..], &[("serials", &*short)]].concat()).is_at(409, &here).says(&tags[0]);
        let page = rita.get(&here);
        let unsigned = [("recipient_name", "Aïcha Ben"), ("signed", "typed"), ("serials", &*column)];
        rita.submit_to(&page, &here, &unsigned).is_at(422, &here).says("signature");
        assert_eq!(read(app, &id)["status"], "planned");
        // some are ticked, the others scanned
        let page = rita.get(&here);
        let (ticked, rest) = tags.split_at(3);
        let rest = rest.join("\n");
        let mut fields: Vec<(&str, &str)> = ticked.iter().map(|tag| ("devices", tag.as_str())).collect();
        fields.extend(signed);
        fields.push(("serials", &rest));
        let done = rita.submit_to(&page, &here, &fields);
        done.is_at(200, &at).says("Le lot est remis à Aïcha Ben").says("12 appareils");
        assert!(!leads_to(&done, &here), "what is done is not offered");
        let now = read(app, &id);
        assert_eq!((&now["status"], &now["signed"], &now["signature"]), (&json!("completed"), &json!(true), &json!("Aïcha Ben")));
        let note = rita.get_once(&format!("/lots/{id}/bordereau"));
        assert_eq!(note.status, 200);
        assert!(note.text().contains("<em>Aïcha Ben</em>") && note.text().contains(&tags[11]), "{}", note.text());
        assert!(note.header("content-security-policy").starts_with("sandbox; default-src 'none'"));
        // the second click changes nothing
        rita.submit_to(&page, &here, &fields).is_at(200, &at);
        assert_eq!(app.mails_of("handover_completed").len(), 1);
        rita.get(&here).says("il n’y a plus rien à faire ici");
        let mut other = app.browser_of(&app.stranger_refurbisher);
        assert_eq!(other.get_once(&here).status, 404);
        assert_eq!(other.post(&here, &[]).status, 404);
        assert_eq!(other.get_once(&format!("/lots/{id}/bordereau")).status, 404);
        fits_together(app);
    }

    fn a_drawn_signature_is_kept_and_a_missing_one_has_its_reason(app) {
        let (_, id, tags) = lot(app);
        let here = format!("/ville/remises/{id}/remise");
        let mut rita = app.browser_of(&app.refurbisher);
        let column = tags.join("\n");
        let fields = |drawn: &'static str| vec![("recipient_name", "Aïcha"), ("signed", "drawn"), ("drawn", drawn)];
        let page = rita.get(&here);
        let mut empty = fields("");
        empty.push(("serials", &column));
        rita.submit_to(&page, &here, &empty).is_at(422, &here).says("Faites signer dans le cadre");
        let page = rita.get(&here);
        let waived = [("recipient_name", "Aïcha"), ("signed", "waived"), ("serials", &*column)];
        rita.submit_to(&page, &here, &waived).is_at(422, &here);
        let page = rita.get(&here);
        let mut drawn = fields("data:image/png;base64,iVBORw0KGgo=");
        drawn.push(("serials", &column));
        rita.submit_to(&page, &here, &drawn).is_at(200, &format!("/ville/remises/{id}"));
        let now = read(app, &id);
        assert_eq!(now["signature"], "data:image/png;base64,iVBORw0KGgo=");
        assert_eq!(now["signature_sha256"].as_str().unwrap().len(), 64);
    }

    fn an_association_says_who_collects_its_lot(app) {
        let (stage, id, _) = lot(app);
        let (at, action) = (format!("/lots/{id}"), format!("/lots/{id}/collecte"));
        let mut alpha = app.browser_of(&stage.clients[0]);
        let page = alpha.get(&at);
        let saved = alpha.submit_to(&page, &action, &[("name", "Karim du club voisin")]);
        saved.is_at(200, &at).says("l’atelier sait qui vient");
        assert_eq!(saved.value("name"), "Karim du club voisin");
        // from an older copy of the page
        alpha.submit_to(&page, &action, &[("name", "Autre")]).is_at(412, &action);
        let mut rita = app.browser_of(&app.refurbisher);
        rita.get(&format!("/ville/remises/{id}/remise")).says("Karim du club voisin vient chercher le lot");
        let own = rita.get(&at);
        own.says("Karim du club voisin");
        assert!(own.forms.iter().all(|form| form.action != action), "the workshop names nobody");
        let page = alpha.get(&at);
        alpha.submit_to(&page, &action, &[("name", "")]).says("l’association vient elle-même");
        let mut stranger = app.browser_of(&app.association("Omega"));
        assert_eq!(stranger.post(&action, &[("name".to_owned(), "x".to_owned())]).status, 404);
    }

    fn a_suspended_association_gets_its_lot_by_a_decision_and_a_wrong_device_is_corrected(app) {
        let (stage, id, tags) = lot(app);
        let at = format!("/ville/remises/{id}");
        let association = format!("/organisations/{}", stage.clients[0].organisation);
        app.staff.post(&format!("{association}/suspend"), json!({"reason": "Enquête en cours."})).expect(200);
        let mut rita = app.browser_of(&app.refurbisher);
        let seen = rita.get(&at);
        seen.says("L’association est suspendue");
        assert!(!leads_to(&seen, &format!("{at}/remise")));
        assert!(seen.forms.iter().all(|form| !form.action.ends_with("/autoriser")), "a workshop decides nothing");
        let mut sam = app.browser_of(&app.staff);
        let page = sam.get(&at);
        sam.submit_to(&page, &format!("{at}/autoriser"), &[("allowed", " ")]).is_at(422, &format!("{at}/autoriser"));
        let page = sam.get(&at);
        let allowed = sam.submit_to(&page, &format!("{at}/autoriser"), &[("allowed", "Promis aux enfants du centre.")]);
        allowed.is_at(200, &at).says("Promis aux enfants du centre.");
        let here = format!("{at}/remise");
        let page = rita.get(&here);
        let column = tags.join("\n");
        let waived = [("recipient_name", "Aïcha"), ("signed", "waived"), ("waived", "Stylet en panne"), ("serials", &*column)];
        rita.submit_to(&page, &here, &waived).is_at(200, &at);
        assert_eq!(read(app, &id)["signature_waived"], "Stylet en panne");
        // two labels were exchanged
        let spare = stage.tags.iter().find(|tag| !tags.contains(tag)).unwrap();
        let page = sam.get(&at);
        let correct = format!("{at}/corriger");
        sam.submit_to(&page, &correct, &[("not_given", &*tags[0]), ("corrected", "")]).is_at(422, &correct);
        let page = sam.get(&at);
        let swap = [("not_given", &*tags[0]), ("instead", spare), ("corrected", "Étiquettes échangées.")];
        sam.submit_to(&page, &correct, &swap).is_at(200, &at).says("Le lot est corrigé").says(spare);
        let now = waves::tags_of(&read(app, &id));
        assert!(now.contains(spare) && !now.contains(&tags[0]));
        fits_together(app);
    }
}
