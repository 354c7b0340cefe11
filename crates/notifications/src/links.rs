//! Links in mails by which their reader chooses how to hear of things: no account is
//! needed, nobody can make one up, and one opens nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use kernel::PersonId;
use sha2::Sha256;

/// Bytes of a person's id.
const PERSON: usize = 16;
/// Bytes of the signature: 128 bits that cannot be tried out but over the network.
const SIGNATURE: usize = 16;
/// What a mail of several kinds is about.
pub(crate) const DIGEST: &str = "digest";

/// Whom a link is for, and which messages it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) person: PersonId,
    /// A kind, or `digest`.
    pub(crate) about: String,
}

fn signature(key: &str, signed: &[u8]) -> Option<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok()?;
    mac.update(signed);
    let mut signature = mac.finalize().into_bytes().to_vec();
    signature.truncate(SIGNATURE);
    Some(signature)
}

/// The token of a link.
pub(crate) fn write(key: &str, link: &Link) -> String {
    let mut bytes = link.person.uuid().into_bytes().to_vec();
    bytes.extend_from_slice(link.about.as_bytes());
    bytes.extend(signature(key, &bytes).unwrap_or_default());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What a token says, when it is ours.
pub(crate) fn read(key: &str, token: &str) -> Option<Link> {
    let bytes = URL_SAFE_NO_PAD.decode(token.trim()).ok()?;
    let (signed, given) = bytes.split_at_checked(bytes.len().checked_sub(SIGNATURE)?)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok()?;
    mac.update(signed);
    mac.verify_truncated_left(given).ok()?;
    let (person, about) = signed.split_at_checked(PERSON)?;
    Some(Link {
        person: PersonId::from_uuid(uuid::Uuid::from_slice(person).ok()?),
        about: String::from_utf8(about.to_vec()).ok()?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn a_link_says_whom_and_what_and_cannot_be_made_up() {
        let link = Link {
            person: "01869837-33c0-7210-b247-306c44e88c95".parse().unwrap(),
            about: "batch_accepted".to_owned(),
        };
        let token = write("key", &link);
        assert_eq!(read("key", &token), Some(link));
        assert_eq!(read("another key", &token), None);
        for at in 0..token.len() {
            let mut altered = token.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(read("key", &String::from_utf8(altered).unwrap()), None);
        }
        for nonsense in ["", "A", "é", &token[..20]] {
            assert_eq!(read("key", nonsense), None);
        }
    }
}
