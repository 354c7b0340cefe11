//! Accounts with a password, as people have them.

use testkit::{Client, TestApp, Value, json};

/// The password of the accounts made here.
pub const PASSWORD: &str = "une mouette rieuse";

/// Someone of the staff who accepted their invitation; their tokens.
pub fn sign_up(app: &TestApp, email: &str) -> Value {
    invite(app, email, "staff");
    let token = link(app, "invitation", email);
    app.anyone
        .post(
            "/auth/invitation",
            json!({"token": token, "password": PASSWORD}),
        )
        .expect(200)
}

/// Invites somebody to the city; their id.
pub fn invite(app: &TestApp, email: &str, role: &str) -> String {
    invite_to(app, &app.staff.organisation, email, role)
}

/// Invites somebody to an organization; their id.
pub fn invite_to(app: &TestApp, organisation: &str, email: &str, role: &str) -> String {
    let body = json!({"email": email, "name": "Jo Dupont", "role": role,
        "organisation_id": organisation});
    let invited = app.admin.post("/users", body).expect(201);
    invited["id"].as_str().unwrap().to_owned()
}

/// The token of the last mail of a kind to an address.
pub fn link(app: &TestApp, kind: &str, email: &str) -> String {
    let mails = app.mails_of(kind);
    let mail = mails.iter().rev().find(|mail| mail.to == email).unwrap();
    mail.data["token"].as_str().unwrap().to_owned()
}

/// A client with the access token of a sign-in.
pub fn client(app: &TestApp, tokens: &Value) -> Client {
    app.anyone
        .with_token(tokens["access_token"].as_str().unwrap())
}

/// The body of a sign-in.
pub fn login(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}
