//! Finds out who asks: by the token or the key that a request carries.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, ResponseError, web};
use kernel::{Actor, Instant};

use crate::known::Known;
use crate::problem::ApiError;
use crate::state::State;

/// How long a key's last use may be out of date, so that reading does not write each time.
const TOUCH_SECONDS: i64 = 60;

/// Finds out who asks before anything of the request is read, so that a stranger learns
/// nothing from how a body is refused.
pub(crate) async fn authenticate<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match identify(&request).await {
        Ok(Some(known)) => {
            request.extensions_mut().insert(known);
        }
        Ok(None) => {}
        Err(error) => return Ok(request.into_response(error.error_response())),
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

async fn identify(request: &ServiceRequest) -> Result<Option<Known>, ApiError> {
    let token = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim().to_owned());
    let (Some(token), Some(state)) = (token, request.app_data::<web::Data<State>>()) else {
        return Ok(None);
    };
    let now = state.database.now();
    if !token.starts_with(identity::token::API_KEY_PREFIX) {
        let actor = state.signer.actor(&token, now);
        return Ok(actor.map(|actor| Known {
            actor,
            scopes: None,
        }));
    }
    let holder = state
        .database
        .read(move |db| identity::api_key(db, &token, now))
        .await?;
    let Some(holder) = holder else {
        return Ok(None);
    };
    let stale = |at: Instant| now.seconds_since(at) >= TOUCH_SECONDS;
    if holder.last_used_at.is_none_or(stale) {
        let id = holder.id;
        state
            .database
            .write(move |tx| identity::touch_api_key(tx, id, now))
            .await?;
    }
    Ok(Some(Known {
        actor: Actor {
            person: holder.person,
            role: holder.role,
            organisation: holder.organisation,
            session: None,
            key: Some(holder.id),
        },
        scopes: Some(holder.scopes),
    }))
}
