//! Tokens: JWT for access, random ones for everything that is looked up.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::{Error, Result};
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error as JwtError, ErrorKind};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use kernel::{Actor, ApiKeyId, Instant, OrganisationId, PersonId, Role, SessionId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use signature::{Signer, Verifier};

use crate::model::{Claimed, SessionSettings};

/// How long an access token works, in seconds.
pub const ACCESS_SECONDS: i64 = 15 * 60;
/// How long a link in an invitation works, in days.
pub const INVITATION_DAYS: i64 = 7;
/// How long a link to set a new password works, in hours.
pub const RESET_HOURS: i64 = 2;
/// How long a link to a new address works, in hours.
pub const EMAIL_HOURS: i64 = 24;

/// How long it holds who stands at a station, in hours: a shift.
pub const OPERATOR_HOURS: i64 = 8;

/// What a badge reads, as a scanner gives it, begins with this.
pub const BADGE_PREFIX: &str = "rsb_";
/// API keys begin with this, so that they are told from JWT and found in leaked text.
pub const API_KEY_PREFIX: &str = "rsk_";

const ISSUER: &str = "ressac";
/// For whom the tokens are that say who stands at a station: they open nothing.
const STATION: &str = "ressac station";

/// A random token of 256 bits, in letters that a URL takes.
///
/// # Errors
/// When the machine has no randomness.
pub fn random() -> Result<String> {
    let mut bytes = [0_u8; 32];
    fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

pub(crate) fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|cause| Error::internal(cause.to_string()))
}

/// What is kept of a random token. It has 256 bits, so a plain hash is enough.
pub fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: PersonId,
    org: OrganisationId,
    role: Role,
    sid: SessionId,
    iat: i64,
    exp: i64,
}

/// Who stands at a station, as a token says it: bound to the station's key and its workshop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Standing {
    pub(crate) sub: PersonId,
    pub(crate) org: OrganisationId,
    pub(crate) key: ApiKeyId,
}

#[derive(Serialize, Deserialize)]
struct StandingClaims {
    iss: String,
    aud: String,
    #[serde(flatten)]
    standing: Standing,
    exp: i64,
}

/// Signs and checks access tokens, with one algorithm, and says how long sessions last. Of several keys the first signs and
/// all of them check, so that a key can be replaced without signing anybody out.
#[derive(Clone)]
pub struct Signer256 {
    keys: Vec<SigningKey>,
    validation: Validation,
    pseudonyms: Hmac<Sha256>,
    sessions: SessionSettings,
}

#[derive(Clone)]
struct SigningKey {
    id: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl Signer256 {
    /// Takes the secrets, each of 32 bytes or more; the first one signs.
    ///
    /// # Errors
    /// A sentence for whoever set them when there is none, or one is too short.
    pub fn new<S: AsRef<[u8]>>(secrets: &[S]) -> Result<Self, String> {
        // a second installation of the same provider is refused, and changes nothing
        let _ = PROVIDER.install_default();
        let keys = secrets
            .iter()
            .map(|secret| SigningKey::new(secret.as_ref()))
            .collect::<Result<Vec<_>, _>>()?;
        let first = secrets.first().ok_or("there is no signing secret")?;
        let mut pseudonyms = mac(first.as_ref()).map_err(|cause| cause.to_string())?;
        pseudonyms.update(b"ressac pseudonyms 1");
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_exp = false; // by our own clock
        Ok(Self {
            keys,
            validation,
            pseudonyms,
            sessions: SessionSettings::default(),
        })
    }

    /// The same, for sessions that last as the operator says.
    #[must_use]
    pub fn lasting(self, sessions: SessionSettings) -> Self {
        Self { sessions, ..self }
    }

    /// How long sessions last.
    pub fn sessions(&self) -> SessionSettings {
        self.sessions
    }

    /// Says who stands at a station.
    pub(crate) fn sign_standing(&self, standing: Standing, now: Instant) -> Result<String> {
        let issued = now.micros().div_euclid(1_000_000);
        self.encode(&StandingClaims {
            iss: ISSUER.to_owned(),
            aud: STATION.to_owned(),
            standing,
            exp: issued + OPERATOR_HOURS * 3600,
        })
    }

    /// Who stands at a station, if we said so and it holds at `now`.
    pub(crate) fn standing(&self, token: &str, now: Instant) -> Option<Standing> {
        let mut validation = self.validation.clone();
        validation.set_audience(&[STATION]);
        let claims: StandingClaims = self.decode(token, &validation)?;
        let live = claims.exp > now.micros().div_euclid(1_000_000);
        live.then_some(claims.standing)
    }

    fn encode(&self, claims: &impl Serialize) -> Result<String> {
        let key = self
            .keys
            .first()
            .ok_or_else(|| Error::internal("no signing key"))?;
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(key.id.clone());
        jsonwebtoken::encode(&header, claims, &key.encoding).map_err(Error::internal)
    }

    fn decode<T: DeserializeOwned>(&self, token: &str, validation: &Validation) -> Option<T> {
        let named = jsonwebtoken::decode_header(token).ok()?.kid?;
        let key = self.keys.iter().find(|key| key.id == named)?;
        let decoded = jsonwebtoken::decode::<T>(token, &key.decoding, validation);
        Some(decoded.ok()?.claims)
    }

    pub(crate) fn sign(&self, claimed: Claimed, now: Instant) -> Result<String> {
        let issued = now.micros().div_euclid(1_000_000);
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: ISSUER.to_owned(),
            sub: claimed.person,
            org: claimed.organisation,
            role: claimed.role,
            sid: claimed.session,
            iat: issued,
            exp: issued + ACCESS_SECONDS,
        };
        self.encode(&claims)
    }

