//! Somebody keeps a list as they narrowed it, for themselves or with their colleagues.

use testkit::{both_engines, json};

both_engines! {
    fn a_narrowed_list_is_kept_shared_and_removed(app) {
        let mut staff = app.browser_of(&app.staff);
        staff.get("/ville/demandes").lacks("Garder cette vue");
        let list = staff.get("/ville/demandes?status=in_review&q=");
        list.says("Garder cette vue");
        let kept = list.links().into_iter().find(|link| link.contains("/compte/vues?")).unwrap();
        let page = staff.get(&kept);
        page.says("/ville/demandes?status=in_review");
        let unnamed = staff.submit_to(&page, "/compte/vues", &[("name", " ")]);
        assert_eq!(unnamed.status, 422, "{}", unnamed.text);
        let saved = staff.submit_to(&unnamed, "/compte/vues", &[("name", "À relire"), ("shared", "yes")]);
        saved.is_at(200, "/ville/demandes?status=in_review").says("La vue est gardée");
        staff.get("/ville").says("À relire");

        // colleagues see what is shared, and no other organization does
        let mut colleague = app.browser_of(&app.admin);
        let theirs = colleague.get("/compte/vues");
        theirs.says("À relire").says("partagée par");
        let views = app.admin.get("/me/views").expect(200);
        let id = views[0]["id"].as_str().unwrap();
        app.admin.delete(&format!("/me/views/{id}")).refused(404, "not_found");
        app.browser_of(&app.refurbisher).get("/atelier").lacks("À relire");
        assert_eq!(app.refurbisher.get("/me/views").expect(200), json!([]));
        let own = json!({"name": "Les miennes", "address": "/ville/recours?open=yes"});
        app.admin.post("/me/views", own).expect(201);
        staff.get("/ville").lacks("Les miennes");

        let page = staff.get("/compte/vues");
        staff.submit_to(&page, &format!("/compte/vues/{id}/retirer"), &[]).says("La vue est retirée");
        staff.get("/ville").lacks("À relire");
    }

    fn a_view_leads_to_pages_of_ours_alone(app) {
        for address in ["//mal.example/", "https://mal.example/", "javascript:alert(1)"] {
            let body = json!({"name": "Ailleurs", "address": address, "shared": true});
            app.staff.post("/me/views", body).refused(422, "invalid_fields");
        }
    }
}
