//! What holds for all pages: languages, assets, errors, forms from elsewhere.

use testkit::both_engines;

both_engines! {
    fn pages_are_read_in_the_language_that_was_chosen(app) {
        let mut browser = app.browser();
        browser.get("/").says("Programmes ouverts");
        browser.get("/?lang=en").says("Open programmes");
        browser.get("/connexion").says("Password");
        browser.get("/?lang=fr").says("Programmes ouverts");
        let mut english = app.browser().with_header("accept-language", "en-GB,en;q=0.9");
        english.get("/").says("Open programmes");

        let association = app.association("Les Amis");
        let mut theirs = app.browser_of(&association);
        theirs.get("/demandes").says("Bonjour Les Amis");
        let form = [("lang".to_owned(), "en".to_owned()), ("back".to_owned(), "/demandes".to_owned())];
        let reply = theirs.post("/langue", &form);
        assert_eq!((reply.status, reply.header("location")), (303, "/demandes"));
        assert_eq!(association.get("/me").expect(200)["language"], "en");
        // remembered for the person, also in another browser
        app.browser_of(&association).get("/demandes").says("Hello Les Amis");
        let away = [("back".to_owned(), "https://evil.example".to_owned())];
        assert_eq!(app.browser().post("/langue", &away).header("location"), "/");
    }

    fn assets_are_kept_for_good_under_a_name_of_their_content(app) {
        let page = app.browser().get("/");
        let (_, rest) = page.html.split_once("rel=\"stylesheet\" href=\"").unwrap();
        let address = rest.split('"').next().unwrap().replace("&#x2f;", "/");
        assert!(address.starts_with("/assets/app-"), "{address}");
        let plain = app.anyone.get(&format!("/{address}"));
        assert_eq!(plain.status, 200);
        assert!(plain.header("cache-control").contains("immutable"));
        assert_eq!(plain.header("content-type"), "text/css; charset=utf-8");
        let small = app.anyone.with_header("accept-encoding", "gzip").get(&format!("/{address}"));
        assert_eq!(small.header("content-encoding"), "gzip");
        assert_eq!(app.anyone.get("//assets/app.css").header("cache-control"), "no-cache");
        assert_eq!(app.anyone.get("//assets/..%2f..%2fCargo.toml").status, 404);
        let page = app.anyone.with_header("accept-encoding", "gzip").get("//");
        assert_eq!(page.header("content-encoding"), "gzip");
    }

    fn errors_are_pages_for_people_and_problems_for_programs(app) {
        let mut browser = app.browser();
        browser.get("/nulle-part").is_at(404, "/nulle-part").says("Cette page n’existe pas");
        app.anyone.get("/nowhere").refused(404, "not_found");
        app.anyone.get("//api/nowhere").refused(404, "not_found");
        let mut donor = app.browser_of(&app.donor);
        let page = donor.get("/ville");
        page.is_at(403, "/ville").says("pas pour votre compte");
        assert!(page.links().contains(&"/dons".to_owned()), "{:?}", page.links());
        assert_eq!(page.header("cache-control"), "no-store");
    }

    fn nothing_changes_for_another_site(app) {
        let form = [("lang".to_owned(), "en".to_owned())];
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "none"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
        ] {
            let mut browser = app.browser().with_header(name, value);
            let reply = browser.post("/langue", &form);
            assert_eq!(reply.status, 403, "{name}: {value}");
            assert_eq!(reply.header("set-cookie"), "", "{name}: {value}");
        }
        let own = app.base();
        let mut browser = app.browser().with_header("origin", &own);
        assert_eq!(browser.post("/langue", &form).status, 303);
    }

    fn what_is_no_form_is_refused(app) {
        let send = |kind: &str, body: &[u8]| {
            let client = app.anyone.with_header("sec-fetch-site", "same-origin");
            client.send("POST", "//langue", kind, body).status
        };
        let form = "application/x-www-form-urlencoded";
        assert_eq!(send("application/json", b"{}"), 415);
        assert_eq!(send("multipart/form-data; boundary=x", b"--y"), 400);
        assert_eq!(send(form, b"lang=%00"), 422);
        assert_eq!(send(form, "lang=fr&".repeat(10_000).as_bytes()), 413);
        assert_eq!(send(form, &vec![b'a'; 2 << 20]), 413);
        let file = [&b"--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"f\"\r\n\r\n"[..],
            &vec![b'a'; 2 << 20], b"\r\n--x--\r\n"].concat();
        assert_eq!(send("multipart/form-data; boundary=x", &file), 413, "strangers send no large files");
        assert_eq!(send(form, b"%ff%fe=%zz&&&="), 303);
        let mut browser = app.browser();
        browser.set_cookie("ressac", "nonsense");
        browser.set_cookie("ressac-flash", "AAAA");
        browser.get("/").is_at(200, "/");
    }
}
