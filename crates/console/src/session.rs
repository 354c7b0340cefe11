//! Who comes with a cookie. It opens a session of the same kind as tokens do, so that whatever
//! ends sessions ends it.

use ::web::access::introduce;
use ::web::{ApiError, ApiResult, State};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderValue, LOCATION, SET_COOKIE};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError, web};
use identity::{TokenPair, Visitor};
use kernel::{Code, Refusal};

use crate::cookies::Cookie;

/// How long browsers keep the cookie, in seconds. The session may end before.
fn kept_for(state: &State) -> i64 {
    state.signer.sessions().idle_days * 24 * 3600
}

/// How long a browser is known again, in seconds: half a year.
const REMEMBERED: i64 = 180 * 24 * 3600;

/// What knows a browser again with which somebody signed in: `Set-Cookie`.
pub(crate) fn remembered(request: &HttpRequest, token: &str) -> String {
    Cookie::Device.set(request, token, REMEMBERED)
}

/// Finds out who visits, before anything else of the request is looked at.
pub(crate) async fn recognize<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let renewed = match visitor(request.request()).await {
        Ok(None) => None,
        Ok(Some((visitor, renewed))) => {
            introduce(&request, visitor.actor);
            request.extensions_mut().insert(visitor);
            renewed
        }
        Err(error) => return Ok(request.into_response(error.error_response())),
    };
    let mut response = next.call(request).await?.map_into_boxed_body();
    if is_over(&response) {
        let request = response.into_parts().0;
        let signing_in = to_sign_in(&request);
        return Ok(ServiceResponse::new(request, signing_in));
    }
    let own = renewed.as_ref().and_then(|cookie| cookie.split_once('='));
    let says_itself = own.is_some_and(|(name, _)| {
        let mut set = response.headers().get_all(SET_COOKIE);
        set.any(|other| other.as_bytes().starts_with(format!("{name}=").as_bytes()))
    });
    if let Some(cookie) = renewed.filter(|_| !says_itself) {
        let value = HeaderValue::from_str(&cookie)?;
        response.headers_mut().append(SET_COOKIE, value);
    }
    Ok(response)
}

/// Whether somebody looks at a page whose session ended at this very moment.
fn is_over(response: &ServiceResponse<BoxBody>) -> bool {
    let looks = [Method::GET, Method::HEAD].contains(response.request().method());
    let extensions = response.response().extensions();
    let refused = extensions.get::<Refusal>().map(|refusal| refusal.code);
    looks && matches!(refused, Some(Code::SessionEnded | Code::NotAuthenticated))
}

/// Leads to the sign-in, and from there back to the address.
pub(crate) fn to_sign_in(request: &HttpRequest) -> HttpResponse {
    let next = request
        .uri()
        .path_and_query()
        .map_or("/", |address| address.as_str());
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    HttpResponse::SeeOther()
        .insert_header((LOCATION, format!("/connexion?next={next}")))
        .finish()
}

/// Whom the cookie of a request names, with the cookie anew when the session was extended.
async fn visitor(request: &HttpRequest) -> ApiResult<Option<(Visitor, Option<String>)>> {
    let cookie = Cookie::Session.of(request).filter(|it| !it.is_empty());
    let (Some(cookie), Some(state)) = (cookie, request.app_data::<web::Data<State>>()) else {
        return Ok(None);
    };
    let (now, sought) = (state.database.now(), cookie.clone());
    let found = state
        .database
        .read(move |db| identity::visitor(db, &sought, now))
        .await?;
    let Some(visitor) = found else {
        return Ok(None);
    };
    if !visitor.is_due(&state.signer, now) {
        return Ok(Some((visitor, None)));
    }
    let (kept, signer) = (visitor.clone(), state.signer.clone());
    let extended = state
        .database
        .write(move |tx| identity::keep_session(tx, &signer, &kept))
        .await;
    match extended.map_err(ApiError::from) {
        Ok(()) => Ok(Some((
            visitor,
            Some(Cookie::Session.set(request, &cookie, kept_for(state))),
        ))),
        Err(error) if error.code() == Some(Code::SessionEnded) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The cookie for somebody who just signed in: `Set-Cookie`.
///
/// # Errors
/// `session_ended` when the session ended at once.
pub(crate) async fn begin(
    state: &State,
    request: &HttpRequest,
    tokens: &TokenPair,
) -> ApiResult<(String, kernel::Actor)> {
    let now = state.database.now();
    let actor = state.signer.actor(&tokens.access_token, now);
    let actor = actor.ok_or(Code::SessionEnded)?;
    let token = state
        .database
        .write(move |tx| identity::give_cookie(tx, &actor))
        .await?;
    Ok((Cookie::Session.set(request, &token, kept_for(state)), actor))
}
