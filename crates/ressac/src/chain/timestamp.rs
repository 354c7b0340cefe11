//! Time-stamps (RFC 3161): an authority signs that a hash was there at a time.
//!
//! The request is written by hand, and of the answer only what has to match is read: the status,
//! the hash and the nonce. Whether the authority's signature holds is for whoever relies on it:
//! `openssl ts -verify` does it.

use std::io::Read as _;
use std::time::Duration;

use sha2::{Digest, Sha256};

/// How long an authority may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes of an answer at the most.
const LARGEST: u64 = 64 << 10;
/// `AlgorithmIdentifier` of SHA-256.
const SHA_256: [u8; 15] = [
    0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
];
const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const SEQUENCE: u8 = 0x30;
const CONTEXT_0: u8 = 0xa0;

/// Asks an authority about a text; the token, once it is about this text and this question.
///
/// # Errors
/// A line for the operator.
pub fn stamp(url: &str, text: &str) -> Result<Vec<u8>, String> {
    let at_fault = |cause: &dyn std::fmt::Display| format!("chain.timestamp_url {url}: {cause}");
    let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    let mut nonce = [0_u8; 8];
    getrandom::fill(&mut nonce).map_err(|cause| at_fault(&cause))?;
    nonce[0] = nonce[0] & 0x3f | 0x40; // positive, and as short as it can be
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .proxy(None)
        .build()
        .into();
    let mut answer = agent
        .post(url)
        .content_type("application/timestamp-query")
        .send(&request(&digest, &nonce)[..])
        .map_err(|cause| at_fault(&cause))?;
    let mut bytes = Vec::new();
    let reader = answer.body_mut().as_reader();
    reader
        .take(LARGEST)
        .read_to_end(&mut bytes)
        .map_err(|cause| at_fault(&cause))?;
    token(&bytes, &digest, &nonce).map_err(|cause| at_fault(&cause))
}

/// `TimeStampReq`: version 1, the hash, a nonce, and that the certificate is wanted.
fn request(digest: &[u8; 32], nonce: &[u8; 8]) -> Vec<u8> {
    let imprint = [&SHA_256[..], &[OCTETS, 32], digest].concat();
    let body = [
        &[INTEGER, 1, 1, SEQUENCE, 49][..],
        &imprint,
        &[INTEGER, 8],
        nonce,
        &[0x01, 1, 0xff],
    ]
    .concat();
    [&[SEQUENCE, 67][..], &body].concat()
}

/// The token of an answer that is about this hash and this nonce.
fn token(answer: &[u8], digest: &[u8; 32], nonce: &[u8; 8]) -> Result<Vec<u8>, &'static str> {
    const UNREADABLE: &str = "the answer cannot be read";
    let (response, _) = element(answer, SEQUENCE).ok_or(UNREADABLE)?;
    let (status, rest) = element(response, SEQUENCE).ok_or(UNREADABLE)?;
    let (granted, _) = element(status, INTEGER).ok_or(UNREADABLE)?;
    if !matches!(granted, [0 | 1]) {
        return Err("the authority refused");
    }
    let (hash, others) = stamped(rest).ok_or(UNREADABLE)?;
    if hash != digest {
        return Err("the time-stamp is of something else");
    }
    let mut rest = others;
    while let Some((tag, content, after)) = any(rest) {
        if tag == INTEGER && content == nonce {
            let (_, _, behind) = any(token_of(response)).ok_or(UNREADABLE)?;
            let token = token_of(response);
            return Ok(token[..token.len() - behind.len()].to_vec());
        }
        rest = after;
    }
    Err("the time-stamp is the answer to another question")
}

fn token_of(response: &[u8]) -> &[u8] {
    any(response).map_or(&[], |(_, _, rest)| rest)
}

/// The hash of a token, and what follows it in its `TSTInfo`.
fn stamped(token: &[u8]) -> Option<(&[u8], &[u8])> {
    let (content_info, _) = element(token, SEQUENCE)?;
    let (_, _, rest) = any(content_info)?; // that it is signed data
    let (explicit, _) = element(rest, CONTEXT_0)?;
    let (signed, _) = element(explicit, SEQUENCE)?;
    let (_, rest) = element(signed, INTEGER)?;
    let (_, _, rest) = any(rest)?; // digest algorithms
    let (encapsulated, _) = element(rest, SEQUENCE)?;
    let (_, _, rest) = any(encapsulated)?; // that it is a time-stamp
    let (explicit, _) = element(rest, CONTEXT_0)?;
    let (info, _) = element(explicit, OCTETS)?;
    let (info, _) = element(info, SEQUENCE)?;
    let (_, rest) = element(info, INTEGER)?;
    let (_, _, rest) = any(rest)?; // the policy
    let (imprint, rest) = element(rest, SEQUENCE)?;
    let (_, _, hash) = any(imprint)?;
    let (hash, _) = element(hash, OCTETS)?;
    Some((hash, rest))
}

/// The content of an element that has this tag, and what follows it.
fn element(bytes: &[u8], expected: u8) -> Option<(&[u8], &[u8])> {
    let (tag, content, rest) = any(bytes)?;
    (tag == expected).then_some((content, rest))
}

/// Tag and content of the next element, and what follows it.
fn any(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = digits
                .iter()
                .fold(0_usize, |length, digit| length << 8 | usize::from(*digit));
            (length, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_answer_is_refused() {
        let (digest, nonce) = ([7; 32], [0x41; 8]);
        for answer in [
            &b""[..],
            b"\x30",
            b"\x30\x84\xff\xff\xff\xff",
            b"\x30\x05\x30\x03\x02\x01\x00",
            b"<html>",
        ] {
            assert!(token(answer, &digest, &nonce).is_err(), "{answer:?}");
        }
        let refused = token(b"\x30\x05\x30\x03\x02\x01\x02", &digest, &nonce);
        assert_eq!(refused, Err("the authority refused"));
    }

    #[test]
    fn the_lengths_of_a_request_are_right() {
        let request = request(&[7; 32], &[0x41; 8]);
        let (body, rest) = element(&request, SEQUENCE).expect("a sequence");
        assert!(rest.is_empty());
        let (_, rest) = element(body, INTEGER).expect("a version");
        let (imprint, rest) = element(rest, SEQUENCE).expect("a hash");
        assert_eq!(any(imprint).expect("its algorithm").2.len(), 34);
        let (nonce, rest) = element(rest, INTEGER).expect("a nonce");
        assert_eq!((nonce, rest), (&[0x41; 8][..], &[1, 1, 0xff][..]));
    }
}
