//! `/deconnexion`: ends the session of this browser.

use ::web::ApiError;
use ::web::access::UseAccount;
use actix_web::http::header::{HeaderName, HeaderValue, SET_COOKIE};
use kernel::Code;

use crate::cookies::Cookie;
use crate::{Form, Page, PageResult, Sample, Saved};

pub(crate) async fn send(page: Page<UseAccount>, _: Form) -> PageResult {
    let actor = page.actor();
    let cookie = Cookie::Session.of(page.request()).unwrap_or_default();
    let database = &page.state().database;
    database
        .write(move |tx| identity::end_cookie(tx, &actor, &cookie))
        .await?;
    let saved = Saved::at("/").saying("Vous êtes déconnecté.", "You are signed out.");
    let mut response = page.see(&saved);
    let removed = Cookie::Session.removed(page.request()).parse();
    let removed = removed.map_err(|_| ApiError::from(Code::Internal))?;
    response.headers_mut().append(SET_COOKIE, removed);
    // what was shown is not shown again to whoever sits there next; unsent scans stay
    let cache = HeaderValue::from_static("\"cache\"");
    let name = HeaderName::from_static("clear-site-data");
    response.headers_mut().insert(name, cache);
    Ok(response)
}

pub(crate) fn samples() -> Vec<Sample> {
    Vec::new()
}
