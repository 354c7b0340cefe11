//! Tokens that were tampered with, or used once too often.

use crate::support::accounts::{client, sign_up};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use testkit::{TestApp, Value, both_engines, json};

/// The secret of every [`TestApp`].
const SECRET: [u8; 32] = [42; 32];

/// A real token's header and claims.
fn taken_apart(app: &TestApp) -> (Value, Value) {
    let tokens = sign_up(app, "jo@ville.example");
    let token = tokens["access_token"].as_str().unwrap();
    let part = |n: usize| {
        let text = BASE64.decode(token.split('.').nth(n).unwrap()).unwrap();
        serde_json::from_slice(&text).unwrap()
    };
    (part(0), part(1))
}

fn signed(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let encode = |value: &Value| BASE64.encode(value.to_string());
    let message = format!("{}.{}", encode(header), encode(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(message.as_bytes());
    format!("{message}.{}", BASE64.encode(mac.finalize().into_bytes()))
}

fn refused(app: &TestApp, token: &str) {
    let forger = app.anyone.with_token(token);
    forger.get("/me").refused(401, "not_authenticated");
    forger
        .post("/users", json!({}))
        .refused(401, "not_authenticated");
}

both_engines! {
    fn the_secret_of_these_tests_signs_what_is_taken(app) {
        // else the refusals below would prove nothing
        let (header, claims) = taken_apart(app);
        app.anyone.with_token(&signed(&header, &claims, &SECRET)).get("/me").expect(200);
    }

    fn alg_none_is_refused(app) {
        let (mut header, claims) = taken_apart(app);
        for none in ["none", "None", "HS512"] {
            header["alg"] = json!(none);
            let token = signed(&header, &claims, &SECRET);
            refused(app, &token);
            let (message, _) = token.rsplit_once('.').unwrap();
            refused(app, &format!("{message}."));
        }
    }

    fn another_key_is_refused(app) {
        let (mut header, claims) = taken_apart(app);
        refused(app, &signed(&header, &claims, &[43; 32]));
        header["kid"] = json!("AAAAAAAA");
        refused(app, &signed(&header, &claims, &SECRET));
        header.as_object_mut().unwrap().remove("kid");
        refused(app, &signed(&header, &claims, &SECRET));
    }

    fn an_expired_token_is_refused(app) {
        let (header, mut claims) = taken_apart(app);
        let expires = claims["exp"].as_i64().unwrap();
        claims["exp"] = json!(expires - 15 * 60);
        refused(app, &signed(&header, &claims, &SECRET));
        claims.as_object_mut().unwrap().remove("exp");
        refused(app, &signed(&header, &claims, &SECRET));
    }

    fn another_audience_is_refused(app) {
        let (header, claims) = taken_apart(app);
        for (claim, value) in [("aud", json!("another")), ("iss", json!("another")), ("aud", json!(null))] {
            let mut claims = claims.clone();
            claims[claim] = value;
            refused(app, &signed(&header, &claims, &SECRET));
        }
    }

    fn an_edited_role_is_refused(app) {
        let (header, mut claims) = taken_apart(app);
        let real = signed(&header, &claims, &SECRET);
        claims["role"] = json!("admin");
        let (_, signature) = real.rsplit_once('.').unwrap();
        let forged = signed(&header, &claims, &SECRET);
        let (message, _) = forged.rsplit_once('.').unwrap();
        refused(app, &format!("{message}.{signature}"));
        // and also where the signature is right: a session has the role that it has today
        app.anyone.with_token(&forged).post("/users", json!({"email": "x@y.example", "name": "X",
            "role": "staff", "organisation_id": app.staff.organisation})).refused(401, "session_ended");
        app.anyone.with_token(&forged).get("/me").refused(401, "session_ended");
    }

    fn a_replayed_refresh_token_is_refused(app) {
        let first = sign_up(app, "jo@ville.example");
        let again = |token: &Value| app.anyone.post("/auth/refresh", json!({"refresh_token": token}));
        let second = again(&first["refresh_token"]).expect(200);
        again(&first["refresh_token"]).refused(401, "session_ended");
        again(&second["refresh_token"]).refused(401, "session_ended");
        client(app, &second).get("/me").refused(401, "session_ended");
        again(&json!("nonsense")).refused(401, "session_ended");
    }

    fn of_clients_that_refresh_at_once_one_wins_and_the_session_ends(app) {
        let tokens = sign_up(app, "jo@ville.example");
        let body = json!({"refresh_token": tokens["refresh_token"]});
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let clients: Vec<_> = (0..8).map(|_| {
                let (anyone, body) = (app.anyone.clone(), body.clone());
                scope.spawn(move || anyone.post("/auth/refresh", body).status)
            }).collect();
            clients.into_iter().map(|client| client.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [200, 401].contains(status)), "{statuses:?}");
        client(app, &tokens).get("/me").refused(401, "session_ended");
    }
}
