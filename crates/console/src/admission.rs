//! Who comes to a page: somebody who has its permission. Whoever is not signed in does that first.

use ::web::ApiError;
use ::web::access::{Allowed, Permission};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::page::Page;
use crate::sign_in_first;
use crate::visit::Visit;

impl<P: Permission> FromRequest for Page<P> {
    type Error = actix_web::Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let Some(visit) = Visit::of(request) else {
            let missing = ApiError::from(db::Error::internal("the console is not set up"));
            return Box::pin(std::future::ready(Err(missing.into())));
        };
        if visit.visitor().is_none() {
            return Box::pin(sign_in_first::answer(visit, payload.take()));
        }
        let page = Allowed::of(request).map(|who| Self { visit, who });
        let page = page.map_err(|code| ApiError::from(code).into());
        Box::pin(std::future::ready(page))
    }
}
