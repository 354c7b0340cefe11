//! The pages of a workshop without scripts: a truck counted, machines worked on step by step,
//! reports and doubts, the stock, waste, shipments, a station that several people share.

use crate::support::workshop::{
    advance, dock, intact, log, machine, scheduled, stage, stock, text,
};
use testkit::{Browser, PageOf, TestApp, both_engines, json};

fn tag(app: &TestApp, id: &str) -> String {
    text(&app.refurbisher.get(&format!("/devices/{id}")).expect(200)["tag"])
}

/// Takes a step by its own form.
fn step(browser: &mut Browser, id: &str, step: &str, fields: &[(&str, &str)]) -> PageOf {
    let address = format!("/atelier/appareils/{id}/etapes/{step}");
    let page = browser.get(&address);
    page.is_at(200, &address);
    browser.submit_to(&page, &address, fields)
}

/// Whether a page leads to a step of its machine.
fn offers(page: &PageOf, step: &str) -> bool {
    let links = page.links();
    let end = format!("/etapes/{step}");
    links.iter().any(|link| link.ends_with(&end))
}

/// Whether a page has a form that is sent there.
fn sends_to(page: &PageOf, action: &str) -> bool {
    page.forms.iter().any(|form| form.action.ends_with(action))
}

/// A log of nwipe about one drive.
fn nwipe(serial: &str, began: &str) -> String {
    format!(
        "[{began}]    info: nwipe 0.38\n\
         [{began}]  notice: Found /dev/sda, ATA, WDC WD5000AAKX, 500GB, S/N={serial}\n\
         [{began}]  notice: Invoking method 'PRNG Stream' on /dev/sda\n\n\
         ********* Drive Status *********\n\
         !   Device | Status | Thru-put | HH:MM:SS | Model/Serial Number\n\
         \x20      sda | Erased |  98MB/s | 00:25:04 | WDC WD5000AAKX/{serial}\n"
    )
}

