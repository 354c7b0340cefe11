//! What has to be read back is kept encrypted: the secrets of second factors. With
//! ChaCha20-Poly1305 (RFC 8439), and bound to its person, so that it opens in no other row.

use std::sync::Arc;

use db::{Error, Result};
use hmac::{Hmac, KeyInit, Mac};
use kernel::PersonId;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::Sha256;

use crate::token;

/// What is sealed begins with the version of its form …
const FORM: u8 = 1;
/// … and with so many bytes that name its key; then come the nonce and the sealed text.
const KEY_NAME: usize = 8;
/// What a sealed text is for.
const PURPOSE: &[u8] = b"ressac second factor 1";

/// Seals and opens. Of several keys the first seals and all of them open, so that a key can
/// be replaced while what the one before sealed is still read.
#[derive(Clone)]
pub struct Vault(Arc<[Key]>);

struct Key {
    name: [u8; KEY_NAME],
    cipher: LessSafeKey,
}

/// What was sealed.
pub(crate) struct Opened {
    pub(crate) text: Vec<u8>,
    /// By a key that seals no more.
    pub(crate) outdated: bool,
}

impl Vault {
    /// Takes the secrets, each of 32 bytes or more; the first one seals.
    ///
    /// # Errors
    /// A sentence for whoever set them when there is none, or one is too short.
    pub fn new<S: AsRef<[u8]>>(secrets: &[S]) -> std::result::Result<Self, String> {
        let keys = secrets
            .iter()
            .map(|secret| Key::new(secret.as_ref()))
            .collect::<std::result::Result<Vec<_>, _>>()?;
        match keys.is_empty() {
            true => Err("there is no secret to encrypt with".to_owned()),
            false => Ok(Self(keys.into())),
        }
    }

    /// Whether what was sealed can be opened, as far as its key goes.
    pub fn has_key_of(&self, sealed: &[u8]) -> bool {
        parts(sealed).is_some_and(|(name, ..)| self.0.iter().any(|key| key.name == name))
    }

    pub(crate) fn seal(&self, person: PersonId, text: &[u8]) -> Result<Vec<u8>> {
        let key = self.0.first().ok_or_else(|| Error::internal("no key"))?;
        let mut nonce = [0_u8; NONCE_LEN];
        token::fill(&mut nonce)?;
        let mut sealed = vec![FORM];
        sealed.extend(key.name);
        sealed.extend(nonce);
        let mut text = text.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        key.cipher
            .seal_in_place_append_tag(nonce, bound_to(person), &mut text)
            .map_err(|cause| Error::internal(cause.to_string()))?;
        sealed.extend(text);
        Ok(sealed)
    }

    pub(crate) fn open(&self, person: PersonId, sealed: &[u8]) -> Result<Opened> {
        let wrong =
            |what: &str| Error::Inconsistent(format!("the second factor of {person} {what}"));
        let (name, nonce, text) = parts(sealed).ok_or_else(|| wrong("is not sealed"))?;
        let (at, key) = self
            .0
            .iter()
            .enumerate()
            .find(|(_, key)| key.name == name)
            .ok_or_else(|| wrong("is sealed with a key that is not here"))?;
        let mut text = text.to_vec();
        let opened = key
            .cipher
            .open_in_place(
                Nonce::assume_unique_for_key(nonce),
                bound_to(person),
                &mut text,
            )
            .map_err(|_| wrong("was altered"))?;
        Ok(Opened {
            text: opened.to_vec(),
            outdated: at > 0,
        })
    }
}

/// The name of the key, the nonce, and the sealed text.
fn parts(sealed: &[u8]) -> Option<([u8; KEY_NAME], [u8; NONCE_LEN], &[u8])> {
    let (form, rest) = sealed.split_first()?;
    let (name, rest) = rest.split_first_chunk()?;
    let (nonce, text) = rest.split_first_chunk()?;
    (*form == FORM).then_some((*name, *nonce, text))
}

fn bound_to(person: PersonId) -> Aad<Vec<u8>> {
    Aad::from([PURPOSE, person.uuid().as_bytes()].concat())
}

impl Key {
    fn new(secret: &[u8]) -> std::result::Result<Self, String> {
        if secret.len() < 32 {
            return Err("a secret to encrypt with needs 32 bytes or more".to_owned());
        }
        let bytes = derived(secret, b"ressac vault key 1")?;
        let named = derived(secret, b"ressac vault key name 1")?;
        let mut name = [0_u8; KEY_NAME];
        name.copy_from_slice(&named[..KEY_NAME]);
        let key = UnboundKey::new(&CHACHA20_POLY1305, &bytes).map_err(|cause| cause.to_string())?;
        Ok(Self {
            name,
            cipher: LessSafeKey::new(key),
        })
    }
}

fn derived(secret: &[u8], label: &[u8]) -> std::result::Result<[u8; 32], String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|cause| cause.to_string())?;
    mac.update(label);
    Ok(mac.finalize().into_bytes().into())
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault({} keys)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    fn vault(secrets: &[[u8; 32]]) -> Vault {
        Vault::new(secrets).unwrap()
    }

    fn person(number: u8) -> PersonId {
        let id = format!("0198c0de-0000-7000-8000-0000000000{number:02}");
        id.parse().unwrap()
    }

    #[test]
    fn what_is_sealed_shows_nothing_and_opens_for_its_person_alone() {
        let vault = vault(&[[7; 32]]);
        let sealed = vault.seal(person(1), SECRET).unwrap();
        assert!(!sealed.windows(8).any(|window| SECRET.starts_with(window)));
        assert_eq!(vault.open(person(1), &sealed).unwrap().text, SECRET);
        assert!(vault.open(person(2), &sealed).is_err(), "another row");
        assert_ne!(
            vault.seal(person(1), SECRET).unwrap(),
            sealed,
            "another nonce"
        );
    }

    #[test]
    fn what_was_altered_does_not_open() {
        let vault = vault(&[[7; 32]]);
        let sealed = vault.seal(person(1), SECRET).unwrap();
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(vault.open(person(1), &altered).is_err(), "byte {at}");
        }
        for length in 0..sealed.len() {
            assert!(vault.open(person(1), &sealed[..length]).is_err());
        }
    }

    #[test]
    fn an_old_key_still_opens_and_the_new_one_seals() {
        let (old, new) = ([7; 32], [8; 32]);
        let sealed = vault(&[old]).seal(person(1), SECRET).unwrap();
        let both = vault(&[new, old]);
        assert!(both.has_key_of(&sealed) && !vault(&[new]).has_key_of(&sealed));
        let opened = both.open(person(1), &sealed).unwrap();
        assert!(opened.outdated && opened.text == SECRET);
        let again = both.seal(person(1), SECRET).unwrap();
        assert!(!both.open(person(1), &again).unwrap().outdated);
        assert!(vault(&[new]).open(person(1), &again).is_ok());
        assert!(vault(&[new]).open(person(1), &sealed).is_err());
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert!(Vault::new(&[[7_u8; 31]]).is_err());
        assert!(Vault::new::<Vec<u8>>(&[]).is_err());
    }
}
