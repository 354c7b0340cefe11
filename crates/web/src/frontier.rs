//! What the operator decides about security.

use std::net::IpAddr;

use identity::SecondFactorRule;
use kernel::Instant;

/// Who is believed, who may call, and what is asked of those who decide.
#[derive(Debug, Clone)]
pub struct SecuritySettings {
    /// Whether those who decide sign in with a code, too.
    pub second_factor: SecondFactorRule,
    /// Registrations from one network address in an hour; 0 for no limit.
    pub registrations_per_hour: u32,
    /// Proxies that are believed about whom they speak for (`X-Forwarded-For`).
    pub trusted_proxies: Vec<IpAddr>,
    /// Other sites whose pages may call the API from a browser.
    pub cors_origins: Vec<String>,
    /// Seconds for which browsers shall use TLS only; 0 to say nothing.
    pub hsts_seconds: u64,
    /// Whom to tell of a weakness, and until when that holds.
    pub contact: Option<SecurityContact>,
}

impl Default for SecuritySettings {
    fn default() -> Self {
        Self {
            second_factor: SecondFactorRule::Optional,
            registrations_per_hour: 100,
            trusted_proxies: Vec::new(),
            cors_origins: Vec::new(),
            hsts_seconds: 0,
            contact: None,
        }
    }
}

/// What `/.well-known/security.txt` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityContact {
    /// `mailto:…`, `https://…` or `tel:…`.
    pub address: String,
    /// Until when.
    pub expires: Instant,
}

impl SecurityContact {
    /// Reads the settings; none of no address.
    ///
    /// # Errors
    /// A sentence for whoever set them.
    pub fn new(address: &str, expires: &str) -> Result<Option<Self>, String> {
        if address.is_empty() {
            return Ok(None);
        }
        let known = ["mailto:", "https://", "tel:"];
        let sound = known.iter().any(|scheme| address.starts_with(scheme))
            && address.bytes().all(|byte| byte.is_ascii_graphic());
        if !sound {
            return Err("city.security_contact begins with mailto:, https:// or tel:".to_owned());
        }
        let expires = expires.parse().map_err(|_| {
            "city.security_expires is a moment such as 2027-06-30T00:00:00Z".to_owned()
        })?;
        Ok(Some(Self {
            address: address.to_owned(),
            expires,
        }))
    }
}
