//! The city prepares a wave on pages, decides it by two, and follows its lots.

use crate::support::applications::id_at;
use crate::support::waves::{self, Stage};
use testkit::{Browser, PageOf, TestApp, Value, both_engines, json};

/// Three associations, and too few desktops for all that they ask.
fn stage(app: &TestApp) -> Stage {
    let associations = [
        ("Alpha", 20, 8_000),
        ("Beta", 20, 7_000),
        ("Gamma", 12, 6_000),
    ];
    Stage::set(app, &associations, 36)
}

/// The settings that a workbench shows, as the query that tries them with one of them changed.
fn tried(page: &PageOf, name: &str, value: &str) -> String {
    let form = page
        .forms
        .iter()
        .find(|form| !form.post && form.names.iter().any(|it| it == "essai"));
    let form = form.unwrap_or_else(|| panic!("no settings at {}: {:?}", page.path, page.forms));
    let fields = form
        .fields
        .iter()
        .filter(|(known, text)| known != name && !text.is_empty());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(fields);
    query.append_pair(name, value);
    query.finish()
}

/// The address of a wave that is proposed, for pages.
fn proposed(app: &TestApp, stage: &Stage) -> String {
    format!(
        "/ville/vagues/{}",
        id_at(&stage.proposed_wave(app, "Première vague"))
    )
}

fn submitted(app: &TestApp, stage: &Stage) -> (String, String) {
    let id = id_at(&stage.submitted_wave(app, "Première vague")).to_owned();
    (
        format!("/ville/vagues/{id}"),
        format!("/ville/approbations/{id}"),
    )
}

/// What the wave at an address of pages gives an application.
fn granted(app: &TestApp, own: &str, application: &str) -> i64 {
    let path = own.replace("/ville/vagues/", "/waves/");
    let lines = app.staff.get(&format!("{path}/lines")).expect(200);
    waves::granted(&lines["items"], application)
}

fn wave(app: &TestApp, own: &str) -> Value {
    app.staff
        .get(&own.replace("/ville/vagues/", "/waves/"))
        .expect(200)
}

