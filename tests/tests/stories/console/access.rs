//! The access walk of the pages: every row of their table as nobody, as each role, and with ids
//! that name nothing; what it answers is what the one access table says.

use std::collections::BTreeSet;

use crate::support::estate::Estate;
use console::{Row, TABLE};
use kernel::Role;
use testkit::{Browser, Reply, TestApp, both_engines};

fn roles_of(permission: &str) -> &'static [Role] {
    let row = web::access::TABLE
        .iter()
        .find(|(name, _)| *name == permission);
    row.unwrap_or_else(|| panic!("{permission} is not in the access table"))
        .1
}

fn call(browser: &mut Browser, row: &Row) -> Reply {
    let nobody = "0198c0de-0000-7000-8000-000000000000";
    let mut path = row.path.replace("{id}", nobody);
    while let Some((before, rest)) = path.split_once('{') {
        let (_, after) = rest.split_once('}').unwrap();
        path = format!("{before}{nobody}{after}");
    }
    match row.method {
        "get" => browser.get_once(&path),
        _ => browser.post(&path, &[("title".to_owned(), "T".to_owned())]),
    }
}

/// Somebody of each role, signed in anew for each page: signing out is a page, too.
fn cast(app: &TestApp) -> Vec<(Role, Browser)> {
    let association = app.association("Une association");
    let people = [
        (Role::Donor, &app.donor),
        (Role::Refurbisher, &app.refurbisher),
        (Role::Association, &association),
        (Role::Helper, &app.helper),
        (Role::Staff, &app.staff),
        (Role::Admin, &app.admin),
    ];
    people
        .map(|(role, client)| (role, app.browser_of(client)))
        .into()
}

fn is_page(row: &Row, reply: &Reply) {
    let html = reply.text();
    assert!(
        reply.header("content-type").starts_with("text/html") && html.contains("<h1"),
        "{row:?}: {} {html}",
        reply.status
    );
    let policy = reply.header("content-security-policy");
    assert!(
        policy.contains("script-src 'self'") && !policy.contains("unsafe"),
        "{row:?}: {policy}"
    );
    assert_eq!(reply.header("cache-control"), "no-store", "{row:?}");
}

#[test]
fn no_address_has_two_pages() {
    let addresses: BTreeSet<_> = TABLE.iter().map(|row| (row.method, row.path)).collect();
    assert_eq!(addresses.len(), TABLE.len());
}

both_engines! {
    fn every_page_as_nobody_and_as_each_role(app) {
        let everybody = cast(app);
        for row in TABLE {
            let reply = call(&mut app.browser(), row);
            match (row.permission, row.method) {
                ("Anybody", _) => assert!(reply.status < 500, "{row:?}: {}", reply.text()),
                (_, "get") => {
                    assert_eq!(reply.status, 303, "{row:?} as nobody");
                    assert!(reply.header("location").starts_with("/connexion?next=%2F"), "{row:?}");
                }
                _ => {
                    assert_eq!(reply.status, 401, "{row:?} as nobody");
                    is_page(row, &reply);
                    assert!(reply.text().contains("before:title"), "{row:?}: what was typed is lost");
                }
            }
            let foreign = call(&mut app.browser().with_header("sec-fetch-site", "cross-site"), row);
            let guarded = row.method == "post" && row.path != "/unsubscribe";
            assert_eq!(foreign.status == 403, guarded, "{row:?} from another site");
            if row.permission == "Anybody" || row.path == "/deconnexion" {
                continue; // would end the sessions that the walk goes on with
            }
            for (role, browser) in &everybody {
                let reply = call(&mut browser.clone(), row);
                let allowed = roles_of(row.permission).contains(role);
                assert!(reply.status < 500, "{row:?} as {role}: {}", reply.text());
                assert_eq!(reply.status == 403, !allowed, "{row:?} as {role}: {}", reply.text());
                // what is saved or printed is a file
                let is_file = !reply.header("content-disposition").is_empty();
                if reply.status != 303 && !is_file {
                    is_page(row, &reply);
                }
            }
        }
    }

    fn what_belongs_to_somebody_else_is_no_page(app) {
        if TABLE.iter().all(|row| !is_of_somebody(row)) {
            return;
        }
        let estate = Estate::of(app);
        let mut shown = Vec::new();
        for row in TABLE.iter().filter(|row| is_of_somebody(row)) {
            let path = estate.page(row.path)
                .unwrap_or_else(|| panic!("{row:?}: nobody in the estate has such a thing"));
            let there = Row { path: Box::leak(path.into_boxed_str()), ..*row };
            let roles = roles_of(row.permission).iter();
            for stranger in roles.filter_map(|role| estate.stranger(app, *role)) {
                let reply = call(&mut app.browser_of(stranger), &there);
                let hidden = [403, 404].contains(&reply.status);
                if !hidden || estate.shown(&without_address(&reply, there.path)).is_some() {
                    shown.push(format!("{row:?}: {} {}", reply.status, reply.text()));
                }
            }
        }
        assert!(shown.is_empty(), "{shown:#?}");
    }
}

/// What a page says beside its own address, which whoever asked knows.
fn without_address(reply: &Reply, address: &str) -> String {
    let ids = address.split('/').filter(|part| part.len() == 36);
    ids.fold(reply.text(), |text, id| text.replace(id, ""))
}

/// Shows or changes what belongs to somebody.
fn is_of_somebody(row: &Row) -> bool {
    row.path.contains("{id}") && row.permission != "Anybody" && !SHARED.contains(&row.path)
}

/// What is nobody's own: anyone of the role may ask it by the same id.
const SHARED: &[&str] = &[
    "/ville/messages/{id}/renvoyer",
    "/ville/inscriptions/{id}/reglement",
    "/ville/personnes/{id}",
    "/ville/personnes/{id}/deconnecter",
    "/compte/cles/{id}/desactiver",
];
