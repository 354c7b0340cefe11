//! An organization corrects what is known of it, and so does the city.

use testkit::both_engines;

const OWN: &str = "/compte/organisation";

both_engines! {
    fn an_association_corrects_itself_and_waits_to_be_verified_again_where_it_matters(app) {
        let client = app.association("Les Cigales");
        let mut browser = app.browser_of(&client);
        browser.get("/compte").says("Modifier");
        let page = browser.get(OWN);
        page.is_at(200, OWN).says("Les Cigales");
        let wrong = browser.submit(&page, &[("contact_phone", "12"), ("contact_email", "pas une adresse"), ("postal_code", "130")]);
        wrong.is_at(422, OWN).says("Un numéro de téléphone");
        assert!(wrong.html.contains("href=\"#contact_email\"") && wrong.html.contains("href=\"#postal_code\""), "{}", wrong.html);
        let saved = browser.submit(&wrong, &[("contact_phone", "04 91 00 00 00"), ("contact_email", "bureau@cigales.example"),
            ("postal_code", "13004"), ("commune", "Marseille"), ("representative", "Ada Bon")]);
        saved.is_at(200, "/compte").says("C’est enregistré.");
        let id = &client.organisation;
        let known = client.get(&format!("/organisations/{id}")).expect(200);
        assert_eq!((&known["status"], &known["representative"], &known["contact_phone"]),
            (&"verified".into(), &"Ada Bon".into(), &"+33491000000".into()));
        // the name is another matter
        let page = browser.get(OWN);
        page.says("Jusqu’au");
        let renamed = browser.submit(&page, &[("name", "Les Fourmis")]);
        renamed.says("La ville doit vérifier de nouveau");
        assert_eq!(client.get(&format!("/organisations/{id}")).expect(200)["status"], "pending");
        let stale = browser.submit(&page, &[("name", "Les Criquets")]);
        assert_eq!(stale.status, 412, "{}", stale.text);
        stale.says("Une autre personne a changé cette organisation");
    }

    fn the_city_changes_any_organisation_and_others_none_but_their_own(app) {
        let id = &app.donor.organisation;
        let path = format!("/ville/organisations/{id}/modifier");
        let mut staff = app.browser_of(&app.staff);
        staff.get(&format!("/ville/organisations/{id}")).says("Modifier ces informations");
        let page = staff.get(&path);
        let done = staff.submit(&page, &[("name", "Orange SA"), ("reason", "Nom du registre.")]);
        done.is_at(200, &format!("/ville/organisations/{id}")).says("Orange SA");
        staff.get(&path).says("Orange").says("Nom du registre.");
        assert_eq!(app.donor.get(&format!("/organisations/{id}")).expect(200)["status"], "verified");
        for who in [&app.donor, &app.refurbisher, &app.association("Autre")] {
            assert_eq!(app.browser_of(who).get_once(&path).status, 404);
        }
        assert_eq!(staff.get_once(OWN).status, 404, "the city has no page of its own");
        assert_eq!(app.browser().get_once(OWN).status, 303, "one signs in first");
    }
}
