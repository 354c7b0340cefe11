//! The code on a certificate, by which anybody finds out whether it is genuine. Pure.
//!
//! It is the reference of the batch, the first 40 bits of the certificate's fingerprint, and a tag:
//! an HMAC of the first two under the keys of the chains. So a code that we did not print is known
//! before the database is asked, nobody can make one for another content, and one of a certificate
//! that a newer one replaced still says so. Both parts are in Crockford's base 32, which leaves out
//! the letters that are read for digits (<https://www.crockford.com/base32.html>).

use kernel::{Canonical, ChainKeys, PAPER_TAG};

/// Names the format of what the tag is over.
const FORMAT: &str = "erasure certificate code 1";
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Bytes of the fingerprint that a code has.
const DIGEST: usize = 5;
/// Letters of fingerprint and tag.
const LETTERS: usize = (DIGEST + PAPER_TAG) * 8 / 5;
/// Characters that are read at the most.
const LONGEST: usize = 80;

/// A code that we printed: its tag holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateCode {
    reference: String,
    digest: [u8; DIGEST],
}

impl CertificateCode {
    /// Reads a code as people type it; none when it is not one of ours. The database is not asked.
    pub fn read(keys: &ChainKeys, text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let mut letters = Vec::with_capacity(LETTERS);
        let mut rest = text.trim().to_ascii_uppercase();
        while letters.len() < LETTERS {
            match rest.pop()? {
                '-' | ' ' => {}
                letter => letters.push(value(letter)?),
            }
        }
        letters.reverse();
        let bytes = decode(&letters);
        let (digest, tag) = bytes.split_first_chunk::<DIGEST>()?;
        let code = Self {
            reference: rest.trim_end_matches(['-', ' ']).replace(' ', "-"),
            digest: *digest,
        };
        let ours = keys.check_tag(&code.signed(), tag.first_chunk()?);
        ours.then_some(code)
    }

    /// The code of a certificate; none without a key.
    pub(super) fn print(
        keys: &ChainKeys,
        reference: &str,
        fingerprint: &[u8; 32],
    ) -> Option<String> {
        let code = Self {
            reference: reference.to_owned(),
            digest: *fingerprint.first_chunk()?,
        };
        let tag = encode(&keys.tag(&code.signed())?);
        let (first, second) = tag.split_at_checked(8)?;
        let digest = encode(&code.digest);
        Some(format!("{reference}-{digest}-{first}-{second}"))
    }

    /// Of which batch it is.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// Whether it is the code of what has this fingerprint.
    pub(super) fn is_of(&self, fingerprint: &[u8; 32]) -> bool {
        fingerprint.starts_with(&self.digest)
    }

    fn signed(&self) -> Canonical {
        let mut signed = Canonical::new(FORMAT, 64);
        signed.field(self.reference.as_bytes());
        signed.field(&self.digest);
        signed
    }
}

/// What a letter stands for, also one that is easily taken for another.
fn value(letter: char) -> Option<u8> {
    let letter = match letter {
        'O' => '0',
        'I' | 'L' => '1',
        letter => letter,
    };
    let at = ALPHABET
        .iter()
        .position(|known| char::from(*known) == letter)?;
    u8::try_from(at).ok()
}

/// Five bits a letter; lengths here are multiples of forty bits.
fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(5) {
        let bits = chunk
            .iter()
            .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let letters = (0..8).rev().map(|at| (bits >> (at * 5)) & 31);
        let letter = |value: u64| ALPHABET.get(usize::try_from(value).unwrap_or(0));
        text.extend(letters.filter_map(letter).map(|letter| char::from(*letter)));
    }
    text
}

fn decode(letters: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for chunk in letters.chunks(8) {
        let bits = chunk
            .iter()
            .fold(0_u64, |bits, letter| bits << 5 | u64::from(*letter));
        bytes.extend_from_slice(&bits.to_be_bytes()[3..]);
    }
    bytes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn keys(ids: &[&str]) -> ChainKeys {
        let held = ids.iter().map(|id| ((*id).to_owned(), id.repeat(32)));
        ChainKeys::new(held, []).unwrap()
    }

    fn printed(fingerprint: &[u8; 32]) -> String {
        CertificateCode::print(&keys(&["a"]), "LOT-2023-0007", fingerprint).unwrap()
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = printed(&[7; 32]);
        assert_eq!(code.len(), "LOT-2023-0007".len() + LETTERS + 3);
        let read = |text: &str| CertificateCode::read(&keys(&["b", "a"]), text);
        let known = read(&code).unwrap();
        assert_eq!(known.reference(), "LOT-2023-0007");
        assert!(known.is_of(&[7; 32]) && !known.is_of(&[8; 32]));
        let spaced = code.to_lowercase().replace('-', " ");
        assert_eq!(read(&format!(" {spaced} ")).unwrap(), known);
        let (reference, rest) = code.split_at(13);
        let misread = rest.replace('0', "o").replace('1', "l");
        assert_eq!(read(&format!("{reference}{misread}")).unwrap(), known);
    }

    #[test]
    fn no_other_code_is_ours() {
        let code = printed(&[7; 32]);
        let read = |text: &str| CertificateCode::read(&keys(&["a"]), text);
        assert!(
            read(&code.replace("0007", "0008")).is_none(),
            "another batch"
        );
        for at in 14..code.len() {
            let mut other = code.clone().into_bytes();
            if other[at] != b'-' {
                other[at] = if other[at] == b'Z' { b'Y' } else { b'Z' };
                assert!(read(&String::from_utf8(other).unwrap()).is_none(), "{at}");
            }
        }
        assert!(
            CertificateCode::read(&keys(&["b"]), &code).is_none(),
            "another key"
        );
        assert!(CertificateCode::read(&keys(&[]), &code).is_none());
        for text in [
            "",
            "-",
            "LOT-2023-0007",
            &code[14..],
            &"Z".repeat(500),
            "é".repeat(30).as_str(),
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn letters_are_bytes() {
        let bytes: Vec<u8> = (0..10).map(|at| at * 27).collect();
        let letters: Vec<u8> = encode(&bytes).chars().map(|c| value(c).unwrap()).collect();
        assert_eq!(decode(&letters), bytes);
        assert_eq!(encode(&[255; 5]), "ZZZZZZZZ");
    }
}
