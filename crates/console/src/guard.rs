//! What holds for every page: nothing is changed for another site, nothing is kept by caches,
//! nothing runs that is not ours.

use ::web::ApiError;
use ::web::security::PAGES;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, ORIGIN,
};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpRequest, ResponseError};
use kernel::{Code, Refusal, Text};

use crate::cookies::host;
use crate::shared::Console;

/// What mail programs send by themselves: the token in the address says whose choice it is.
const FROM_MAIL_PROGRAMS: &[&str] = &["/unsubscribe"];

/// Refuses what would change something for a page of another site.
pub(crate) async fn same_origin<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let open = FROM_MAIL_PROGRAMS.contains(&request.path());
    if changes(request.method()) && !open && !is_ours(request.request()) {
        let refused = ApiError::from(Refusal::new(
            Code::NotAllowed,
            Text::new(
                "Ce formulaire ne vient pas de ce site : rien n'a été enregistré. Ouvrez la page ici et recommencez.",
                "This form does not come from this site: nothing was saved. Open the page here and try again.",
            ),
        ));
        return Ok(request.into_response(refused.error_response()));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

fn changes(method: &Method) -> bool {
    ![Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

/// Whether a form was sent from a page of ours: browsers say so, in one of two ways.
fn is_ours(request: &HttpRequest) -> bool {
    let text = |name: HeaderName| {
        let value = request.headers().get(name);
        value.and_then(|value| value.to_str().ok())
    };
    if text(HeaderName::from_static("sec-fetch-site")) == Some("same-origin") {
        return true;
    }
    let Some((scheme, origin)) = text(ORIGIN).and_then(|origin| origin.split_once("://")) else {
        return false;
    };
    let public = request
        .app_data::<Data<Console>>()
        .and_then(|console| console.settings.base_url.split_once("://"))
        .is_some_and(|(ours, rest)| ours == scheme && rest.trim_end_matches('/') == origin);
    let web = scheme == "http" || scheme == "https";
    public || (web && origin.eq_ignore_ascii_case(&host(request)))
}

/// What browsers are told about a page.
pub(crate) async fn headers<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    let is_page = headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page && !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGES));
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HOST;
    use actix_web::test::TestRequest;

    use super::*;

    fn ours(pairs: &[(&str, &str)]) -> bool {
        let mut request = TestRequest::post().insert_header((HOST, "ressac.example:8080"));
        for pair in pairs {
            request = request.insert_header(*pair);
        }
        is_ours(&request.to_http_request())
    }

    #[test]
    fn a_form_of_another_site_is_not_ours() {
        assert!(ours(&[("sec-fetch-site", "same-origin")]));
        assert!(ours(&[("origin", "http://ressac.example:8080")]));
        assert!(ours(&[("origin", "https://RESSAC.example:8080")]));
        for foreign in [
            &[][..],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("origin", "null")],
            &[("origin", "http://ressac.example")],
            &[("origin", "http://ressac.example:8080.evil.example")],
            &[("origin", "ftp://ressac.example:8080")],
            &[("referer", "http://ressac.example:8080/")],
        ] {
            assert!(!ours(foreign), "{foreign:?}");
        }
    }
}
