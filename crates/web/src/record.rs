//! What of a request goes into the audit log: operations whose row of the access table is
//! `Recorded`. A change is recorded in its own transaction; what the city's people look at,
//! before they are shown it, and once an hour for each thing.

use actix_web::HttpRequest;
use identity::audit::{Deed, Subject};
use kernel::{Actor, Id, PersonId};
use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::security::{client_address, network_of};
use crate::trace::Route;

/// Names an operation, in the audit log and for generated clients: `post_batches_id_submit`.
pub fn operation_id(method: &str, path: &str) -> String {
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    path.split(['/', '-'])
        .map(|segment| segment.trim_matches(['{', '}']))
        .filter(|segment| !segment.is_empty())
        .fold(method.to_owned(), |id, segment| format!("{id}_{segment}"))
}

/// Where an operation that is recorded comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    action: String,
    subject: Option<Id<Subject>>,
    network: Option<String>,
    also: Map<String, Value>,
}

impl Origin {
    /// Of a request whose route is known.
    pub fn of(request: &HttpRequest) -> Self {
        let method = request.method().as_str().to_ascii_lowercase();
        let action = Route::with(request, |route| {
            operation_id(&method, route.unwrap_or_default())
        });
        let segments = request.match_info();
        let also = segments
            .iter()
            .filter(|(name, _)| *name != "id")
            .map(|(name, value)| {
                let value: String = value.chars().take(64).collect();
                (name.to_owned(), Value::from(value))
            });
        Self {
            action,
            subject: segments.get("id").and_then(|id| id.parse().ok()),
            network: Self::network_of(request),
            also: also.collect(),
        }
    }

    /// The same under another name.
    #[must_use]
    pub fn named(mut self, deed: &str) -> Self {
        deed.clone_into(&mut self.action);
        self
    }

    /// From where a request comes, without the part that tells one machine from its neighbors.
    pub fn network_of(request: &HttpRequest) -> Option<String> {
        client_address(request).map(network_of)
    }

    /// A change that was made, with what it came to.
    pub fn change(&self, actor: &Actor, answer: &Answer) -> Deed {
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let made = body.get("id").and_then(Value::as_str);
        let subject = self
            .subject
            .or_else(|| made.and_then(|id| id.parse().ok()))
            .unwrap_or(Id::from_uuid(actor.person.uuid()));
        let mut detail = self.also.clone();
        for name in ["status", "outcome", "role", "version", "same_mailbox"] {
            let plain = |value: &&Value| !value.is_array() && !value.is_object();
            if let Some(value) = body.get(name).filter(|v| plain(v) && !v.is_null()) {
                detail.insert(name.to_owned(), value.clone());
            }
        }
        self.deed(subject, actor, detail)
    }

    /// Something that was looked at.
    pub fn look(&self, actor: &Actor) -> Deed {
        let subject = self.subject.unwrap_or(Id::from_uuid(actor.person.uuid()));
        self.deed(subject, actor, self.also.clone())
    }

    /// What somebody did to their own account, before or while signing in.
    pub fn of_person(&self, person: PersonId) -> Deed {
        Deed {
            action: self.action.clone(),
            subject: Id::from_uuid(person.uuid()),
            actor: Some(person),
            organisation: None,
            key: None,
            network: self.network.clone(),
            detail: Value::Object(self.also.clone()).to_string(),
        }
    }

    /// The same with something more to say.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.also.insert(name.to_owned(), value);
        self
    }

    /// That somebody tried to get into an account, and failed: nobody knows who.
    pub fn failure_at(&self, person: PersonId, wrong: &str) -> Deed {
        let refused = self.clone().with("outcome", "refused".into());
        refused.with("wrong", wrong.into()).of_stranger(person)
    }

    /// Something about an account that nobody did who is known.
    pub fn of_stranger(&self, person: PersonId) -> Deed {
        Deed {
            actor: None,
            ..self.of_person(person)
        }
    }

    fn deed(&self, subject: Id<Subject>, actor: &Actor, detail: Map<String, Value>) -> Deed {
        Deed {
            action: self.action.clone(),
            subject,
            actor: Some(actor.person),
            organisation: Some(actor.organisation),
            key: actor.key,
            network: self.network.clone(),
            detail: Value::Object(detail).to_string(),
        }
    }
}
