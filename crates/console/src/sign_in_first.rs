//! A page for somebody who is not signed in, or not any more. To look at it, they sign in and
//! come back. What they sent is not lost: the form that signs them in carries it along, and it is
//! offered to be sent again.

use actix_web::body::BodyStream;
use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpMessage, HttpResponse};

use crate::form::{Form, SIGN_IN_LIMIT, Taken};
use crate::pages::sign_in::{Carried, SignInPage};
use crate::session::to_sign_in;
use crate::visit::Visit;

/// Leads to the sign-in. Never the page itself: the outcome is always an error, in actix's sense.
pub(crate) async fn answer<T>(visit: Visit, payload: Payload) -> Result<T, actix_web::Error> {
    let request = visit.request().clone();
    let response = if [Method::GET, Method::HEAD].contains(request.method()) {
        to_sign_in(&request)
    } else {
        request.extensions_mut().insert(Taken);
        match with_what_was_sent(&visit, payload).await {
            Ok(response) => response,
            Err(cause) => return Err(cause.into()),
        }
    };
    Err(InternalError::from_response("signs in first", response).into())
}

async fn with_what_was_sent(
    visit: &Visit,
    payload: Payload,
) -> Result<HttpResponse, ::web::ApiError> {
    let content_type = visit
        .request()
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let body = actix_web::body::to_bytes_limited(BodyStream::new(payload), SIGN_IN_LIMIT).await;
    let sent = match body {
        Ok(Ok(body)) => Form::parse(&content_type, &body).ok(),
        _ => None,
    };
    let fields = sent.map(Form::into_fields).unwrap_or_default();
    let page = SignInPage {
        next: String::new(),
        code: false,
        carried: Some(Carried::new(visit.path(), fields)),
    };
    let html = visit.render(&page, Some(&crate::FormView::empty()?))?;
    Ok(HttpResponse::build(StatusCode::UNAUTHORIZED)
        .content_type("text/html; charset=utf-8")
        .body(html))
}
