//! Codes of a generator (TOTP, RFC 6238): six digits from a shared secret and the time, as
//! every authenticator application makes them (SHA-1, 30 seconds).

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use kernel::Instant;
use sha1::Sha1;
use subtle::ConstantTimeEq;

/// Bytes of a secret (RFC 4226, 4).
pub(crate) const SECRET_BYTES: usize = 20;
const SECONDS: i64 = 30;
/// Steps that a generator's clock may be off, either way.
const DRIFT: i64 = 1;

/// The secret as people type it.
pub(crate) fn written(secret: &[u8]) -> String {
    BASE32_NOPAD.encode(secret)
}

/// The secret for a generator that scans it.
pub(crate) fn uri(secret: &[u8], account: &str) -> String {
    let account: String = account
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect();
    let secret = written(secret);
    format!("otpauth://totp/Ressac:{account}?secret={secret}&issuer=Ressac")
}

/// The step that a code belongs to, when it is one of now or of the steps beside.
pub(crate) fn step_of(secret: &[u8], code: &str, now: Instant) -> Option<i64> {
    let present = now.micros().div_euclid(1_000_000) / SECONDS;
    let given: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    (present - DRIFT..=present + DRIFT)
        .find(|step| bool::from(self::code(secret, *step).as_bytes().ct_eq(given.as_bytes())))
}

/// The code of a step (RFC 4226, 5.3).
pub(crate) fn code(secret: &[u8], step: i64) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else {
        return String::new(); // HMAC takes secrets of any length
    };
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest[19] & 0x0f);
    let word = digest[offset..offset + 4]
        .iter()
        .fold(0_u32, |word, byte| (word << 8) | u32::from(*byte));
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(secret, seconds / SECONDS), expected);
        }
    }

    #[test]
    fn a_clock_may_be_a_little_off() {
        let secret = b"12345678901234567890";
        let at = |seconds: i64| Instant::from_micros(seconds * 1_000_000).expect("a moment");
        assert_eq!(step_of(secret, "287 082", at(59)), Some(1));
        assert_eq!(step_of(secret, "287082", at(89)), Some(1));
        assert_eq!(step_of(secret, "287082", at(90)), None);
        assert_eq!(step_of(secret, "", at(59)), None);
        assert_eq!(step_of(secret, "28708", at(59)), None);
    }

    #[test]
    fn a_generator_can_scan_it() {
        assert_eq!(
            uri(b"12345678901234567890", "a+b@c.example"),
            "otpauth://totp/Ressac:a%2Bb%40c.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Ressac"
        );
    }
}
