//! `/langue`: in which language pages are read from now on, on this browser, and for whoever is
//! signed in in mails, too.

use ::web::ApiError;
use ::web::access::{Allowed, ManageAccount};
use actix_web::http::header::SET_COOKIE;
use identity::ProfileChange;
use kernel::{Code, Language};

use super::sign_in::own_path;
use crate::cookies::Cookie;
use crate::language::REMEMBERED;
use crate::{Form, PageResult, Sample, Saved, Visit};

pub(crate) async fn send(visit: Visit, form: Form) -> PageResult {
    let language: Language = form.get("lang").parse().unwrap_or(Language::French);
    if let Ok(who) = Allowed::<ManageAccount>::of(visit.request()) {
        let change = ProfileChange {
            name: None,
            language: Some(language),
        };
        let who = who.named("patch_me");
        visit
            .state()
            .write(&who, move |tx, actor| {
                ::web::Answer::ok(&identity::change_profile(tx, actor, &change)?)
            })
            .await?;
    }
    let back = own_path(&form.exact("back")).unwrap_or_else(|| "/".to_owned());
    let mut response = visit.see(&Saved::at(back));
    let cookie = Cookie::Language.set(visit.request(), language.as_str(), REMEMBERED);
    let cookie = cookie.parse().map_err(|_| ApiError::from(Code::Internal))?;
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

pub(crate) fn samples() -> Vec<Sample> {
    Vec::new()
}
