//! Labels: for whom, of which devices, in which form.

use crate::support::workshop::{dock, erased, log, text};
use testkit::{both_engines, json};

both_engines! {
    fn labels_are_printed_one_by_one_or_for_a_batch(app) {
        let (batch, ids) = dock(app, &["CZC0001", "CZC0002"], 1);
        let tag = |id: &str| text(&app.refurbisher.get(&format!("/devices/{id}")).expect(200)["tag"]);
        let (first, second) = (tag(&ids[0]), tag(&ids[1]));
        let one = app.refurbisher.get(&format!("/labels?devices={first}&stock=57x32&form=zpl"));
        assert_eq!((one.status, one.header("content-type")), (200, "text/plain; charset=utf-8"));
        let label = one.text();
        assert!(label.contains(&format!("^FD>:{first}^FS")) && label.matches("^XA").count() == 1, "{label}");
        assert!(label.contains("Disques à relever"), "{label}");
        // by serial number, in the order in which they are asked for
        let two = app.refurbisher.get("/labels?devices=CZC0002,czc%200001&form=zpl").text();
        let at = |tag: &str| two.find(tag).unwrap_or_else(|| panic!("{tag}: {two}"));
        assert!(at(&second) < at(&first));
        let whole = app.refurbisher.get(&format!("/labels?batch_id={batch}&used=3"));
        assert_eq!((whole.status, whole.header("content-type")), (200, "application/pdf"));
        assert!(whole.body.starts_with(b"%PDF-"));
        assert!(app.refurbisher.get("/labels/test?stock=62x29").body.starts_with(b"%PDF-"));
        assert_eq!(app.staff.get(&format!("/labels?devices={first}")).status, 200);
        app.donor.get(&format!("/labels?devices={first}")).refused(403, "not_allowed");
    }

    fn a_label_says_what_is_erased_and_what_is_not(app) {
        let (_, ids) = dock(app, &["CZC0001"], 1);
        let label = |at: &str| app.refurbisher.get(&format!("/labels?devices={}&form=zpl", ids[0])).text().contains(at);
        log(&app.refurbisher, &ids[0], json!({"type": "triaged", "outcome": "keep"})).expect(200);
        assert!(label("Disques à relever"));
        log(&app.refurbisher, &ids[0], erased(&["D1"])).expect(200);
        assert!(label("Effacé, prouvé (1/1)"));
    }

    fn unknown_device_of_another_workshop_has_no_label(app) {
        let (batch, ids) = dock(app, &["CZC0001"], 1);
        let asked = format!("/labels?devices={}&form=zpl", ids[0]);
        let problem = app.stranger_refurbisher.get(&asked).refused(422, "invalid_fields");
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!("/devices/0"), &json!("unknown_device")));
        app.stranger_refurbisher.get(&format!("/labels?batch_id={batch}")).refused(404, "not_found");
        app.refurbisher.get("/labels").refused(422, "invalid_fields");
        app.refurbisher.get(&format!("{asked}&stock=a5")).refused(422, "invalid_fields");
        app.refurbisher.get(&format!("/labels?devices={}&form=docx", ids[0])).refused(422, "invalid_fields");
    }

    fn the_page_of_labels_keeps_what_was_asked(app) {
        let (batch, ids) = dock(app, &["CZC0001"], 1);
        let mut browser = app.browser_of(&app.refurbisher);
        let page = browser.get("/atelier/etiquettes?devices=CZC0001");
        page.is_at(200, "/atelier/etiquettes?devices=CZC0001").says("Rouleau de 62 × 29 mm");
        assert_eq!(page.value("devices"), "CZC0001");
        let printed = browser.get_once("/atelier/etiquettes/imprimer?devices=CZC0001&stock=a4-24&form=pdf");
        assert_eq!((printed.status, printed.header("content-type")), (200, "application/pdf"));
        let wrong = browser.get("/atelier/etiquettes/imprimer?devices=INCONNU&stock=a4-24");
        assert_eq!(wrong.status, 422);
        wrong.says("Aucun appareil ne porte le numéro INCONNU");
        assert_eq!(wrong.value("devices"), "INCONNU");
        let of_batch = format!("/atelier/etiquettes?batch={batch}");
        assert!(browser.get(&format!("/atelier/lots/{batch}")).links().contains(&of_batch));
        browser.get(&of_batch).says("Tous les appareils du lot");
        let all = browser.get_once(&format!("/atelier/etiquettes/imprimer?batch={batch}&form=zpl"));
        assert!(all.text().contains("^XA"), "{}", all.text());
        assert_eq!(browser.get_once("/atelier/etiquettes/essai?stock=57x32").status, 200);
        browser.get(&format!("/atelier/appareils/{}", ids[0])).says("Imprimer l’étiquette");
        let mut other = app.browser_of(&app.stranger_refurbisher);
        assert_eq!(other.get_once(&format!("/atelier/etiquettes?batch={batch}")).status, 404);
    }
}