both_engines! {
    fn settings_are_tried_before_anything_is_stored(app) {
        let stage = stage(app);
        let mut browser = app.browser_of(&app.staff);
        let new = browser.get(&format!("/ville/vagues/nouvelle?programme={}", stage.programme));
        new.says("de 10 à 30");
        let empty = browser.submit(&new, &[("name", "Première vague")]);
        empty.is_at(422, "/ville/vagues/nouvelle");
        assert_eq!(empty.value("name"), "Première vague");
        let made = browser.submit(&empty, &[("seed", "marseille-2023-1"), ("kinds", "desktop")]);
        let own = made.path.clone();
        assert!(own.starts_with("/ville/vagues/"), "{own}");
        made.is_at(200, &own).says("La vague est créée").says("Ce que donnent les réglages");
        let version = wave(app, &own)["version"].clone();

        // a smaller largest lot: Alpha and Beta lose, Gamma gains, and it says why
        let page = browser.get(&format!("{own}?{}", tried(&made, "lot_max", "10")));
        page.says("Effet de ces réglages").says("Plans côte à côte").says("Y perdent");
        page.says("Plus grand lot : 30 → 10").says("Le plus grand lot permis");
        assert_eq!(wave(app, &own)["version"], version, "trying stored something");

        // kept beside, and compared with a third
        let keep = page.links().into_iter().find(|link| link.contains("avec=")).unwrap();
        let kept = browser.get(&keep);
        let third = browser.get(&format!("{own}?{}", tried(&kept, "lot_max", "12")));
        third.says("Gardé 1").says("Ces réglages").says("Plus grand lot : 30 → 12");

        // mistakes are said at their field, and the wave's own plan stays
        let wrong = browser.get(&format!("{own}?{}", tried(&made, "lot_min", "40")));
        assert_eq!(wrong.status, 422);
        wrong.says("ne peut pas être inférieur").says("Ce que donnent les réglages");
        // a number pasted with its spaces is a number
        let spaced = browser.get(&format!("{own}?{}", tried(&made, "lot_max", "1\u{a0}000")));
        spaced.says("Plus grand lot : 30 → 1000");

        // saved, and the plan is asked for
        let saved = browser.submit_to(&page, &format!("{own}/reglages"), &[]);
        saved.is_at(200, &own).says("Les réglages sont enregistrés");
        assert_eq!(wave(app, &own)["settings"]["lot_max"], 10);
        let planned = browser.submit_to(&saved, &format!("{own}/proposer"), &[]);
        planned.is_at(200, &format!("{own}/lots")).says("Le plan est calculé").says("Alpha");
        assert_eq!(granted(app, &own, &stage.applications[0]), 10);

        // a stale page changes nothing
        let stale = browser.submit_to(&third, &format!("{own}/reglages"), &[]);
        assert_eq!(stale.status, 412, "{}", stale.text);
        assert_eq!(wave(app, &own)["settings"]["lot_max"], 10);
    }

    fn the_reserve_is_explained_and_idle_stock_is_warned_of(app) {
        let stage = stage(app);
        let own = proposed(app, &stage);
        let mut browser = app.browser_of(&app.staff);
        let page = browser.get(&own);
        let page = browser.get(&format!("{own}?{}", tried(&page, "reserve_small/quantity/desktop", "6")));
        // nobody asks for fewer than ten: six are left while others would take more
        page.says("6 gardés").says("0 trouvent une petite demande, 6 n’en trouvent pas");
        page.says("Du stock reste sans preneur");
        let saved = browser.submit_to(&page, &format!("{own}/reglages"), &[]);
        saved.is_at(200, &own);
        assert_eq!(wave(app, &own)["settings"]["reserve_small"]["quantity"]["desktop"], 6);
        // an emptied field takes the reserve away, at both doors
        let cleared = browser.get(&format!("{own}?{}", tried(&saved, "reserve_small/quantity/desktop", "")));
        browser.submit_to(&cleared, &format!("{own}/reglages"), &[]).is_at(200, &own);
        assert_eq!(wave(app, &own)["settings"]["reserve_small"], Value::Null);
        let path = own.replace("/ville/vagues/", "/waves/");
        app.staff.patch(&path, json!({"reserve_small": 4})).expect(200);
        app.staff.patch(&path, json!({"lot_max": 25})).expect(200);
        assert_eq!(wave(app, &own)["settings"]["reserve_small"]["quantity"]["desktop"], 4);
        app.staff.patch(&path, json!({"reserve_small": null})).expect(200);
        assert_eq!(wave(app, &own)["settings"]["reserve_small"], Value::Null);
        browser.get(&format!("{own}/stock")).says("36").says("Par type et par atelier");
    }

    fn a_wave_is_adjusted_submitted_sent_back_and_approved_by_two(app) {
        let stage = stage(app);
        let own = proposed(app, &stage);
        let approval = own.replace("/vagues/", "/approbations/");
        let gamma = format!("{own}/lignes/{}", stage.applications[2]);
        let (mut one, mut other) = (app.browser_of(&app.staff), app.browser_of(&app.other_staff));

        // a pin needs a reason, and says whom it costs
        let line = one.get(&gamma);
        line.says("Gamma").says("Pourquoi");
        let nothing = one.submit(&line, &[("decision", "fix"), ("reason", "Salle prête.")]);
        nothing.is_at(422, &gamma).says("Indiquez combien");
        let unsaid = one.submit(&line, &[("decision", "fix"), ("granted/desktop", "12"), ("reason", "")]);
        assert_eq!((unsaid.status, unsaid.value("granted/desktop")), (422, "12".to_owned()));
        let fixed = one.submit(&unsaid, &[("reason", "Salle prête.")]);
        fixed.is_at(200, &format!("{own}/interventions")).says("Le plan est recalculé");
        fixed.says("Salle prête.").says("Reçoivent moins à cause de cela");
        assert_eq!(granted(app, &own, &stage.applications[2]), 12);

        // submitted by one, who is told before trying that they cannot approve
        let decision = one.get(&format!("{own}/decision"));
        decision.says("Tous les appareils du plan sont encore disponibles");
        let sent = one.submit_to(&decision, &format!("{own}/soumettre"), &[("message", "Gamma ouvre lundi.")]);
        sent.is_at(200, &format!("{own}/decision")).says("La vague est soumise");
        let told = app.mails_of("wave_to_approve").len();
        assert!(told > 0);
        let again = one.submit_to(&decision, &format!("{own}/soumettre"), &[("message", "Gamma ouvre lundi.")]);
        again.is_at(200, &format!("{own}/decision"));
        assert_eq!(app.mails_of("wave_to_approve").len(), told, "the second press sends nothing");
        let mine = one.get(&approval);
        mine.says("Vous ne pouvez pas approuver");
        assert!(!mine.forms.iter().any(|form| form.action.ends_with("/approuver")), "{:?}", mine.forms);

        // sent back by the other, with reasons
        let page = other.get(&approval);
        page.says("Gamma ouvre lundi.").says("Salle prête.").says("C’est la première fois");
        let back = format!("{approval}/renvoyer");
        let without = other.submit_to(&page, &back, &[("reason", "")]);
        assert_eq!(without.status, 422, "{}", without.text);
        let sent_back = other.submit_to(&page, &back, &[("reason", "Trop pour Gamma.")]);
        sent_back.says("La vague est renvoyée").says("Trop pour Gamma.");
        assert_eq!(wave(app, &own)["status"], "draft");

        // released, proposed and submitted again: the differences are shown
        let workbench = one.get(&own);
        let plan = one.submit_to(&workbench, &format!("{own}/proposer"), &[]);
        plan.says("Le plan est calculé");
        let interventions = one.get(&format!("{own}/interventions"));
        let released = one.submit_to(&interventions, &format!("{gamma}/liberer"), &[]);
        released.says("Aucune intervention");
        one.submit_to(&interventions, &format!("{gamma}/liberer"), &[]).says("déjà libérée");
        let decision = one.get(&format!("{own}/decision"));
        one.submit_to(&decision, &format!("{own}/soumettre"), &[]).says("La vague est soumise");
        let page = other.get(&approval);
        page.says("Trop pour Gamma.").says("Résultats qui changent").says("Gamma");
        let approved = other.submit_to(&page, &format!("{approval}/approuver"), &[("comment", "Vu.")]);
        approved.is_at(200, &format!("{own}/decision")).says("La vague est approuvée").says("Vu.");
        assert_eq!(wave(app, &own)["status"], "approved");
        assert_eq!(waves::reserved(app), (36, 0));
        // a second press is the same success
        other.submit_to(&page, &format!("{approval}/approuver"), &[("comment", "Vu.")]).says("La vague est approuvée");
        other.get("/ville/vagues").says("Première vague").says("Approuvée");
    }

    fn the_second_of_two_approvers_is_told_kindly(app) {
        let stage = stage(app);
        let (own, approval) = submitted(app, &stage);
        let (mut first, mut second) = (app.browser_of(&app.other_staff), app.browser_of(&app.admin));
        let (one, two) = (first.get(&approval), second.get(&approval));
        let approve = format!("{approval}/approuver");
        let pages: Vec<PageOf> = std::thread::scope(|scope| {
            let press = |browser: &mut Browser, page: &PageOf| browser.submit_to(page, &approve, &[]);
            let running = [(&mut first, &one), (&mut second, &two)]
                .map(|(browser, page)| scope.spawn(move || press(browser, page)));
            running.map(|thread| thread.join().unwrap()).into()
        });
        for page in &pages {
            page.is_at(200, &format!("{own}/decision"));
        }
        let told = |text: &str| pages.iter().filter(|page| page.text.contains(text)).count();
        assert_eq!((told("La vague est approuvée"), told("vient d’approuver cette vague")), (1, 1));
        assert_eq!(app.mails_of("lot_granted").len(), 3);
    }

    fn lots_get_appointments_one_is_missed_one_device_is_replaced(app) {
        let stage = stage(app);
        stage.approved_wave(app, "Première vague");
        let spare = waves::stock(app, "desktop", 1).remove(0);
        let mut browser = app.browser_of(&app.staff);
        let empty = browser.get("/ville/remises");
        empty.says("Aucun rendez-vous cette semaine").says("Alpha");
        let lot = empty.links().into_iter().find(|link| link.starts_with("/ville/remises/")).unwrap();
        let page = browser.get(&lot);
        let schedule = format!("{lot}/rendez-vous");
        let wrong = browser.submit_to(&page, &schedule,
            &[("day", "2023-03-09"), ("begins", "midi"), ("ends", "11:00"), ("place", "Quai 3")]);
        wrong.is_at(422, &schedule).says("14:30");
        assert_eq!(wrong.value("place"), "Quai 3");
        let set = browser.submit_to(&wrong, &schedule, &[("begins", "10h00")]);
        set.is_at(200, &lot).says("Le rendez-vous est fixé").says("jeudi 9 mars 2023");
        browser.get("/ville/remises?week=2023-03-09").says("10 h").says("Quai 3");
        let missed = browser.submit_to(&set, &format!("{lot}/manquee"), &[("missed", "")]);
        assert_eq!(missed.status, 422, "{}", missed.text);
        let missed = browser.submit_to(&set, &format!("{lot}/manquee"), &[("missed", "Grève des transports.")]);
        missed.is_at(200, &lot).says("Rendez-vous manqué");
        browser.get("/ville/remises").says("Rendez-vous manqués");
        let tag = missed.value("failed");
        let replaced = browser.submit_to(&missed, &format!("{lot}/remplacer"), &[("failed", &tag), ("failure", "Écran noir.")]);
        replaced.is_at(200, &lot).says(&format!("{spare} remplace {tag}"));
        let list = browser.get("/ville/remises?status=missed");
        list.says("R-2023-");
    }

    fn papers_that_programs_ask_for_as_pages_lead_to_pages(app) {
        let stage = stage(app);
        let wave = stage.approved_wave(app, "Première vague");
        let id = id_at(&wave).to_owned();
        let html = |client: &testkit::Client| client.with_header("accept", "text/html");
        let picking = html(&app.refurbisher).get(&format!("{wave}/devices"));
        assert_eq!((picking.status, picking.header("location")), (303, &*format!("/vagues/{id}/preparation")));
        let notice = html(&app.anyone).get(&format!("{wave}/notice?lang=en"));
        assert_eq!((notice.status, notice.header("location")), (303, &*format!("/vagues/{id}?lang=en")));
        let line = format!("{wave}/lines/{}/explanation", stage.applications[0]);
        let own = html(&stage.clients[0]).get(&line);
        let there = format!("/demandes/{}/explication/{id}", stage.applications[0]);
        assert_eq!((own.status, own.header("location")), (303, &*there));
        let mut workshop = app.browser_of(&app.refurbisher);
        let page = workshop.get(&format!("/vagues/{id}/preparation"));
        page.says("Alpha").says("Liste de préparation").says(&stage.tags[0]);
        let stranger = app.browser_of(&app.stranger_refurbisher).get(&format!("/vagues/{id}/preparation"));
        assert_eq!(stranger.status, 404);
        app.browser().get(&format!("/vagues/{id}")).says("Refaire le calcul");
    }

    fn the_ranking_is_a_page_and_a_table(app) {
        let stage = stage(app);
        let path = format!("/ville/programmes/{}/classement", stage.programme);
        let mut browser = app.browser_of(&app.staff);
        let page = browser.get(&path);
        page.says("3 demandes classées").says("70,00 points au milieu").says("de 80 à 90 1");
        let order = |text: &str| ["Alpha", "Beta", "Gamma"].map(|name| text.find(name));
        let [alpha, beta, gamma] = order(&page.text);
        assert!(alpha < beta && beta < gamma && alpha.is_some(), "{}", page.text);
        for (query, only) in [("min=75", "Alpha"), ("max=65,5", "Gamma"), ("q=bet", "Beta")] {
            let found = browser.get(&format!("{path}?{query}"));
            let shown = order(&found.text).iter().flatten().count();
            assert_eq!(shown, 1, "{query}: {}", found.text);
            found.says(only);
        }
        // its rank is that of the whole ranking
        browser.get(&format!("{path}?q=gamma")).says("3 Gamma");
        browser.get(&format!("{path}?theme=employment")).says("Aucune demande ici");
        browser.get(&format!("{path}?postal_code=1300&theme=precarity")).says("Alpha").says("Gamma");
        browser.get(&format!("{path}?to_check=yes&provisional=yes")).is_at(200, &format!("{path}?to_check=yes&provisional=yes"));
        let french = browser.get_once(&format!("{path}?csv=fr"));
        let text = french.text();
        assert!(text.starts_with('\u{feff}') && text.contains(";80,00;") && french.header("content-type").starts_with("text/csv"), "{text}");
        let plain = browser.get_once(&format!("{path}.csv?min=75")).text();
        assert!(plain.contains(",80.00,") && !plain.contains("Beta"), "{plain}");
        // pages of one: by rank
        let first = app.staff.get(&format!("/programmes/{}/ranking?limit=1", stage.programme)).expect(200);
        assert_eq!((&first["items"][0]["association"], &first["next"], &first["ranked"]), (&json!("Alpha"), &json!(1), &json!(3)));
        let second = app.staff.get(&format!("/programmes/{}/ranking?limit=1&after=1&max_score=7500", stage.programme)).expect(200);
        assert_eq!((&second["items"][0]["association"], &second["items"][0]["rank"]), (&json!("Beta"), &json!(2)));
    }

    fn who_waits_is_listed_in_the_order_of_the_ranking(app) {
        let stage = stage(app);
        stage.approved_wave(app, "Première vague");
        let path = format!("/ville/programmes/{}/attente", stage.programme);
        app.browser_of(&app.staff).get(&path).says("1 Alpha").says("Manque");
        let api = format!("/programmes/{}/waiting-list", stage.programme);
        let whole = app.staff.get(&api).expect(200);
        let mut next = String::new();
        for position in 1..=3 {
            let page = app.staff.get(&format!("{api}?limit=1{next}")).expect(200);
            assert_eq!(page["items"][0], whole["items"][position - 1], "{position}");
            assert_eq!(page["items"][0]["position"], position);
            next = page["next"].as_str().map(|next| format!("&after={next}")).unwrap_or_default();
        }
        assert_eq!(next, "");
        let own = stage.clients[1].get(&api).expect(200);
        assert_eq!((own["items"].as_array().unwrap().len(), &own["items"][0]["position"]), (1, &json!(1)));
    }

    fn a_plan_that_is_out_of_date_says_what_changed(app) {
        let stage = stage(app);
        let (own, approval) = submitted(app, &stage);
        let mut browser = app.browser_of(&app.other_staff);
        let page = browser.get(&approval);
        page.says("Tous les appareils du plan sont encore disponibles");
        let tag = &stage.tags[0];
        let found = app.staff.get(&format!("/devices?scan={tag}")).expect(200);
        let device = found["items"][0]["id"].as_str().unwrap();
        app.refurbisher.post(&format!("/devices/{device}/events"), json!({"type": "repair_started"})).expect(200);
        let late = browser.submit_to(&page, &format!("{approval}/approuver"), &[("comment", "Vu.")]);
        assert_eq!(late.status, 409, "{}", late.text);
        late.says(tag).says("Ce plan ne peut plus être soumis ni approuvé");
        assert_eq!(wave(app, &own)["status"], "submitted");
        browser.get(&format!("{own}/decision")).says(tag).says("En réparation");
    }

    fn the_mayors_page_counts_what_its_links_show(app) {
        let stage = stage(app);
        let mut browser = app.browser_of(&app.staff);
        browser.get("/ville/bilan").says("Aucun lot n’a été remis");
        stage.approved_wave(app, "Première vague");
        let lots = app.staff.get("/handovers").expect(200);
        let lot = &lots["items"][0];
        let read = app.staff.get(&format!("/handovers/{}", lot["id"].as_str().unwrap())).expect(200);
        let tags: Vec<&Value> = read["lot"].as_array().unwrap().iter().map(|item| &item["tag"]).collect();
        let body = json!({"recipient_name": "Aïcha", "devices": tags, "signature_waived": {"reason": "Écran en panne"}});
        app.refurbisher.post(&format!("/handovers/{}/complete", lot["id"].as_str().unwrap()), body).expect(200);
        let page = browser.get("/ville/bilan");
        let devices = lot["devices"].as_i64().unwrap();
        page.says(&format!("{devices} appareils remis")).says("1 association équipée").says("13003").says("T1");
        page.says("demande éligible sans appareil");
        for link in page.links().into_iter().filter(|link| link.contains("status=completed")) {
            let list = browser.get(&link.replace("&amp;", "&"));
            assert_eq!(list.status, 200, "{link}");
        }
        let themes = page.links().into_iter().find(|link| link.contains("theme=precarity")).unwrap();
        browser.get(&themes.replace("&amp;", "&")).says(lot["association"].as_str().unwrap());
        browser.get("/ville/remises?status=completed&theme=employment").says("Aucune remise");
        // the report that is owed now, and whom to remind of it
        browser.get("/ville/suivis").says(lot["association"].as_str().unwrap()).says("Les adresses de cette page");
        browser.get("/ville/suivis?show=overdue").says("Rien n’est attendu ici");
    }
}
