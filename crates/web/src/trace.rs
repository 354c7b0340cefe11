//! The span of a request: its id, method, route and status. No address, no user agent, no
//! query: a log is no place for what says who somebody is.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::{Error, HttpMessage};
use tracing::Span;
use tracing::field::Empty;
use tracing_actix_web::{RequestId, RootSpanBuilder};

pub struct RequestSpan;

/// Which operation a request is for, as the router names it; none for what nobody serves. It
/// is looked up once: the router goes through all of them for it.
pub struct Route(Option<String>);

impl Route {
    /// Of a request, whose span was opened.
    pub fn with<T>(request: &impl HttpMessage, work: impl FnOnce(Option<&str>) -> T) -> T {
        let extensions = request.extensions();
        let found = extensions.get::<Self>();
        work(found.and_then(|route| route.0.as_deref()))
    }
}

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let request_id = request.extensions().get::<RequestId>().copied();
        let route = request.match_pattern();
        let span = tracing::info_span!(
            "request",
            method = %request.method(),
            route = route.as_deref().unwrap_or_default(),
            status = Empty,
            request_id = Empty,
        );
        if let Some(request_id) = request_id {
            span.record("request_id", tracing::field::display(request_id));
        }
        request.extensions_mut().insert(Route(route));
        span
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        if let Ok(response) = outcome {
            let status = response.status().as_u16();
            span.record("status", status);
            let _in_span = span.enter();
            tracing::debug!(status, "answered");
        }
    }
}
