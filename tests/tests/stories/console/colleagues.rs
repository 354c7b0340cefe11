//! The people of an organization in a browser: who they are, inviting one, taking one off.

use crate::support::accounts::{PASSWORD, link};
use kernel::Role;
use testkit::{Client, PageOf, TestApp, Value, both_engines};

const HERE: &str = "/compte/collegues";
const INVITING: &str = "/compte/collegues/inviter";

fn members(who: &Client) -> Vec<Value> {
    let path = format!("/organisations/{}/people", who.organisation);
    let items = who.get(&path).expect(200)["items"].clone();
    items.as_array().unwrap().clone()
}

fn removing(person: &str) -> String {
    format!("{HERE}/{person}/retirer")
}

/// A second person of the organization of somebody.
fn colleague(app: &TestApp, of: &Client, role: Role) -> Client {
    app.person(of.organisation.parse().unwrap(), role, "Nadia Nord")
}

both_engines! {
    fn a_colleague_is_invited_once_and_comes_in(app) {
        for (who, role) in [(&app.donor, "donor"), (&app.refurbisher, "refurbisher"), (&app.association("Les Amis"), "association")] {
            let before = members(who).len();
            let mut browser = app.browser_of(who);
            assert!(browser.get("/compte").links().contains(&HERE.to_owned()), "{role}");
            let list = browser.get(HERE);
            list.says("Vous").says("Inviter une personne");
            let page = browser.get(INVITING);
            let bad = browser.submit(&page, &[("name", "Nadia Nord"), ("email", "nadia")]);
            bad.is_at(422, INVITING);
            assert!(bad.html.contains("href=\"#email\""), "{}", bad.html);
            assert_eq!(bad.value("name"), "Nadia Nord");
            browser.submit(&page, &[("name", " "), ("email", "n@x.example")]).is_at(422, INVITING);
            let mine = who.get("/me").expect(200)["email"].as_str().unwrap().to_owned();
            let taken = browser.submit(&page, &[("name", "Nadia Nord"), ("email", &mine)]);
            taken.is_at(422, INVITING).says("Cette adresse a déjà un compte");
            assert!(taken.html.contains("href=\"#email\""), "{}", taken.html);

            let email = format!("nadia@{role}.example");
            let fields = [("name", "Nadia Nord"), ("email", &*email), ("language", "en")];
            browser.submit(&page, &fields).is_at(200, HERE).says("L’invitation est partie.").says("Nadia Nord").says("Invitation envoyée");
            // a double click
            browser.submit(&page, &fields).is_at(200, HERE);
            let mails = app.mails_of("invitation").into_iter().filter(|mail| mail.to == email).count();
            assert_eq!((mails, members(who).len()), (1, before + 1), "{role}");

            let token = link(app, "invitation", &email);
            let mut new = app.browser();
            let page = new.get(&format!("/invitation?token={token}"));
            new.submit(&page, &[("password", PASSWORD)]);
            new.get(HERE).says("My colleagues");
            browser.get(HERE).says("A un compte");
        }
    }

    fn an_invitation_that_ran_out_is_replaced_by_a_new_link(app) {
        let association = app.association("Les Amis");
        let mut browser = app.browser_of(&association);
        let page = browser.get(INVITING);
        browser.submit(&page, &[("name", "Nadia Nord"), ("email", "nadia@amis.example")]);
        browser.get(HERE).says("Une invitation vaut 7 jours");
        let late = link(app, "invitation", "nadia@amis.example");
        app.clock.advance_seconds(8 * 86_400);
        let mut new = app.browser();
        new.get(&format!("/invitation?token={late}")).says("n’est plus valable");
        let page = new.get("/mot-de-passe-oublie");
        new.submit(&page, &[("email", "nadia@amis.example")]);
        let token = link(app, "password_reset", "nadia@amis.example");
        let page = new.get(&format!("/reset?token={token}"));
        new.submit(&page, &[("password", PASSWORD)]);
        new.sign_in("nadia@amis.example", PASSWORD).is_at(200, "/demandes");
    }

    fn a_colleague_is_taken_off_after_a_question(app) {
        let association = app.association("Les Amis");
        let nadia = colleague(app, &association, Role::Association);
        let mut browser = app.browser_of(&association);
        let list = browser.get(HERE);
        let at = removing(&nadia.person);
        assert!(list.links().contains(&at), "{:?}", list.links());
        let page = browser.get(&at);
        page.says("Retirer Nadia Nord ?");
        nadia.get("/me").expect(200);
        let done = browser.submit_to(&page, &at, &[]);
        done.is_at(200, HERE).says("ne peut plus se connecter").says("Les personnes qui sont parties");
        nadia.get("/me").refused(401, "session_ended");
        // a double click, and the page opened again
        browser.submit_to(&page, &at, &[]).is_at(200, HERE);
        browser.get(&at).is_at(200, HERE);
        let recorded = app.admin.get(&format!("/audit?subject={}", nadia.person)).expect(200).to_string();
        assert_eq!(recorded.matches("delete_organisations_id_people_person_id").count(), 1, "{recorded}");
    }

    fn nobody_takes_themselves_off_nor_leaves_an_organization_empty(app) {
        let association = app.association("Les Amis");
        let mut browser = app.browser_of(&association);
        let own = removing(&association.person);
        assert!(!browser.get(HERE).links().contains(&own));
        browser.get(&own).is_at(200, "/compte/fermer");
        let reply = browser.post(&own, &[]);
        assert_eq!((reply.status, reply.header("location")), (303, "/compte/fermer"));
        association.get("/me").expect(200);
        let page = browser.get("/compte/fermer");
        browser.submit(&page, &[("confirmed", "yes")]).says("invitez d'abord quelqu'un");

        // the two of them take each other off at the same time: one stays
        let nadia = colleague(app, &association, Role::Association);
        let mut hers = app.browser_of(&nadia);
        let (mine, theirs) = (removing(&nadia.person), own);
        let (page, other) = (browser.get(&mine), hers.get(&theirs));
        browser.submit_to(&page, &mine, &[]).is_at(200, HERE);
        assert_eq!(hers.post(&theirs, &[("idempotency_key".to_owned(), other.value("idempotency_key"))]).status, 401);
        assert_eq!(members(&association).iter().filter(|it| it["disabled"] == false).count(), 1);
    }

    fn people_of_others_are_not_found(app) {
        let (association, stranger) = (app.association("Les Amis"), app.association("Les Autres"));
        let mut browser = app.browser_of(&stranger);
        let page = browser.get(&removing(&association.person));
        assert_eq!(page.status, 404);
        assert!(!page.text.contains("Les Amis"));
        assert_eq!(browser.post(&removing(&association.person), &[]).status, 404);
        association.get("/me").expect(200);
        assert!(!browser.get(HERE).text.contains(association.get("/me").expect(200)["email"].as_str().unwrap()));
    }

    fn the_citys_people_are_an_administrators_to_change(app) {
        let (mut staff, mut admin) = (app.browser_of(&app.staff), app.browser_of(&app.admin));
        let list = staff.get(HERE);
        list.says("Un administrateur les invite");
        let leads = |page: &PageOf, to: &str| page.links().contains(&to.to_owned());
        assert!(!leads(&list, INVITING) && !leads(&list, "/ville/personnes"));
        assert!(leads(&admin.get(HERE), "/ville/personnes"));
        let at = removing(&app.other_staff.person);
        for browser in [&mut staff, &mut admin] {
            assert_eq!((browser.get(INVITING).status, browser.get(&at).status), (404, 404));
            assert_eq!((browser.post(INVITING, &[]).status, browser.post(&at, &[]).status), (404, 404));
        }
        app.other_staff.get("/me").expect(200);
        let mut helper = app.browser_of(&app.helper);
        assert_eq!(helper.get(HERE).status, 403);
        assert!(!leads(&helper.get("/compte"), HERE));
    }
}
