//! One call to a receiver: the name is looked up once, only public addresses are called
//! unless the operator allows others, no redirect is followed, no proxy is used.

use std::net::IpAddr;
use std::time::Duration;

use kernel::Instant;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

use super::model::Call;
use super::signature;
use crate::WebhookSettings;
use crate::rules::address;

/// Calls receivers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Caller {
    agent: Agent,
    settings: WebhookSettings,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// 2xx.
    Taken(u16),
    /// 410: the receiver wants no more.
    Gone,
    /// The call was not made: a mistake within the program.
    Broken,
    /// Anything else, or nothing.
    Failed { status: Option<u16>, error: String },
}

impl Caller {
    /// Reads the settings; nothing is called yet.
    pub fn new(settings: &WebhookSettings) -> Self {
        let timeout = Duration::from_secs(settings.timeout_seconds.clamp(1, 120));
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(timeout))
            .proxy(None)
            .user_agent("Ressac")
            // each call looks the name up anew
            .max_idle_connections(0)
            .build();
        let resolver = Guarded {
            allow_private: settings.allow_private,
        };
        Self {
            agent: Agent::with_parts(config, DefaultConnector::default(), resolver),
            settings: settings.clone(),
        }
    }

    pub(crate) fn settings(&self) -> &WebhookSettings {
        &self.settings
    }

    /// How long a call may take.
    pub(crate) fn longest(&self) -> i64 {
        i64::try_from(self.settings.timeout_seconds.clamp(1, 120)).unwrap_or(120)
    }

    /// Calls, and waits for the answer.
    pub(crate) fn call(&self, call: &Call, now: Instant) -> Answer {
        let (id, timestamp) = (call.id.to_string(), now.micros().div_euclid(1_000_000));
        let body = body(call);
        let Some(signature) = signature::sign(&call.secret, &id, timestamp, &body) else {
            return Answer::Failed {
                status: None,
                error: "the secret cannot be read".to_owned(),
            };
        };
        let answer = self
            .agent
            .post(&call.url)
            .header("content-type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", timestamp.to_string())
            .header("webhook-signature", signature)
            .send(body);
        match answer.map(|answer| answer.status().as_u16()) {
            Ok(status @ 200..=299) => Answer::Taken(status),
            Ok(410) => Answer::Gone,
            Ok(status) => Answer::Failed {
                status: Some(status),
                error: format!("HTTP {status}"),
            },
            Err(cause) => Answer::Failed {
                status: None,
                error: cause.to_string(),
            },
        }
    }
}

fn body(call: &Call) -> String {
    let data: serde_json::Value = serde_json::from_str(&call.data).unwrap_or_default();
    serde_json::json!({
        "id": call.id,
        "type": call.event,
        "created_at": call.created_at,
        "organisation_id": call.organisation,
        "data": data,
    })
    .to_string()
}

/// Looks names up, and leaves out addresses that may not be called. The connection is made
/// to what is returned here, so that a name cannot point elsewhere in between.
#[derive(Debug)]
struct Guarded {
    allow_private: bool,
}

impl Resolver for Guarded {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = DefaultResolver::default().resolve(uri, config, timeout)?;
        let mut allowed = self.empty();
        for place in found.iter() {
            if self.allow_private || address::is_public(place.ip()) {
                allowed.push(*place);
            }
        }
        if allowed.is_empty() {
            return Err(Error::Io(std::io::Error::new(
                std::io::ErrorKind::PermissionDenied,
                "this address is not on the public internet",
            )));
        }
        Ok(allowed)
    }
}

/// Whether a webhook may be set up for this URL. Where its name points is looked at again
/// at each call.
pub(crate) fn may_call(url: &str, allow_private: bool) -> bool {
    let Ok(uri) = url.parse::<Uri>() else {
        return false;
    };
    let scheme = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => allow_private,
        _ => false,
    };
    let Some(authority) = uri.authority() else {
        return false;
    };
    let host = authority.host().trim_matches(['[', ']']);
    let plain = !host.is_empty() && !authority.as_str().contains('@');
    let public = match host.parse::<IpAddr>() {
        Ok(ip) => address::is_public(ip),
        Err(_) => host != "localhost" && !host.ends_with(".localhost"),
    };
    scheme && plain && (allow_private || public)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_not_allowed() {
        for url in [
            "",
            "parc.example",
            "/hook",
            "ftp://parc.example/",
            "http://parc.example/",
            "https://user:secret@parc.example/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://localhost:8443/",
        ] {
            assert!(!may_call(url, false), "{url}");
        }
        assert!(may_call("https://parc.example:8443/ressac?x=1", false));
        assert!(may_call("http://127.0.0.1:8080/", true));
        assert!(!may_call("http://user@127.0.0.1:8080/", true));
    }
}