    /// Who the token says, if we signed it and it has not expired at `now`.
    pub fn actor(&self, token: &str, now: Instant) -> Option<Actor> {
        let claims: Claims = self.decode(token, &self.validation)?;
        let live = claims.exp > now.micros().div_euclid(1_000_000);
        live.then_some(Actor {
            person: claims.sub,
            role: claims.role,
            organisation: claims.org,
            session: Some(claims.sid),
            key: None,
        })
    }

    /// A digest that only this program can make: knows something again without keeping it.
    pub fn pseudonym(&self, of: &[&str]) -> Vec<u8> {
        let mut mac = self.pseudonyms.clone();
        for part in of {
            mac.update(part.as_bytes());
            mac.update(&[0]);
        }
        mac.finalize().into_bytes().to_vec()
    }
}

impl SigningKey {
    fn new(secret: &[u8]) -> Result<Self, String> {
        if secret.len() < 32 {
            return Err("a signing secret needs 32 bytes or more".to_owned());
        }
        Ok(Self {
            id: URL_SAFE_NO_PAD.encode(&Sha256::digest(secret)[..6]),
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
        })
    }
}

impl std::fmt::Debug for Signer256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.keys.iter().map(|key| &key.id))
            .finish()
    }
}

/// HS256 and nothing else: the library's own provider would bring RSA along.
static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| match algorithm {
        Algorithm::HS256 => Ok(Box::new(Hs256(mac(key.as_bytes())?))),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    },
    verifier_factory: |algorithm, key| match algorithm {
        Algorithm::HS256 => Ok(Box::new(Hs256(mac(key.try_get_as_bytes()?)?))),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    },
    key_utils: KeyUtils::new_unimplemented(),
};

fn mac(secret: &[u8]) -> Result<Hmac<Sha256>, JwtError> {
    Hmac::<Sha256>::new_from_slice(secret).map_err(|_| ErrorKind::InvalidKeyFormat.into())
}

struct Hs256(Hmac<Sha256>);

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        let mac = self.0.clone().chain_update(message);
        Ok(mac.finalize().into_bytes().to_vec())
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], tag: &Vec<u8>) -> Result<(), signature::Error> {
        let mac = self.0.clone().chain_update(message);
        mac.verify_slice(tag).map_err(signature::Error::from_source)
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Id;

    fn claimed() -> Claimed {
        Claimed {
            person: Id::from_uuid("0198c0de-0000-7000-8000-000000000001".parse().expect("id")),
            role: Role::Staff,
            organisation: Id::from_uuid(
                "0198c0de-0000-7000-8000-000000000002".parse().expect("id"),
            ),
            session: Id::from_uuid("0198c0de-0000-7000-8000-000000000003".parse().expect("id")),
        }
    }

    fn now() -> Instant {
        "2023-02-28T09:00:00Z".parse().expect("instant")
    }

    fn signer(secrets: &[[u8; 32]]) -> Signer256 {
        Signer256::new(secrets).expect("signer")
    }

    #[test]
    fn a_token_names_its_actor_for_a_quarter_of_an_hour() {
        let signer = signer(&[[7; 32]]);
        let token = signer.sign(claimed(), now()).expect("signs");
        let actor = signer.actor(&token, now()).expect("valid");
        assert_eq!(actor.role, Role::Staff);
        assert_eq!(actor.session, Some(claimed().session));
        assert!(signer.actor(&token, now().plus_seconds(899)).is_some());
        assert!(signer.actor(&token, now().plus_seconds(900)).is_none());
    }

    #[test]
    fn a_key_is_replaced_without_signing_anybody_out() {
        let (old, new) = ([7; 32], [8; 32]);
        let token = signer(&[old]).sign(claimed(), now()).expect("signs");
        let both = signer(&[new, old]);
        assert!(both.actor(&token, now()).is_some());
        let fresh = both.sign(claimed(), now()).expect("signs");
        assert!(signer(&[new]).actor(&fresh, now()).is_some());
        assert!(signer(&[old]).actor(&fresh, now()).is_none());
        assert!(signer(&[new]).actor(&token, now()).is_none());
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert!(Signer256::new(&[[7_u8; 31]]).is_err());
        assert!(Signer256::new::<Vec<u8>>(&[]).is_err());
    }

    #[test]
    fn a_pseudonym_knows_its_parts_again_and_nothing_else() {
        let here = signer(&[[7; 32]]);
        assert_eq!(here.pseudonym(&["a", "b"]), here.pseudonym(&["a", "b"]));
        assert_ne!(here.pseudonym(&["a", "b"]), here.pseudonym(&["ab", ""]));
        assert_ne!(here.pseudonym(&["a"]), signer(&[[8; 32]]).pseudonym(&["a"]));
    }
}
