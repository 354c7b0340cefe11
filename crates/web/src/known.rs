//! Whom a request is from, once it is known.

use actix_web::dev::ServiceRequest;
use actix_web::{HttpMessage, HttpRequest};
use identity::Scope;
use kernel::Actor;

/// Whom a request's token names, and what a key opens.
pub(crate) struct Known {
    pub(crate) actor: Actor,
    pub(crate) scopes: Option<Vec<Scope>>,
}

/// Whom the request's token names, once [`crate::authentication`] has looked.
pub(crate) fn known_actor(request: &ServiceRequest) -> Option<Actor> {
    request.extensions().get::<Known>().map(|known| known.actor)
}

/// Whether somebody signed in, or a key, sends a request.
pub(crate) fn is_known(request: &HttpRequest) -> bool {
    request.extensions().contains::<Known>()
}

/// Who that is.
pub(crate) fn actor_of(request: &HttpRequest) -> Option<Actor> {
    request.extensions().get::<Known>().map(|known| known.actor)
}

/// Notes who asks, for a door that knows people by something else than a token.
pub fn introduce(request: &impl HttpMessage, actor: Actor) {
    let known = Known {
        actor,
        scopes: None,
    };
    request.extensions_mut().insert(known);
}
