//! People who are signed in, put straight into a database that no server has open.

use std::sync::Arc;

use db::{Database, DatabaseSettings};
use identity::token::Signer256;
use identity::{NewOrganisation, NewPerson, OrganisationKind};
use kernel::{PersonId, Role, SystemClock};

use super::SECRET;
use super::server::{Answer, ask, ask_json};

/// One of each whom a batch meets.
#[derive(Clone)]
pub struct Cast {
    pub staff: Caller,
    pub donor: Caller,
    pub refurbisher: Caller,
}

/// Someone who is signed in.
#[derive(Clone)]
pub struct Caller {
    pub person: PersonId,
    pub organisation: String,
    token: String,
}

impl Cast {
    /// Makes them.
    pub fn join(url: &str) -> Self {
        write(url, |tx| {
            let mut call = |kind, role, name: &str| {
                let organisation = identity::create_organisation(tx, &organisation(kind, name))?.id;
                let new = NewPerson {
                    email: format!("{}@test.example", name.to_lowercase()),
                    name: name.to_owned(),
                    role,
                    organisation_id: organisation,
                    language: None,
                };
                let person = identity::invite(tx, &new)?.person.id;
                Ok::<_, db::Error>(Caller {
                    person,
                    organisation: organisation.to_string(),
                    token: identity::open_session(tx, &signer(), person, None)?.access_token,
                })
            };
            Ok(Self {
                staff: call(OrganisationKind::City, Role::Staff, "Ville")?,
                donor: call(OrganisationKind::Donor, Role::Donor, "Donateur")?,
                refurbisher: call(OrganisationKind::Workshop, Role::Refurbisher, "Atelier")?,
            })
        })
    }

    /// Signs them in again: access tokens live for minutes.
    pub fn sign_in(&mut self, url: &str) {
        let people = [&mut self.staff, &mut self.donor, &mut self.refurbisher];
        for caller in people {
            let person = caller.person;
            caller.token = write(url, move |tx| {
                Ok(identity::open_session(tx, &signer(), person, None)?.access_token)
            });
        }
    }
}

impl Caller {
    /// Asks as this person; none when no whole answer came.
    pub fn send(
        &self,
        address: &str,
        (method, path): (&str, &str),
        key: Option<&str>,
        (content_type, body): (&str, &str),
    ) -> Option<Answer> {
        let bearer = format!("Bearer {}", self.token);
        let mut headers = vec![
            ("Authorization", bearer.as_str()),
            ("Content-Type", content_type),
        ];
        headers.extend(key.map(|key| ("Idempotency-Key", key)));
        let path = format!("/api/v1{path}");
        ask(address, method, &path, &headers, body.as_bytes())
    }

    /// POST of JSON that has to succeed.
    #[track_caller]
    pub fn post(&self, address: &str, path: &str, body: testkit::Value) -> testkit::Value {
        let answer = ask_json(address, ("POST", path), Some(&self.token), &body);
        assert!(
            answer.status < 300,
            "{path}: {} {}",
            answer.status,
            answer.body
        );
        answer.json()
    }

    /// The bearer header's value.
    pub fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }
}

fn organisation(kind: OrganisationKind, name: &str) -> NewOrganisation {
    NewOrganisation {
        kind: Some(kind),
        name: name.to_owned(),
        siret: None,
        rna: None,
        address: "1 rue de la Paix".to_owned(),
        postal_code: "13003".to_owned(),
        commune: "Marseille 3e Arrondissement".to_owned(),
        commune_code: None,
    }
}

fn signer() -> Signer256 {
    Signer256::new(&[SECRET]).expect("a secret")
}

/// Opens the database as a second program would.
fn open(url: &str) -> Database {
    let settings = DatabaseSettings {
        url: url.to_owned(),
        connections: 2,
        statement_limit: None,
    };
    Database::open(settings, Arc::new(SystemClock)).expect("opens")
}

/// Someone who is there, signed in.
pub fn signed_in(url: &str, person: PersonId) -> Caller {
    write(url, move |tx| {
        Ok(Caller {
            person,
            organisation: String::new(),
            token: identity::open_session(tx, &signer(), person, None)?.access_token,
        })
    })
}

/// Reads from the database directly.
pub fn read<T: Send + 'static>(
    url: &str,
    work: impl FnOnce(&mut db::Db) -> db::Result<T> + Send + 'static,
) -> T {
    wait(open(url).read(work)).expect("reads")
}

/// Writes to the database directly.
pub fn write<T: Send + 'static>(
    url: &str,
    work: impl Fn(&mut db::Tx<'_>) -> db::Result<T> + Send + 'static,
) -> T {
    wait(open(url).write(work)).expect("writes")
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(work)
}
