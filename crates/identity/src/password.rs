//! Passwords, hashed with argon2id. Slow on purpose: call it outside of transactions.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use db::{Error, Result};

/// 19 MiB, two passes, one lane: the first choice of OWASP's password storage guide.
fn argon() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashes a password with a salt of its own, as a PHC string.
///
/// # Errors
/// When the machine has no randomness.
pub fn hash(password: &str) -> Result<String> {
    argon()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|cause| Error::internal(cause.to_string()))
}

/// Whether the password is the one that was hashed. Without a hash it takes as long and
/// says no, so that an unknown address cannot be told from a wrong password.
pub fn matches(password: &str, stored: Option<&str>) -> bool {
    // the hash of a random text that nobody kept
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$\
        c2VsLXF1aS1uZS1zZXJ0$Y2VjaS1uLWVzdC1wYXMtdW4tbW90LWRlLXBhc3NlLS0";
    let Ok(parsed) = PasswordHash::new(stored.unwrap_or(NOBODY)) else {
        return false;
    };
    let matches = argon()
        .verify_password(password.as_bytes(), &parsed)
        .is_ok();
    matches && stored.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_password_matches() {
        let stored = hash("un mot de passe").expect("hashes");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(matches("un mot de passe", Some(&stored)));
        assert!(!matches("un autre mot", Some(&stored)));
        assert!(!matches("un mot de passe", None));
        assert!(!matches("un mot de passe", Some("not a hash")));
    }

    #[test]
    fn the_hash_of_nobody_is_well_formed() {
        // else an unknown address would be answered at once
        let start = "$argon2id$v=19$m=19456,t=2,p=1$";
        let hash =
            format!("{start}c2VsLXF1aS1uZS1zZXJ0$Y2VjaS1uLWVzdC1wYXMtdW4tbW90LWRlLXBhc3NlLS0");
        assert!(PasswordHash::new(&hash).is_ok());
    }
}
