//! Nobody is locked out by strangers or neighbors, and what fails is told.

use crate::support::accounts::{PASSWORD, client, link, login, sign_up};
use testkit::{Client, Reply, TestApp, Value, both_engines, json};

const JO: &str = "jo@ville.example";

fn from(app: &TestApp, address: &str) -> Client {
    app.anyone.with_header("x-forwarded-for", address)
}

fn wrong(client: &Client) -> Reply {
    client.post("/auth/login", login(JO, "faux mot"))
}

fn known(client: &Client, token: &Value, password: &str) -> Reply {
    let mut body = login(JO, password);
    body["device_token"] = token.clone();
    client.post("/auth/login", body)
}

/// Strangers from everywhere try until the account is closed to new places.
fn besieged(app: &TestApp) {
    for place in 0..60 {
        wrong(&from(app, &format!("203.0.113.{place}"))).refused(401, "invalid_credentials");
    }
    wrong(&from(app, "198.51.100.1")).refused(429, "too_many_requests");
}

both_engines! {
    fn a_device_that_signed_in_before_is_known_by_its_token_and_not_by_its_network(app) {
        let token = sign_up(app, JO)["device_token"].clone();
        besieged(app);
        // from wherever it is
        let away = from(app, "192.0.2.99");
        let again = known(&away, &token, PASSWORD).expect(200);
        assert_eq!(again["device_token"], token, "it stays known");
        away.post("/auth/login", login(JO, PASSWORD)).refused(429, "too_many_requests");
        known(&away, &json!("nonsense"), PASSWORD).refused(429, "too_many_requests");
        // another's token is none of this account's
        let other = sign_up(app, "al@ville.example")["device_token"].clone();
        known(&away, &other, PASSWORD).refused(429, "too_many_requests");
    }

    fn a_neighbor_behind_the_same_address_locks_nobody_out(app) {
        let token = sign_up(app, JO)["device_token"].clone();
        let office = from(app, "192.0.2.1");
        for _ in 0..10 {
            wrong(&office).refused(401, "invalid_credentials");
        }
        wrong(&office).refused(429, "too_many_requests");
        known(&office, &token, PASSWORD).expect(200);
        // a known device is counted by itself
        for _ in 0..10 {
            known(&office, &token, "faux mot").refused(401, "invalid_credentials");
        }
        known(&office, &token, PASSWORD).refused(429, "too_many_requests");
        app.clock.advance_seconds(300);
        known(&office, &token, PASSWORD).expect(200);
        // whoever is signed in proves it by their session, however many others try from there
        let jo = client(app, &known(&office, &token, PASSWORD).expect(200));
        for _ in 0..10 {
            wrong(&office).refused(401, "invalid_credentials");
        }
        jo.with_header("x-forwarded-for", "192.0.2.1").post("/me/proof", json!({"password": PASSWORD})).expect(204);
    }

    fn a_reset_by_mail_forgives_what_strangers_tried(app) {
        sign_up(app, JO);
        besieged(app);
        let home = from(app, "192.0.2.50");
        home.post("/auth/login", login(JO, PASSWORD)).refused(429, "too_many_requests");
        home.post("/auth/forgotten", json!({"email": JO})).expect(202);
        let token = link(app, "password_reset", JO);
        let new = "un goéland sur le mât";
        home.post("/auth/reset", json!({"token": token, "password": new})).expect(204);
        home.post("/auth/login", login(JO, new)).expect(200);
        // and who holds its link gets in however long they go on trying
        besieged(app);
        home.post("/auth/login", login(JO, new)).refused(429, "too_many_requests");
        known(&home, &json!(token), new).expect(200);
    }

    fn no_answer_tells_whether_an_address_has_an_account(app) {
        sign_up(app, JO);
        let tried = |email: &str, network: u8| -> Vec<(u16, Value)> {
            (0..62).map(|n| {
                let client = from(app, &format!("203.0.{network}.{n}"));
                let mut body = login(email, "faux mot");
                body["device_token"] = json!("a token of nobody's");
                let reply = client.post("/auth/login", body);
                (reply.status, reply.json()["code"].clone())
            }).collect()
        };
        assert_eq!(tried(JO, 1), tried("nobody@ville.example", 2));
    }

    fn failures_are_recorded_and_their_owner_hears_after_ten(app) {
        sign_up(app, JO);
        let failed = |app: &TestApp| {
            let told = app.mails_of("account_changed");
            told.iter().filter(|mail| mail.data["change"] == "sign_ins_failed").count()
        };
        for place in 0..9 {
            wrong(&from(app, &format!("203.0.113.{place}"))).refused(401, "invalid_credentials");
        }
        assert_eq!(failed(app), 0);
        for place in 9..30 {
            wrong(&from(app, &format!("203.0.113.{place}"))).refused(401, "invalid_credentials");
        }
        assert_eq!(failed(app), 1, "once");
        let tokens = app.anyone.post("/auth/login", login(JO, PASSWORD)).expect(200);
        let me = client(app, &tokens).get("/me").expect(200)["id"].as_str().unwrap().to_owned();
        let recorded = app.admin.get(&format!("/audit?subject={me}&limit=200")).expect(200);
        let refused: Vec<&Value> = recorded["items"].as_array().unwrap().iter()
            .filter(|event| event["detail"]["outcome"] == "refused").collect();
        assert_eq!(refused.len(), 30);
        assert_eq!((&refused[0]["actor_id"], &refused[0]["detail"]["wrong"]), (&Value::Null, &json!("password")));
        assert_eq!(refused[0]["network"], "203.0.113.0/24");
        assert!(!recorded.to_string().contains(JO), "no address");
        // an address that nobody has leaves no line and no mail
        app.anyone.post("/auth/login", login("nobody@ville.example", "faux mot")).refused(401, "invalid_credentials");
    }
}