both_engines! {
    fn a_truck_is_counted_against_its_list(app) {
        let batch = scheduled(app, &["CZC0001", "CZC0002", "CZC0003"]);
        let mut browser = app.browser_of(&app.refurbisher);
        browser.get("/atelier/lots").says("Postes fixes");
        let at = format!("/atelier/lots/{batch}");
        let (receive, count) = (format!("{at}/recevoir"), format!("{at}/accessoires"));
        let page = browser.get(&at);
        let page = browser.submit_to(&page, &receive, &[("devices/0/serial", "czc-0001")]);
        page.is_at(200, &at).says("est sur la liste");
        let page = browser.submit_to(&page, &receive, &[("devices/0/serial", "CZC0001")]);
        page.says("est déjà compté");
        let page = browser.submit_to(&page, &receive, &[("devices/0/serial", "NEW0001")]);
        page.says("n’est pas sur la liste : reçu en plus");
        let nothing = browser.submit_to(&page, &receive, &[("devices/0/serial", " ")]);
        nothing.is_at(422, &receive).says("Scannez ou tapez un numéro de série");
        let page = browser.get(&at);
        let unreadable = [("unreadable", "yes"), ("devices/0/kind", "monitor")];
        browser.submit_to(&page, &receive, &unreadable).says("reçu en plus");
        let pasted = [("serials", "CZC0001\r\n\r\nCZC0002\r\nNEW0002")];
        let page = browser.get(&at);
        let form = page.forms.iter().rposition(|form| form.action == receive).unwrap();
        let mut column = page.clone();
        column.forms = vec![page.forms[form].clone()];
        let page = browser.submit_to(&column, &receive, &pasted);
        page.says("Reçus : 1").says("Déjà comptés : 1").says("En plus de la liste : 1");
        let page = browser.submit_to(&page, &count, &[("accessories/mouse", "12"), ("accessories/keyboard", "-1")]);
        page.is_at(422, &count).says("De 0 à 1 000 000");
        let page = browser.get(&at);
        browser.submit_to(&page, &count, &[("accessories/mouse", "12")]).says("ajoutés au stock");
        assert_eq!(stock(app, "mouse"), 12);
        browser.get(&format!("{at}?voir=attendus")).says("CZC0003");
        browser.get(&format!("{at}?voir=en-plus")).says("NEW0002");
        let page = browser.get(&format!("{at}?voir=recus"));
        let closed = browser.submit_to(&page, &format!("{at}/clore"), &[]);
        closed.is_at(200, &at).says("Manquants : 1");
        // what turns up after the count
        browser.get(&format!("{at}?arrivee=CZC0001")).says("déjà comptée");
        browser.get(&format!("{at}?arrivee=NOBODY1")).says("sur aucune de vos listes");
        let page = browser.get(&format!("{at}?arrivee=CZC0003"));
        page.says("notée manquante");
        browser.submit_to(&page, &format!("{at}/retrouver"), &[]).says("est reçu");
        let found = app.refurbisher.get("/devices?scan=CZC0003").expect(200);
        assert_eq!(found["items"][0]["stage"], "received");
        let mut other = app.browser_of(&app.stranger_refurbisher);
        assert_eq!(other.get_once(&at).status, 404);
        intact(app);
    }

    fn a_count_that_a_colleague_ended_is_not_ended_twice(app) {
        let batch = scheduled(app, &["CZC0001", "CZC0002"]);
        let at = format!("/atelier/lots/{batch}");
        let mut rita = app.browser_of(&app.refurbisher);
        let page = rita.get(&at);
        let page = rita.submit_to(&page, &format!("{at}/recevoir"), &[("devices/0/serial", "CZC0001")]);
        app.other_refurbisher.post(&format!("/batches/{batch}/close"), json!(null)).expect(200);
        let late = rita.submit_to(&page, &format!("{at}/clore"), &[]);
        late.is_at(412, &format!("{at}/clore")).says("Quelqu’un a compté depuis");
        let page = rita.submit_to(&page, &format!("{at}/recevoir"), &[("devices/0/serial", "CZC0002")]);
        page.is_at(200, &at).says("est sur la liste : reçu"); // what turns up late is received all the same
        intact(app);
    }

    fn a_machine_goes_to_ready_by_single_steps(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        let id = &ids[0];
        let at = format!("/atelier/appareils/{id}");
        let mut rita = app.browser_of(&app.refurbisher);
        let mut karim = app.browser_of(&app.other_refurbisher);
        let page = rita.get(&at);
        page.says("Ce qui manque maintenant").says("Effacement prouvé de chaque disque");
        assert!(offers(&page, "triaged") && !offers(&page, "ready"), "what cannot be done is not offered");
        let refused = step(&mut rita, id, "graded", &[("cosmetic", "A")]);
        refused.is_at(409, &format!("{at}/etapes/graded"));
        step(&mut rita, id, "triaged", &[]).is_at(422, &format!("{at}/etapes/triaged"));
        step(&mut rita, id, "triaged", &[("outcome", "keep")]).is_at(200, &at).says("La machine est maintenant : trié");
        let drive = [("drives/0/serial", "WD-1"), ("drives/0/media", "hdd"), ("drives/0/method", "clear")];
        step(&mut rita, id, "erased", &drive).says("outil qui a effacé ce disque");
        let drive = [&drive[..], &[("drives/0/tool", "nwipe")]].concat();
        step(&mut rita, id, "erased", &drive).says("est maintenant : effacé");
        let failed = [("checks/boot", "pass"), ("checks/usb", "fail"), ("checks/audio", "na")];
        step(&mut rita, id, "tested", &failed);
        rita.get(&at).says("en panne : usb");
        step(&mut rita, id, "repair_started", &[]);
        let repair = [("description", "Port USB"), ("minutes", "20")];
        step(&mut rita, id, "repaired", &repair).says("est maintenant : effacé");
        step(&mut rita, id, "tested", &[("checks/boot", "pass"), ("checks/usb", "pass")]).says("testé");
        step(&mut rita, id, "graded", &[("cosmetic", "B"), ("note", "Une rayure")]).says("classé");
        let page = rita.get(&at);
        assert!(!offers(&page, "quality_checked"), "another person checks");
        assert!(offers(&karim.get(&at), "quality_checked"));
        step(&mut rita, id, "quality_checked", &[("passed", "yes")]).is_at(409, &format!("{at}/etapes/quality_checked"));
        step(&mut karim, id, "quality_checked", &[("passed", "yes")]).is_at(200, &at).says("Il ne manque plus rien");
        step(&mut rita, id, "ready", &[]).says("est maintenant : prêt");
        step(&mut rita, id, "moved", &[("location", "B-12")]).says("B-12");
        assert_eq!((stage(app, id), stock(app, "mouse")), ("ready".to_owned(), 0));
        let mut city = app.browser_of(&app.staff);
        let seen = city.get(&at);
        seen.is_at(200, &at).says("Une rayure");
        assert!(!seen.links().iter().any(|link| link.contains("/etapes/")));
        let mut other = app.browser_of(&app.stranger_refurbisher);
        assert_eq!(other.get_once(&format!("{at}/etapes/moved")).status, 404);
        assert_eq!(rita.get_once(&format!("{at}/etapes/nonsense")).status, 404);
        intact(app);
    }

    fn photographs_stand_on_the_page_of_their_machine(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        let at = format!("/atelier/appareils/{}", ids[0]);
        let mut rita = app.browser_of(&app.refurbisher);
        let page = rita.get(&at);
        let none = rita.submit_to(&page, &format!("{at}/photos"), &[]);
        none.is_at(422, &format!("{at}/photos")).says("Choisissez de 1 à 10 photos");
        let wrong = rita.submit_to(&page, &format!("{at}/photos"), &[("photos", "@a.jpg:%PDF-1.7")]);
        wrong.is_at(422, &format!("{at}/photos")).says("JPEG, PNG ou WebP");
        let picture = [("photos", "@coque.webp:RIFF0000WEBPVP8 0")];
        let page = rita.get(&at);
        let kept = rita.submit_to(&page, &format!("{at}/photos"), &picture);
        kept.is_at(200, &at).says("Photographie jointe");
        let again = rita.submit_to(&kept, &format!("{at}/photos"), &picture);
        assert_eq!(again.text.matches("Photographie jointe").count(), 1, "the same picture is attached once");
        let (_, rest) = kept.html.split_once("<img src=\"").unwrap();
        let source = rest.split('"').next().unwrap().replace("&#x2f;", "/");
        let photo = rita.get_once(&source);
        assert_eq!((photo.status, photo.header("content-type")), (200, "image/webp"));
        let mut other = app.browser_of(&app.stranger_refurbisher);
        assert_eq!(other.get_once(&source).status, 404);
        intact(app);
    }

    fn reports_are_matched_to_the_drives_that_they_name(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002"], 0);
        for (id, drive) in ids.iter().zip(["WD-A1", "WD-B1"]) {
            let seen = machine(&[(drive, "WDC WD5000AAKX")]);
            app.refurbisher.put(&format!("/devices/{id}/hardware"), seen).expect(200);
            log(&app.refurbisher, id, json!({"type": "triaged", "outcome": "keep"})).expect(200);
        }
        let mut rita = app.browser_of(&app.refurbisher);
        rita.get("/atelier/disques").says("WD-A1").says("WD-B1");
        let page = rita.get("/atelier/rapports");
        rita.submit(&page, &[("device", "")]).is_at(422, "/atelier/rapports").says("Choisissez de 1 à 60 fichiers");
        let good = format!("@a.log:{}", nwipe("WD-A1", "2023/02/28 07:00:00"));
        let doubtful = format!("@b.log:{}", nwipe("WD-B1", "2010/01/01 00:00:00"));
        let strange = format!("@c.log:{}", nwipe("WD-NOBODY", "2023/02/28 07:00:00"));
        let files = [("reports", &*good), ("reports", &doubtful), ("reports", &strange), ("reports", "@d.txt:bonjour")];
        let answer = rita.submit(&page, &files);
        answer.is_at(200, "/atelier/rapports").says("4 fichiers lus, 1 disque prouvé");
        answer.says("Aucune de vos machines n’a été vue avec ce disque : WD-NOBODY").says("l’outil n’est pas connu");
        assert_eq!((stage(app, &ids[0]), stage(app, &ids[1])), ("erased".to_owned(), "triaged".to_owned()));
        rita.submit(&page, &[("reports", &*good)]).says("déjà reçu auparavant");
        // a false clock is accepted by two people
        let at = format!("/atelier/appareils/{}", ids[1]);
        let accept = format!("{at}/acceptation");
        let page = rita.get(&at);
        rita.submit_to(&page, &accept, &[("accepted_as", "wrong_clock"), ("reason", "")]).is_at(422, &accept);
        let proposed = rita.submit_to(&page, &accept, &[("accepted_as", "wrong_clock"), ("reason", "Pile morte")]);
        proposed.is_at(200, &at).says("une autre personne confirme");
        let mut karim = app.browser_of(&app.other_refurbisher);
        let page = karim.get("/atelier/disques");
        page.says("Pile morte");
        karim.submit_to(&page, &accept, &[]).is_at(200, &at).says("au nom de deux personnes");
        assert_eq!(stage(app, &ids[1]), "erased");
        // for a machine of which no drive was seen, it is said which
        let strange = format!("@c.log:{}", nwipe("WD-NOBODY", "2023/02/28 07:00:00"));
        let page = rita.get("/atelier/rapports");
        rita.submit(&page, &[("reports", &*strange), ("device", "NOBODY1")]).is_at(422, "/atelier/rapports")
            .says("Aucun de vos appareils ne porte ce numéro");
        intact(app);
    }

    fn stock_is_counted_and_the_difference_booked_with_its_reason(app) {
        dock(app, &["CZC0001"], 5);
        let mut rita = app.browser_of(&app.refurbisher);
        let page = rita.get("/atelier/stock");
        page.says("Claviers").says("compté à la réception");
        let part = [("part/kind", "SSD"), ("part/label", "240 Go"), ("part/delta", "3"), ("part/reason", "Achat")];
        rita.submit_to(&page, "/atelier/stock/pieces", &part).says("Le stock est à jour");
        let out = [("kind", "mouse"), ("delta", "-9"), ("reason", "Casse")];
        rita.submit_to(&page, "/atelier/stock/accessoires", &out).is_at(409, "/atelier/stock/accessoires").says("en a que 5 en stock");
        let count = rita.get("/atelier/stock/inventaire");
        let action = "/atelier/stock/inventaire";
        rita.submit_to(&count, action, &[("accessories/mouse", "4")]).is_at(422, action);
        rita.submit_to(&count, action, &[("reason", "Inventaire")]).is_at(422, action).says("Comptez au moins une ligne");
        let counted = [("accessories/mouse", "4"), ("accessories/keyboard", "5"), ("parts/0/quantity", "2"), ("reason", "Inventaire de mars")];
        let booked = rita.submit_to(&count, action, &counted);
        booked.is_at(200, "/atelier/stock").says("souris 5 → 4").says("SSD 240 Go 3 → 2");
        assert_eq!((stock(app, "mouse"), stock(app, "keyboard")), (4, 5));
        let page = rita.get("/atelier/stock/mouvements");
        page.says("Inventaire de mars");
        let parts = app.refurbisher.get(&format!("/workshops/{}/parts", app.refurbisher.organisation)).expect(200);
        assert_eq!(parts["items"][0]["quantity"], 2);
        assert_eq!(app.browser_of(&app.stranger_refurbisher).get("/atelier/stock/mouvements").text.matches("Inventaire").count(), 0);
        intact(app);
    }

    fn waste_is_noted_for_several_machines_at_once(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002"], 0);
        let mut rita = app.browser_of(&app.refurbisher);
        for id in &ids {
            step(&mut rita, id, "triaged", &[("outcome", "scrap")]);
            let none = [("drives/0/serial", ""), ("drives/0/method", "absent")];
            step(&mut rita, id, "erased", &none);
            let reason = [("reason", "Carte mère brûlée"), ("weight_grams", "7000")];
            step(&mut rita, id, "scrapped", &reason).says("mis au rebut");
        }
        let page = rita.get("/atelier/dechets?noted=no");
        page.says("14,0").says(&tag(app, &ids[0]));
        rita.submit_to(&page, "/atelier/dechets", &[("reference", "BSD-1")]).is_at(422, "/atelier/dechets").says("Cochez les machines");
        let ticked = [("machines", &*ids[0]), ("machines", &ids[1]), ("reference", "BSD-1")];
        rita.submit_to(&page, "/atelier/dechets", &ticked).says("Le bordereau est noté");
        rita.get("/atelier/dechets?noted=yes").says("BSD-1");
        rita.get("/atelier/dechets?noted=no").says("Aucune machine ici");
        intact(app);
    }

    fn machines_go_to_another_workshop_and_are_received_or_called_back(app) {
        let (_, ids) = dock(app, &["CZC0001", "CZC0002"], 0);
        let mut rita = app.browser_of(&app.refurbisher);
        let page = rita.get("/atelier/transferts/nouveau");
        let other = app.stranger_refurbisher.organisation.clone();
        let wrong = [("to_workshop_id", &*other), ("devices", "CZC0001\nNOBODY1")];
        rita.submit_to(&page, "/atelier/transferts/nouveau", &wrong).is_at(422, "/atelier/transferts/nouveau").says("NOBODY1");
        let sent = rita.submit_to(&page, "/atelier/transferts/nouveau", &[("to_workshop_id", &other), ("devices", "CZC0001\r\nczc-0002")]);
        sent.says("L’envoi est noté");
        let at = sent.path;
        rita.get("/atelier/transferts?status=sent").says("En route");
        let mut receiver = app.browser_of(&app.stranger_refurbisher);
        let page = receiver.get(&at);
        assert!(sends_to(&page, "/recevoir") && !sends_to(&page, "/rappeler"), "only the sender calls back");
        receiver.submit_to(&page, &format!("{at}/recevoir"), &[("devices", &*tag(app, &ids[0]))]).says("C’est reçu");
        let page = rita.get(&at);
        let back = rita.submit_to(&page, &format!("{at}/rappeler"), &[("reason", "Camion en panne")]);
        back.is_at(200, &at).says("L’envoi est rappelé").says("Resté sur place");
        assert_eq!(stage(app, &ids[1]), "received");
        assert_eq!(app.refurbisher.get(&format!("/devices/{}", ids[0])).status, 404);
        intact(app);
    }

    fn what_waits_longest_comes_first(app) {
        let (_, first) = dock(app, &["CZC0001"], 0);
        app.clock.advance_seconds(600);
        let (_, second) = dock(app, &["CZC0002"], 0);
        app.clock.advance_seconds(60);
        advance(app, &first[0], "erased");
        let mut rita = app.browser_of(&app.refurbisher);
        let page = rita.get("/atelier/appareils?sort=waiting");
        let (first, second) = (tag(app, &first[0]), tag(app, &second[0]));
        let place = |tag: &str| page.text.find(tag).unwrap();
        assert!(place(&second) < place(&first), "{}", page.text);
        let one = rita.get("/atelier/appareils?sort=waiting&limit=1");
        assert!(one.text.contains(&second) && !one.text.contains(&first));
        let next = one.links().into_iter().find(|link| link.contains("after=")).unwrap();
        let next = rita.get(&next);
        assert!(next.text.contains(&first) && !next.text.contains(&second), "{}", next.text);
        rita.get("/atelier").says("Attend le plus longtemps").says(&second);
        assert_eq!(rita.get_once("/atelier/appareils?sort=waiting&after=x").status, 422);
    }

    fn a_station_changes_hands_in_one_tap(app) {
        let (_, ids) = dock(app, &["CZC0001"], 0);
        let mut station = app.browser_of(&app.refurbisher);
        let page = station.get("/atelier/scan?step=triaged.keep");
        let sign_in = station.submit_to(&page, "/atelier/scan/place", &[]);
        sign_in.is_at(200, "/connexion?next=%2Fatelier%2Fscan%3Fstep%3Dtriaged.keep");
        let second = app.browser_of(&app.other_refurbisher);
        station.set_cookie("ressac", second.cookie("ressac").unwrap());
        let page = station.get("/atelier/scan?step=triaged.keep");
        let me = text(&app.refurbisher.get("/me").expect(200)["id"]);
        assert_eq!(page.value("person"), me);
        let back = station.submit_to(&page, "/atelier/scan/poste", &[]);
        back.is_at(200, "/atelier/scan?step=triaged.keep").says("de scanner");
        station.submit_to(&back, "/atelier/scan", &[("device", "CZC0001")]).says("CZC0001 : trié");
        let events = app.refurbisher.get(&format!("/devices/{}/events", ids[0])).expect(200);
        assert_eq!(events["items"][1]["actor_id"], me.as_str());
        // another workshop's people are not offered, and a badge opens nothing by itself
        let stranger = app.browser_of(&app.stranger_refurbisher);
        station.set_cookie("ressac", stranger.cookie("ressac").unwrap());
        let page = station.get("/atelier/scan?step=moved&location=B-1");
        assert!(sends_to(&page, "/atelier/scan") && !sends_to(&page, "/atelier/scan/poste"));
        let badge = station.submit_to(&page, "/atelier/scan", &[("device", "rsb_nonsense")]);
        badge.is_at(200, "/atelier/scan?step=moved&location=B-1").says("n’est plus connectée à ce poste");
    }
}
