//! Who takes part: each with an account of their own, made as real ones are.

use serde_json::{Value, json};

use super::http::{Client, text};
use super::mailbox::Mailbox;
use super::{ADMIN, PASSWORD};

const SAM: &str = "sam@marseille.example.org";
const OLGA: &str = "olga@marseille.example.org";
const DORA: &str = "dora@orange.example.org";
const RITA: &str = "rita@atelier.example.org";
const REMI: &str = "remi@atelier.example.org";
const HELENE: &str = "helene@marseille.example.org";

/// The accounts that the demo leaves behind.
pub const ACCOUNTS: &[(&str, &str)] = &[
    ("admin", ADMIN),
    ("staff", SAM),
    ("staff", OLGA),
    ("donor", DORA),
    ("refurbisher", RITA),
    ("refurbisher", REMI),
    ("helper", HELENE),
];

/// Everyone but the associations, signed in.
pub struct Cast {
    /// Reviews, assesses first, proposes and submits.
    pub sam: Client,
    /// Assesses second, and approves.
    pub olga: Client,
    /// Registers the batch for Orange.
    pub dora: Client,
    /// Receives, erases, tests.
    pub rita: Client,
    /// Checks what Rita tested.
    pub remi: Client,
    /// The workshop.
    pub workshop: String,
}

impl Cast {
    /// Enters the organizations, invites everyone, and follows the links in the mails.
    pub fn assemble(client: &Client, mailbox: &Mailbox) -> Result<Self, String> {
        let admin = client.login(ADMIN, PASSWORD)?;
        let city = admin.get("/me")?["organisation"]["id"].clone();
        let orange = organisation(
            &admin,
            &json!({
            "kind": "donor", "name": "Orange", "siret": "38012986648625",
            "address": "111 quai du Président Roosevelt", "postal_code": "92130",
            "commune": "Issy-les-Moulineaux", "commune_code": "92040"}),
        )?;
        let workshop = organisation(
            &admin,
            &json!({
            "kind": "workshop", "name": "Atelier du Port", "address": "14 quai du Lazaret",
            "postal_code": "13002", "commune": "Marseille 2e Arrondissement"}),
        )?;
        let join = |email: &str, name: &str, role: &str, organisation: &Value| {
            admin.post(
                "/users",
                &json!({
                "email": email, "name": name, "role": role, "organisation_id": organisation}),
            )?;
            enter(client, mailbox, email)
        };
        // registers associations and applies for them, at a desk of the city
        join(HELENE, "Hélène Aide", "helper", &city)?;
        Ok(Self {
            sam: join(SAM, "Sam Service", "staff", &city)?,
            olga: join(OLGA, "Olga Service", "staff", &city)?,
            dora: join(DORA, "Dora Don", "donor", &orange)?,
            rita: join(RITA, "Rita Atelier", "refurbisher", &workshop)?,
            remi: join(REMI, "Rémi Atelier", "refurbisher", &workshop)?,
            workshop: workshop.as_str().unwrap_or_default().to_owned(),
        })
    }
}

fn organisation(admin: &Client, body: &Value) -> Result<Value, String> {
    Ok(Value::String(text(
        &admin.post("/organisations", body)?,
        "id",
    )?))
}

/// Follows the link in the mail to an address, sets the password, and signs in.
pub fn enter(client: &Client, mailbox: &Mailbox, email: &str) -> Result<Client, String> {
    let token = mailbox.token(email)?;
    client.post(
        "/auth/invitation",
        &json!({"token": token, "password": PASSWORD}),
    )?;
    client.login(email, PASSWORD)
}
