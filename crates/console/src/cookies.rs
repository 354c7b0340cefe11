//! Cookies: read from a request, written for an answer. What they are called depends on where the
//! program is reached: `__Host-` and `Secure` everywhere but on plain-HTTP loopback.

use actix_web::HttpRequest;
use actix_web::http::header::{COOKIE, HOST};
use actix_web::web::Data;

use crate::shared::Console;

/// One of our cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// Opens a session.
    Session,
    /// What the next page says of what was just done.
    Flash,
    /// In which language pages are read.
    Language,
    /// Knows a device again with which somebody signed in; opens nothing.
    Device,
    /// The sessions of the others who share a scan station.
    Station,
}

impl Cookie {
    fn name(self, secure: bool) -> String {
        let name = match self {
            Self::Session => "ressac",
            Self::Flash => "ressac-flash",
            Self::Language => "ressac-langue",
            Self::Device => "ressac-appareil",
            Self::Station => "ressac-poste",
        };
        format!("{}{name}", if secure { "__Host-" } else { "" })
    }

    /// The value that came with a request.
    pub(crate) fn of(self, request: &HttpRequest) -> Option<String> {
        let name = self.name(is_secure(request));
        let lines = request.headers().get_all(COOKIE);
        lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value.to_owned())
    }

    /// What sets it for so many seconds. The value has no character that cookies do not take.
    pub(crate) fn set(self, request: &HttpRequest, value: &str, seconds: i64) -> String {
        let secure = is_secure(request);
        let mark = if secure { "; Secure" } else { "" };
        format!(
            "{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{mark}",
            self.name(secure)
        )
    }

    /// What removes it.
    pub(crate) fn removed(self, request: &HttpRequest) -> String {
        self.set(request, "", 0)
    }
}

/// Whether browsers come here by TLS: always, unless they come to this very machine.
fn is_secure(request: &HttpRequest) -> bool {
    let public = request
        .app_data::<Data<Console>>()
        .is_some_and(|console| console.settings.base_url.starts_with("https:"));
    public || !is_loopback(&host(request))
}

/// The host that a request names, with its port.
pub(crate) fn host(request: &HttpRequest) -> String {
    let named = request.headers().get(HOST);
    let named = named.and_then(|value| value.to_str().ok());
    named.unwrap_or_default().to_ascii_lowercase()
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) => name,
        _ => host,
    };
    ["localhost", "127.0.0.1", "[::1]"].contains(&name)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn cookies_are_for_this_host_alone_except_on_this_machine() {
        let at = |host: &str| {
            TestRequest::get()
                .insert_header((HOST, host))
                .to_http_request()
        };
        let set = Cookie::Session.set(&at("ressac.example"), "x", 60);
        assert_eq!(
            set,
            "__Host-ressac=x; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
        );
        for host in ["127.0.0.1:8080", "localhost", "[::1]:80"] {
            let set = Cookie::Session.set(&at(host), "x", 60);
            assert!(
                set.starts_with("ressac=x;") && !set.contains("Secure"),
                "{set}"
            );
        }
        let forged = at("127.0.0.1.example:80");
        assert!(Cookie::Session.set(&forged, "x", 60).contains("Secure"));
    }

    #[test]
    fn the_cookie_of_another_name_is_not_read() {
        let request = TestRequest::get()
            .insert_header((HOST, "ressac.example"))
            .insert_header((COOKIE, "ressac=forged; __Host-ressac=mine; a=b"))
            .to_http_request();
        assert_eq!(Cookie::Session.of(&request).as_deref(), Some("mine"));
    }
}
