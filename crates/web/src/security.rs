//! The frontier: who is believed about where a request comes from, which other sites' pages may
//! call, what browsers are told.

use std::net::IpAddr;

use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, web};

use crate::State;
use crate::frontier::SecuritySettings;

impl SecuritySettings {
    /// From where a request comes: the peer, or whom a trusted proxy names. Of a list of
    /// forwarders the last one that is not trusted counts, since it did not write itself.
    fn address(&self, peer: Option<IpAddr>, forwarded: &[&str]) -> Option<IpAddr> {
        let trusted = |address: &IpAddr| self.trusted_proxies.contains(address);
        let mut address = peer.map(|peer| peer.to_canonical())?;
        for hop in forwarded
            .iter()
            .rev()
            .flat_map(|line| line.split(',').rev())
        {
            if !trusted(&address) {
                break;
            }
            match hop.trim().parse::<IpAddr>() {
                Ok(hop) => address = hop.to_canonical(),
                Err(_) => break,
            }
        }
        Some(address)
    }
}

/// Counts that somebody came with a link that opens nothing.
///
/// # Errors
/// `too_many_requests` when they come too often from one network.
pub async fn note_wrong_link(state: &State, request: &HttpRequest) -> db::Result<()> {
    let (signer, from) = (state.signer.clone(), client_address(request));
    state
        .database
        .write(move |tx| identity::count_wrong_link(tx, &signer, from))
        .await
}

/// From where a request comes.
pub fn client_address(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr().map(|peer| peer.ip());
    let forwarded: Vec<&str> = request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .collect();
    match request.app_data::<web::Data<State>>() {
        Some(state) => state.security.address(peer, &forwarded),
        None => peer,
    }
}

/// An address without the part that tells one machine from its neighbors.
pub fn network_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}

/// Which pages of other sites may call: none, unless they are named.
pub fn cors(settings: &SecuritySettings) -> Cors {
    let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    let headers = [
        "authorization",
        "content-type",
        "accept-language",
        "if-match",
        "idempotency-key",
    ];
    let cors = Cors::default()
        .allowed_methods(methods)
        .allowed_headers(headers)
        .expose_headers(["etag", "retry-after", "content-disposition"])
        .max_age(600);
    settings
        .cors_origins
        .iter()
        .fold(cors, |cors, origin| cors.allowed_origin(origin))
}

/// Nothing of an answer is a page, unless it says so itself.
const NO_PAGE: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";
/// The pages of the console: everything from here, nothing inline.
pub const PAGES: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'";
/// A paper to keep or print: it brings its own style and pictures, and nothing from anywhere.
pub const PAPER: &str =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";
/// The page that documents the API: its own scripts and styles, nothing from outside.
const DOCUMENTATION: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
     form-action 'none'";

/// Tells browsers what an answer is not good for. A page that has a policy keeps its own.
pub async fn headers<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let documentation = request.path().starts_with("/api/docs");
    let scans = request.path().starts_with("/atelier/scan");
    let hsts = request
        .app_data::<web::Data<State>>()
        .map_or(0, |state| state.security.hsts_seconds);
    let mut response = next.call(request).await?;
    let mut add = |name: HeaderName, value: &'static str| {
        if !response.headers().contains_key(&name) {
            let value = HeaderValue::from_static(value);
            response.headers_mut().insert(name, value);
        }
    };
    add(X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(X_FRAME_OPTIONS, "DENY");
    add(REFERRER_POLICY, "no-referrer");
    add(CACHE_CONTROL, "no-store");
    add(
        CONTENT_SECURITY_POLICY,
        if documentation {
            DOCUMENTATION
        } else {
            NO_PAGE
        },
    );
    add(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    add(
        HeaderName::from_static("permissions-policy"),
        match scans {
            true => "camera=(self), geolocation=(), microphone=()",
            false => "camera=(), geolocation=(), microphone=()",
        },
    );
    if hsts > 0 {
        let value = format!("max-age={hsts}; includeSubDomains").parse()?;
        response
            .headers_mut()
            .insert(STRICT_TRANSPORT_SECURITY, value);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("address")
    }

    #[test]
    fn only_a_trusted_proxy_says_for_whom_it_speaks() {
        let settings = SecuritySettings {
            trusted_proxies: vec![ip("127.0.0.1"), ip("10.0.0.2")],
            ..SecuritySettings::default()
        };
        let from = |peer: &str, forwarded: &[&str]| settings.address(Some(ip(peer)), forwarded);
        assert_eq!(from("192.0.2.7", &["198.51.100.1"]), Some(ip("192.0.2.7")));
        assert_eq!(from("127.0.0.1", &[]), Some(ip("127.0.0.1")));
        assert_eq!(
            from("127.0.0.1", &["198.51.100.1"]),
            Some(ip("198.51.100.1"))
        );
        // what the client itself wrote before the proxy added it is not believed
        let forged = ["203.0.113.9, 198.51.100.1, 10.0.0.2"];
        assert_eq!(from("127.0.0.1", &forged), Some(ip("198.51.100.1")));
        let two = ["203.0.113.9", "198.51.100.1"];
        assert_eq!(from("::ffff:127.0.0.1", &two), Some(ip("198.51.100.1")));
        assert_eq!(from("127.0.0.1", &["nonsense"]), Some(ip("127.0.0.1")));
    }

    #[test]
    fn a_network_does_not_tell_who() {
        assert_eq!(network_of(ip("192.0.2.7")), "192.0.2.0/24");
        assert_eq!(network_of(ip("2001:db8:1:2::3")), "2001:db8:1::/48");
    }
}
