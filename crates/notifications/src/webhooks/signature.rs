//! How a receiver knows that a call is ours and new: HMAC-SHA256 over the event's id, the
//! moment of the call and the body, as <https://www.standardwebhooks.com> says.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What secrets begin with.
const PREFIX: &str = "whsec_";

/// A secret as it is shown to who sets a webhook up. `random` is base64 without padding, as
/// the store makes it.
pub(crate) fn secret(random: &str) -> String {
    let bytes = URL_SAFE_NO_PAD.decode(random).unwrap_or_default();
    format!("{PREFIX}{}", STANDARD.encode(bytes))
}

/// The header `webhook-signature`; none when the secret is not one of ours.
pub(super) fn sign(secret: &str, id: &str, timestamp: i64, body: &str) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    Some(format!("v1,{signature}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    /// The example of the specification.
    #[test]
    fn a_call_is_signed_as_the_specification_says() {
        let signature = sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(
            signature.unwrap(),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
        assert_eq!(sign("MfKQ", "a", 1, ""), None);
    }
}
